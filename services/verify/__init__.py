"""Proof that the ledger is what its rules say: every invariant recomputed, in bounded memory, on both databases."""

from services.verify.report import Finding, Report
from services.verify.verification import verify

__all__ = ["Finding", "Report", "verify"]

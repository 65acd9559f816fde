"""What a verification found."""

from dataclasses import dataclass, field
from typing import Any

Key = dict[str, Any]
"""Column → value: first the program and the member, then what names the row in its table."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that breaks one rule. Ids are text, so that a finding can be printed and stored as it is."""

    check: str
    table: str
    key: Key
    message: str

    def __str__(self) -> str:
        named = ", ".join(f"{column} {value}" for column, value in self.key.items())
        return f"{self.check}: {self.table} ({named}): {self.message}"


@dataclass(frozen=True, slots=True)
class Report:
    """`checked` tells, for each check in the order in which they ran, how many rows it looked at."""

    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether every rule holds."""
        return not self.findings

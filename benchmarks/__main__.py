"""`python -m benchmarks [SUITE …] [--quick]`: how fast, beside limits of the same run."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import structlog
import uvloop

from benchmarks import (
    databases,
    report,
    suite_backtest,
    suite_codes,
    suite_commit,
    suite_coupons,
    suite_engine,
    suite_history,
    suite_http,
    suite_import,
    suite_postings,
    suite_read,
    suite_verify,
)
from benchmarks.measure import Case, interleave
from benchmarks.plan import Plan
from services.database.config import Dialect

SUITES: dict[str, Any] = {
    "backtest": suite_backtest.suite,
    "codes": suite_codes.suite,
    "commit": suite_commit.suite,
    "coupons": suite_coupons.suite,
    "engine": suite_engine.suite,
    "history": suite_history.suite,
    "http": suite_http.suite,
    "import": suite_import.suite,
    "postings": suite_postings.suite,
    "read": suite_read.suite,
    "verify": suite_verify.suite,
}
ROUNDS, QUICK_ROUNDS = 5, 2
ENTRIES, QUICK_ENTRIES = 1_000_000, 100_000
CODES, QUICK_CODES = 1_000_000, 100_000


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "suites", nargs="*", metavar="SUITE", help=f"Any of {', '.join(SUITES)}; all when none is named."
    )
    parser.add_argument("--quick", action="store_true", help="Fewer cases and rounds: an indication in two minutes.")
    parser.add_argument("--rounds", type=int, help=f"Interleaved rounds.  [default: {ROUNDS}, quick {QUICK_ROUNDS}]")
    parser.add_argument("--database", choices=[dialect.value for dialect in Dialect], help="Only this database.")
    parser.add_argument(
        "--entries", type=int, help=f"Of a large ledger.  [default: {ENTRIES:,}, quick {QUICK_ENTRIES:,}]"
    )
    parser.add_argument("--size", type=int, help=f"Codes of a batch.  [default: {CODES:,}, quick {QUICK_CODES:,}]")
    parser.add_argument("--keep", action="store_true", help="Keep large ledgers, and use those that were kept.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write the figures here, too.")
    parser.add_argument("--check", action="store_true", help="Exit with status 1 when a goal is missed.")
    parsed = parser.parse_args()
    unknown = set(parsed.suites) - set(SUITES)
    if unknown:
        parser.error(f"there is no suite {', '.join(sorted(unknown))}; choose from {', '.join(SUITES)}")
    return parsed


async def measure(plan: Plan, suites: Sequence[str]) -> tuple[str, list[Case]]:
    """Run the suites and print a table for each as soon as it is done."""
    used = report.versions([await databases.version(dialect) for dialect in plan.databases])
    head = report.header(os.cpu_count() or 1, plan.rounds, plan.seconds, used)
    report.console.print(head, highlight=False)
    done: list[Case] = []
    for name in suites:
        found: list[Case] = []
        for dialect in plan.databases:  # one after the other: the ORM serves one database at a time
            with report.console.status(f"{name} · {dialect.value} · setting up") as status:
                async with SUITES[name](plan, dialect) as cases:
                    await interleave(cases, plan.rounds, status.update)
            found += cases
        report.console.print()
        report.console.print(report.table(name, found))
        for line in report.facts(found):
            report.console.print(line, highlight=False)
        done += found
    return head, done


def stop(*_: object) -> None:
    """End as Ctrl-C does, so that scratch databases are dropped."""
    raise KeyboardInterrupt


def main() -> int:
    """Measure, print, and return the exit status."""
    parsed = arguments()
    # A benchmark prints figures only; what goes wrong is raised.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    signal.signal(signal.SIGTERM, stop)
    plan = Plan(
        databases=[Dialect(parsed.database)] if parsed.database else list(Dialect),
        rounds=parsed.rounds or (QUICK_ROUNDS if parsed.quick else ROUNDS),
        quick=parsed.quick,
        entries=parsed.entries or (QUICK_ENTRIES if parsed.quick else ENTRIES),
        codes=parsed.size or (QUICK_CODES if parsed.quick else CODES),
        keep=parsed.keep,
    )
    head, cases = uvloop.run(measure(plan, parsed.suites or list(SUITES)))
    if parsed.json:
        parsed.json.write_bytes(orjson.dumps(report.record(head, cases), option=orjson.OPT_INDENT_2))
    return 1 if parsed.check and any(case.reached is False for case in cases) else 0


if __name__ == "__main__":
    sys.exit(main())

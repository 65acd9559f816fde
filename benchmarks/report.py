"""Tables for people, JSON for machines."""

import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Case, Spread

PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop", "tortoise-orm", "asyncpg", "orjson")
TITLES = {
    "backtest": "Simulation of a campaign over past orders (`campaignSimulate`), in orders per second",
    "codes": "A batch of codes of coupons, made by a server that answers reads meanwhile",
    "coupons": "The choice of coupons: previews, evaluations by CPU, commits",
    "engine": "Evaluations and commits with many campaigns",
    "commit": "Order commits through the writer, in one process",
    "history": "A member with a long ledger, beside members with a short one; one caller",
    "http": "Order commits through HTTP (`orderCommit`)",
    "import": "Import of a file of orders into an empty program",
    "postings": "Adjustments through the writer, one ledger entry each, in one process",
    "read": "Nested read of a member through HTTP: tier standing, points balance, last 10 ledger lines",
    "verify": "`huiyuan verify` of a large ledger, in ledger entries per second",
}


def versions(databases: Iterable[str]) -> list[str]:
    """Return what was measured with."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [f"Python {platform.python_version()}, {packages}", *databases]


def header(cpus: int, rounds: int, seconds: int, used: list[str]) -> str:
    """Return what has to be known to read the tables."""
    return "\n".join(
        [
            "$ python -m benchmarks " + " ".join(sys.argv[1:]),
            *used,
            f"Database server, load and server share the same {cpus} cores, unpinned.",
            f"{rounds} interleaved rounds of {seconds} s each; medians, with the lowest and highest round in brackets.",
        ]
    )


def table(suite: str, cases: list[Case]) -> Table:
    """Return the table of one suite."""
    shown = Table(title=TITLES[suite], title_justify="left", title_style="bold")
    for name in ("database", "case"):
        shown.add_column(name)
    for name in ("per second", "p50 ms", "p99 ms"):
        shown.add_column(name, justify="right")
    shown.add_column("limit")
    for name in ("limit per second", "ratio"):
        shown.add_column(name, justify="right")
    shown.add_column("goal")
    for case in cases:
        middle = case.median_round
        first = [case.database, case.name, whole(case.rate), _ms(middle.p50_ms), _ms(middle.p99_ms)]
        for name in case.limits or ("",):
            limit = [name, whole(case.limit(name)), ratio(case.ratio(name))] if name else ["", "", ""]
            shown.add_row(*first, *limit, goal(case, name))
            first = [""] * len(first)
    return shown


def facts(cases: list[Case]) -> list[str]:
    """Return what the rounds told beside their rates, of each case's median round."""
    return [
        f"{case.database}, {case.name}: "
        + ", ".join(f"{key} {value}" for key, value in case.median_round.facts.items())
        for case in cases
        if case.median_round.facts
    ]


def whole(spread: Spread) -> str:
    """Spell a rate."""
    return f"{spread.median:,.0f} ({spread.low:,.0f}–{spread.high:,.0f})"


def ratio(spread: Spread) -> str:
    """Spell a ratio."""
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"


def goal(case: Case, limit: str) -> str:
    """Say whether the goal was reached, in the row of the limit that it speaks of."""
    if case.goal is None or (case.goal.of or next(iter(case.limits), "")) != limit:
        return ""
    wanted = f"{case.goal.at_least:,.0f}/s" if case.goal.of is None else f"{case.goal.at_least:.2f}"
    return f"≥ {wanted}: reached" if case.reached else f"≥ {wanted}: MISSED"


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def record(head: str, cases: list[Case]) -> dict[str, Any]:
    """Return everything as JSON values."""
    return {"header": head.splitlines(), "cases": [case.record() for case in cases]}


console = Console(width=None if sys.stdout.isatty() else 200)

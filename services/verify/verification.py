"""The whole verification: every rule of the ledger, computed again from the rows."""

import asyncio
from collections.abc import Callable, Collection
from uuid import UUID

from services.database.config import Database
from services.verify import (
    accounts,
    agents,
    answers,
    contents,
    coupons,
    gift_cards,
    holds,
    keys,
    lives,
    members,
    occasions,
    orders,
    seals,
    setup,
    takings,
    transfers,
    used,
    uses,
    values,
)
from services.verify.check import Scope, broken, count
from services.verify.report import Finding, Report
from services.verify.source import Source, sources

CHECKS = (
    *accounts.CHECKS,
    *holds.CHECKS,
    *members.CHECKS,
    *orders.CHECKS,
    *values.CHECKS,
    *agents.CHECKS,
    *gift_cards.CHECKS,
    *occasions.CHECKS,
    *takings.CHECKS,
    *coupons.CHECKS,
    *keys.CHECKS,
)
READ = (
    transfers.CHECKS
    | seals.CHECKS
    | setup.CHECKS
    | contents.CHECKS
    | answers.CHECKS
    | lives.CHECKS
    | uses.CHECKS
    | used.CHECKS
)
"""Checks that are computed here and not by the database → the table whose rows they look at."""
FINDINGS_MAX = 100

Progress = Callable[[str, int, int], None]
"""Called with a check's name, how many rows it has looked at, and how many there are."""


async def verify(
    database: Database,
    *,
    program_id: UUID | None = None,
    heads: Collection[bytes] = (),
    progress: Progress | None = None,
    findings_max: int = FINDINGS_MAX,
) -> Report:
    """Check every rule on all rows, or on those of one program, and report each broken row, at most so many per check.

    `heads` are hashes of blocks that were kept outside: each must still be in a chain.

    Nothing is locked or written, and nothing but the set-up kept in memory: rows are read as of one instant, over
    connections of its own, while the ledger goes on. Findings come in the order of the checks and within one by the key
    of the row. Raises what the driver raises when the database cannot be read.
    """
    run = _Run(Scope(program_id), heads, progress or _quiet, findings_max)
    async with sources(database) as (first, second):
        await run.count(first)
        try:
            async with asyncio.TaskGroup() as group:  # hashes are computed here while the database computes the rest
                hashed = group.create_task(run.hashes(first))
                queried = group.create_task(run.queries(second))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None  # what the database said, as from any other call
    return Report(run.checked(), hashed.result() + queried.result())


def _quiet(check: str, done: int, total: int) -> None:
    """Tell nobody."""


class _Run:
    def __init__(self, scope: Scope, heads: Collection[bytes], tell: Progress, limit: int) -> None:
        self._scope = scope
        self._heads = heads
        self._tell = tell
        self._limit = limit
        self._rows: dict[str, int] = {}

    async def count(self, source: Source) -> None:
        for table in dict.fromkeys((*READ.values(), *(check.table for check in CHECKS))):
            self._rows[table] = await count(source, table, self._scope)

    async def hashes(self, source: Source) -> list[Finding]:
        total = self._rows["transfer"]
        work = transfers.Transfers(source, self._scope, self._limit)
        findings = await work.findings(lambda done: self._tell("transfer.hash", done, total))
        chains = seals.Chains(source, self._scope, self._limit, self._heads)
        blocks = self._rows["seal"]
        findings += await chains.findings(lambda done: self._tell("seal.hash", done, blocks))
        set_up = setup.SetUp(source, self._scope, self._limit)
        findings += await set_up.read()
        of_orders = self._rows["orders"]
        counted = uses.Uses(source, self._scope, self._limit, set_up)
        tallied = used.Tallies(source, self._scope, self._limit)
        orders_pass = contents.Contents(source, self._scope, self._limit, set_up, uses=counted, tallies=tallied)
        findings += await orders_pass.findings(lambda done: self._tell("order.content", done, of_orders))
        of_occasions = self._rows["occasion"]
        occasions_pass = answers.Answers(source, self._scope, self._limit, set_up, counted)
        findings += await occasions_pass.findings(lambda done: self._tell("occasion.effects", done, of_occasions))
        of_coupons = self._rows["coupon"]
        coupons_pass = lives.Lives(source, self._scope, self._limit, set_up)
        findings += await coupons_pass.findings(lambda done: self._tell("coupon.changes", done, of_coupons))
        return findings + await counted.findings() + await tallied.findings()

    async def queries(self, source: Source) -> list[Finding]:
        findings: list[Finding] = []
        for check in CHECKS:
            total = self._rows[check.table]
            self._tell(check.name, 0, total)
            findings += await broken(source, check, self._scope, self._limit)
            self._tell(check.name, total, total)
        return findings

    def checked(self) -> dict[str, int]:
        """Return how many rows each check looked at."""
        kept = {seals.HEAD: len(self._heads)} if self._heads else {}
        read = {name: self._rows[table] for name, table in READ.items()}
        return read | kept | {check.name: self._rows[check.table] for check in CHECKS}

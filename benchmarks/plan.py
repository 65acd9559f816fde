"""How long and how often things are measured."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import limit_postgres
from benchmarks.captured import CapturedCommit, capture
from benchmarks.databases import scratch
from benchmarks.limit_postgres import Pgbench
from benchmarks.limit_sqlite import SqliteLoop
from benchmarks.measure import Rate
from benchmarks.shop import Shop, engine_on, make_shop
from domain.commands import Adjust, CommitOrder
from services.database.config import Database, Dialect
from services.templates import Template


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run measures. A quick run leaves out cases and rounds, and its figures are an indication only."""

    databases: Sequence[Dialect]
    rounds: int
    seconds: int = 1
    quick: bool = False
    entries: int = 1_000_000
    """Ledger entries that the suites of large ledgers make."""
    codes: int = 1_000_000
    """Codes of coupons of a batch."""
    keep: bool = False
    """Whether databases that take long to make are kept for the next run."""

    def clients(self, full: Sequence[int]) -> Sequence[int]:
        """Return how many clients to try."""
        return [number for number in full if number in {1, 64}] if self.quick else full


@dataclass(frozen=True, slots=True)
class CommitLimit:
    """The rate at which the database alone takes the rows of one commit."""

    commit: CapturedCommit
    runner: Pgbench | SqliteLoop
    name: str

    async def run(self, clients: int, seconds: int) -> Rate:
        """Measure with so many clients; SQLite has one writer, so there it is always one."""
        if isinstance(self.runner, SqliteLoop):
            return await self.runner.run(seconds)
        return await self.runner.run(clients, seconds)


PGBENCH = "pgbench, same rows"
SQLITE_LOOP = "sqlite3 loop, same rows"


def commit_limit(dialect: Dialect, template: Template) -> AbstractAsyncContextManager[CommitLimit]:
    """Capture the commit of an order, in a program like the one that is measured, and open its limit."""
    return _limit(dialect, template, Shop.command)


def adjustment_limit(dialect: Dialect) -> AbstractAsyncContextManager[CommitLimit]:
    """Capture an adjustment, and open its limit."""
    return _limit(dialect, Template.BARE, lambda shop: shop.adjustment(20))


@asynccontextmanager
async def _limit(
    dialect: Dialect, template: Template, command: Callable[[Shop], CommitOrder | Adjust]
) -> AsyncIterator[CommitLimit]:
    """Capture a command in a database of its own, and open its limit."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(scratch(dialect))
        database = Database.parse(url)
        async with engine_on(url) as engine:
            shop = await make_shop(engine, template, members_count=2)
            commit = await capture(shop, url, command(shop))
        if dialect is Dialect.SQLITE:
            loop = SqliteLoop(database, commit)
            loop.add_members()
            yield CommitLimit(commit, loop, SQLITE_LOOP)
            return
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="huiyuan-bench-")))
        await limit_postgres.add_members(database, commit)
        yield CommitLimit(commit, Pgbench(database, limit_postgres.script(commit), folder), PGBENCH)

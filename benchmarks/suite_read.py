"""The nested member read through HTTP, beside a constant answer of the same size and, on PostgreSQL, one SQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import scratch
from benchmarks.limit_postgres import Pgbench
from benchmarks.measure import Case
from benchmarks.plan import Plan
from benchmarks.shop import MEMBERS, analyze, engine_on, make_shop
from benchmarks.web import STARLETTE, web
from services.database.config import Database, Dialect
from services.templates import Template

CONNECTIONS = (1, 16, 64)
PGBENCH = "pgbench, one SQL"
QUERY = """query Read($number: String!) {
  member(by: {number: $number}) {
    number name
    standing { tier { code name } progress { current required missing } }
    balance(asset: "POINTS") { available pending }
    ledger(first: 10) { nodes { id kind amount balanceAfter occurredAt } }
  }
}"""
VARIABLES: dict[str, object] = {"number": "@MEMBER@"}
SQL = """SELECT json_build_object(
  'number', m.number, 'name', m.name,
  'standing', (SELECT json_build_object('code', t.code, 'name', t.name, 'current', a.available) FROM standing s
    JOIN tier t ON t.id = s.tier_id JOIN ladder l ON l.id = s.ladder_id
    JOIN account a ON a.member_id = m.id AND a.asset_id = l.asset_id WHERE s.member_id = m.id LIMIT 1),
  'balance', (SELECT json_build_object('available', a.available, 'pending', a.pending) FROM account a
    JOIN asset x ON x.id = a.asset_id AND x.code = 'POINTS' WHERE a.member_id = m.id),
  'ledger', (SELECT json_agg(json_build_object('account', e.account_id, 'seq', e.seq, 'kind', e.kind,
    'amount', e.change_available, 'after', e.available, 'at', e.occurred_at)) FROM (
      SELECT * FROM entry WHERE member_id = m.id ORDER BY position DESC LIMIT 10) e)
) FROM member m WHERE m.program_id = '{program}' AND m.number = 'read-' || :m::int;
"""


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the cases: the standard program, from one connection to many."""
    async with AsyncExitStack() as stack:
        pgbench = await stack.enter_async_context(_sql()) if dialect is Dialect.POSTGRES else None
        shop = await stack.enter_async_context(web(dialect, Template.STANDARD, QUERY, VARIABLES, '"balanceAfter"'))
        cases = []
        for connections in plan.clients(CONNECTIONS):
            limits = {STARLETTE: partial(shop.limit, connections, plan.seconds)}
            if pgbench:
                limits[PGBENCH] = partial(pgbench.run, connections, plan.seconds)
            run = partial(shop.rate, connections, plan.seconds)
            cases.append(Case("read", dialect.value, f"standard, connections: {connections}", run, limits))
        yield cases


@asynccontextmanager
async def _sql() -> AsyncIterator[Pgbench]:
    """Open pgbench on a program of its own, whose members' numbers it can count."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(scratch(Dialect.POSTGRES))
        database = Database.parse(url)
        async with engine_on(url) as engine:
            shop = await make_shop(engine, Template.STANDARD)
            program_id = shop.program.id
            await engine.reads.fetch(
                "UPDATE member SET number = 'read-' || v.i FROM "
                "(SELECT id, row_number() OVER (ORDER BY id) - 1 AS i FROM member) v WHERE v.id = member.id RETURNING 1"
            )
            await analyze()
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="huiyuan-bench-")))
        sql = " ".join(SQL.replace("{program}", str(program_id)).split())
        yield Pgbench(database, f"\\set m random(0, {MEMBERS - 1})\n{sql}\n", folder)

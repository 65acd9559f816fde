"""Order commits through HTTP, beside a constant answer of the same size and beside the database alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from benchmarks.measure import Case
from benchmarks.plan import Plan, commit_limit
from benchmarks.shop import LINES
from benchmarks.web import STARLETTE, web
from domain.amounts import spelled
from services.database.config import Dialect
from services.templates import Template

CONNECTIONS = (1, 16, 64, 256)
MUTATION = """mutation Commit($input: OrderCommitInput!) {
  orderCommit(input: $input) {
    order { id payable }
    member { id }
    entries { amount balanceAfter }
    replayed
    userErrors { __typename ... on UserError { code message field } }
  }
}"""
VARIABLES = {
    "input": {
        "idempotencyKey": "@NAME@",
        "order": {
            "source": "bench",
            "externalId": "@NAME@",
            "member": {"number": "@MEMBER@"},
            "store": "S1",
            "channel": "POS",
            "lines": [
                {"ref": ref, "sku": sku, "name": name, "quantity": quantity, "unitPrice": spelled(price, 2)}
                for ref, sku, name, quantity, price in LINES
            ],
        },
    }
}
DONE = '"replayed":false,"userErrors":[]'


@asynccontextmanager
async def suite(plan: Plan, dialect: Dialect) -> AsyncIterator[Sequence[Case]]:
    """Yield the cases: the bare program, from one connection to many."""
    async with AsyncExitStack() as stack:
        limit = await stack.enter_async_context(commit_limit(dialect, Template.BARE))
        shop = await stack.enter_async_context(web(dialect, Template.BARE, MUTATION, VARIABLES, DONE))
        yield [
            Case(
                "http",
                dialect.value,
                f"bare, connections: {connections}",
                partial(shop.rate, connections, plan.seconds),
                {
                    limit.name: partial(limit.run, connections, plan.seconds),
                    STARLETTE: partial(shop.limit, connections, plan.seconds),
                },
            )
            for connections in plan.clients(CONNECTIONS)
        ]

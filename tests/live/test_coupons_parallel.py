"""Coupons at four server processes on one PostgreSQL: no limit is passed, and no coupon is used twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from tortoise.context import TortoiseContext

import models
from schema import ids
from services import credentials
from services.actors import ALL_SCOPES
from services.database.config import Database
from services.engine import engine
from tests.conftest import emptied
from tests.factories import World, coupon_template, new_key, world
from tests.live.server import SECRET, ServerProcess
from tests.services.coupon_counts import code_of_nobody, enrolled, sound, tally_of, uses

OFF = [{"amountOff": {"amount": "5"}}]
SERVERS = 4
KEYS = 10
"""Keys of the callers: one may give only so many wrong codes."""
ORDER = """order { id discountTotal } replayed
  userErrors { __typename ... on UserError { code } ... on CouponNotUsableError { reason } }"""
COMMIT = f"mutation ($input: OrderCommitInput!) {{ orderCommit(input: $input) {{ {ORDER} }} }}"
HOLD = f"mutation ($input: OrderHoldInput!) {{ orderHold(input: $input) {{ {ORDER} }} }}"
CANCEL = """mutation ($input: OrderCancelInput!) { orderCancel(input: $input) {
  order { id } userErrors { ... on UserError { code } } } }"""
RETURN = """mutation ($input: OrderReturnInput!) { orderReturn(input: $input) {
  order { id } userErrors { ... on UserError { code } } } }"""
CLAIM = """mutation ($input: CouponClaimInput!) { couponClaim(input: $input) {
  coupons { id } replayed userErrors { ... on UserError { code } } } }"""


@pytest.fixture(scope="module")
def servers(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ServerProcess]]:
    """Start the servers once: each test has a program of its own."""
    folder = tmp_path_factory.mktemp("servers")
    several = [ServerProcess(postgres_url, folder / f"{number}.log") for number in range(SERVERS)]

    async def start() -> None:
        await emptied(Database.parse(postgres_url))
        await asyncio.gather(*(one.start() for one in several))

    async def kill() -> None:
        await asyncio.gather(*(one.kill() for one in several))

    with asyncio.Runner() as runner:
        try:
            runner.run(start())
            yield several
        finally:
            runner.run(kill())


@dataclass
class Till:
    """A program behind the servers, and what their callers say."""

    shop: World
    clients: list[httpx.AsyncClient]
    keys: list[str]

    @property
    def program_id(self) -> UUID:
        return self.shop.program.id

    async def ask(self, number: int, query: str, *, key: int | None = None, **said: Any) -> Any:
        """Ask one of the servers, with one of the keys."""
        secret = self.keys[(number if key is None else key) % KEYS]
        found = await self.clients[number % SERVERS].post(
            "/graphql",
            json={"query": query, "variables": {"input": {"idempotencyKey": new_key()} | said}},
            headers={"authorization": f"Bearer {secret}"},
        )
        answered = found.json()
        assert "errors" not in answered, answered
        (value,) = answered["data"].values()
        return value

    async def all(self, query: str, several: Sequence[dict[str, Any]]) -> list[Any]:
        """Ask all at once, of the servers in turn."""
        return list(await asyncio.gather(*(self.ask(n, query, **said) for n, said in enumerate(several))))

    async def orders(self) -> list[models.Order]:
        return await models.Order.filter(program_id=self.program_id)

    async def sound(self) -> None:
        await sound(self.shop.engine, self.program_id)


@asynccontextmanager
async def till(servers: list[ServerProcess], url: str, code: str) -> AsyncIterator[Till]:
    """Make a program, and its callers."""
    database = Database.parse(url)
    async with AsyncExitStack() as stack:
        context = await stack.enter_async_context(TortoiseContext())
        await context.init(config=database.tortoise())
        house = await stack.enter_async_context(engine(database, secret_key=SECRET))
        shop = await world(house, code=code)
        now = datetime.now(UTC)
        made = [
            await credentials.create_key(shop.program.id, name=f"till {n}", scopes=ALL_SCOPES, now=now)
            for n in range(KEYS)
        ]
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=one.url, timeout=120, trust_env=False))
            for one in servers
        ]
        logged = [len(one.log) for one in servers]
        yield Till(shop, clients, [one.key for one in made])
        for one, before in zip(servers, logged, strict=True):
            assert "writer.rejected" not in one.log[before:], "two wrote what one should have had a lock for"
            assert "deadlock" not in one.log[before:]


def content(member: UUID, codes: list[str] | None) -> dict[str, Any]:
    return {
        "order": {
            "source": "till",
            "externalId": new_key(),
            "member": {"id": ids.encode(ids.MEMBER, member)},
            "lines": [{"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "20.00"}],
            "couponCodes": codes,
        }
    }


def told(answers: Sequence[Any]) -> Counter[str]:
    """Count what was answered: the discount, or why there is none."""
    return Counter(
        row["order"]["discountTotal"]
        if row["order"]
        else "{code} {reason}".format(**({"reason": None} | row["userErrors"][0]))
        for row in answers
    )


async def test_of_200_who_use_a_shared_code_as_many_succeed_as_there_are_left(
    servers: list[ServerProcess], postgres_url: str
) -> None:
    async with till(servers, postgres_url, "SHARED") as at:
        limits = {"total": 10, "perMember": 1}
        made = await coupon_template(at.program_id, "SPRING", OFF, {"sharedCode": "HELLO"}, limits=limits)
        members = await enrolled(at.shop, 200)
        first = [content(member, ["HELLO"]) for member in members[:100]]
        held = [content(member, ["hello"]) for member in members[100:]]
        found, reserved = await asyncio.gather(at.all(COMMIT, first), at.all(HOLD, held))
        assert told([*found, *reserved]) == {"5.00": 10, "COUPON_NOT_USABLE LIMIT_REACHED": 190}
        assert len(await at.orders()) == await uses(made) == 10
        bought = [row["order"]["id"] for row in found if row["order"]]
        reserving = [row["order"]["id"] for row in reserved if row["order"]]
        assert await tally_of(made, "issued", "used", "held") == (10, len(bought), len(reserving))
        await at.sound()

        # what comes back is there for as many others
        back = [{"order": {"id": one}, "reason": "wrong"} for one in bought[:4]]
        ended = [{"order": {"id": one}} for one in reserving[:3]]
        gone = len(back) + len(ended)
        assert gone >= 3
        answers = await asyncio.gather(at.all(RETURN, back), at.all(CANCEL, ended))
        assert [row["userErrors"] for rows in answers for row in rows] == [[]] * gone
        assert await uses(made) == 10 - gone
        others = await enrolled(at.shop, 40)
        again = await at.all(COMMIT, [content(member, ["HELLO"]) for member in others])
        assert told(again) == {"5.00": gone, "COUPON_NOT_USABLE LIMIT_REACHED": 40 - gone}
        assert await uses(made) == 10
        assert await models.Coupon.filter(program_id=at.program_id, state__in=["USED", "HELD"]).count() == 10
        await at.sound()


async def test_a_member_who_asks_everywhere_at_once_has_no_more_than_the_limit(
    servers: list[ServerProcess], postgres_url: str
) -> None:
    async with till(servers, postgres_url, "EACH") as at:
        made = await coupon_template(at.program_id, "SPRING", OFF, {"sharedCode": "HELLO"}, limits={"perMember": 3})
        (member,) = await enrolled(at.shop, 1)
        found = await at.all(COMMIT, [content(member, ["HELLO"]) for _ in range(50)])
        assert told(found) == {"5.00": 3, "COUPON_NOT_USABLE LIMIT_REACHED": 47}
        assert len(await at.orders()) == await uses(made, member) == 3
        await at.sound()


async def test_a_code_of_nobody_is_used_once_by_a_hundred_members(
    servers: list[ServerProcess], postgres_url: str
) -> None:
    async with till(servers, postgres_url, "UNIQUE") as at:
        made = await coupon_template(at.program_id, "SPRING", OFF)
        coupon_id, code = await code_of_nobody(at.shop, made)
        members = await enrolled(at.shop, 100)
        found = await at.all(COMMIT, [content(member, [code]) for member in members])
        assert told(found) == {"5.00": 1, "COUPON_NOT_USABLE None": 99}
        (bought,) = await at.orders()
        row = await models.Coupon.get(id=coupon_id)
        assert (row.state, row.member_id, row.order_id) == ("USED", bought.member_id, bought.id)
        assert await tally_of(made, "issued", "claimed", "used") == (1, 1, 1)
        await at.sound()


async def test_a_stock_of_ten_is_claimed_ten_times_and_a_key_once(
    servers: list[ServerProcess], postgres_url: str
) -> None:
    async with till(servers, postgres_url, "STOCK") as at:
        made = await coupon_template(at.program_id, "SPRING", OFF, {"claimable": True}, limits={"total": 10})
        members = await enrolled(at.shop, 200)
        asked = [
            {"member": {"id": ids.encode(ids.MEMBER, member)}, "template": {"code": "SPRING"}} for member in members
        ]
        found = await at.all(CLAIM, asked)
        assert Counter(row["userErrors"][0]["code"] for row in found if not row["coupons"]) == {"LIMIT_REACHED": 190}
        assert await uses(made) == await models.Coupon.filter(program_id=at.program_id).count() == 10
        assert await tally_of(made, "issued", "claimed") == (10, 10)

        summer = await coupon_template(at.program_id, "SUMMER", OFF, {"claimable": True})
        same = asked[0] | {"template": {"code": "SUMMER"}, "idempotencyKey": "once"}
        twice = await asyncio.gather(*(at.ask(number, CLAIM, key=0, **same) for number in range(2 * SERVERS)))
        assert len({row["coupons"][0]["id"] for row in twice}) == 1
        assert Counter(row["replayed"] for row in twice) == {False: 1, True: 2 * SERVERS - 1}
        assert await tally_of(summer, "issued") == (1,)
        await at.sound()

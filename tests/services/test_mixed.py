"""Everything at once: callers of several servers, with all operations on few members, transfers in both directions.

A deadlock must reach no caller, no balance may be negative, and the books must hold.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import models
from domain.refusals import Refusal
from services import balances, order_life, orders, programs, spending, values
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest
from services.transaction import transaction
from services.verify.verification import verify
from services.writer.answers import Outcome
from tests.factories import NOON, World, new_key, order, world
from tests.services.saving import conversion, ladder, pay_in, spend
from tests.services.test_writer_parallel import writers

TASKS = 16
MEMBERS = 20
EACH = 180
"""Operations of each task: together they take about half a minute."""
EXPECTED = {
    "AlreadyReturned",
    "HoldExpired",
    "InsufficientBalance",
    "InvalidInput",
    "OrderNotInState",
}
"""What may be refused for a good reason."""


@dataclass
class Caller:
    """One of those who call: it goes through operations at random, on whatever there is by then."""

    shop: World
    random: Random
    members: Sequence[UUID]
    orders: list[UUID]
    uses: list[tuple[UUID, int]]
    top_ups: list[tuple[UUID, int]]
    outcomes: Counter[str]

    async def work(self) -> None:
        for _ in range(EACH):
            name = self.random.choice(OPERATIONS)
            try:
                outcome = await getattr(self, name)()
            except Refusal as refusal:
                self.outcomes[type(refusal).__name__] += 1
                continue
            self.outcomes[name] += 1
            if outcome.order_id and name in {"buy", "hold"}:
                self.orders.append(outcome.order_id)
            if name == "use":
                self.uses.append(outcome.entries[-1])
            if name == "pay_in":
                self.top_ups.append(outcome.entries[0])

    @property
    def _common(self) -> dict[str, Any]:
        return {"engine": self.shop.engine, "actor": self.shop.actor}

    def _member(self) -> UUID:
        return self.random.choice(self.members)

    def _order(self) -> OrderRef:
        # One of the newest: others are likely to be at the same one.
        return OrderRef(id=self.random.choice(self.orders[-12:]))

    async def adjust(self) -> Outcome:
        amount = str(self.random.choice([70, 40, -25]))
        outcome: Outcome = await self.shop.give(self._member(), amount)
        return outcome

    async def transfer(self) -> Outcome:
        giver, taker = self.random.sample(self.members, 2)
        refs = {"giver": MemberRef(id=giver), "taker": MemberRef(id=taker)}
        amount, asset = Decimal(self.random.randint(1, 30)), self.random.choice(["POINTS", "VALUE"])
        return await balances.transfer(**self._common, **refs, asset=asset, amount=amount, reason=None, key=new_key())

    def _request(self) -> Any:
        lines = [LineRequest("1", "CD", 3, Decimal(self.random.randint(1, 20)))]
        spend = [("POINTS", Decimal(self.random.randint(1, 80)))] if self.random.random() < 0.6 else []
        return order(self._member(), lines=lines, spend=spend)

    async def buy(self) -> Outcome:
        return await orders.commit(**self._common, request=self._request(), key=new_key())

    async def hold(self) -> Outcome:
        return await orders.hold(**self._common, request=self._request(), seconds=900, key=new_key())

    async def capture(self) -> Outcome:
        lines = [("1", self.random.randint(1, 3))] if self.random.random() < 0.5 else None
        return await order_life.capture(**self._common, ref=self._order(), lines=lines, key=new_key())

    async def cancel(self) -> Outcome:
        return await order_life.cancel(**self._common, ref=self._order(), key=new_key())

    async def give_back(self) -> Outcome:
        lines = [("1", 1)] if self.random.random() < 0.7 else None
        return await order_life.return_(**self._common, ref=self._order(), lines=lines, reason=None, key=new_key())

    async def pay_in(self) -> Outcome:
        ref, amount = MemberRef(id=self._member()), Decimal(self.random.randint(1, 60))
        return await values.top_up(**self._common, ref=ref, asset="VALUE", amount=amount, reason=None, key=new_key())

    async def pay_back(self) -> Outcome:
        line, amount = self.random.choice(self.top_ups[-12:]), self.random.choice([None, Decimal(1), Decimal(7)])
        return await values.refund(**self._common, line=line, amount=amount, reason=None, key=new_key())

    async def use(self) -> Outcome:
        ref, amount = MemberRef(id=self._member()), Decimal(self.random.randint(1, 30))
        return await spending.spend(**self._common, ref=ref, asset="VALUE", amount=amount, reason="use", key=new_key())

    async def undo(self) -> Outcome:
        line, amount = self.random.choice(self.uses[-6:]), self.random.choice([None, Decimal(1), Decimal(3)])
        return await spending.undo(**self._common, line=line, amount=amount, reason=None, key=new_key())

    async def convert(self) -> Outcome:
        source, target, amount = self.random.choice([("POINTS", "VALUE", 100), ("VALUE", "POINTS", 5)])
        facts: dict[str, Any] = {"source": source, "target": target, "amount": Decimal(amount), "key": new_key()}
        return await spending.convert(**self._common, ref=MemberRef(id=self._member()), **facts)


OPERATIONS = (
    *("adjust", "adjust", "transfer", "transfer", "buy", "buy", "hold", "hold", "capture", "cancel"),
    *("give_back", "give_back", "pay_in", "pay_back", "use", "undo", "convert"),
)


async def test_callers_of_several_servers_mix_everything(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(
            expiry="ROLLING_DAYS", expiry_length=3, expiry_from="RECORDED", shortfall="WRITE_OFF", floor=0
        )
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    await ladder(shop, ("20", "5"))
    await conversion(shop, "POINTS", "VALUE", "100", "1.00")
    await conversion(shop, "VALUE", "POINTS", "1.00", "10")
    enrolled = [await shop.enrol() for _ in range(MEMBERS)]
    for member in enrolled:
        await shop.give(member, "200")
    known = [(await shop.buy(enrolled[0])).order_id]
    paid = await pay_in(shop, enrolled[0], "9")
    used = await spend(shop, enrolled[0], "1", asset="VALUE")
    uses, top_ups, outcomes = [used.entries[-1]], [paid.entries[0]], Counter[str]()
    seed = Random().randrange(2**32)  # noqa: S311
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    async with writers(postgres_house, 3) as opened:
        shops = [replace(shop, engine=engine) for _, engine in opened]
        callers = [
            Caller(shops[n % 3], Random(seed + n), enrolled, known, uses, top_ups, outcomes)  # noqa: S311
            for n in range(TASKS)
        ]
        async with asyncio.TaskGroup() as group:
            for caller in callers:
                group.create_task(caller.work())
            for day in range(1, 7):  # meanwhile time goes on, and what falls due is swept by two
                await asyncio.sleep(0.5)
                await programs.set_clock(shop.program.id, NOON.replace(day=NOON.day + day))
                program = await postgres_house.program(shop.program.id)
                await asyncio.gather(*(balances.sweep(one.engine, program, 50) for one in shops[:2]))
    refused = set(outcomes) - set(OPERATIONS)
    assert refused <= EXPECTED
    assert outcomes.total() == TASKS * EACH
    assert set(OPERATIONS) <= set(outcomes)
    assert await models.Account.filter(available__lt=0).count() == 0
    assert (await verify(postgres_house.database)).findings == []

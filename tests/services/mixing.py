"""Callers who go through all operations at random, on few members, and what they have made together."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from domain.refusals import GiftCardNotInState, Refusal
from services import agents, balances, occasions, order_life, orders, spending, values
from services.members import MemberRef
from services.occasions import EventRequest
from services.order_life import OrderRef
from services.orders import LineRequest
from services.writer.answers import Outcome
from tests.factories import World, new_key, order
from tests.services import gifts

EACH = 240
"""Operations of each task: together they take less than a minute."""
PARTNERS = 4
"""Members who draw on each other, in both directions."""
LIMITS = {"POINTS": Decimal(150), "VALUE": Decimal(40)}
"""How much half of them may draw in a month; the others may draw what is there."""


@dataclass
class Made:
    """What all callers have made, in the order in which it was answered, and how often each operation was."""

    orders: list[UUID] = field(default_factory=list)
    uses: list[tuple[UUID, int]] = field(default_factory=list)
    visits: list[tuple[UUID, int]] = field(default_factory=list)
    top_ups: list[tuple[UUID, int]] = field(default_factory=list)
    cards: list[Outcome] = field(default_factory=list)
    guests: list[UUID] = field(default_factory=list)
    """Orders that nobody was named for."""
    outcomes: Counter[str] = field(default_factory=Counter)

    def keep(self, name: str, outcome: Outcome) -> None:
        """Count an operation, and keep what others may be about."""
        self.outcomes[name] += 1
        if name in {"buy", "hold", "buy_for", "hold_for", "guest_buy"} and outcome.order_id:
            self.orders.append(outcome.order_id)
        if name == "guest_buy" and outcome.order_id:
            self.guests.append(outcome.order_id)
        if name in {"use", "visit"}:
            (self.uses if name == "use" else self.visits).append(outcome.entries[-1])
        if name == "pay_in":
            self.top_ups.append(outcome.entries[0])
        if name in {"issue", "issue_from"}:
            self.cards.append(outcome)


@dataclass
class Caller:
    """One of those who call: it goes through operations at random, on whatever there is by then."""

    shop: World
    other: World
    """The same at another server."""
    random: Random
    members: Sequence[UUID]
    made: Made

    async def work(self) -> None:
        for _ in range(EACH):
            name = self.random.choice(OPERATIONS)
            try:
                outcome = await getattr(self, name)()
            except Refusal as refusal:
                self.made.outcomes[type(refusal).__name__] += 1
                continue
            self.made.keep(name, outcome)

    @property
    def _common(self) -> dict[str, Any]:
        return {"engine": self.shop.engine, "actor": self.shop.actor}

    def _member(self) -> UUID:
        return self.random.choice(self.members)

    def _order(self) -> OrderRef:
        # One of the newest: others are likely to be at the same one.
        return OrderRef(id=self.random.choice(self.made.orders[-12:]))

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

    async def guest_buy(self) -> Outcome:
        lines = [LineRequest("1", "CD", 3, Decimal(self.random.randint(1, 20)))]
        return await orders.commit(**self._common, request=order(None, lines=lines), key=new_key())

    async def claim_order(self) -> Outcome:
        ref, member = OrderRef(id=self.random.choice(self.made.guests[-8:])), MemberRef(id=self._member())
        return await order_life.claim(**self._common, ref=ref, member=member, key=new_key())

    async def check_in(self) -> Outcome:
        request = EventRequest(MemberRef(id=self._member()), "CHECK_IN")
        return await occasions.record_event(**self._common, request=request, key=new_key())

    async def capture(self) -> Outcome:
        return await order_life.capture(**self._common, ref=self._order(), key=new_key())

    async def capture_part(self) -> Outcome:
        lines = [("1", self.random.randint(1, 2))]
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
        line, amount = self.random.choice(self.made.top_ups[-12:]), self.random.choice([None, Decimal(1), Decimal(7)])
        return await values.refund(**self._common, line=line, amount=amount, reason=None, key=new_key())

    async def use(self) -> Outcome:
        ref, amount = MemberRef(id=self._member()), Decimal(self.random.randint(1, 30))
        return await spending.spend(**self._common, ref=ref, asset="VALUE", amount=amount, reason="use", key=new_key())

    async def undo(self) -> Outcome:
        return await self._undo(self.made.uses)

    async def _undo(self, uses: Sequence[tuple[UUID, int]]) -> Outcome:
        line, amount = self.random.choice(uses[-6:]), self.random.choice([None, Decimal(1), Decimal(3)])
        return await spending.undo(**self._common, line=line, amount=amount, reason=None, key=new_key())

    async def convert(self) -> Outcome:
        source, target, amount = self.random.choice([("POINTS", "VALUE", 100), ("VALUE", "POINTS", 5)])
        facts: dict[str, Any] = {"source": source, "target": target, "amount": Decimal(amount), "key": new_key()}
        return await spending.convert(**self._common, ref=MemberRef(id=self._member()), **facts)

    def _partners(self) -> tuple[UUID, UUID]:
        """Return one who pays, and one who draws on them."""
        payer, agent = self.random.sample(self.members[:PARTNERS], 2)
        return payer, agent

    async def appoint(self) -> Outcome:
        payer, agent = self._partners()
        return await appoint(self.shop, payer, agent, self.random.choice(list(LIMITS)))

    async def dismiss(self) -> Outcome:
        payer, agent = (MemberRef(id=member) for member in self._partners())
        asset = self.random.choice(list(LIMITS))
        return await agents.dismiss(**self._common, payer=payer, agent=agent, asset=asset, key=new_key())

    def _request_for(self) -> Any:
        payer, agent = self._partners()
        price = self.random.randint(1, 12)
        spend = [("VALUE", Decimal(3 * price - 1)), ("POINTS", Decimal(self.random.randint(1, 80)))]
        spend = self.random.choice([spend[:1], spend[1:], spend])
        return order(agent, lines=[LineRequest("1", "CD", 3, Decimal(price))], spend=spend, payer=MemberRef(id=payer))

    async def buy_for(self) -> Outcome:
        return await orders.commit(**self._common, request=self._request_for(), key=new_key())

    async def hold_for(self) -> Outcome:
        return await orders.hold(**self._common, request=self._request_for(), seconds=900, key=new_key())

    async def visit(self) -> Outcome:
        payer, agent = (MemberRef(id=member) for member in self._partners())
        facts: dict[str, Any] = {"asset": "VALUE", "amount": Decimal(self.random.randint(1, 20)), "reason": "visit"}
        return await spending.spend(**self._common, ref=payer, agent=agent, **facts, key=new_key())

    async def undo_visit(self) -> Outcome:
        return await self._undo(self.made.visits)

    async def issue(self) -> Outcome:
        return await gifts.issue(self.shop, str(self.random.randint(1, 30)))

    async def issue_from(self) -> Outcome:
        asset, amount = self.random.choice(["POINTS", "VALUE"]), str(self.random.randint(1, 30))
        return await gifts.issue(self.shop, amount, self._member(), asset=asset)

    def _card(self) -> Outcome:
        return self.random.choice(self.made.cards[-6:])

    async def claim(self) -> Outcome:
        return await gifts.claim(self.shop, await gifts.code_of(self.shop, self._card()), self._member())

    async def void(self) -> Outcome:
        card_id = self._card().card_id
        assert card_id is not None
        return await gifts.void(self.shop, card_id)

    async def race(self) -> Outcome:
        """Have two claim a new card at once, at two servers: exactly one gets it."""
        code = await gifts.code_of(self.shop, await gifts.issue(self.shop, "3"))
        claims = zip((self.shop, self.other), self.random.sample(self.members, 2), strict=True)
        asked = [gifts.claim(at, code, member) for at, member in claims]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        (claimed,) = [answer for answer in answers if isinstance(answer, Outcome)]
        (refused,) = [answer for answer in answers if not isinstance(answer, Outcome)]
        assert isinstance(refused, GiftCardNotInState), refused
        return claimed


OPERATIONS = (
    *("adjust", "adjust", "transfer", "transfer", "buy", "buy", "hold", "hold", "capture", "capture_part", "cancel"),
    *("give_back", "give_back", "pay_in", "pay_back", "use", "undo", "convert"),
    *("appoint", "appoint", "dismiss", "buy_for", "buy_for", "hold_for", "hold_for", "visit", "undo_visit"),
    *("issue", "issue_from", "claim", "claim", "void", "race"),
    *("guest_buy", "guest_buy", "claim_order", "check_in", "check_in"),
)


def limit(payer: UUID, agent: UUID, asset: str) -> Decimal | None:
    """Return what a member may draw in a month: for a pair and an asset always the same."""
    return LIMITS[asset] if payer < agent else None


async def appoint(shop: World, payer: UUID, agent: UUID, asset: str) -> Outcome:
    parties = (MemberRef(id=payer), MemberRef(id=agent))
    facts: dict[str, Any] = {"asset": asset, "monthly_limit": limit(payer, agent, asset), "key": new_key()}
    return await agents.appoint(shop.engine, shop.actor, *parties, **facts)

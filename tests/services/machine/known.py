"""What a till knows: the ids of what is there, and how requests name it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.orders import LineContent, OrderContent
from domain.usage import Consumed
from services.members import MemberRef
from services.movements import LineRef
from services.order_life import OrderRef
from services.orders import LineRequest, OrderRequest
from services.writer.answers import Outcome
from tests.factories import World, order
from tests.services.machine.calls import Call
from tests.services.oracle.books import Answer
from tests.services.oracle.deciding import SKUS
from tests.services.oracle.people import Posted
from tests.services.oracle.purchases import Order, Purchase
from tests.services.oracle.terms import SCALES

NOBODYS = UUID(int=1)


@dataclass
class Known:
    """Asks for one program; `people` are the ids of the members by number, `orders` those of the orders by name.

    `accounts` are the ids of the accounts by person and asset, `transfers` those of what can be undone, by operation
    and line, `rights` those of the rights by payer, agent and asset, `cards` the issues of gift
    cards that are there, by their bearers, `occasions` those of what members did, by number.
    """

    shop: World
    assets: dict[str, UUID]
    campaigns: dict[str, UUID]
    people: list[UUID] = field(default_factory=list)
    orders: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[tuple[int, str], UUID] = field(default_factory=dict)
    transfers: dict[tuple[str, Posted], UUID] = field(default_factory=dict)
    rights: dict[tuple[int, int, str], UUID] = field(default_factory=dict)
    cards: dict[int, UUID] = field(default_factory=dict)
    occasions: dict[int | None, UUID] = field(default_factory=dict)

    def facts(self, expected: Answer) -> dict[str, Any]:
        """Return the facts of a refusal as the services tell them."""
        names = {"order": self.orders, "occasion": self.occasions}
        return {
            f"{name}_id" if name in names else name: str(names[name][fact]) if name in names else fact
            for name, fact in expected.facts.items()
        }

    def learn(self, call: Call, expected: Answer, found: Outcome) -> None:
        """Remember what a call has made that was done just now."""
        if expected.card == len(self.people):
            assert found.card_id is not None
            self.people.append(found.card_id)
        if expected.right and found.agent_id:
            self.rights.setdefault(expected.right, found.agent_id)
        if expected.replayed:
            return
        if call.operation == "enrol":
            assert found.member_id is not None
            self.people.append(found.member_id)
        if call.operation in {"commit", "hold"} and expected.order is not None:
            assert found.order_id is not None
            self.orders[expected.order] = found.order_id
        if expected.occasion is not None:
            assert found.occasion_id is not None
            self.occasions[expected.occasion] = found.occasion_id

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _ref(self, number: int) -> MemberRef:
        return MemberRef(id=self.people[number])

    def _ref_or_none(self, number: int | None) -> MemberRef | None:
        return None if number is None else self._ref(number)

    def _id(self, number: int | None) -> UUID | None:
        return None if number is None else self.people[number]

    @staticmethod
    def _exact(asset: str, amount: int) -> Decimal:
        return Decimal(amount).scaleb(-SCALES[asset])

    def _line(self, line: Posted) -> LineRef:
        number, asset, seq = line
        return self.accounts.get((number, asset), NOBODYS), seq

    def _part(self, line: Posted, amount: int | None) -> Decimal | None:
        return None if amount is None else self._exact(line[1], amount)

    def _order(self, name: str) -> OrderRef:
        """Name an order by its id, or by the shop's name for it."""
        by_id = name in self.orders and len(name) % 2
        return OrderRef(id=self.orders[name]) if by_id else OrderRef(name=("shop", name))

    def _order_id(self, name: str) -> UUID:
        return self.orders.setdefault(name, uuid7())

    @staticmethod
    def _more(operation: str, pieces: Any = None) -> dict[str, Any]:
        returns = {"return_id": uuid7(), "quantities": pieces, "reason": None}
        return {"capture": {"quantities": pieces}, "cancel": {}, "return": returns}[operation]

    def _request(self, number: int | None, name: str, purchase: Purchase) -> OrderRequest:
        basket, spend, occurred, payer, shipping = purchase
        lines = [LineRequest(str(n + 1), SKUS[n], q, Decimal(price) / 100) for n, (q, price) in enumerate(basket)]
        amounts = [(asset, self._exact(asset, amount)) for asset, amount in spend]
        facts: dict[str, Any] = {"shipping": Decimal(shipping) / 100}
        facts |= {"external_id": name, "spend": amounts, "occurred_at": occurred, "payer": self._ref_or_none(payer)}
        return order(self._id(number), lines=lines, **facts)

    def _content(self, number: int | None, name: str, purchase: Purchase) -> OrderContent:
        basket, spend, occurred, payer, shipping = purchase
        content = OrderContent(
            source="shop",
            external_id=name,
            member_id=None,
            store=None,
            channel=None,
            occurred_at=occurred,
            shipping=shipping,
            lines=tuple(LineContent(str(n + 1), SKUS[n], None, None, q, price) for n, (q, price) in enumerate(basket)),
            spend=tuple(sorted((self.assets[asset], amount) for asset, amount in spend)),
        )
        return content if number is None else content.of(self.people[number], self._id(payer))

    def _consumed(self, order: Order | None) -> tuple[Consumed, ...]:
        """Return what an order takes of campaigns, as it is stored."""
        return tuple(
            Consumed(
                campaign_id=self.campaigns[one.code],
                day=one.day,
                count=one.times,
                money=one.money,
                points=one.points,
                points_of=self.assets[one.campaign.points_of] if one.campaign.points_of else None,
                bounds=one.campaign.most,
            )
            for one in (order.taken if order else ())
        )

"""How a call reaches the real thing: through the services as a caller's, or as a command of a batch."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.commands import (
    Adjust,
    AmendMember,
    CancelOrder,
    CaptureOrder,
    Claim,
    Command,
    CommitOrder,
    HoldOrder,
    ReturnOrder,
    TransferBalance,
)
from domain.digest import content_hash
from domain.gift_cards import code_for, code_hash
from domain.gift_commands import ClaimGiftCard, IssueGiftCard, VoidGiftCard
from domain.members import MemberStatus
from domain.orders import LineContent, OrderContent
from domain.refusals import Refusal
from domain.value_commands import (
    AppointAgent,
    ConvertBalance,
    DismissAgent,
    RefundTopUp,
    SpendBalance,
    TopUpValue,
    UndoSpend,
)
from services import agents, balances, gift_cards, members, order_life, orders, spending, values
from services.actors import Actor
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.movements import LineRef
from services.order_life import OrderRef
from services.orders import LineRequest, OrderRequest
from services.writer.answers import Outcome
from tests.factories import World, order
from tests.services.machine.calls import Call, named, names_one_twice
from tests.services.machine.card_draws import NOBODYS_CARD
from tests.services.oracle.books import Books
from tests.services.oracle.people import Posted
from tests.services.oracle.purchases import Purchase
from tests.services.oracle.terms import MONEY, SCALES

Who = tuple[Engine, Actor]
ABOUT_ORDERS: dict[str, type[Command]] = {"capture": CaptureOrder, "cancel": CancelOrder, "return": ReturnOrder}
"""Operations on orders that are there."""
ABOUT_LINES: dict[str, type[RefundTopUp | UndoSpend]] = {"refund": RefundTopUp, "undo": UndoSpend}
"""Operations on what a ledger line tells of."""
NOBODYS = UUID(int=1)


@dataclass
class Till:
    """Asks for one program; `people` are the ids of the members by number, `orders` those of the orders by name.

    `accounts` are the ids of the accounts by person and asset, `transfers` those of what can be undone, by operation
    and line, `rights` those of the rights by payer, agent and asset, `cards` the issues of gift
    cards that are there, by their bearers.
    """

    shop: World
    assets: dict[str, UUID]
    people: list[UUID] = field(default_factory=list)
    orders: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[tuple[int, str], UUID] = field(default_factory=dict)
    transfers: dict[tuple[str, Posted], UUID] = field(default_factory=dict)
    rights: dict[tuple[int, int, str], UUID] = field(default_factory=dict)
    cards: dict[int, UUID] = field(default_factory=dict)

    async def answer(self, call: Call, *, till: int = 0) -> Outcome | Refusal:
        """Make a call as one of the shop's tills, each of which has keys of its own."""
        who = self.shop.engine, replace(self.shop.actor, credential=f"key:till{till}")
        ask: Callable[..., Coroutine[Any, Any, Outcome]] = getattr(self, f"_ask_{call.operation}")
        try:
            return await ask(who, *call.content, key=call.key)
        except Refusal as refusal:
            return refusal

    def can_command(self, call: Call, books: Books) -> bool:
        """Whether a call can be a command: one names transfers and members that are there already, and two are two."""
        if call.operation in ABOUT_LINES and (call.operation, call.content[0]) not in self.transfers:
            return False
        cards = [call.content[0]] if call.operation in {"claim", "void"} else []
        if any(number in books.cards and number not in self.cards for number in named(call)):
            return False
        return all(number in self.cards for number in cards) and not names_one_twice(call)

    def command(self, call: Call, books: Books, card: int | None) -> Command:
        """Return a call as a command; the books say whose an order is, and `card` which gift card it is to be."""
        if card == len(self.people):
            self.people.append(uuid7())
        claim = Claim(f"key:desk:{call.operation}", call.key, content_hash(repr(call.content)))
        common: dict[str, Any] = {"program_id": self.shop.program.id, "actor": "key:desk", "claim": claim}
        if call.operation in ABOUT_ORDERS:
            name, *more = call.content
            known = books.orders.get(name)
            buyer, payer = (known.person, known.payer) if known else (None, None)
            of = {"order_id": self._order_id(name), "source": "shop", "external_id": name}
            whose = {"member_id": self._id(buyer), "payer_id": None if payer == buyer else self._id(payer)}
            return ABOUT_ORDERS[call.operation](**common, **of, **whose, **self._more(call.operation, *more))
        if call.operation in ABOUT_LINES:
            line, amount = call.content
            number, asset, _ = line
            own = {"member_id": self.people[number], "asset_id": self.assets[asset]}
            undone = {"transfer_id": self.transfers[call.operation, line], "amount": amount, "reason": None}
            return ABOUT_LINES[call.operation](**common, **own, **undone)
        if call.operation == "issue":
            return self._command_issue(common, card, *call.content)
        if call.operation in {"claim", "void"}:
            number, *to = call.content
            of = books.cards[number]
            bearer = {"bearer_id": self.people[number], "asset_id": self.assets[of.asset], "amount": of.amount}
            if call.operation == "claim":
                return ClaimGiftCard(**common, **bearer, member_id=self.people[to[0]])
            own = {"transfer_id": self.cards[number], "giver_id": self._id(of.giver)}
            return VoidGiftCard(**common, **bearer, **own, reason=None)
        make: Callable[..., Command] = getattr(self, f"_command_{call.operation}")
        return make(common, *call.content)

    # ── members and balances ─────────────────────────────────────────────────────────────────────────────────────────

    async def _ask_enrol(self, who: Who, phone: str | None, *, key: str) -> Outcome:
        return await members.enrol(*who, Enrolment(phone=phone), key=key)

    async def _ask_amend(self, who: Who, number: int, name: str, value: str | None, *, key: str) -> Outcome:
        return await members.amend(*who, self._ref(number), {name: value}, key=key)

    def _command_amend(self, common: Any, number: int, name: str, value: Any) -> Command:
        changes = {name: MemberStatus(value) if name == "status" else value}
        return AmendMember(**common, member_id=self.people[number], changes=changes)

    async def _ask_adjust(self, who: Who, number: int, asset: str, amount: int, *, key: str) -> Outcome:
        exact = self._exact(asset, amount)
        return await balances.adjust(*who, self._ref(number), asset=asset, amount=exact, reason="r", key=key)

    def _command_adjust(self, common: Any, number: int, asset: str, amount: int) -> Command:
        of = {"member_id": self.people[number], "asset_id": self.assets[asset]}
        return Adjust(**common, **of, amount=amount, reason="r")

    async def _ask_transfer(self, who: Who, number: int, to: int, *of: Any, key: str) -> Outcome:
        facts: dict[str, Any] = {"asset": of[0], "amount": self._exact(*of), "reason": None}
        return await balances.transfer(*who, self._ref(number), self._ref(to), **facts, key=key)

    def _command_transfer(self, common: Any, number: int, to: int, *of: Any) -> Command:
        both = {"member_id": self.people[number], "to_id": self.people[to]}
        return TransferBalance(**common, **both, asset_id=self.assets[of[0]], amount=of[1], reason=None)

    # ── stored value, and balances used ──────────────────────────────────────────────────────────────────────────────

    async def _ask_top_up(self, who: Who, number: int, amount: int, *, key: str) -> Outcome:
        exact = self._exact(MONEY, amount)
        return await values.top_up(*who, self._ref(number), asset=MONEY, amount=exact, reason=None, key=key)

    def _command_top_up(self, common: Any, number: int, amount: int) -> Command:
        of = {"member_id": self.people[number], "asset_id": self.assets[MONEY]}
        return TopUpValue(**common, **of, amount=amount, reason=None)

    async def _ask_refund(self, who: Who, line: Posted, amount: int | None, *, key: str) -> Outcome:
        return await values.refund(*who, self._line(line), amount=self._part(line, amount), reason=None, key=key)

    async def _ask_spend(self, who: Who, number: int, asset: str, amount: int, agent: Any, *, key: str) -> Outcome:
        facts: dict[str, Any] = {"asset": asset, "amount": self._exact(asset, amount), "reason": "r"}
        return await spending.spend(*who, self._ref(number), **facts, key=key, agent=self._ref_or_none(agent))

    def _command_spend(self, common: Any, number: int, asset: str, amount: int, agent: int | None) -> Command:
        of = {"member_id": self.people[number], "asset_id": self.assets[asset]}
        agent_id = None if agent == number else self._id(agent)
        return SpendBalance(**common, **of, amount=amount, reason="r", agent_id=agent_id)

    async def _ask_undo(self, who: Who, line: Posted, amount: int | None, *, key: str) -> Outcome:
        return await spending.undo(*who, self._line(line), amount=self._part(line, amount), reason=None, key=key)

    async def _ask_convert(self, who: Who, number: int, asset: str, into: str, amount: int, *, key: str) -> Outcome:
        facts: dict[str, Any] = {"source": asset, "target": into, "amount": self._exact(asset, amount)}
        return await spending.convert(*who, self._ref(number), **facts, key=key)

    def _command_convert(self, common: Any, number: int, asset: str, into: str, amount: int) -> Command:
        of = {"member_id": self.people[number], "from_id": self.assets[asset], "to_id": self.assets[into]}
        return ConvertBalance(**common, **of, amount=amount)

    # ── agents ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ask_appoint(self, who: Who, payer: int, agent: int, *of: Any, key: str) -> Outcome:
        asset, limit = of
        exact = None if limit is None else self._exact(asset, limit)
        both = self._ref(payer), self._ref(agent)
        return await agents.appoint(*who, *both, asset=asset, monthly_limit=exact, key=key)

    def _command_appoint(self, common: Any, payer: int, agent: int, asset: str, limit: int | None) -> Command:
        both = {"payer_id": self.people[payer], "agent_id": self.people[agent]}
        return AppointAgent(**common, **both, asset_id=self.assets[asset], monthly_limit=limit)

    async def _ask_dismiss(self, who: Who, payer: int, agent: int, asset: str, *, key: str) -> Outcome:
        return await agents.dismiss(*who, self._ref(payer), self._ref(agent), asset=asset, key=key)

    def _command_dismiss(self, common: Any, payer: int, agent: int, asset: str) -> Command:
        both = {"payer_id": self.people[payer], "agent_id": self.people[agent]}
        return DismissAgent(**common, **both, asset_id=self.assets[asset])

    # ── gift cards ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ask_issue(self, who: Who, giver: int | None, asset: str, amount: int, *, key: str) -> Outcome:
        facts: dict[str, Any] = {"asset": asset, "amount": self._exact(asset, amount), "message": None, "reason": None}
        return await gift_cards.issue(*who, self._ref_or_none(giver), **facts, key=key)

    def _command_issue(self, common: Any, card: int | None, giver: int | None, asset: str, amount: int) -> Command:
        bearer_id = uuid7() if card is None else self.people[card]
        of = {"bearer_id": bearer_id, "number": members.draw_number(), "asset_id": self.assets[asset], "amount": amount}
        code = code_hash(self._code(bearer_id))
        return IssueGiftCard(**common, **of, code_hash=code, giver_id=self._id(giver), message=None, reason=None)

    async def _ask_claim(self, who: Who, card: int, to: int, *, key: str) -> Outcome:
        return await gift_cards.claim(*who, self._code(self._bearer(card)), self._ref(to), key=key)

    async def _ask_void(self, who: Who, card: int, *, key: str) -> Outcome:
        return await gift_cards.void(*who, self._bearer(card), reason=None, key=key)

    def _bearer(self, card: int) -> UUID:
        return NOBODYS if card == NOBODYS_CARD else self.people[card]

    def _code(self, bearer_id: UUID) -> str:
        return code_for(self.shop.engine.secret_key, bearer_id)

    # ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ask_commit(self, who: Who, number: int | None, name: str, purchase: Purchase, *, key: str) -> Outcome:
        return await orders.commit(*who, self._request(number, name, purchase), key=key)

    def _command_commit(self, common: Any, number: int | None, name: str, purchase: Purchase) -> Command:
        content = self._content(number, name, purchase)
        return CommitOrder(**common, order_id=self._order_id(name), content=content)

    async def _ask_hold(self, who: Who, number: int | None, name: str, *of: Any, key: str) -> Outcome:
        return await orders.hold(*who, self._request(number, name, of[0]), seconds=of[1], key=key)

    def _command_hold(self, common: Any, number: int | None, name: str, *of: Any) -> Command:
        content = self._content(number, name, of[0])
        return HoldOrder(**common, order_id=self._order_id(name), content=content, seconds=of[1])

    async def _ask_capture(self, who: Who, name: str, pieces: Any, *, key: str) -> Outcome:
        return await order_life.capture(*who, self._order(name), pieces, key=key)

    async def _ask_cancel(self, who: Who, name: str, *, key: str) -> Outcome:
        return await order_life.cancel(*who, self._order(name), key=key)

    async def _ask_return(self, who: Who, name: str, pieces: Any, *, key: str) -> Outcome:
        return await order_life.return_(*who, self._order(name), pieces, reason=None, key=key)

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
        basket, spend, occurred, payer = purchase
        lines = [LineRequest(str(n + 1), "CD", q, Decimal(price) / 100) for n, (q, price) in enumerate(basket)]
        amounts = [(asset, self._exact(asset, amount)) for asset, amount in spend]
        facts = {"external_id": name, "spend": amounts, "occurred_at": occurred, "payer": self._ref_or_none(payer)}
        return order(self._id(number), lines=lines, **facts)

    def _content(self, number: int | None, name: str, purchase: Purchase) -> OrderContent:
        basket, spend, occurred, payer = purchase
        content = OrderContent(
            source="shop",
            external_id=name,
            member_id=None,
            store=None,
            channel=None,
            occurred_at=occurred,
            shipping=0,
            lines=tuple(LineContent(str(n + 1), "CD", None, None, q, price) for n, (q, price) in enumerate(basket)),
            spend=tuple(sorted((self.assets[asset], amount) for asset, amount in spend)),
        )
        return content if number is None else content.of(self.people[number], self._id(payer))

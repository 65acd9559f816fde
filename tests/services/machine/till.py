"""How a call reaches the real thing: through the services as a caller's, or as a command of a batch."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.claim_commands import ClaimOrder
from domain.codes import code_hash
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
from domain.gift_cards import code_for
from domain.gift_commands import ClaimGiftCard, IssueGiftCard, VoidGiftCard
from domain.members import MemberStatus
from domain.occasion_commands import RecordEvent, TagMember
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
from services import agents, balances, gift_cards, members, occasions, order_life, orders, spending, tags, values
from services.actors import Actor
from services.engine import Engine
from services.members import Enrolment
from services.occasions import EventRequest
from services.writer.answers import Outcome
from tests.services.machine.calls import Call, named, names_one_twice
from tests.services.machine.card_draws import NOBODYS_CARD
from tests.services.machine.known import NOBODYS, Known
from tests.services.oracle.books import Books
from tests.services.oracle.people import Posted
from tests.services.oracle.purchases import Order, Purchase
from tests.services.oracle.terms import MONEY

Who = tuple[Engine, Actor]
ABOUT_ORDERS: dict[str, type[Command]] = {"capture": CaptureOrder, "cancel": CancelOrder, "return": ReturnOrder}
"""Operations on orders that are there."""
ABOUT_LINES: dict[str, type[RefundTopUp | UndoSpend]] = {"refund": RefundTopUp, "undo": UndoSpend}
"""Operations on what a ledger line tells of."""


@dataclass
class Till(Known):
    """Asks the services, and makes commands of batches."""

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
        if call.operation == "claim_order" and call.content[0] not in books.orders:
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
            of: dict[str, Any] = {"order_id": self._order_id(name), "source": "shop", "external_id": name}
            whose = {"member_id": self._id(buyer), "payer_id": None if payer == buyer else self._id(payer)}
            of |= {"consumed": self._consumed(known), "occurred_at": known.occurred if known else None}
            return ABOUT_ORDERS[call.operation](**common, **of, **whose, **self._more(call.operation, *more))
        if call.operation == "claim_order":
            return self._command_claim_order(common, books.orders[call.content[0]], call.content[1])
        if call.operation in ABOUT_LINES:
            line, amount = call.content
            number, asset, _ = line
            own = {"member_id": self.people[number], "asset_id": self.assets[asset]}
            undone = {"transfer_id": self.transfers[call.operation, line], "amount": amount, "reason": None}
            return ABOUT_LINES[call.operation](**common, **own, **undone)
        if call.operation in {"issue", "claim", "void"}:
            return self._of_card(common, call, books, card)
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

    def _of_card(self, common: Any, call: Call, books: Books, card: int | None) -> Command:
        if call.operation == "issue":
            return self._command_issue(common, card, *call.content)
        number, *to = call.content
        of = books.cards[number]
        bearer = {"bearer_id": self.people[number], "asset_id": self.assets[of.asset], "amount": of.amount}
        if call.operation == "claim":
            return ClaimGiftCard(**common, **bearer, member_id=self.people[to[0]])
        own = {"transfer_id": self.cards[number], "giver_id": self._id(of.giver)}
        return VoidGiftCard(**common, **bearer, **own, reason=None)

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

    async def _ask_claim_order(self, who: Who, name: str, number: int, *, key: str) -> Outcome:
        return await order_life.claim(*who, self._order(name), self._ref(number), key=key)

    def _command_claim_order(self, common: Any, order: Order, number: int) -> Command:
        of = {"order_id": self._order_id(order.name), "source": "shop", "external_id": order.name}
        said: Purchase = order.content[1]
        content = self._content(None, order.name, said._replace(occurred=order.occurred, spend=()))
        content = content.of(self.people[number], None)
        whose = {"member_id": self.people[number], "payer_id": None, "consumed": self._consumed(order)}
        return ClaimOrder(**common, **of, **whose, content=content)

    # ── what members do, and what is noted of them ───────────────────────────────────────────────────────────────────

    async def _ask_event(self, who: Who, number: int, code: str, at: Any, name: str | None, *, key: str) -> Outcome:
        identity = ("app", name) if name else None
        request = EventRequest(self._ref(number), code, occurred_at=at, identity=identity)
        return await occasions.record_event(*who, request, key=key)

    def _command_event(self, common: Any, number: int, code: str, at: Any, name: str | None) -> Command:
        named = ("app", name) if name else None
        return RecordEvent(**common, member_id=self.people[number], code=code, occurred_at=at, name=named)

    async def _ask_tag(self, who: Who, number: int, add: Any, remove: Any, *, key: str) -> Outcome:
        return await tags.tag(*who, self._ref(number), add, remove, key=key)

    def _command_tag(self, common: Any, number: int, add: Any, remove: Any) -> Command:
        return TagMember(**common, member_id=self.people[number], add=add, remove=remove)

"""What a decision may look at, and what it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.book import Book, Rows
from domain.commands import Command
from domain.coupon_book import CouponBook
from domain.coupons import Choice, Coupon
from domain.ledger import Entry, LotMove
from domain.mature import mature
from domain.members import Identity, MemberState, refuse_bearer
from domain.occasions import Occasion
from domain.orders import Order, OrderEffect, OrderLine, OrderReturn
from domain.program import CampaignVersion, Program
from domain.refusals import NotFound
from domain.undoing import Original
from domain.usage import Usage, UsageKey
from domain.values import value


@value
class OrderRecord:
    """What is on record of an order: its lines and effects, and what its transfers did to lots and accounts."""

    lines: tuple[OrderLine, ...]
    effects: tuple[OrderEffect, ...]
    entries: tuple[Entry, ...] = ()
    moves: tuple[LotMove, ...] = ()
    """Of the transfer that committed it, and of its returns."""
    expired: Mapping[UUID, int] = field(default_factory=dict)
    """How much of each lot that it earned has expired, by lot id."""
    returns: int = 0
    """How many returns it had."""
    groups: Mapping[str, tuple[UUID, str]] = field(default_factory=dict)
    """Who of each stacking group gave it something: the version, and the campaign's name; for a claim of it."""


@value
class Situation:
    """Everything that a decision may look at beside the command. What is absent was not found."""

    program: Program
    now: datetime
    new_id: Callable[[], UUID]
    states: Mapping[UUID, MemberState] = field(default_factory=dict)
    """The members whom the command locks, by id."""
    order: Order | None = None
    """The order that has the name already."""
    order_entries: Sequence[tuple[UUID, int]] = ()
    """(account, seq) of what it posted."""
    record: OrderRecord | None = None
    """What is on record of it, for a command about an order that is there."""
    orders: Mapping[UUID, Order] = field(default_factory=dict)
    """All orders that were loaded, as the commands before this one leave them."""
    owners: Mapping[tuple[str, str], UUID] = field(default_factory=dict)
    """Whose each identity wanted by the command is, this member's own claims included."""
    identities: Sequence[tuple[str, str]] = ()
    """All identities of a member who is to be closed."""
    usages: Mapping[UsageKey, Usage] = field(default_factory=dict)
    """How often the campaigns that the command may take of applied, and how much they gave, as the commands before this
    one leave it. What is not there has no uses yet."""
    occasion: Occasion | None = None
    """The occasion that has the name already."""
    occasion_entries: Sequence[tuple[UUID, int]] = ()
    """(account, seq) of what it posted."""
    coupons: Mapping[UUID, Coupon] = field(default_factory=dict)
    """Those that the command names, those of its order, and of the wallets of its members as many as it may use, by
    id, as the commands before this one leave them."""
    versions: Mapping[UUID, CampaignVersion] = field(default_factory=dict)
    """The versions of templates that hold for these, by id. One that cannot be read is not there."""
    is_cut: bool = False
    """Whether its members have coupons of more templates than were looked at."""
    original: Original | None = None
    """The transfer that the command undoes; the lots that it used are among the members'."""


@value
class Decision:
    """What a command does: rows to insert, the members' states after it, and the outcome to store and answer.

    A refusal carries no decision at all.
    """

    outcome: dict[str, Any]
    states: tuple[MemberState, ...] = ()
    rows: Rows = field(default_factory=Rows)
    lines: tuple[OrderLine, ...] = ()
    """Lines of orders that are new or changed."""
    effects: tuple[OrderEffect, ...] = ()
    returns: tuple[OrderReturn, ...] = ()
    identities: tuple[Identity, ...] = ()
    """Identities gained."""
    freed: tuple[tuple[str, str], ...] = ()
    """Identities given up."""
    choice: Choice | None = None
    """How the coupons of an order were chosen."""
    usages: Mapping[UsageKey, Usage] = field(default_factory=dict)
    """The uses of campaigns after it, of those that it changed; those that a book counted are among its rows."""

    @property
    def order(self) -> Order | None:
        """The order that the command is about, if it is new or changed."""
        order_id = self.outcome.get("order")
        return self.rows.orders.get(UUID(order_id)) if order_id else None

    @property
    def state(self) -> MemberState | None:
        """The state of the one member whom the command is about; None for a guest's order."""
        return self.states[0] if self.states else None


def opened(command: Command, situation: Situation) -> Book:
    """Return the book of the one member, matured to now. Raises `NotFound`."""
    (book,) = books(command, situation)
    return book


def coupon_book(command: Command, situation: Situation, opened: Iterable[Book], rows: Rows | None = None) -> CouponBook:
    """Return the coupons that a command may touch; of a guest's order, which opens no book, with the rows to write."""
    opened = list(opened)
    into = opened[0].rows if opened else rows
    assert into is not None, "there is somewhere to write to"
    return CouponBook(into, situation.coupons, opened, now=situation.now, actor=command.actor)


def books(command: Command, situation: Situation) -> list[Book]:
    """Return the books of the command's members, matured to now; their rows are written together.

    Raises `NotFound`, and `InvalidInput` for a bearer of a gift card about whom this command cannot be.
    """
    rows = Rows()
    opened = []
    for member_id, path in zip(command.locks, (("member",), ("to",)), strict=False):
        state = situation.states.get(member_id)
        if state is None:
            raise NotFound("There is no such member.", field=path)
        if member_id not in command.bearers:
            refuse_bearer(state.member.kind, path)
        book = Book(
            situation.program,
            state,
            now=situation.now,
            actor=command.actor,
            new_id=situation.new_id,
            rows=rows,
            orders=situation.orders,
            usages=situation.usages,
            versions=situation.versions,
        )
        mature(book)
        opened.append(book)
    return opened

"""What callers ask of the writer. A command is checked before it is made: the writer never sees malformed input."""

from dataclasses import field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.coupons import NamedCoupon
from domain.members import PHONE_SOURCE, MemberKind, MemberStatus
from domain.orders import OrderContent
from domain.usage import Consumed
from domain.values import keyword_value, value


@value
class Claim:
    """An idempotency key: its scope (credential and operation), and the hash of the content it stands for."""

    scope: str
    key: str
    hash: bytes


@keyword_value
class Command:
    """What all commands share. `actor` names who asked, for the ledger; work of the system may go without a claim."""

    program_id: UUID
    actor: str
    claim: Claim | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """Ids of the members whose rows are locked while the command is decided, the one whom it is about first."""
        return ()

    @property
    def bearers(self) -> tuple[UUID, ...]:
        """Those of `locks` who may be bearers of gift cards. About a bearer few things can be done."""
        return ()

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """(member, asset, amount) that the command takes from lots, so that enough of them are loaded."""
        return ()

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """(source, external id) pairs that the command wants for its member."""
        return ()

    @property
    def order_name(self) -> tuple[str, str] | None:
        """(source, external id) of the order that the command is about."""
        return None

    @property
    def occasion_name(self) -> tuple[str, str] | None:
        """(source, external id) of the event that the command records."""
        return None

    @property
    def coupons(self) -> tuple[UUID, ...]:
        """Coupons that the command names: they are loaded, and those that nobody has are locked."""
        return ()

    @property
    def original(self) -> UUID | None:
        """The transfer that the command undoes, so that it is loaded with its lots; no two undo one at a time."""
        return None


@keyword_value
class BeginImport(Command):
    """Claim the key of a call whose orders are commands of their own, so that no other call has it."""

    claim: Claim
    orders: int
    """How many orders the call has."""


@keyword_value
class EnrolMember(Command):
    """Make a member. `number` is drawn by the caller; a clash draws another."""

    member_id: UUID
    number: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    birthday: date | None = None
    channel: str | None = None
    store: str | None = None
    kind: MemberKind = MemberKind.PERSON
    referred_by_id: UUID | None = None
    external: tuple[tuple[str, str], ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    occurred_at: datetime | None = None

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """The identities named, and the phone number."""
        return (*self.external, (PHONE_SOURCE, self.phone)) if self.phone else self.external


@keyword_value
class AmendMember(Command):
    """Change facts of a member: only the fields in `changes`, each to its new value."""

    member_id: UUID
    changes: dict[str, Any] = field(default_factory=dict)
    """Any of name, phone, email, birthday, status, channel, store, attributes."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """The new phone number, if there is one."""
        phone = self.changes.get("phone")
        return ((PHONE_SOURCE, phone),) if phone else ()

    @property
    def closes(self) -> bool:
        """Whether the member leaves for good, and gives up every identity."""
        return self.changes.get("status") is MemberStatus.CLOSED

    @property
    def frees_identities(self) -> bool:
        """Whether an identity may be given up."""
        return "phone" in self.changes or self.closes


@keyword_value
class CommitOrder(Command):
    """Evaluate an order and commit it at once."""

    order_id: UUID
    content: OrderContent
    named: tuple[NamedCoupon, ...] = ()
    """The coupons of its codes, in their order."""
    chooses: bool = False
    """Whether the best of the member's coupons are chosen: then none is named."""
    insists: bool = True
    """Whether it is refused when a coupon that it names does not apply; a preview tells why instead."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member of the order, and who pays for them; a guest order has none."""
        return tuple(id for id in (self.content.member_id, self.content.payer_id) if id)

    @property
    def coupons(self) -> tuple[UUID, ...]:
        """Those of its codes that are of one coupon."""
        return tuple(one.coupon_id for one in self.named if not one.is_shared)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """What the order is paid with."""
        holder_id = self.content.payer_id or self.content.member_id
        return tuple((holder_id, asset_id, amount) for asset_id, amount in self.content.spend) if holder_id else ()

    @property
    def order_name(self) -> tuple[str, str] | None:
        """The order's."""
        return (self.content.source, self.content.external_id)


@keyword_value
class HoldOrder(CommitOrder):
    """Evaluate an order and reserve what it is paid with, for so many seconds."""

    seconds: int


@keyword_value
class OrderCommand(Command):
    """What commands about an order that is there have in common; whose it is changes by `ClaimOrder` alone."""

    order_id: UUID
    source: str
    external_id: str
    member_id: UUID | None
    payer_id: UUID | None = None
    consumed: tuple[Consumed, ...] = ()
    """What the order takes of the limits and budgets of campaigns."""
    occurred_at: datetime | None = None
    """When the order happened."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member of the order, and who pays for them; a guest order has none."""
        return tuple(id for id in (self.member_id, self.payer_id) if id)

    @property
    def locks_order(self) -> bool:
        """Whether the order's own row has to be locked: no member's lock guards a guest's."""
        return not self.locks

    @property
    def holder_id(self) -> UUID | None:
        """Whose balances pay."""
        return self.payer_id or self.member_id

    @property
    def order_name(self) -> tuple[str, str] | None:
        """The order's."""
        return (self.source, self.external_id)


@keyword_value
class CaptureOrder(OrderCommand):
    """Commit a held order at the terms at which it was held: so many pieces of lines, by their refs; None for all."""

    quantities: tuple[tuple[str, int], ...] | None = None


@keyword_value
class CancelOrder(OrderCommand):
    """Give a held order up, and free what it reserved."""


@keyword_value
class ExpireOrder(OrderCommand):
    """Give a held order up whose time is over. Repeating it does nothing more."""


@keyword_value
class ReturnOrder(OrderCommand):
    """Take back so many pieces of lines of an order, by their refs; with None, all that is left."""

    return_id: UUID
    quantities: tuple[tuple[str, int], ...] | None
    reason: str | None


@keyword_value
class Adjust(Command):
    """Add to (or, negative, take from) a member's balance of one asset, for a stated reason."""

    member_id: UUID
    asset_id: UUID
    amount: int
    reason: str

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """What a negative adjustment takes."""
        return ((self.member_id, self.asset_id, -self.amount),) if self.amount < 0 else ()


@keyword_value
class TransferBalance(Command):
    """Move `amount` of an asset from one member to another; each part keeps its expiry."""

    member_id: UUID
    to_id: UUID
    asset_id: UUID
    amount: int
    reason: str | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """Both members."""
        return (self.member_id, self.to_id)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """What the giver gives."""
        return ((self.member_id, self.asset_id, self.amount),)


@keyword_value
class Remind(Command):
    """Tell a member how much of an asset expires on a local day: after the one instant, up to the other."""

    member_id: UUID
    asset_id: UUID
    after: datetime
    until: datetime

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def bearers(self) -> tuple[UUID, ...]:
        """Whoever it is: what falls due for a card falls due for its bearer."""
        return self.locks


@keyword_value
class Mature(Command):
    """Do what is due for a member: release and expire lots. Repeating it does nothing more."""

    member_id: UUID

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def bearers(self) -> tuple[UUID, ...]:
        """Whoever it is: what falls due for a card falls due for its bearer."""
        return self.locks

"""What callers ask of the writer. A command is checked before it is made: the writer never sees malformed input."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.members import PHONE_SOURCE, MemberStatus
from domain.orders import OrderContent


@dataclass(frozen=True, slots=True)
class Claim:
    """An idempotency key: its scope (credential and operation), and the hash of the content it stands for."""

    scope: str
    key: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What all commands share. `actor` names who asked, for the ledger; work of the system may go without a claim."""

    program_id: UUID
    actor: str
    claim: Claim | None

    @property
    def locks(self) -> UUID | None:
        """Id of the member whose row is locked while the command is decided."""
        return None

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """(source, external id) pairs that the command wants for its member."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    referred_by_id: UUID | None = None
    external: tuple[tuple[str, str], ...] = ()
    occurred_at: datetime | None = None

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """The identities named, and the phone number."""
        return (*self.external, (PHONE_SOURCE, self.phone)) if self.phone else self.external


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendMember(Command):
    """Change facts of a member: only the fields in `changes`, each to its new value."""

    member_id: UUID
    changes: dict[str, Any] = field(default_factory=dict)
    """Any of name, phone, email, birthday, status, channel, store."""

    @property
    def locks(self) -> UUID | None:
        """The member."""
        return self.member_id

    @property
    def identities(self) -> tuple[tuple[str, str], ...]:
        """The new phone number, if there is one."""
        phone = self.changes.get("phone")
        return ((PHONE_SOURCE, phone),) if phone else ()

    @property
    def status(self) -> MemberStatus | None:
        """The new status, if there is one."""
        return self.changes.get("status")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitOrder(Command):
    """Evaluate an order and commit it at once."""

    order_id: UUID
    content: OrderContent

    @property
    def locks(self) -> UUID | None:
        """The member of the order; a guest order has none."""
        return self.content.member_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    """Add to (or, negative, take from) a member's balance of one asset, for a stated reason."""

    member_id: UUID
    asset_id: UUID
    amount: int
    reason: str

    @property
    def locks(self) -> UUID | None:
        """The member."""
        return self.member_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Mature(Command):
    """Do what is due for a member: release and expire lots. Repeating it does nothing more."""

    member_id: UUID

    @property
    def locks(self) -> UUID | None:
        """The member."""
        return self.member_id

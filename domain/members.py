"""A member and everything of theirs that a decision needs."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.agents import Agents, Draws
from domain.gift_cards import GiftCard
from domain.ledger import Account, Hold, Lot
from domain.refusals import InvalidInput
from domain.values import value

PHONE_SOURCE = "#phone"
"""Reserved identity source under which a phone number is claimed, so that one unique key guards every look-up."""


class MemberStatus(StrEnum):
    """Whether a member may earn and spend."""

    ACTIVE = "ACTIVE"
    FROZEN = "FROZEN"
    CLOSED = "CLOSED"


class MemberKind(StrEnum):
    """Whose balances a member's are. It never changes."""

    PERSON = "PERSON"
    COMPANY = "COMPANY"
    GIFT_CARD = "GIFT_CARD"


@value
class Member:
    """Who has balances in a program: a person mostly. `position` is the number of their newest event."""

    id: UUID
    program_id: UUID
    number: str
    name: str | None
    phone: str | None
    email: str | None
    birthday: date | None
    status: MemberStatus
    channel: str | None
    store: str | None
    referred_by_id: UUID | None
    position: int
    enrolled_at: datetime
    recorded_at: datetime
    kind: MemberKind = MemberKind.PERSON
    tags: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the tag: `since`, when it was set, and `by`, who or what set it."""
    attributes: dict[str, str] = field(default_factory=dict)
    orders: int = 0
    """Orders that were committed and did not come back as a whole."""
    last_order_at: datetime | None = None
    """When the latest of all that were committed happened."""

    @property
    def claimed_phone(self) -> str | None:
        """The phone number by which the member is found; a closed one is found by none."""
        return None if self.status is MemberStatus.CLOSED else self.phone


def refuse_bearer(kind: str, path: tuple[str, ...]) -> None:
    """Refuse the bearer of a gift card where a person or a company is meant. Raises `InvalidInput`."""
    if kind == MemberKind.GIFT_CARD:
        raise InvalidInput(
            "This is the bearer of a gift card: a card is claimed or taken back, and no more.", field=path
        )


@value
class Identity:
    """A key by which an outside system knows a member; unique in the program."""

    id: UUID
    program_id: UUID
    source: str
    external_id: str
    member_id: UUID
    recorded_at: datetime


@value
class Standing:
    """A member's place on a ladder. `until` is when it is reviewed; None while the ladder keeps what was reached."""

    id: UUID
    program_id: UUID
    member_id: UUID
    ladder_id: UUID
    tier_id: UUID
    since: datetime
    until: datetime | None


@value
class MemberState:
    """A member with what was loaded under their lock.

    `lots` holds the lots that a decision can touch: those that are due, and enough in burn order for the debits asked
    for, or that a loaded hold reserved. `holds` are the open ones of the accounts whose due lots were loaded, and those
    of the order that a command is about. `next_due` says, for each account whose due lots were loaded, when its first
    lot that was not loaded is due; `unfinished` names accounts with more due lots than one load brings.
    """

    member: Member
    accounts: Mapping[UUID, Account] = field(default_factory=dict)
    """By asset id."""
    lots: Mapping[UUID, Lot] = field(default_factory=dict)
    """By lot id."""
    standings: Mapping[UUID, Standing] = field(default_factory=dict)
    """By ladder id."""
    next_due: Mapping[UUID, datetime] = field(default_factory=dict)
    """By account id."""
    holds: Mapping[UUID, Hold] = field(default_factory=dict)
    """By hold id."""
    hold_parts: Mapping[UUID, tuple[tuple[UUID, int], ...]] = field(default_factory=dict)
    """(lot, amount) that each hold reserved, by hold id."""
    unfinished: frozenset[UUID] = frozenset()
    agents: Agents = field(default_factory=dict)
    """Those who draw on the member by the commands of the batch."""
    draws: Draws = field(default_factory=dict)
    """Theirs, of the months that the commands may count in."""
    gift_card: GiftCard | None = None
    """The card whose bearer the member is."""

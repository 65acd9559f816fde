"""What callers ask of the writer about gift cards."""

from uuid import UUID

from domain.commands import Command
from domain.values import keyword_value


@keyword_value
class IssueGiftCard(Command):
    """Make a card and its bearer, of money that is paid in, or of a member's value. `number` is drawn by the caller."""

    bearer_id: UUID
    number: str
    code_hash: bytes
    asset_id: UUID
    amount: int
    giver_id: UUID | None
    message: str | None
    reason: str | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The giver; of what is paid in nobody, as nobody else knows the bearer yet."""
        return (self.giver_id,) if self.giver_id else ()

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """What the giver gives."""
        return ((self.giver_id, self.asset_id, self.amount),) if self.giver_id else ()


@keyword_value
class ClaimGiftCard(Command):
    """Move everything that is left of a card to a member."""

    member_id: UUID
    bearer_id: UUID
    asset_id: UUID
    amount: int
    """What the card was issued with: no more is in its lots."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member and the bearer."""
        return (self.member_id, self.bearer_id)

    @property
    def bearers(self) -> tuple[UUID, ...]:
        """The card's."""
        return (self.bearer_id,)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """All that the card may have."""
        return ((self.bearer_id, self.asset_id, self.amount),)


@keyword_value
class VoidGiftCard(Command):
    """Take back what is left of a card: to its giver, or to be paid back."""

    bearer_id: UUID
    giver_id: UUID | None
    transfer_id: UUID
    """By which the card was issued."""
    asset_id: UUID
    amount: int
    """What the card was issued with: no more is in its lots."""
    reason: str | None

    @property
    def original(self) -> UUID | None:
        """The issue, if a member gave: what is left goes back to the lots from which it came."""
        return self.transfer_id if self.giver_id else None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The bearer, and the giver if a member gave."""
        return (self.bearer_id, self.giver_id) if self.giver_id else (self.bearer_id,)

    @property
    def bearers(self) -> tuple[UUID, ...]:
        """The card's."""
        return (self.bearer_id,)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """All that the card may have."""
        return ((self.bearer_id, self.asset_id, self.amount),)

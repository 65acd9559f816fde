"""What callers ask of the writer about balances that are paid in, used and given back."""

from uuid import UUID

from domain.commands import Command
from domain.values import keyword_value


@keyword_value
class TopUpValue(Command):
    """Pay `amount` of money into a member's balance; the ladder decides what comes on top."""

    member_id: UUID
    asset_id: UUID
    amount: int
    reason: str | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)


@keyword_value
class SpendBalance(Command):
    """Use `amount` of a balance for something outside an order."""

    member_id: UUID
    asset_id: UUID
    amount: int
    reason: str
    agent_id: UUID | None = None
    """Who draws on the member; None for the member."""

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member, and their agent."""
        return (self.member_id, self.agent_id) if self.agent_id else (self.member_id,)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """What is used."""
        return ((self.member_id, self.asset_id, self.amount),)


@keyword_value
class UndoTransfer(Command):
    """What the commands share that undo `amount` of what one transfer did, or all that is left of it."""

    member_id: UUID
    asset_id: UUID
    transfer_id: UUID
    amount: int | None
    reason: str | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def original(self) -> UUID:
        """The transfer that is undone."""
        return self.transfer_id


@keyword_value
class UndoSpend(UndoTransfer):
    """Give back what a transfer spent."""


@keyword_value
class RefundTopUp(UndoTransfer):
    """Pay back what a top-up paid in."""


@keyword_value
class AppointAgent(Command):
    """Let a member draw on an asset of a payer, in a calendar month up to `monthly_limit` minor units of it, if any."""

    payer_id: UUID
    agent_id: UUID
    asset_id: UUID
    monthly_limit: int | None

    @property
    def locks(self) -> tuple[UUID, ...]:
        """Both members."""
        return (self.payer_id, self.agent_id)


@keyword_value
class DismissAgent(Command):
    """Let a member draw no more on an asset of a payer."""

    payer_id: UUID
    agent_id: UUID
    asset_id: UUID

    @property
    def locks(self) -> tuple[UUID, ...]:
        """Both members."""
        return (self.payer_id, self.agent_id)


@keyword_value
class ConvertBalance(Command):
    """Turn `amount` of one asset into another, at the program's rate."""

    member_id: UUID
    from_id: UUID
    to_id: UUID
    amount: int

    @property
    def locks(self) -> tuple[UUID, ...]:
        """The member."""
        return (self.member_id,)

    @property
    def debits(self) -> tuple[tuple[UUID, UUID, int], ...]:
        """What is converted."""
        return ((self.member_id, self.from_id, self.amount),)

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

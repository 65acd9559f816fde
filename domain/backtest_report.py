"""What a back-test found: two programs side by side over the same orders."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from domain.explanation import NotAppliedReason
from domain.values import keyword_value, value


@value
class Change:
    """An amount as the program is, and as it would be."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        """How much more it would be; negative is less."""
        return self.after - self.before


@value
class TierMove:
    """So many members end the period on another tier of a ladder than they do in the program as it is."""

    ladder_id: UUID
    from_id: UUID
    to_id: UUID
    members: int


@value
class MemberChange:
    """How much better off a member would be; negative is worse off.

    `benefit` is minor units of the program's currency: the discounts, and what the points would pay at checkout,
    rounded towards nothing for each asset. Points of an asset that pays nothing are worth nothing in it.
    """

    member_id: UUID
    benefit: int
    discount: int
    points: Mapping[UUID, int]
    """Minor units of each asset of which it would be another amount, by its id."""


@keyword_value
class BacktestReport:
    """Two programs over the same orders. Amounts are minor units: of the program's currency, or of an asset."""

    orders_considered: int
    orders_applied: int
    """To which the campaign gave something."""
    orders_touched: int
    """Of which discounts, payable, points or gifts would be others."""
    members_considered: int
    members_touched: int
    discount: Change
    """All discounts, those of shipping among them; the difference is what the change costs."""
    payable: Change
    gifts: Change
    """Pieces given."""
    points: Mapping[UUID, Change]
    """What is issued of each asset that orders earn, by its id."""
    tier_moves: tuple[TierMove, ...]
    winners: tuple[MemberChange, ...]
    """Those best off, first."""
    losers: tuple[MemberChange, ...]
    """Those worst off, first."""
    not_applied: Mapping[NotAppliedReason, int]
    """Why the campaign gave nothing, and to how many orders."""
    budget_spent_at: datetime | None
    """When the first order happened that the campaign's budget did not cover."""
    limit_reached_at: datetime | None
    """When the first order happened that one of the campaign's limits kept out."""

"""What happens to members that is no order, and what campaigns make of it."""

from datetime import datetime
from uuid import UUID

from domain.campaigns import Trigger
from domain.values import value


@value
class Occasion:
    """An enrolment, a behaviour event, a new tier: what campaigns answer.

    `code` names the behaviour, the tier or the campaign whose schedule it was; (`source`, `external_id`) names it for
    ever when an outside system reported it under a name of its own. `transfer_id` is None when it posted nothing.
    """

    id: UUID
    program_id: UUID
    member_id: UUID
    trigger: Trigger
    code: str | None
    source: str | None
    external_id: str | None
    attributes: dict[str, str]
    not_applied: list[dict[str, object]]
    consumed: list[dict[str, object]]
    transfer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime


@value
class OccasionEffect:
    """What was decided for an occasion, by (occasion, ordinal): see `OrderEffect`."""

    occasion_id: UUID
    ordinal: int
    program_id: UUID
    kind: str
    campaign_id: UUID
    campaign_version_id: UUID
    asset_id: UUID | None
    amount: int
    facts: dict[str, object]
    explanation: dict[str, object]

"""What a campaign's version says beside its conditions and effects: when, for whom, how often, how much in all."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from hashlib import sha256
from uuid import UUID

from domain.values import value

HOLDOUT_WHOLE = 10_000
"""A holdout share is so many parts of this: 500 is 5 %."""
EVER = date(1900, 1, 1)
"""The day under which uses are counted that a limit or a budget counts for ever."""


class Trigger(StrEnum):
    """What makes a campaign look whether it applies."""

    ORDER = "ORDER"
    ENROLLED = "ENROLLED"
    EVENT = "EVENT"
    SCHEDULE = "SCHEDULE"
    TIER_CHANGED = "TIER_CHANGED"
    SEGMENT_ENTERED = "SEGMENT_ENTERED"


class Audience(StrEnum):
    """For whose orders a campaign is."""

    MEMBERS = "MEMBERS"
    EVERYONE = "EVERYONE"


class CampaignKind(StrEnum):
    """What a campaign row is: one that applies by itself, or a template of coupons."""

    CAMPAIGN = "CAMPAIGN"
    COUPON = "COUPON"


class Step(StrEnum):
    """The steps of the waterfall, in their order; every answer shows the amount before and after each."""

    MEMBER_PRICE = "MEMBER_PRICE"
    PROMOTION = "PROMOTION"
    COUPON = "COUPON"
    SHIPPING = "SHIPPING"
    ASSETS = "ASSETS"
    PAYMENT = "PAYMENT"
    EARN = "EARN"
    PROGRESS = "PROGRESS"


class Stage(IntEnum):
    """When within an evaluation a rule is applied; within a stage by priority, then code."""

    MEMBER_PRICE = 10
    PROMOTION = 20
    COUPON = 30
    SHIPPING = 40
    EARN = 70
    MULTIPLY_EARN = 71
    PROGRESS = 80
    ISSUE_COUPON = 90


STEPS = {
    Stage.MEMBER_PRICE: Step.MEMBER_PRICE,
    Stage.PROMOTION: Step.PROMOTION,
    Stage.COUPON: Step.COUPON,
    Stage.SHIPPING: Step.SHIPPING,
    Stage.EARN: Step.EARN,
    Stage.MULTIPLY_EARN: Step.EARN,
    Stage.PROGRESS: Step.PROGRESS,
    Stage.ISSUE_COUPON: Step.PROGRESS,
}


class CampaignState(StrEnum):
    """Where a campaign is in its life. `SCHEDULED`, and `ENDED` by its window, follow from the clock (`state_at`)."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


def state_at(stored: str, window: tuple[datetime, datetime] | None, now: datetime) -> CampaignState:
    """Return the state at an instant, from the stored one and the half-open window of the published version, if any."""
    state = CampaignState(stored)
    if state is not CampaignState.RUNNING or window is None:
        return state
    if now < window[0]:
        return CampaignState.SCHEDULED
    return CampaignState.RUNNING if now < window[1] else CampaignState.ENDED


@value
class Limits:
    """How often a campaign may apply; None is no limit. All but `per_order` count orders and occasions.

    `per_order` bounds how many times an effect repeats within one order. Days are those of the program's time zone on
    which the order or occasion happened.
    """

    per_order: int | None = None
    per_member: int | None = None
    per_member_day: int | None = None
    per_day: int | None = None
    total: int | None = None


@value
class Budget:
    """How much a campaign may give in all; None is no bound. What would pass a bound is not given at all.

    `money` is minor units of the program's currency, for discounts; `points` minor units of the asset `points_of`;
    `count` is how many times effects applied, each repetition within an order by itself.
    """

    money: int | None = None
    points: int | None = None
    points_of: UUID | None = None
    count: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether there is any bound."""
        return not (self.money is None and self.points is None and self.count is None)


NO_LIMITS = Limits()
NO_BUDGET = Budget()


def held_out(campaign_id: UUID, member_id: UUID, share: int) -> bool:
    """Whether a member is in the share of `share` ten-thousandths that a campaign leaves out, to be compared with.

    The same members for all versions of the campaign, and others for each campaign: by a hash over both ids.
    """
    if not share:
        return False
    digest = sha256(campaign_id.bytes + member_id.bytes).digest()
    return int.from_bytes(digest[:8]) % HOLDOUT_WHOLE < share

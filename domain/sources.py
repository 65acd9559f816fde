"""What gives something in an evaluation: campaigns, and coupons with the versions of their templates."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from domain.campaigns import Stage
from domain.coupons import CouponOffer
from domain.effects.base import EffectRule
from domain.having import TAKING, having_bounds
from domain.instants import NEVER
from domain.program import CampaignVersion
from domain.usage import bounds_of
from domain.values import value

BUDGETS = frozenset({"money", "points", "count"})
NOTHING = frozenset[str]()


@value
class Source:
    """A campaign, or a coupon that the order may use. Of one template there may be several."""

    version: CampaignVersion
    key: UUID
    """By which it is known within an evaluation: of a campaign the id of its version, of a coupon its own."""
    owner: UUID
    """Who takes a stacking group: a campaign's version, or the template, whose coupons do not exclude each other."""
    coupon: CouponOffer | None = None

    @classmethod
    def of_campaign(cls, version: CampaignVersion) -> "Source":
        """Return a campaign."""
        return cls(version, version.id, version.id)

    @classmethod
    def of_coupon(cls, offer: CouponOffer) -> "Source":
        """Return a coupon."""
        return cls(offer.version, offer.coupon_id, offer.version.campaign_id, offer)

    @property
    def coupon_id(self) -> UUID | None:
        """The coupon; None for a campaign."""
        return self.coupon.coupon_id if self.coupon else None

    @property
    def rank(self) -> tuple[int, str, datetime, UUID]:
        """Where it stands among those of one stage."""
        return (self.version.priority, self.version.code, self.coupon.expires_at if self.coupon else NEVER, self.key)

    @property
    def is_had(self) -> bool:
        """Whether it is a coupon that somebody has: window and limits of its version were those of having it."""
        return self.coupon is not None and not self.coupon.is_new

    @property
    def until(self) -> datetime:
        """Before when it may be used."""
        return self.coupon.expires_at if self.coupon and self.is_had else self.version.ends_at

    @property
    def counted(self) -> bool:
        """Whether its uses have to be counted."""
        return bool(self.bounds) if self.coupon else self.version.counted

    @property
    def bounds(self) -> dict[str, int]:
        """The bounds that its use may reach, by name: see `bounds_of`."""
        if self.is_had:
            return having_bounds(self.version, TAKING if self.coupon and self.coupon.is_taken else NOTHING)
        return bounds_of(self.version)

    def runs_at(self, instant: datetime) -> bool:
        """Whether it may be used at an instant, as far as its window goes; an offer is of a coupon that is good."""
        return instant < self.until if self.is_had else self.version.runs_at(instant)

    def stage_of(self, rule: EffectRule) -> int:
        """Return when one of its rules is applied: discounts of lines at its own step, all others at theirs."""
        if rule.stage is not Stage.PROMOTION:
            return rule.stage
        return Stage.COUPON if self.coupon else self.version.stage


@value
class Placed:
    """A rule in its place: by stage, and within a stage by the rank of its source."""

    stage: int
    rank: int
    source: Source
    rule: EffectRule


_place = attrgetter("stage", "rank")


def placed(sources: Iterable[Source]) -> list[Placed]:
    """Return the rules of sources in the order in which they are applied."""
    rules = [
        Placed(source.stage_of(rule), rank, source, rule)
        for rank, source in enumerate(sorted(sources, key=attrgetter("rank")))
        for rule in source.version.effects
    ]
    rules.sort(key=_place)
    return rules

"""Coupons: what a template says beside its rules, and one issued coupon with its life.

A template is a campaign of its own kind: its versions have the step `COUPON` and `CouponTerms`. The window and the
limits of such a version are those of *having* a coupon; how long the coupon itself is good is `Validity`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.instants import NEVER, end_of_day, local_day, plus_days, plus_months, start_of_day
from domain.values import keyword_value, replace, value

if TYPE_CHECKING:
    from domain.program import CampaignVersion

CODE_PURPOSE = b"coupon"
"""Keeps the codes of coupons apart from anything else that is made of the server's secret."""
PROVEN_MAX = 20
"""Up to so many usable coupons the choice is proven to be the best; beyond, it is the best of what was looked at."""


class CouponState(StrEnum):
    """Where a coupon is in its life."""

    ISSUED = "ISSUED"
    HELD = "HELD"
    USED = "USED"
    EXPIRED = "EXPIRED"
    VOID = "VOID"


class CouponOrigin(StrEnum):
    """How a coupon came to be."""

    STAFF = "STAFF"
    """Issued by staff or a partner."""
    CAMPAIGN = "CAMPAIGN"
    """Given by an effect `issueCoupon`; `origin_id` is the order or the occasion."""
    CLAIM = "CLAIM"
    """Claimed from a template by its member, for nothing."""
    PURCHASE = "PURCHASE"
    """Bought with an asset; `origin_id` is the transfer that paid."""
    BATCH = "BATCH"
    """One code of a batch; `origin_id` is the batch."""
    SHARED_CODE = "SHARED_CODE"
    """Made by one use of a code that many share; `origin_id` is the order."""
    BUNDLE = "BUNDLE"
    """Part of a bundle; `origin_id` names what was had of it."""


class CouponChangeKind(StrEnum):
    """What happened to a coupon."""

    ISSUED = "ISSUED"
    CLAIMED = "CLAIMED"
    GIFTED = "GIFTED"
    HELD = "HELD"
    RELEASED = "RELEASED"
    USED = "USED"
    RETURNED = "RETURNED"
    EXPIRED = "EXPIRED"
    VOIDED = "VOIDED"
    EXTENDED = "EXTENDED"


@value
class Coupon:
    """One issued coupon. Of it only the owner, the state, what goes with the state, and the expiry change.

    `version_id` is the version of its template that holds for it, for ever. `member_id` is None for a code that nobody
    has yet. `order_id` is the order that holds or used it, `held_until` the end of that hold. `changes` is how many
    rows of `CouponChange` tell of it.
    """

    id: UUID
    program_id: UUID
    campaign_id: UUID
    """Its template."""
    version_id: UUID
    member_id: UUID | None
    code_hash: bytes
    """See `domain.codes.code_hash`. Of one made by a shared code, of its own code too."""
    origin: CouponOrigin
    origin_id: UUID | None
    state: CouponState
    order_id: UUID | None
    held_until: datetime | None
    valid_from: datetime
    expires_at: datetime
    """It is good before this instant; `NEVER` for one that does not expire."""
    changes: int
    recorded_at: datetime

    def at(self, now: datetime) -> "Coupon":
        """Return the coupon as it is now: a hold that ran out, and an expiry, hold whether or not they are written."""
        coupon = self
        if coupon.state is CouponState.HELD and coupon.held_until is not None and coupon.held_until <= now:
            state = CouponState.VOID if coupon.origin is CouponOrigin.SHARED_CODE else CouponState.ISSUED
            coupon = replace(coupon, state=state, order_id=None, held_until=None)
        if coupon.state is CouponState.ISSUED and coupon.expires_at <= now:
            coupon = replace(coupon, state=CouponState.EXPIRED)
        return coupon

    def usable_at(self, now: datetime) -> bool:
        """Whether it may be used now, as far as the coupon itself goes."""
        return self.at(now).state is CouponState.ISSUED and self.valid_from <= now


@value
class CouponChange:
    """One thing that happened to a coupon, by (coupon, ordinal). Insert only.

    `member_id` is the owner after it, `from_member_id` the one before, of a gift.
    """

    coupon_id: UUID
    ordinal: int
    program_id: UUID
    kind: CouponChangeKind
    actor: str
    member_id: UUID | None
    from_member_id: UUID | None
    order_id: UUID | None
    expires_at: datetime | None
    """The new expiry of one that was extended or came back."""
    reason: str | None
    recorded_at: datetime


class BatchState(StrEnum):
    """Where the making of a batch of codes is."""

    RUNNING = "RUNNING"
    CANCELLED = "CANCELLED"
    DONE = "DONE"


TALLIED = ("issued", "claimed", "held", "used", "returned", "expired", "voided", "discount", "revenue")


@dataclass(slots=True)
class Tally:
    """How the counters of one template change; all may be negative. See `models.CouponTally`."""

    issued: int = 0
    """Coupons made."""
    claimed: int = 0
    """Coupons that members took: claimed, bought, or taken into the wallet by a code."""
    held: int = 0
    """Coupons that orders hold now."""
    used: int = 0
    """Coupons that are used now."""
    returned: int = 0
    """How often one came back from an order."""
    expired: int = 0
    """Coupons that are expired now."""
    voided: int = 0
    """Coupons that are void now."""
    discount: int = 0
    """What they took off, in minor units of the program's currency, less what of it was returned."""
    revenue: int = 0
    """What was to be paid for the orders that used one, less what of it was returned."""


@value
class Validity:
    """How long a coupon is good. Either relative to when it is had, or fixed; the ends are those of local days.

    Relative: it begins `after_days` after the day on which it is had (0: at once), and is good for `days` or `months`
    (one of them) after that, to the end of the day: so for that many whole days at least. Fixed: from `fixed_from`
    (None: at once) to before `fixed_until`. With nothing given it is good at once and for ever.
    """

    after_days: int = 0
    days: int | None = None
    months: int | None = None
    fixed_from: datetime | None = None
    fixed_until: datetime | None = None

    def window(self, had_at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return from when to before when a coupon is good that is had at an instant."""
        if self.fixed_from is not None or self.fixed_until is not None:
            return max(self.fixed_from or had_at, had_at), self.fixed_until or NEVER
        start = had_at
        if self.after_days:
            start = start_of_day(local_day(plus_days(had_at, self.after_days, zone), zone), zone)
        if self.days is None and self.months is None:
            return start, NEVER
        last = plus_months(start, self.months, zone) if self.months else plus_days(start, self.days or 0, zone)
        return start, NEVER if last >= NEVER else end_of_day(local_day(last, zone), zone)


@value
class Price:
    """What a member pays for a coupon: an amount of an asset, in its minor units."""

    asset_id: UUID
    amount: int


@value
class BundlePart:
    """So many coupons of a template, named by its code, that come with a bundle."""

    template: str
    count: int


@keyword_value
class CouponTerms:
    """What a version of a template says beside its rules."""

    validity: Validity = Validity()
    per_order: int = 1
    """How many coupons of the template one order may use."""
    claimable: bool = False
    """Whether members may take one by themselves."""
    price: Price | None = None
    """What they pay for it, when it is claimable."""
    shared_code: str | None = None
    """A code that many may use, each use a coupon, in its normal form."""
    prefix: str | None = None
    """What stands before the unique codes, of the alphabet of codes."""
    transferable: bool = False
    """Whether its member may give it to another."""
    returnable: bool = True
    """Whether it comes back when all of the order that used it comes back."""
    grace_days: int = 0
    """How many local days more one is good that comes back expired."""
    bundle: tuple[BundlePart, ...] = ()
    """What a bundle is made of; then the version has no effects, and having it is having these."""


@value
class NamedCoupon:
    """A code that an order names: of one coupon, or shared by many, each use of which is a coupon.

    `coupon_id` is that of the one, or the id that the coupon gets which the use makes.
    """

    code: str
    """As it was given."""
    coupon_id: UUID
    campaign_id: UUID
    """Its template."""
    is_shared: bool = False
    limits: tuple[str, ...] = ()
    """The limits of having a coupon, by name, that count when the order's member does not have it yet."""
    is_guess: bool = False
    """Whether it is unknown, or another's: who names many of these is guessing."""


# ── what an evaluation is offered ────────────────────────────────────────────────────────────────────────────────────


@value
class CouponOffer:
    """A coupon that an order may use, with the version of its template that holds for it.

    For a shared code `coupon_id` is the id that the coupon gets which its use makes, and `is_new` is true: then the
    window and limits of the version are looked at too. Of a code that nobody had, and that the member takes by using
    it, `is_taken` is true: then those of its limits are looked at that count what members have.
    """

    coupon_id: UUID
    version: "CampaignVersion"
    expires_at: datetime
    is_new: bool = False
    is_taken: bool = False


@value
class CouponOffers:
    """The coupons that an order may use: those that its codes name, or with `is_choice` all that the member has.

    Of named ones each is used that applies, in the order of priority, code, expiry, id. Of a choice those are used that
    leave least to pay. `is_cut` says that the member has more than were looked at.
    """

    offers: Sequence[CouponOffer] = ()
    is_choice: bool = False
    is_cut: bool = False

    @property
    def presented(self) -> frozenset[str]:
        """The codes of the templates whose coupons are named: see `couponPresented`."""
        return NONE_NAMED if self.is_choice else frozenset(offer.version.code for offer in self.offers)


NONE_NAMED: frozenset[str] = frozenset()
NO_COUPONS = CouponOffers()


@value
class UsedCoupon:
    """A coupon that an order uses, and what it took off: minor units of the program's currency."""

    coupon_id: UUID
    version: "CampaignVersion"
    discount: int
    is_new: bool = False


@value
class Choice:
    """How the coupons of an order were chosen."""

    usable: int
    """How many could have been used, each by itself."""
    is_proven: bool
    """Whether no other legal set leaves less to pay."""
    looked_at: int = field(default=0, compare=False)
    """How many sets were evaluated."""

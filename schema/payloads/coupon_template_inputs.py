"""Inputs of templates of coupons: a version with its terms, its rules made from the same tables as campaigns'."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry

from domain.coupon_terms import DAYS_MAX, PARTS_MAX, PER_ORDER_MAX
from schema.payloads.campaign_inputs import (
    CampaignCalendarInput,
    ConditionInput,
    EffectInput,
)
from schema.payloads.coupon_templates import CouponTemplateBy
from schema.payloads.inputs import KEY
from schema.types.coupon_forms import BUNDLE_PART, FIXED, LIMITS, PRICE, RELATIVE
from schema.types.forms import INPUTS, stored
from schema.types.rule_enums import Audience
from services.campaign_forms import PRIORITY_DEFAULT, VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import NewCampaign

if TYPE_CHECKING:  # made from tables, which the type checker does not follow
    CouponBundlePartInput: TypeAlias = Any
    CouponPriceInput: TypeAlias = Any
    CouponTemplateLimitsInput: TypeAlias = Any
    CouponValidityFixedInput: TypeAlias = Any
    CouponValidityRelativeInput: TypeAlias = Any
else:
    CouponBundlePartInput, CouponPriceInput = INPUTS.of(BUNDLE_PART), INPUTS.of(PRICE)
    CouponTemplateLimitsInput = INPUTS.of(LIMITS)
    CouponValidityFixedInput, CouponValidityRelativeInput = INPUTS.of(FIXED), INPUTS.of(RELATIVE)


@strawberry.input(description="A template of coupons that does not exist yet.")
class CouponTemplateNewInput:
    """A name."""

    code: str = strawberry.field(
        description="Short name, unique among the program's campaigns and templates: 1 to 64 letters, digits, "
        "hyphens and underscores."
    )
    name: str = strawberry.field(description="Name for people, 1 to 200 characters.")


@strawberry.input(one_of=True, description="Of which template of coupons a version is drafted.")
class CouponTemplateDraftOf:
    """A new template or one that exists."""

    new: strawberry.Maybe[CouponTemplateNewInput] = strawberry.field(description="Of a new one.", default=None)
    existing: strawberry.Maybe[CouponTemplateBy] = strawberry.field(
        description="Of this one, as its next version.", default=None
    )

    def target(self) -> NewCampaign | CampaignRef:
        """Return what the use case drafts for."""
        if self.new is not None:
            return NewCampaign(self.new.value.code, self.new.value.name)
        assert self.existing is not None, "exactly one of the fields is given"
        return self.existing.value.ref()


@strawberry.input(one_of=True, description="How long a coupon is good.")
class CouponValidityInput:
    """A validity."""

    relative: strawberry.Maybe[CouponValidityRelativeInput] = strawberry.field(
        description="Counted from when it is had.", default=None
    )
    fixed: strawberry.Maybe[CouponValidityFixedInput] = strawberry.field(
        description="The same for all, whenever they are had.", default=None
    )


@strawberry.input(
    description="What a version of a template of coupons is to say. Window and limits are those of having a coupon; "
    "conditions, effects and the rest those of using it."
)
class CouponTemplateVersionInput:
    """A version."""

    effects: list[EffectInput] = strawberry.field(
        description="What a coupon does, 1 to 20 effects; of a bundle none.", default_factory=list
    )
    conditions: ConditionInput | None = strawberry.field(
        description="When it applies; left out, always. Combine several by `all` or `any`.", default=None
    )
    priority: int = strawberry.field(
        description="Its place among the coupons of an order, 0 to 10,000, the lowest first; then by code.",
        default=PRIORITY_DEFAULT,
    )
    starts_at: datetime | None = strawberry.field(
        description="From when coupons can be had; left out, from when those of the published version can, or while "
        "none is published the newest; of a new template from now.",
        default=None,
    )
    ends_at: datetime | None = strawberry.field(
        description="Until when they can be had; left out, for ever.", default=None
    )
    limits: CouponTemplateLimitsInput | None = strawberry.field(description="How many can be had.", default=None)
    validity: CouponValidityInput | None = strawberry.field(
        description="How long a coupon is good; left out, at once and for ever.", default=None
    )
    per_order: int = strawberry.field(description=f"How many an order may use, 1 to {PER_ORDER_MAX}.", default=1)
    claimable: bool = strawberry.field(description="Whether members may take one by themselves.", default=False)
    price: CouponPriceInput | None = strawberry.field(
        description="What they pay for it, when it is claimable; left out, nothing.", default=None
    )
    shared_code: str | None = strawberry.field(
        description="A code that many use, 4 to 32 letters, digits and dashes between them; left out, each coupon has "
        "one of its own. One with a shared code is not claimable and not transferable, and has no prefix.",
        default=None,
    )
    prefix: str | None = strawberry.field(
        description="What stands before the unique codes: 1 to 12 digits and letters but U; O is read as 0, I and L "
        "as 1.",
        default=None,
    )
    transferable: bool = strawberry.field(description="Whether a member may give one to another.", default=False)
    returnable: bool = strawberry.field(
        description="Whether one comes back when all of the order that used it does.", default=True
    )
    grace_days: int = strawberry.field(
        description=f"How many days more one is good that comes back expired, 0 to {DAYS_MAX:,}.", default=0
    )
    bundle: list[CouponBundlePartInput] | None = strawberry.field(
        description=f"What a bundle is made of, 1 to {PARTS_MAX} templates. A bundle is not used itself, so it has no "
        "effects, and nothing else that decides a use.",
        default=None,
    )
    audience: Audience = strawberry.field(description="For whose orders it is.", default=Audience.MEMBERS)
    calendar: CampaignCalendarInput | None = strawberry.field(
        description="Days and hours at which one may be used; left out, all.", default=None
    )
    stacking_group: str | None = strawberry.field(
        description="Of the campaigns and coupons of one group only one applies to an order. 1 to 64 characters.",
        default=None,
    )

    def request(self) -> VersionRequest:
        """Return what the use case stores."""
        return VersionRequest(
            effects=stored(self.effects),
            conditions=stored(self.conditions),
            priority=self.priority,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            audience=self.audience.value,
            calendar=stored(self.calendar),
            stacking_group=self.stacking_group,
            limits=stored(self.limits) or None,
            coupon=self._terms(),
        )

    def _terms(self) -> dict[str, Any]:
        """Return the terms that say something else than what goes without saying."""
        said = {
            "validity": stored(self.validity),
            "perOrder": None if self.per_order == 1 else self.per_order,
            "claimable": self.claimable or None,
            "price": stored(self.price),
            "sharedCode": self.shared_code,
            "prefix": self.prefix,
            "transferable": self.transferable or None,
            "returnable": None if self.returnable else False,
            "graceDays": self.grace_days or None,
            "bundle": stored(self.bundle),
        }
        return {name: part for name, part in said.items() if part is not None}


WHICH = "Which template."


@strawberry.input(description="What `couponTemplateDraft` takes.")
class CouponTemplateDraftInput:
    """A draft."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateDraftOf = strawberry.field(description="Of which template.")
    version: CouponTemplateVersionInput = strawberry.field(description="What it says.")


@strawberry.input(description="What `couponTemplateApprove` takes.")
class CouponTemplateApproveInput:
    """An approval."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateBy = strawberry.field(description=WHICH)
    version: int = strawberry.field(description="Number of the version that was looked at.")


@strawberry.input(description="What `couponTemplatePublish` takes.")
class CouponTemplatePublishInput:
    """A publication."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateBy = strawberry.field(description=WHICH)
    version: int | None = strawberry.field(description="Number of the version; left out, the newest.", default=None)


@strawberry.input(description="What `couponTemplatePause` takes.")
class CouponTemplatePauseInput:
    """A pause."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateBy = strawberry.field(description=WHICH)


@strawberry.input(description="What `couponTemplateResume` takes.")
class CouponTemplateResumeInput:
    """The end of a pause."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateBy = strawberry.field(description=WHICH)


@strawberry.input(description="What `couponTemplateEnd` takes.")
class CouponTemplateEndInput:
    """The end."""

    idempotency_key: str = strawberry.field(description=KEY)
    template: CouponTemplateBy = strawberry.field(description=WHICH)

"""Templates of coupons and their versions."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import strawberry

import models
from domain.codes import checked_prefix
from domain.coupon_terms import shared_code_of
from domain.instants import NEVER
from schema import ids
from schema.connection import Connection
from schema.context import Info
from schema.permissions import Needs
from schema.types.campaign import (
    CampaignCalendar,
    draft_of,
    published_of,
    shared_of,
    state_of,
    versions_of,
)
from schema.types.coupon_counters import CouponCounters
from schema.types.coupon_forms import LIMITS
from schema.types.forms import OUTPUTS, output_of
from schema.types.node import Node
from schema.types.program import Asset
from schema.types.rule_enums import Audience, CampaignState
from schema.types.rules import Condition, EffectRule
from services.actors import Scope

if TYPE_CHECKING:  # made from a table, which the type checker does not follow
    CouponTemplateLimits: TypeAlias = Any
else:
    CouponTemplateLimits = OUTPUTS.of(LIMITS)

Form: TypeAlias = Mapping[str, Any]


@strawberry.type(
    description="How long a coupon is good: counted from when it is had, or from `from` to `until`. With nothing given "
    "it is good at once and for ever."
)
class CouponValidity:
    """A validity."""

    after_days: int = strawberry.field(description="After how many days it begins, in the program's time zone.")
    days: int | None = strawberry.field(description="For how many days it is good then, to the end of the last.")
    months: int | None = strawberry.field(description="For how many months, to the end of the last day.")
    from_: datetime | None = strawberry.field(name="from", description="From when it is good, if that is fixed.")
    until: datetime | None = strawberry.field(description="Until when it is good, if that is fixed.")

    @classmethod
    def of(cls, form: Form) -> "CouponValidity":
        """Return the validity that stored terms say."""
        said = form.get("validity") or {}
        relative, fixed = said.get("relative") or {}, said.get("fixed") or {}
        return cls(
            after_days=relative.get("afterDays") or 0,
            days=relative.get("days"),
            months=relative.get("months"),
            from_=_instant(fixed.get("from")),
            until=_instant(fixed.get("until")),
        )


@strawberry.type(description="What a member pays for a coupon.")
class CouponPrice:
    """A price."""

    program_id: strawberry.Private[Any]
    code: strawberry.Private[str]
    amount: Decimal = strawberry.field(description="How much of the asset.")

    @strawberry.field(description="What is paid with; null when the program does not have it any more.")
    async def asset(self, info: Info) -> Asset | None:
        """Return the asset."""
        found = (await info.context.loaders.program.load(self.program_id)).asset(self.code)
        return Asset.of(found) if found else None

    @classmethod
    def of(cls, form: Form, program_id: Any) -> "CouponPrice | None":
        """Return the price that stored terms say."""
        said = form.get("price")
        if said is None:
            return None
        return cls(program_id=program_id, code=said["asset"], amount=Decimal(str(said["amount"])))


@strawberry.type(description="So many coupons of a template, which come with a bundle.")
class CouponBundlePart:
    """A part of a bundle."""

    code: strawberry.Private[str]
    count: int = strawberry.field(description="How many.")

    @strawberry.field(description="The template; null when the caller may not see it.")
    async def template(self, info: Info) -> "CouponTemplate | None":
        """Return the template."""
        row = await info.context.loaders.coupons.template_by_code.load(self.code)
        return CouponTemplate.of(row) if row else None

    @classmethod
    def all_of(cls, form: Form) -> "list[CouponBundlePart]":
        """Return the parts that stored terms say."""
        return [cls(code=part["template"], count=part["count"]) for part in form.get("bundle") or ()]


@strawberry.type(
    description="What a template of coupons says; it never changes once it is drafted. Window and limits are those of "
    "having a coupon; conditions, effects and the rest those of using it."
)
class CouponTemplateVersion(Node):
    """A version."""

    number: int = strawberry.field(description="1 for the first of the template, and so on.")
    label: str = strawberry.field(description="What explanations call it: `SPRING v1`.")
    priority: int = strawberry.field(description="Its place among the coupons of an order, the lowest first.")
    starts_at: datetime = strawberry.field(description="From when coupons can be had.")
    ends_at: datetime | None = strawberry.field(description="Until when they can be had; null for ever.")
    limits: CouponTemplateLimits | None = strawberry.field(description="How many can be had, if there are limits.")
    validity: CouponValidity = strawberry.field(description="How long a coupon is good.")
    per_order: int = strawberry.field(description="How many an order may use.")
    claimable: bool = strawberry.field(description="Whether members may take one by themselves.")
    price: CouponPrice | None = strawberry.field(description="What they pay for it; null for nothing.")
    shared_code: str | None = strawberry.field(description="The code that many use; null for unique codes.")
    prefix: str | None = strawberry.field(description="What stands before the unique codes.")
    transferable: bool = strawberry.field(description="Whether a member may give one to another.")
    returnable: bool = strawberry.field(description="Whether one comes back with the whole order that used it.")
    grace_days: int = strawberry.field(description="How many days more one is good that comes back expired.")
    bundle: list[CouponBundlePart] = strawberry.field(description="What a bundle is made of; empty for all others.")
    audience: Audience = strawberry.field(description="For whose orders it is.")
    calendar: CampaignCalendar | None = strawberry.field(description="Days and hours at which one may be used.")
    stacking_group: str | None = strawberry.field(
        description="Of the campaigns and coupons of one group only one applies to an order."
    )
    conditions: Condition | None = strawberry.field(description="When one applies; null for always.")
    effects: list[EffectRule] = strawberry.field(description="What one does; empty for a bundle.")
    drafted_by: str | None = strawberry.field(description="The credential that drafted it; null when it came along.")
    recorded_at: datetime = strawberry.field(description="When it was drafted.")
    published: bool = strawberry.field(description="Whether coupons are had by this version now.")
    approved: bool = strawberry.field(description="Whether this is the version that was approved last.")

    @classmethod
    def of(cls, row: models.CampaignVersion, template: models.Campaign) -> "CouponTemplateVersion":
        """Return the version of the contract."""
        form: Form = row.coupon or {}
        return cls(
            id=ids.encode(ids.COUPON_TEMPLATE_VERSION, row.id),
            limits=output_of(LIMITS, row.limits) if row.limits else None,
            validity=CouponValidity.of(form),
            per_order=form.get("perOrder") or 1,
            claimable=bool(form.get("claimable")),
            price=CouponPrice.of(form, row.program_id),
            shared_code=shared_code_of(form),
            prefix=checked_prefix(form["prefix"]) if form.get("prefix") else None,
            transferable=bool(form.get("transferable")),
            returnable=form.get("returnable") is not False,
            grace_days=form.get("graceDays") or 0,
            bundle=CouponBundlePart.all_of(form),
            **shared_of(row, template),
        )


@strawberry.type(
    description="A template of coupons under a stable name; what it says is in immutable versions. A coupon goes by "
    "the version under which it was had. A member sees what was published, and of it what is not kept for staff."
)
class CouponTemplate(Node):
    """A template."""

    row: strawberry.Private[models.Campaign]
    code: str = strawberry.field(description="Short name, unique among the program's campaigns and templates.")
    name: str = strawberry.field(description="Name for people.")

    @strawberry.field(description="Where it is in its life, by the program's clock: coupons can be had while it runs.")
    async def state(self, info: Info) -> CampaignState:
        """Return the state."""
        return await state_of(info, self.row)

    @strawberry.field(description="From when coupons can be had; null while none was published.")
    async def starts_at(self, info: Info) -> datetime | None:
        """Return the start of the published version."""
        shown = await published_of(info, self.row)
        return shown.starts_at if shown else None

    @strawberry.field(description="Until when coupons can be had; null for ever.")
    async def ends_at(self, info: Info) -> datetime | None:
        """Return the end of the published version."""
        shown = await published_of(info, self.row)
        return shown.ends_at if shown and shown.ends_at < NEVER else None

    @strawberry.field(description="How long a coupon is good that is had now; null while none was published.")
    async def validity(self, info: Info) -> CouponValidity | None:
        """Return the validity of the published version."""
        shown = await published_of(info, self.row)
        return CouponValidity.of(shown.coupon or {}) if shown else None

    @strawberry.field(description="Whether members may take one by themselves, as it is published.")
    async def claimable(self, info: Info) -> bool:
        """Return what the published version says."""
        return bool((await self._terms(info)).get("claimable"))

    @strawberry.field(description="What they pay for it; null for nothing.")
    async def price(self, info: Info) -> CouponPrice | None:
        """Return the price of the published version."""
        return CouponPrice.of(await self._terms(info), self.row.program_id)

    @strawberry.field(description="Whether a member may give one to another.")
    async def transferable(self, info: Info) -> bool:
        """Return what the published version says."""
        return bool((await self._terms(info)).get("transferable"))

    @strawberry.field(description="What a bundle is made of; empty for all others.")
    async def bundle(self, info: Info) -> list[CouponBundlePart]:
        """Return the parts of the published version."""
        return CouponBundlePart.all_of(await self._terms(info))

    @strawberry.field(description="How many are left of the stock; null when there is no limit `total`.")
    async def left(self, info: Info) -> int | None:
        """Return the stock less what was had."""
        shown = await published_of(info, self.row)
        limits: Any = shown.limits if shown else None
        total: int | None = (limits or {}).get("total")
        if total is None:
            return None
        used = await info.context.loaders.campaign_usage.load(self.row.id)
        return max(0, total - int(used.uses if used else 0))

    @strawberry.field(
        description="The version by which coupons are had now, if one was published.",
        extensions=[Needs(Scope.PROGRAM_READ)],
    )
    async def published(self, info: Info) -> CouponTemplateVersion | None:
        """Return the published version."""
        shown = await published_of(info, self.row)
        return CouponTemplateVersion.of(shown, self.row) if shown else None

    @strawberry.field(
        description="The newest version, if it was drafted after what is published.",
        extensions=[Needs(Scope.PROGRAM_READ)],
    )
    async def draft(self, info: Info) -> CouponTemplateVersion | None:
        """Return the newest version that was not published."""
        newest = await draft_of(info, self.row)
        return CouponTemplateVersion.of(newest, self.row) if newest else None

    @strawberry.field(description="All versions, the newest first.", extensions=[Needs(Scope.PROGRAM_READ)])
    async def versions(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the version before.")] = None,
    ) -> Connection[CouponTemplateVersion]:
        """Return a page of versions."""
        return await versions_of(info, self.row, first, after, CouponTemplateVersion.of)

    @strawberry.field(
        description="What became of its coupons, in numbers of this moment.", extensions=[Needs(Scope.COUPONS_READ)]
    )
    async def counters(self, info: Info) -> CouponCounters:
        """Return the counters."""
        return await CouponCounters.load(info, self.row.id)

    async def _terms(self, info: Info) -> Form:
        shown = await published_of(info, self.row)
        return (shown.coupon or {}) if shown else {}

    @classmethod
    def of(cls, row: models.Campaign) -> "CouponTemplate":
        """Return the template of the contract."""
        return cls(id=ids.encode(ids.COUPON_TEMPLATE, row.id), row=row, code=row.code, name=row.name)


def _instant(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)

"""What was decided for an order, and what is left to pay of it step by step."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from domain.amounts import from_minor
from domain.assets import AssetKind
from domain.program import Program
from domain.waterfall import step_of, waterfall
from schema import ids
from schema.context import Info
from schema.enums import EffectKind, WaterfallStep
from schema.types.campaign import Campaign
from schema.types.coupon import Coupon, OneTemplate, found_coupon
from schema.types.explanation import Explanation, campaign_of, template_of
from schema.types.ledger import Lot
from schema.types.program import Asset


@strawberry.type(description="So much of one lot.")
class LotUse:
    """A part of a lot."""

    lot: Lot = strawberry.field(description="The lot, as it is now.")
    amount: Decimal = strawberry.field(description="How much of it.")


@strawberry.type(description="A line's share of a discount.")
class LineShare:
    """A part of a discount."""

    ref: str = strawberry.field(description="Name of the line within its order.")
    amount: Decimal = strawberry.field(description="How much of the discount, in the program's currency.")


@strawberry.interface(description="One thing that was decided for an order or an occasion, with the reason.")
class Effect:
    """An effect."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable once the order is committed.")
    kind: EffectKind = strawberry.field(description="What the effect does.")
    step: WaterfallStep = strawberry.field(description="At which step it was decided.")
    explanation: Explanation = strawberry.field(description="Why, by which version, with the arithmetic.")
    campaign_id: strawberry.Private[UUID | None]
    order_id: strawberry.Private[UUID]
    """Or of the occasion."""
    ordinal: strawberry.Private[int]
    program: strawberry.Private[Program]
    coupon_id: strawberry.Private[UUID | None] = None
    is_of_occasion: strawberry.Private[bool] = False

    @strawberry.field(
        description="The campaign that decided it; null for what a coupon did, and what the order is paid with."
    )
    async def campaign(self, info: Info) -> Campaign | None:
        """Return the campaign."""
        return None if self.coupon_id else await campaign_of(info, self.campaign_id)

    @strawberry.field(
        description="The coupon that did it; null when none did, when the caller may not see it, and in a preview of a "
        "shared code, whose use makes one."
    )
    async def coupon(self, info: Info) -> Coupon | None:
        """Return the coupon."""
        return await found_coupon(info, self.coupon_id)

    @strawberry.field(
        description="The template of the coupon or shared code that did it; null for what a campaign did, and what the "
        "order is paid with."
    )
    async def coupon_template(self, info: Info) -> OneTemplate | None:
        """Return the template."""
        return await template_of(info, self.campaign_id)


async def _lots(effect: Effect, info: Info) -> list[LotUse]:
    """Return the lots that an effect used or made, of those that the caller may see."""
    loaders = info.context.loaders
    of_owner = loaders.occasion_lots if effect.is_of_occasion else loaders.effect_lots
    found = await of_owner.load(effect.order_id)
    program = effect.program
    return [
        LotUse(lot=Lot.of(row, program), amount=from_minor(amount, program.asset_by_id(row.asset_id).scale))
        for row, amount in found.get(effect.ordinal, ())
    ]


MADE = "The lots that it made, of those that the caller may see; none until the order is committed."


@strawberry.type(description="So much of an asset for what was bought.")
class EarnEffect(Effect):
    """Base earning."""

    asset: Asset = strawberry.field(description="What is earned.")
    amount: Decimal = strawberry.field(description="How much.")

    @strawberry.field(description=MADE)
    async def lots(self, info: Info) -> list[LotUse]:
        """Return the lots."""
        return await _lots(self, info)


@strawberry.type(description="More of what the base rules earned.")
class MultiplyEarnEffect(Effect):
    """A multiplier's share."""

    asset: Asset = strawberry.field(description="What is earned.")
    amount: Decimal = strawberry.field(description="How much more.")
    factor: Decimal = strawberry.field(description="The factor of this rule.")

    @strawberry.field(description=MADE)
    async def lots(self, info: Info) -> list[LotUse]:
        """Return the lots."""
        return await _lots(self, info)


@strawberry.type(description="What the order is paid with: points used as money, or stored value.")
class SpendEffect(Effect):
    """A payment."""

    asset: Asset = strawberry.field(description="What pays.")
    amount: Decimal = strawberry.field(description="How much of it.")
    value: Decimal = strawberry.field(description="What that pays, in the program's currency.")

    @strawberry.field(
        description="The lots that it used, the first used first, of those that the caller may see; none until the "
        "order is committed."
    )
    async def lots(self, info: Info) -> list[LotUse]:
        """Return the lots."""
        return await _lots(self, info)


@strawberry.type(description="Less to pay for some lines. Amounts are in the program's currency.")
class DiscountEffect(Effect):
    """A discount."""

    amount: Decimal = strawberry.field(description="How much.")
    lines: list[LineShare] = strawberry.field(description="Of each line its share; they add up to the amount.")


@strawberry.type(description="Less to pay for shipping.")
class ShippingDiscountEffect(Effect):
    """A discount of shipping."""

    amount: Decimal = strawberry.field(description="How much, in the program's currency.")


@strawberry.type(description="Pieces that come with the order at no price, as a line of their own.")
class GiftEffect(Effect):
    """A gift."""

    sku: str = strawberry.field(description="What is given.")
    name: str | None = strawberry.field(description="Its name for people.")
    quantity: int = strawberry.field(description="How many pieces.")
    ref: str = strawberry.field(description="Name of its line within the order.")


@strawberry.type(description="A word by which the member is known from now on.")
class TagEffect(Effect):
    """A tag."""

    tag: str = strawberry.field(description="The word.")


@strawberry.type(description="Coupons that the member is given.")
class IssueCouponEffect(Effect):
    """Coupons as a gift."""

    template_code: strawberry.Private[str]
    template_ids: strawberry.Private[frozenset[UUID]]
    """The template, or the parts of the bundle."""
    count: int = strawberry.field(description="How many; of a bundle, how often all of it.")

    @strawberry.field(description="What they are coupons of.")
    async def template(self, info: Info) -> OneTemplate | None:
        """Return the template."""
        from schema.types.coupon_template import CouponTemplate  # noqa: PLC0415  (templates know what they do)

        row = await info.context.loaders.coupons.template_by_code.load(self.template_code)
        return CouponTemplate.of(row) if row else None

    @strawberry.field(
        description="The coupons of this template that the order or occasion gave, of those that the caller may see; "
        "none until it is committed."
    )
    async def coupons(self, info: Info) -> list[Coupon]:
        """Return the coupons."""
        rows = await info.context.loaders.coupons.given_by.load(self.order_id)
        return [Coupon.of(row) for row in rows if row.campaign_id in self.template_ids]


EFFECTS = (
    SpendEffect,
    EarnEffect,
    MultiplyEarnEffect,
    DiscountEffect,
    ShippingDiscountEffect,
    GiftEffect,
    TagEffect,
    IssueCouponEffect,
)


def effect_of(row: Any, program: Program) -> Effect:
    """Return the effect of the contract from a stored row (or one that a preview would store)."""
    common: dict[str, Any] = {
        "id": ids.encode_numbered(ids.EFFECT, row.order_id, row.ordinal),
        "kind": EffectKind(row.kind),
        "step": step_of(row, program),
        "campaign_id": row.campaign_id,
        "explanation": Explanation.of(row.explanation),
        "order_id": row.order_id,
        "ordinal": row.ordinal,
        "program": program,
        "coupon_id": _coupon_id(row),
    }
    return _of_asset(row, program, common) if row.asset_id else _of_order(row, program.currency_scale, common)


def occasion_effect_of(row: Any, program: Program) -> Effect:
    """Return the effect of the contract from a stored row of an occasion's."""
    is_progress = row.asset_id is None or program.asset_by_id(row.asset_id).kind is AssetKind.QUALIFYING
    common: dict[str, Any] = {
        "id": ids.encode_numbered(ids.EFFECT, row.occasion_id, row.ordinal),
        "kind": EffectKind(row.kind),
        "step": WaterfallStep.PROGRESS if is_progress else WaterfallStep.EARN,
        "campaign_id": row.campaign_id,
        "explanation": Explanation.of(row.explanation),
        "order_id": row.occasion_id,
        "ordinal": row.ordinal,
        "program": program,
        "is_of_occasion": True,
    }
    return _of_asset(row, program, common) if row.asset_id else _of_member(row, common)


def _coupon_id(row: Any) -> UUID | None:
    coupon = (row.facts or {}).get("coupon")
    return UUID(coupon) if coupon else None


def _of_asset(row: Any, program: Program, common: Mapping[str, Any]) -> Effect:
    asset = program.asset_by_id(row.asset_id)
    common = {**common, "asset": Asset.of(asset), "amount": from_minor(row.amount, asset.scale)}
    if row.kind == EffectKind.SPEND:
        return SpendEffect(**common, value=from_minor(row.facts["value"], program.currency_scale))
    if row.kind == EffectKind.MULTIPLY_EARN:
        return MultiplyEarnEffect(**common, factor=Decimal(row.facts["factor"]))
    return EarnEffect(**common)


def _of_order(row: Any, scale: int, common: Mapping[str, Any]) -> Effect:
    facts = row.facts
    match EffectKind(row.kind):
        case EffectKind.DISCOUNT:
            parts = sorted((row.parts or {}).items())
            lines = [LineShare(ref=ref, amount=from_minor(part, scale)) for ref, part in parts]
            return DiscountEffect(**common, amount=from_minor(row.amount, scale), lines=lines)
        case EffectKind.SHIPPING_DISCOUNT:
            return ShippingDiscountEffect(**common, amount=from_minor(row.amount, scale))
        case EffectKind.GIFT:
            return GiftEffect(**common, sku=facts["sku"], name=facts.get("name"), quantity=row.amount, ref=facts["ref"])
    return _of_member(row, common)


def _of_member(row: Any, common: Mapping[str, Any]) -> Effect:
    """Return what the member is given that is no value: coupons, or a tag."""
    facts = row.facts
    if row.kind != EffectKind.ISSUE_COUPON:
        return TagEffect(**common, tag=facts["tag"])
    template_ids = frozenset(map(UUID, facts["counts"]))
    return IssueCouponEffect(**common, template_code=facts["template"], template_ids=template_ids, count=row.amount)


@strawberry.type(description="A step of the waterfall. Amounts are in the program's currency.")
class WaterfallLine:
    """What is left to pay before and after a step."""

    step: WaterfallStep = strawberry.field(description="Which step.")
    before: Decimal = strawberry.field(description="What is left to pay before it.")
    after: Decimal = strawberry.field(description="What is left to pay after it.")
    effects: list[Effect] = strawberry.field(description="What was decided at it.")


WATERFALL = (
    "What is left to pay before and after each step, all steps in their fixed order: from the listed price with "
    "shipping to what cash, card or other means pay. Of an order that was captured in part, or of which something came "
    "back, as it was decided for the whole."
)


def waterfall_of(order: Any, effects: Sequence[Any], program: Program) -> list[WaterfallLine]:
    """Return the waterfall of the contract from stored rows, or those that a preview would store."""
    scale = program.currency_scale
    return [
        WaterfallLine(
            step=line.step,
            before=from_minor(line.before, scale),
            after=from_minor(line.after, scale),
            effects=[effect_of(row, program) for row in line.effects],
        )
        for line in waterfall(order, effects, program)
    ]

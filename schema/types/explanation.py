"""Why a number is what it is, and why something did not apply."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

import models
from domain.explanation import REASONS_MAX
from schema.context import Info
from schema.enums import GiftCardState, NotAppliedReason
from schema.types.campaign import Campaign
from schema.types.coupon import Coupon, OneTemplate, found_coupon


@strawberry.type(description="One condition of a rule: what it requires and what was found.")
class ConditionResult:
    """A condition with its numbers."""

    condition: str = strawberry.field(description="Name of the condition.")
    required: str = strawberry.field(description="What it requires, in words.")
    actual: str = strawberry.field(description="What was found, in words.")
    met: bool = strawberry.field(description="Whether it held.")


@strawberry.type(description="Why a number is what it is.")
class Explanation:
    """A reason."""

    text: str = strawberry.field(description="One sentence for people.")
    rule_version: str | None = strawberry.field(description="Campaign and version that decided; null if none did.")
    conditions: list[ConditionResult] = strawberry.field(description="The conditions that were looked at.")
    arithmetic: list[str] = strawberry.field(description="The calculation, line by line.")

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Explanation":
        """Return the explanation of the contract from its stored form."""
        return cls(
            text=record["text"],
            rule_version=record["ruleVersion"],
            conditions=[ConditionResult(**result) for result in record["conditions"]],
            arithmetic=list(record["arithmetic"]),
        )

    @classmethod
    def plain(cls, text: str, arithmetic: Sequence[str] = ()) -> "Explanation":
        """Return an explanation of what no campaign decided: a sentence, and perhaps a calculation."""
        return cls(text=text, rule_version=None, conditions=[], arithmetic=list(arithmetic))


async def campaign_of(info: Info, campaign_id: UUID | None) -> Campaign | None:
    """Return the campaign with this id."""
    if campaign_id is None:
        return None
    row = await info.context.loaders.campaign.load(campaign_id)
    return Campaign.of(row) if row else None


async def template_of(info: Info, campaign_id: UUID | None) -> OneTemplate | None:
    """Return the template of coupons with this id, which a campaign does not have."""
    from schema.types.coupon_template import CouponTemplate  # noqa: PLC0415  (templates know what they do)

    if campaign_id is None:
        return None
    row = await info.context.loaders.coupons.template.load(campaign_id)
    return CouponTemplate.of(row) if row else None


NOT_APPLIED = (
    f"What does not apply, and why not: at most {REASONS_MAX} reasons, and of more than that first those that a change "
    "would mend."
)


@strawberry.type(description="Why something did not apply, and the nearest change that would make it apply.")
class NotApplied:
    """A campaign or a coupon that did nothing."""

    campaign_id: strawberry.Private[UUID]
    coupon_id: strawberry.Private[UUID | None]
    reason: NotAppliedReason = strawberry.field(description="The kind of reason.")
    message: str = strawberry.field(description="The reason with its numbers, for people.")
    remedy: str | None = strawberry.field(description="The nearest change that would make it apply; null if none is.")
    rule_version: str | None = strawberry.field(
        description="Campaign and version that did not apply; null for what was decided before it was kept."
    )
    conditions: list[ConditionResult] = strawberry.field(
        description="Of a condition or calendar that did not hold all that was looked at, met or not; else none."
    )

    @strawberry.field(description="The campaign that did not apply; null when it is a coupon.")
    async def campaign(self, info: Info) -> Campaign | None:
        """Return the campaign."""
        return None if self.coupon_id else await campaign_of(info, self.campaign_id)

    @strawberry.field(
        description="The coupon that did not apply; null when it is a campaign, or the caller may not see the coupon."
    )
    async def coupon(self, info: Info) -> Coupon | None:
        """Return the coupon."""
        return await found_coupon(info, self.coupon_id)

    @strawberry.field(description="The template of the coupon or shared code that did not apply; null for campaigns.")
    async def coupon_template(self, info: Info) -> OneTemplate | None:
        """Return the template."""
        return await template_of(info, self.campaign_id)

    @classmethod
    def of(cls, record: dict[str, Any]) -> "NotApplied":
        """Return it from its stored form; the oldest says neither version nor conditions."""
        coupon = record.get("coupon")
        return cls(
            campaign_id=UUID(record["campaign"]),
            coupon_id=UUID(coupon) if coupon else None,
            reason=NotAppliedReason(record["reason"]),
            message=record["message"],
            remedy=record["remedy"],
            rule_version=record.get("ruleVersion"),
            conditions=[ConditionResult(**result) for result in record.get("conditions", ())],
        )


def _returned(entry: models.Entry, asset: Any) -> str:
    amount = f"{asset.spelled(abs(entry.change_available + entry.change_pending))} {asset.code}"
    match entry.contra:
        case "REDEMPTION":
            return f"{amount} given back for what came back of the order"
        case "BREAKAGE":
            return f"{amount} of what the order earned had expired, and are not taken again"
        case "WRITE_OFF":
            return f"{amount} of what the order earned were not there to be taken back, and are written off"
    return f"{amount} taken back for what came back of the order"


def effect_explanation(entry: models.Entry, asset: Any, effect: models.OrderEffect) -> Explanation:
    """Return why a ledger line that carries out an effect is what it is."""
    explanation = Explanation.of(dict(effect.explanation))
    amount = abs(entry.change_available + entry.change_pending + entry.change_held)
    if amount != effect.amount:
        captured = f"{asset.spelled(amount)} {asset.code} for what was captured of the order."
        explanation.text = f"{captured} For all of it: {explanation.text}"
    return explanation


def entry_text(entry: models.Entry, asset: Any, reason: str | None) -> str:
    """Return the sentence for a ledger line that no campaign decided."""
    amount = f"{asset.spelled(abs(entry.change_available or entry.change_held))} {asset.code}"
    match entry.kind:
        case "EXPIRE":
            said = f"{amount} expired."
        case "RELEASE" if entry.change_held:
            said = f"{amount} are available again: what an order had reserved."
        case "RELEASE":
            said = f"{amount} became available."
        case "HOLD":
            said = f"{amount} are reserved for an order."
        case "RETURN" if entry.order_id is None:
            said = _with_reason(f"{amount} given back", reason)
        case "RETURN":
            said = _with_reason(_returned(entry, asset), reason)
        case "REFUND" if entry.contra == "LIABILITY":
            said = _with_reason(f"{amount} paid back", reason)
        case "REFUND" if entry.contra == "REDEMPTION":
            said = f"{amount} kept for bonus of the top-up that was used or is reserved."
        case "REFUND":
            said = f"{amount} of bonus taken back with a refund."
        case _:
            said = reason or f"{amount}."
    return said


def gift_card_text(entry: models.Entry, asset: Any, card: models.GiftCard, reason: str | None) -> str:
    """Return the sentence for a line by which the value of a gift card moved."""
    amount = f"{asset.spelled(abs(entry.change_available))} {asset.code}"
    if entry.transfer_id == card.transfer_id:
        return _with_reason(f"{amount} given as a gift card", reason)
    what = "claimed" if card.state == GiftCardState.CLAIMED else "taken back"
    return _with_reason(f"{amount} of a gift card that was {what}", reason)


def _with_reason(said: str, reason: str | None) -> str:
    return f"{said}: {reason}" if reason else f"{said}."

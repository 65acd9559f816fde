"""Good and bad values for the inputs of templates of coupons."""

from typing import Any

from tests.api.bad_rules import ABOVE_ZERO, DAYS, ONE_OF_FEW, POINTS, Values

LEFT_OUT = (
    "CouponTemplateVersionInput.bundle",
    "CouponTemplateVersionInput.sharedCode",
    "CouponValidityRelativeInput.months",
)
"""What does not go with the rest of an example: a bundle has no effects, a shared code no prefix, days no months."""
TEMPLATE_EXAMPLES: dict[str, Any] = {
    "CouponBundlePartInput.count": 2,
    "CouponBundlePartInput.template": "TEN",
    "CouponPriceInput.amount": "5",
    "CouponPriceInput.asset": "POINTS",
    "CouponTemplateApproveInput.idempotencyKey": "bad-input",
    "CouponTemplateApproveInput.version": 1,
    "CouponTemplateDraftInput.idempotencyKey": "bad-input",
    "CouponTemplateEndInput.idempotencyKey": "bad-input",
    "CouponTemplateLimitsInput.perDay": 9,
    "CouponTemplateLimitsInput.perMember": 9,
    "CouponTemplateLimitsInput.perMemberDay": 9,
    "CouponTemplateLimitsInput.perOrder": 9,
    "CouponTemplateLimitsInput.total": 9,
    "CouponTemplateNewInput.code": "AUTUMN",
    "CouponTemplateNewInput.name": "Autumn",
    "CouponTemplatePauseInput.idempotencyKey": "bad-input",
    "CouponTemplatePublishInput.idempotencyKey": "bad-input",
    "CouponTemplatePublishInput.version": 1,
    "CouponTemplateResumeInput.idempotencyKey": "bad-input",
    "CouponTemplateVersionInput.audience": "MEMBERS",
    "CouponTemplateVersionInput.claimable": True,
    "CouponTemplateVersionInput.endsAt": "2024-05-01T00:00:00Z",
    "CouponTemplateVersionInput.graceDays": 3,
    "CouponTemplateVersionInput.perOrder": 2,
    "CouponTemplateVersionInput.prefix": "VIP",
    "CouponTemplateVersionInput.priority": 50,
    "CouponTemplateVersionInput.returnable": True,
    "CouponTemplateVersionInput.stackingGroup": "SPRING",
    "CouponTemplateVersionInput.startsAt": "2024-04-01T00:00:00Z",
    "CouponTemplateVersionInput.transferable": True,
    "CouponValidityFixedInput.from": "2024-04-02T00:00:00Z",
    "CouponValidityFixedInput.until": "2024-06-01T00:00:00Z",
    "CouponValidityRelativeInput.afterDays": 1,
    "CouponValidityRelativeInput.days": 30,
}
TEMPLATE_CHOICES: dict[str, Any] = {
    "CouponTemplateApproveInput.template": {"code": "COUPON_APPROVE"},
    "CouponTemplateDraftOf": {"new": {"code": "AUTUMN", "name": "Autumn"}},
    "CouponTemplateEndInput.template": {"code": "COUPON_END"},
    "CouponTemplatePauseInput.template": {"code": "COUPON_PAUSE"},
    "CouponTemplatePublishInput.template": {"code": "COUPON_PUBLISH"},
    "CouponTemplateResumeInput.template": {"code": "COUPON_RESUME"},
    "CouponValidityInput": {"relative": {"days": 30}},
}
TEMPLATE_SIZES = {"CouponTemplateVersionInput.bundle": (1, 20), "CouponTemplateVersionInput.effects": (1, 20)}
TEMPLATE_TWICE = {"CouponTemplateVersionInput.bundle": ("1", "template")}


def templates(code: Values, name: Values, key: Values, instant: Values) -> dict[str, Values]:
    """Return bad values by field, from those of texts of 64 and of 200 characters, of keys and of instants."""
    asset = code | {"unknown": "GOLD", "lower case": "points", "counts for tiers": "TIER"}
    found: dict[str, Values] = {
        "CouponBundlePartInput.count": ABOVE_ZERO | {"101": 101},
        "CouponBundlePartInput.template": code,
        "CouponPriceInput.amount": POINTS,
        "CouponPriceInput.asset": asset,
        "CouponTemplateApproveInput.version": ABOVE_ZERO | {"unknown": 2},
        "CouponTemplateNewInput.code": code
        | {"taken": "TEN", "of a campaign": "BASE", "space in it": "A B", "hyphen first": "-A", "accent": "CAFÉ"},
        "CouponTemplateNewInput.name": name,
        "CouponTemplatePublishInput.version": ABOVE_ZERO | {"unknown": 2},
        "CouponTemplateVersionInput.endsAt": instant | {"as it starts": "2024-04-01T00:00:00Z"},
        "CouponTemplateVersionInput.graceDays": DAYS,
        "CouponTemplateVersionInput.perOrder": ABOVE_ZERO | {"21": 21},
        "CouponTemplateVersionInput.prefix": code | {"letter U": "U", "13": "A" * 13, "dash": "A-B", "accent": "É"},
        "CouponTemplateVersionInput.priority": {"negative": -1, "10001": 10_001},
        "CouponTemplateVersionInput.sharedCode": code
        | {"3": "ABC", "33": "A" * 33, "dash first": "-ABC", "space in it": "AB CD", "sign": "ABC!"},
        "CouponTemplateVersionInput.stackingGroup": code,
        "CouponTemplateVersionInput.startsAt": instant,
        "CouponValidityFixedInput.from": instant,
        "CouponValidityFixedInput.until": instant | {"as from": "2024-04-02T00:00:00Z"},
        "CouponValidityRelativeInput.afterDays": DAYS,
        "CouponValidityRelativeInput.days": DAYS,
        "CouponValidityRelativeInput.months": ABOVE_ZERO | {"1201": 1_201},
    }
    for verb in ("Approve", "Draft", "End", "Pause", "Publish", "Resume"):
        found[f"CouponTemplate{verb}Input.idempotencyKey"] = key
    for limit in ("perDay", "perMember", "perMemberDay", "perOrder", "total"):
        found[f"CouponTemplateLimitsInput.{limit}"] = ABOVE_ZERO
    few = ("audience", "claimable", "returnable", "transferable")
    return found | {f"CouponTemplateVersionInput.{part}": ONE_OF_FEW for part in few}

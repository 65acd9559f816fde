"""What a version of a template of coupons says beside its conditions and effects."""

from datetime import datetime
from decimal import Decimal

from domain.coupon_terms import DAYS_MAX, MONTHS_MAX, PART_COUNT_MAX
from schema.types.forms import Form, Part

RELATIVE = Form(
    "relative",
    "CouponValidityRelative",
    "Counted from when a coupon is had, in days of the program's time zone. It is good for so many days or so many "
    "months, not both; with neither, for ever.",
    (
        Part("afterDays", int, f"After how many days it begins, 0 to {DAYS_MAX:,}; left out or 0, at once.", None),
        Part("days", int, f"For how many days it is good, to the end of the last, 0 to {DAYS_MAX:,}.", None),
        Part("months", int, f"For how many months it is good, to the end of the last day, 1 to {MONTHS_MAX:,}.", None),
    ),
)
FIXED = Form(
    "fixed",
    "CouponValidityFixed",
    "The same for all coupons, whenever they are had.",
    (
        Part("from", datetime, "From when they are good; left out, at once.", None),
        Part("until", datetime, "Until when they are good; left out, for ever.", None),
    ),
)
PRICE = Form(
    "price",
    "CouponPrice",
    "What a member pays for a coupon.",
    (
        Part("asset", str, "Code of the asset: one that can be spent."),
        Part("amount", Decimal, "How much of it, more than 0."),
    ),
)
BUNDLE_PART = Form(
    "part",
    "CouponBundlePart",
    "So many coupons of a template.",
    (
        Part("template", str, "Code of the template, which is published, and neither a bundle nor of a shared code."),
        Part("count", int, f"How many, 1 to {PART_COUNT_MAX}."),
    ),
)
LIMITS = Form(
    "limits",
    "CouponTemplateLimits",
    "How often a coupon may be had, and how often its effects repeat in an order. Days are those of the program's time "
    "zone. A limit counts from when a version is published that has it.",
    (
        Part("perOrder", int, "How often an effect repeats within one order, 1 to 2,147,483,647.", None),
        Part("perMember", int, "How many one member may have, 1 to 2,147,483,647.", None),
        Part("perMemberDay", int, "How many one member may have on one day, 1 to 2,147,483,647.", None),
        Part("perDay", int, "How many everybody together may have on one day, 1 to 2,147,483,647.", None),
        Part("total", int, "How many there are: the stock, 1 to 2,147,483,647.", None),
    ),
)

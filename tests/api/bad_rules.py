"""What is bad at each place of a campaign's inputs: of the right type, and refused by name."""

from typing import Any

Values = dict[str, Any]

NAMES = (1, 500)
ROWS = (1, 50)
RULE_SIZES = {
    "AttributeConditionInput.values": NAMES,
    "CampaignVersionInput.effects": (1, 20),
    "ChannelConditionInput.codes": NAMES,
    "ConditionInput.all": ROWS,
    "ConditionInput.any": ROWS,
    "CouponPresentedConditionInput.templates": NAMES,
    "EventConditionInput.codes": NAMES,
    "LineMatchInput.attributes": NAMES,
    "LineMatchInput.categories": NAMES,
    "LineMatchInput.exceptCategories": NAMES,
    "LineMatchInput.exceptSkus": NAMES,
    "LineMatchInput.skus": NAMES,
    "MonthDayConditionInput.days": (1, 32),
    "NthOrderConditionInput.numbers": NAMES,
    "SegmentConditionInput.codes": NAMES,
    "StoreConditionInput.codes": NAMES,
    "TagConditionInput.anyOf": NAMES,
    "TierConditionInput.codes": NAMES,
    "WeekdayConditionInput.days": (1, 7),
    "AmountOffByTierRuleInput.tiers": ROWS,
    "AmountOffStagedRuleInput.brackets": ROWS,
    "EarnStagedRuleInput.brackets": ROWS,
    "MultiplyEarnByTierRuleInput.factors": ROWS,
    "PercentOffByTierRuleInput.tiers": ROWS,
}
RULE_TWICE = {
    "AmountOffByTierRuleInput.tiers": ("1", "tier"),
    "AmountOffStagedRuleInput.brackets": ("1", "from"),
    "EarnStagedRuleInput.brackets": ("1", "from"),
    "MultiplyEarnByTierRuleInput.factors": ("1", "tier"),
    "PercentOffByTierRuleInput.tiers": ("1", "tier"),
}
ENUMS = (
    "AttributeOwner",
    "CampaignAudience",
    "CampaignStep",
    "CampaignTrigger",
    "EarnBasis",
    "Rounding",
    "SpendMeasure",
    "Weekday",
)
ENUM = {"unknown": "GONE", "lower case": "order", "number": 1, "boolean": True, "object": {}, "list in it": [[]]}
COUNT = {"zero": 0, "negative": -1, "a million and one": 1_000_001}
DAYS = {"negative": -1, "a century and a day": 36_501}
BIRTHDAY = {"negative": -1, "half a year and more": 181}
CLOCK = {
    "empty": "",
    "one digit": "9:00",
    "24:00": "24:00",
    "minute 60": "09:60",
    "seconds": "09:00:00",
    "NUL": "09:00\0",
}
PERCENT = {"zero": 0, "negative": -1, "more than all": "100.0001", "5 decimals": "0.00001", "1e400": "1e400"}
FACTOR = {"less than 1": "0.99", "negative": -1, "more than 100": "100.01", "1e400": "1e400"}
POINTS = {"zero": 0, "negative": -1, "half a point": "0.5", "2^62": 2**62, "1e400": "1e400"}
ABOVE_ZERO = {"zero": 0, "negative": -1}
ONE_OF_FEW: Values = {}
"""Of enums and truth values, the type refuses what is bad."""


def rules(code: Values, name: Values, key: Values, price: Values, instant: Values) -> dict[str, Values]:
    """Return bad values by field, from those of texts of 64 and of 200 characters, of keys, of prices, of instants."""
    positive = price | {"zero": 0, "zero as string": "0.00"}
    asset = code | {"unknown": "GOLD", "lower case": "points"}
    tier = code | {"unknown": "PLATINUM", "lower case": "gold"}
    found = {
        "CampaignApproveInput.version": ABOVE_ZERO | {"unknown": 2},
        "CampaignBudgetInput.count": ABOVE_ZERO,
        "CampaignBudgetInput.money": price,
        "CampaignBy.code": code | {"unknown": "NONE", "lower case": "base"},
        "CampaignBy.id": code
        | {"unknown": "cmp_06f4k9s3tdrx9c4m3p3v1c0z5g", "a member's": "mem_06f4k9s3tdrx9c4m3p3v1c0z5g"}
        | {"no id": "cmp_", "over 128 bits": "cmp_" + "z" * 26, "0": 0},
        "CampaignNewInput.code": code | {"taken": "BASE", "space in it": "A B", "hyphen first": "-A", "accent": "CAFÉ"},
        "CampaignNewInput.name": name,
        "CampaignPublishInput.version": ABOVE_ZERO | {"unknown": 2},
        "CampaignScheduleInput.at": {"empty": "", "word": "noon", "24:00": "24:00", "seconds": "09:00:30"}
        | {"offset": "09:00+08:00", "NUL": "09:00\0"},
        "CampaignVersionInput.endsAt": instant | {"as it starts": "2024-04-01T00:00:00Z"},
        "CampaignVersionInput.holdoutPercent": {"negative": -1, "too much": "100.01", "3 decimals": "0.001"}
        | {"1e400": "1e400", "1e-400": "1e-400"},
        "CampaignVersionInput.priority": {"negative": -1, "10001": 10_001},
        "CampaignVersionInput.stackingGroup": code,
        "CampaignVersionInput.startsAt": instant,
        "PointsBudgetInput.amount": POINTS | {"zero": "-1"},
        "PointsBudgetInput.asset": asset,
        "AttributeConditionInput.key": code,
        "AttributeConditionInput.values": name,
        "BirthdayConditionInput.daysAfter": BIRTHDAY,
        "BirthdayConditionInput.daysBefore": BIRTHDAY,
        "ConditionInput.firstOrder": {"false": False},
        "ExpressionConditionInput.text": {
            "empty": "",
            "cut off": "order.",
            "unknown": "weather == 'fair'",
            "NUL": "\0",
        },
        "HoursConditionInput.from": CLOCK,
        "HoursConditionInput.until": CLOCK | {"as from": "09:00"},
        "MatchAttributeInput.key": code,
        "MatchAttributeInput.value": name,
        "MatchingLinesConditionInput.amount": positive,
        "MatchingLinesConditionInput.quantity": COUNT,
        "MinimumSpendConditionInput.amount": price,
        "MonthDayConditionInput.days": {"zero": 0, "-2": -2, "32": 32},
        "NthOrderConditionInput.every": COUNT | {"one": 1},
        "NthOrderConditionInput.numbers": COUNT,
        "TierConditionInput.codes": tier,
        "SegmentConditionInput.codes": code | {"unknown": "NOBODY", "lower case": "regulars"},
        "SegmentSaveInput.code": code | {"space in it": "A B", "hyphen first": "-A", "accent": "CAFÉ"},
        "SegmentSaveInput.idempotencyKey": key,
        "SegmentSaveInput.name": name,
        "AddProgressRuleInput.amount": positive,
        "AddProgressRuleInput.ladder": code | {"unknown": "GOLD", "lower case": "standard"},
        "AmountOffBracketInput.amount": positive,
        "AmountOffBracketInput.from": price,
        "AmountOffRuleInput.amount": positive,
        "AmountOffRuleInput.every": positive,
        "BundlePriceRuleInput.price": price,
        "BundlePriceRuleInput.quantity": COUNT,
        "CheapestOffRuleInput.free": COUNT | {"more than a group": 4},
        "CheapestOffRuleInput.group": COUNT,
        "CheapestOffRuleInput.percent": PERCENT,
        "EarnBracketInput.from": price,
        "EarnBracketInput.points": POINTS,
        "EarnFixedRuleInput.points": POINTS,
        "EarnRuleInput.per": positive,
        "EarnRuleInput.points": POINTS,
        "ExchangeRuleInput.price": price,
        "ExchangeRuleInput.quantity": COUNT,
        "FixedPriceRuleInput.price": price,
        "GiftRuleInput.every": positive,
        "GiftRuleInput.name": name,
        "GiftRuleInput.quantity": COUNT,
        "GrantChancesRuleInput.asset": code | {"unknown": "GOLD", "no pass": "POINTS"},
        "GrantChancesRuleInput.count": COUNT,
        "IssueCouponRuleInput.count": {"zero": 0, "negative": -1, "101": 101},
        "IssueCouponRuleInput.template": code,
        "MultiplyEarnRuleInput.factor": FACTOR,
        "NthItemOffRuleInput.n": COUNT,
        "NthItemOffRuleInput.percent": PERCENT,
        "PercentOffRuleInput.cap": positive,
        "PercentOffRuleInput.percent": PERCENT,
        "ShippingOffRuleInput.amount": positive,
        "ShippingOffRuleInput.percent": PERCENT,
        "TierAmountInput.amount": positive,
        "TierAmountInput.tier": tier,
        "TierFactorInput.factor": FACTOR,
        "TierFactorInput.tier": tier,
        "TierPercentInput.percent": PERCENT,
        "TierPercentInput.tier": tier,
    }
    for verb in ("Approve", "Draft", "End", "Pause", "Publish", "Resume"):
        found[f"Campaign{verb}Input.idempotencyKey"] = key
    for limit in ("perDay", "perMember", "perMemberDay", "perOrder", "total"):
        found[f"CampaignLimitsInput.{limit}"] = ABOVE_ZERO
    for rule in ("DaysSinceEnrolment", "DaysSinceLastOrder"):
        found |= {f"{rule}ConditionInput.{bound}": DAYS for bound in ("atLeast", "atMost")}
    for rule in ("AmountOff", "BundlePrice", "CheapestOff", "Gift", "NthItemOff"):
        found[f"{rule}RuleInput.times"] = COUNT
    for rule in ("EarnFixed", "Earn", "EarnStaged", "MultiplyEarnByTier", "MultiplyEarn"):
        found[f"{rule}RuleInput.asset"] = asset
    for place in (
        "ChannelConditionInput.codes",
        "CouponPresentedConditionInput.templates",
        "EventConditionInput.codes",
        "LineMatchInput.categories",
        "LineMatchInput.exceptCategories",
        "LineMatchInput.exceptSkus",
        "LineMatchInput.skus",
        "StoreConditionInput.codes",
        "TagConditionInput.anyOf",
        "AddTagRuleInput.tag",
        "GiftRuleInput.sku",
    ):
        found[place] = code
    few = (
        "CampaignVersionInput.audience",
        "CampaignVersionInput.step",
        "CampaignVersionInput.trigger",
        "AttributeConditionInput.of",
        "BirthdayConditionInput.wholeMonth",
        "MinimumSpendConditionInput.of",
        "WeekdayConditionInput.days",
        "EarnRuleInput.basis",
        "EarnRuleInput.rounding",
        "EarnRuleInput.shipping",
        "EarnStagedRuleInput.basis",
        "EarnStagedRuleInput.shipping",
        "PercentOffByTierRuleInput.rounding",
        "PercentOffRuleInput.rounding",
    )
    return found | dict.fromkeys(few, ONE_OF_FEW)

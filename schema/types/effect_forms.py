"""What effects say."""

from decimal import Decimal

from schema.types.condition_forms import MATCH, goods
from schema.types.forms import Form, Part
from schema.types.rule_enums import Basis, Rounding

MONEY = "in the program's currency"
PERCENT = Part("percent", Decimal, "Percentage, more than 0, at most 100, with at most four decimals.")
TIMES = Part("times", int, "At most so often in one order, 1 to 1,000,000; left out, as often as there is.", None)
ASSET = Part("asset", str, "Code of the asset.")
FACTOR = Part("factor", Decimal, "The factor, 1 to 100, with at most four decimals.")
TIER = Part("tier", str, "Code of the tier.")
ROUNDING = Part("rounding", Rounding, "How a fraction is rounded, once for all lines.", Rounding.HALF_UP)
EVERY = Part("every", Decimal, f"Once for each so much of goods, {MONEY}; left out, once.", None)
FROM = Part("from", Decimal, f"From so much on, {MONEY}.")
BASIS = (
    Part("basis", Basis, "At which price goods count.", Basis.PAID),
    Part("shipping", bool, "Whether shipping counts; left out, it does unless goods are named.", None),
    goods(),
)


def _rows(name: str, type_name: str, description: str, *parts: Part) -> Part:
    return Part(name, Form(name, type_name, description, parts), f"{description} 1 to 50 of them.", many=True)


EFFECTS = (
    Form(
        "percentOff",
        "PercentOffRule",
        "Takes a percentage off.",
        (PERCENT, goods(), Part("cap", Decimal, f"At most so much, {MONEY}.", None), ROUNDING),
    ),
    Form(
        "percentOffByTier",
        "PercentOffByTierRule",
        "Takes a percentage off that depends on the member's tier; nothing for a tier that is not named.",
        (_rows("tiers", "TierPercent", "A tier and its percentage.", TIER, PERCENT), goods(), ROUNDING),
    ),
    Form(
        "amountOff",
        "AmountOffRule",
        "Takes an amount off, which is shared among the lines.",
        (Part("amount", Decimal, f"The amount, {MONEY}."), goods(), EVERY, TIMES),
    ),
    Form(
        "amountOffStaged",
        "AmountOffStagedRule",
        "Takes an amount off that grows with the goods: that of the highest bracket that is reached.",
        (
            _rows(
                "brackets",
                "AmountOffBracket",
                "A bracket and its amount.",
                FROM,
                Part("amount", Decimal, f"What is taken off, {MONEY}."),
            ),
            goods(),
        ),
    ),
    Form(
        "amountOffByTier",
        "AmountOffByTierRule",
        "Takes an amount off that depends on the member's tier; nothing for a tier that is not named.",
        (
            _rows(
                "tiers",
                "TierAmount",
                "A tier and its amount.",
                TIER,
                Part("amount", Decimal, f"What is taken off, {MONEY}."),
            ),
            goods(),
        ),
    ),
    Form(
        "cheapestOff",
        "CheapestOffRule",
        "Of each group of pieces, takes a percentage off the cheapest.",
        (
            Part("group", int, "How many pieces make a group, 1 to 1,000,000."),
            Part("free", int, "How many of them are cheaper, at most all."),
            Part("percent", Decimal, PERCENT.description, Decimal(100)),
            goods(),
            TIMES,
        ),
    ),
    Form(
        "nthItemOff",
        "NthItemOffRule",
        "Takes a percentage off every n-th piece, the dearest counted first.",
        (Part("n", int, "Which, 1 to 1,000,000."), PERCENT, goods(), TIMES),
    ),
    Form(
        "fixedPrice",
        "FixedPriceRule",
        "Sells each piece at a price if it cost more.",
        (Part("price", Decimal, f"The price of a piece, {MONEY}."), goods()),
    ),
    Form(
        "exchange",
        "ExchangeRule",
        "Sells some pieces at a price if they cost more, the dearest first: usually one, for nothing.",
        (
            Part("match", MATCH, "What is exchanged; it names something."),
            Part("quantity", int, "How many pieces, 1 to 1,000,000; of fewer, as many as there are.", 1),
            Part("price", Decimal, f"The price of each, {MONEY}.", Decimal(0)),
        ),
    ),
    Form(
        "bundlePrice",
        "BundlePriceRule",
        "Sells so many pieces together at a price if they cost more, the dearest first.",
        (
            Part("quantity", int, "How many pieces, 1 to 1,000,000."),
            Part("price", Decimal, f"Their price together, {MONEY}."),
            goods(),
            TIMES,
        ),
    ),
    Form(
        "shippingOff",
        "ShippingOffRule",
        "Takes something off the shipping: either a percentage or an amount.",
        (
            Part("percent", Decimal, PERCENT.description, None),
            Part("amount", Decimal, f"So much at most, {MONEY}.", None),
        ),
    ),
    Form(
        "gift",
        "GiftRule",
        "Adds a line that costs nothing.",
        (
            Part("sku", str, "What is given, 1 to 64 characters."),
            Part("name", str, "Its name for people, up to 200 characters.", None),
            Part("quantity", int, "How many, 1 to 1,000,000.", 1),
            EVERY,
            TIMES,
        ),
    ),
    Form(
        "earn",
        "EarnRule",
        "Earns so much of an asset for each amount.",
        (
            ASSET,
            Part("points", Decimal, "So much of the asset."),
            Part("per", Decimal, f"For each so much, {MONEY}."),
            Part("rounding", Rounding, "How a fraction is rounded, once per order."),
            *BASIS,
        ),
    ),
    Form(
        "earnFixed",
        "EarnFixedRule",
        "Earns a fixed amount of an asset.",
        (ASSET, Part("points", Decimal, "How much of the asset.")),
    ),
    Form(
        "earnStaged",
        "EarnStagedRule",
        "Earns an amount that grows with the goods: that of the highest bracket that is reached.",
        (
            ASSET,
            _rows(
                "brackets",
                "EarnBracket",
                "A bracket and what it earns.",
                FROM,
                Part("points", Decimal, "How much of the asset."),
            ),
            *BASIS,
        ),
    ),
    Form("multiplyEarn", "MultiplyEarnRule", "Multiplies what base rules earned.", (ASSET, FACTOR)),
    Form(
        "multiplyEarnByTier",
        "MultiplyEarnByTierRule",
        "Multiplies what base rules earned by the member's tier; a tier that is not named has 1.",
        (ASSET, _rows("factors", "TierFactor", "A tier and its factor.", TIER, FACTOR)),
    ),
    Form(
        "issueCoupon",
        "IssueCouponRule",
        "Gives the member coupons, all or none; the order that gives them cannot use them.",
        (
            Part("template", str, "Code of a template of coupons that is published."),
            Part("count", int, "How many, 1 to 100; of a bundle, so often all its parts.", 1),
        ),
    ),
    Form("addTag", "AddTagRule", "Marks the member.", (Part("tag", str, "The tag, 1 to 64 characters."),)),
    Form(
        "addProgress",
        "AddProgressRule",
        "Credits progress on a ladder.",
        (
            Part("ladder", str, "Code of the ladder."),
            Part("amount", Decimal, "How much of what it measures."),
        ),
    ),
    Form(
        "grantChances",
        "GrantChancesRule",
        "Grants uses of a pass.",
        (Part("asset", str, "Code of the asset, a pass."), Part("count", int, "How many, 1 to 1,000,000.")),
    ),
)

"""What conditions say."""

from decimal import Decimal

from schema.types.forms import Form, Part
from schema.types.rule_enums import AttributeOf, Day, SpendBasis

MATCH_ATTRIBUTE = Form(
    "attribute",
    "MatchAttribute",
    "An attribute of a line and the value that it has.",
    (
        Part("key", str, "Its name, 1 to 64 characters."),
        Part("value", str, "Its value, 1 to 200 characters."),
    ),
)
MATCH = Form(
    "match",
    "LineMatch",
    "Which lines of an order are meant: those that each list names and none excludes. An empty list is none.",
    (
        Part("skus", str, "With one of these SKUs, up to 500.", None, many=True),
        Part("categories", str, "Of one of these categories, up to 500.", None, many=True),
        Part("attributes", MATCH_ATTRIBUTE, "With one of these attributes, up to 500.", None, many=True),
        Part("exceptSkus", str, "But with none of these SKUs, up to 500.", None, many=True),
        Part("exceptCategories", str, "But of none of these categories, up to 500.", None, many=True),
    ),
)


def goods(name: str = "match") -> Part:
    """Return the part that says which lines are meant."""
    return Part(name, MATCH, "Which lines are meant; left out, all.", None)


def _days_since(name: str, type_name: str, description: str) -> Form:
    least = Part("atLeast", int, "At least so many whole days, 0 to 36,500; one of the two is needed.", None)
    most = Part("atMost", int, "At most so many whole days, 0 to 36,500.", None)
    return Form(name, type_name, description, (least, most))


def _codes(name: str, type_name: str, description: str, part: str, of: str) -> Form:
    return Form(name, type_name, description, (Part(part, str, of, many=True),))


WEEKDAY = Form(
    "weekday",
    "WeekdayCondition",
    "Met on some days of the week.",
    (Part("days", Day, "One or more days.", many=True),),
)
HOURS = Form(
    "hours",
    "HoursCondition",
    "Met at some hours, as clocks in the program's time zone show them; past midnight when the end comes first.",
    (
        Part("from", str, "From this time on: 09:30."),
        Part("until", str, "Before this time: 17:00."),
    ),
)
MONTH_DAY = Form(
    "monthDay",
    "MonthDayCondition",
    "Met on some days of the month. A day that a month does not have does not come in it.",
    (Part("days", int, "Days, 1 to 31, and -1 for the last.", many=True),),
)
CONDITIONS = (
    Form(
        "minimumSpend",
        "MinimumSpendCondition",
        "Met when the order is large enough.",
        (
            Part("amount", Decimal, "The threshold, in the program's currency."),
            Part("of", SpendBasis, "What is compared with it.", SpendBasis.PAYABLE),
        ),
    ),
    Form(
        "matchingLines",
        "MatchingLinesCondition",
        "Met when the order has enough of some goods; without numbers, one piece.",
        (
            goods(),
            Part("quantity", int, "At least so many pieces, 1 to 1,000,000.", None),
            Part("amount", Decimal, "At least so much to be paid for them, more than 0.", None),
        ),
    ),
    Form("firstOrder", "FirstOrderCondition", "Met when the member has no order yet."),
    Form(
        "nthOrder",
        "NthOrderCondition",
        "Met when the order is the member's n-th.",
        (
            Part("numbers", int, "One of these, 1 to 1,000,000; needed without `every`.", None, many=True),
            Part("every", int, "Or one of each so many, the last: 2 to 1,000,000.", None),
        ),
    ),
    _codes("tier", "TierCondition", "Met on some tiers, of any ladder.", "codes", "Codes of tiers of the program."),
    _codes(
        "segment",
        "SegmentCondition",
        "Met by members in one of some segments, as they are saved now.",
        "codes",
        "Codes of segments of the program.",
    ),
    _codes("tag", "TagCondition", "Met by members with one of some tags.", "anyOf", "Tags, 1 to 64 characters each."),
    _codes("store", "StoreCondition", "Met in some stores.", "codes", "Stores, 1 to 64 characters each."),
    _codes("channel", "ChannelCondition", "Met in some channels.", "codes", "Channels, 1 to 64 characters each."),
    _codes(
        "couponPresented",
        "CouponPresentedCondition",
        "Met by orders that name a coupon of one of some templates, whether or not it can be used; not by coupons that "
        "are chosen for an order.",
        "templates",
        "Codes of templates of coupons, 1 to 64 characters each.",
    ),
    WEEKDAY,
    HOURS,
    MONTH_DAY,
    Form(
        "birthday",
        "BirthdayCondition",
        "Met round the member's birthday, in the program's time zone. 29 February is the 28th in other years.",
        (
            Part("daysBefore", int, "From so many days before, 0 to 180.", 0),
            Part("daysAfter", int, "To so many days after, 0 to 180.", 0),
            Part("wholeMonth", bool, "Instead of days, in the whole month of the birthday.", False),
        ),
    ),
    _days_since(
        "daysSinceLastOrder",
        "DaysSinceLastOrderCondition",
        "Met by the days since the member's last order; not by who has none.",
    ),
    _days_since("daysSinceEnrolment", "DaysSinceEnrolmentCondition", "Met by the days since the member was enrolled."),
    Form(
        "attribute",
        "AttributeCondition",
        "Met when an attribute has one of some values.",
        (
            Part("of", AttributeOf, "Whose attribute."),
            Part("key", str, "Its name, 1 to 64 characters."),
            Part("values", str, "Values, 1 to 200 characters each.", many=True),
        ),
    ),
    _codes("event", "EventCondition", "Met by some events.", "codes", "Codes of events, 1 to 64 characters each."),
    Form(
        "expression",
        "ExpressionCondition",
        "Met when an expression in CEL, the Common Expression Language, over `member`, `order` and `event` is true.",
        (Part("text", str, "The expression; it is checked when it is saved."),),
    ),
)

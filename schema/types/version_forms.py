"""What a version of a campaign says beside its conditions and effects."""

from decimal import Decimal

from schema.types.condition_forms import HOURS, MONTH_DAY, WEEKDAY
from schema.types.forms import Form, Part

COUNT = "1 to 2,147,483,647; left out, no limit."

CALENDAR = Form(
    "calendar",
    "CampaignCalendar",
    "Days and hours at which a campaign runs inside its window, in the program's time zone; all that is given holds.",
    tuple(
        Part(form.name, form, description, None)
        for form, description in (
            (WEEKDAY, "Days of the week."),
            (HOURS, "Hours of the day."),
            (MONTH_DAY, "Days of the month."),
        )
    ),
)
SCHEDULE = Form(
    "schedule",
    "CampaignSchedule",
    "When a campaign with the trigger SCHEDULE looks at each member: once a day.",
    (Part("at", str, "The time of the day in the program's time zone: 09:00."),),
)
LIMITS = Form(
    "limits",
    "CampaignLimits",
    "How often a campaign applies at most. Days are those of the program's time zone. A limit counts from when "
    "a version is published that has it: one that a later version adds does not know of the uses before.",
    (
        Part("perOrder", int, f"How often an effect repeats within one order, for the trigger ORDER, {COUNT}", None),
        Part("perMember", int, f"Orders and occasions of one member, {COUNT}", None),
        Part("perMemberDay", int, f"Those of one member on one day, {COUNT}", None),
        Part("perDay", int, f"Those of everybody on one day, {COUNT}", None),
        Part("total", int, f"Those of everybody, {COUNT}", None),
    ),
)
BUDGET = Form(
    "budget",
    "CampaignBudget",
    "How much a campaign gives in all at most. What would pass a bound is not given at all. What was given "
    "before a version was published that has a budget, or a limit `total`, does not count.",
    (
        Part("money", Decimal, "Discounts, in the program's currency: more than 0, and an effect has to be one.", None),
        Part(
            "points",
            Form(
                "points",
                "PointsBudget",
                "So much of one asset.",
                (
                    Part(
                        "asset", str, "Code of the asset; an effect has to earn it, and no version before had another."
                    ),
                    Part("amount", Decimal, "How much of it, more than 0."),
                ),
            ),
            "What is earned.",
            None,
        ),
        Part("count", int, "How often effects are applied, each repetition within an order by itself.", None),
    ),
)

"""What may be wrong with what campaigns gave for orders, in the town that the verifier's tests tamper with."""

from typing import Any

OWNED = {"program_id": "{program}", "member_id": "{patron}"}
BOUGHT = OWNED | {"id": "{bought}"}
PATRON = {"program_id": "{program}", "id": "{patron}"}
FORMS = [
    *("member", "less", "staged", "cheap", "nth", "fixed", "bundle", "swap", "face", "freight", "cake", "extra"),
    *("flat", "net", "part", "step", "double", "grow"),
]
"""Campaigns that gave something of which a number is measured."""
REASONS = [
    *("no_version", "no_window", "no_group", "no_limit", "no_budget", "no_holdout", "no_member", "no_calendar"),
    *("calendar_met", "fewer_conditions", "condition_met", "conditions_unread"),
]


def _effect(code: str) -> dict[str, Any]:
    return OWNED | {"order_id": "{bought}", "ordinal": f"{{of_{code}}}"}


def _of(code: str) -> str:
    return f"WHERE order_id = '{{bought}}' AND ordinal = {{of_{code}}}"


def _line(ordinal: str, change: str) -> str:
    return f"UPDATE order_line SET {change} WHERE order_id = '{{bought}}' AND ordinal = {ordinal}"


def _order(change: str) -> tuple[str, ...]:
    return (f"UPDATE orders SET {change} WHERE id = '{{bought}}'",)


CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    # discounts and gifts
    *(
        (f"a discount {name}", (f"UPDATE order_effect SET {change} {_of('member')}",), "order.discounts", BOUGHT, False)
        for name, change in (
            ("is more by its effect", "amount = amount + 1"),
            ("is less by its parts", "parts = '{{\"1\": 749}}'"),
            ("is of another line", "parts = '{{\"2\": 750}}'"),
            ("is of a line that there is not", "parts = '{{\"9\": 750}}'"),
            ("is of no line", "parts = NULL"),
        )
    ),
    (
        "more is off shipping",
        _order("shipping_discount = shipping_discount + 1, discount_total = discount_total + 1, payable = payable - 1"),
        "order.discounts",
        BOUGHT,
        False,
    ),
    (
        "two lines exchange a part of their discounts",
        (
            _line("0", "discount = discount + 1, payable = payable - 1"),
            _line("1", "discount = discount - 1, payable = payable + 1"),
        ),
        "order.discounts",
        BOUGHT,
        True,
    ),
    (
        "what is off goods is said to be off shipping",
        _order("shipping_discount = shipping_discount + 1"),
        "order.lines",
        BOUGHT,
        False,
    ),
    *(
        (f"a gift {name}", (_line("{gift_line}", change),), "order.gifts", BOUGHT, is_alone)
        for name, change, is_alone in (
            ("is another", "sku = 'PIE'", True),
            ("is called something else", "name = 'Pie'", True),
            ("has a category", "category = 'PASTRY'", True),
            ("is of more pieces", "quantity = quantity + 1", True),
            ("is of another campaign", "campaign_id = '{campaign_less}'", True),
            ("is said to be bought", "campaign_id = NULL", False),
        )
    ),
    (
        "what pays an order is of a line",
        ("UPDATE order_effect SET parts = '{{\"1\": 1}}' WHERE order_id = '{bought}' AND kind = 'SPEND'",),
        "order.payment",
        BOUGHT,
        True,
    ),
    # facts, steps and explanations
    *(
        (
            f"the first fact of what {code} gave is another",
            (f"UPDATE order_effect SET facts = '{{facts_{code}}}' {_of(code)}",),
            "effect.facts",
            _effect(code),
            True,
        )
        for code in FORMS
    ),
    *(
        (
            f"what {code} gave is earned by {name}",
            (f"UPDATE order_effect SET parts = {parts} {_of(code)}",),
            "effect.facts",
            _effect(code),
            is_alone,
        )
        for code, name, parts, is_alone in (
            ("extra", "another line", "'{{\"2\": 6000}}'", False),
            ("extra", "all lines", "NULL", False),
            ("step", "one line", "'{{\"1\": 1}}'", False),
            ("double", "all lines", "NULL", True),
        )
    ),
    (
        "a tag is another",
        ("UPDATE order_effect SET facts = '{{\"tag\": \"KING\"}}' WHERE order_id = '{bought}' AND kind = 'TAG'",),
        "member.tags",
        PATRON,
        False,
    ),
    (
        "a version would have left the member out",
        ("UPDATE campaign_version SET holdout = 10000 WHERE campaign_id = '{campaign_member}'",),
        "effect.facts",
        _effect("member"),
        False,
    ),
    (
        "a version answers something else",
        ("UPDATE campaign_version SET trigger = 'ENROLLED' WHERE campaign_id = '{campaign_member}'",),
        "effect.facts",
        _effect("member"),
        False,
    ),
    *(
        (
            f"what {code} gave was decided {name}",
            (f"UPDATE order_effect SET step = {step} {_of(code)}",),
            check,
            _effect(code) if check == "effect.step" else BOUGHT,
            check == "effect.step",
        )
        for code, name, step, check in (
            ("double", "at a later step", "'PROGRESS'", "effect.step"),
            ("member", "at an earlier step", "'PROMOTION'", "effect.step"),
            ("double", "at no step", "NULL", "order.effects"),
            ("extra", "at a step after the next", "'PROGRESS'", "order.effects"),
        )
    ),
    *(
        (
            f"an explanation is of {name.replace('_', ' ')}",
            (f"UPDATE order_effect SET explanation = '{{said_{name}}}' {_of(code)}",),
            "effect.explanation",
            _effect(code),
            True,
        )
        for code, name in (
            ("member", "other_amount"),
            ("member", "other_currency"),
            ("member", "other_steps"),
            ("cake", "other_pieces"),
            ("cake", "other_gift_steps"),
        )
    ),
    (
        "a discount is of an asset",
        (f"UPDATE order_effect SET asset_id = '{{points}}' {_of('member')}",),
        "effect.version",
        _effect("member"),
        False,
    ),
    *(
        (
            f"a reason says what cannot be: {name.replace('_', ' ')}",
            _order(f"not_applied = '{{reasons_{name}}}'"),
            "order.not_applied",
            BOUGHT,
            True,
        )
        for name in REASONS
    ),
]
"""What `Case` takes."""

"""What may be wrong with what is counted beside orders, and with occasions, in the town that is tampered with."""

from typing import Any

OWNED = {"program_id": "{program}", "member_id": "{patron}"}
BOUGHT = OWNED | {"id": "{bought}"}
PATRON = {"program_id": "{program}", "id": "{patron}"}
VISIT = OWNED | {"id": "{visit}"}
GIVEN = OWNED | {"occasion_id": "{visit}", "ordinal": 0}
GONE = {"campaign_id": "{campaign_less}", "owner_id": "{patron}", "day": "1900-01-01"}
USE = {"program_id": "{program}", **GONE}
OF_USE = "WHERE campaign_id = '{campaign_less}' AND owner_id = '{patron}' AND day = '1900-01-01'"
OF_GIVEN = "WHERE occasion_id = '{visit}' AND ordinal = 0"
VISIT_KEY = {"program_id": "{program}", "scope": "{visit_scope}", "key": "{visit_key}"}
OF_VISIT_KEY = "WHERE program_id = '{program}' AND scope = '{visit_scope}' AND key = '{visit_key}'"
AWARD = OWNED | {"id": "{award}"}


def _order(change: str) -> tuple[str, ...]:
    return (f"UPDATE orders SET {change} WHERE id = '{{bought}}'",)


def _use(change: str) -> tuple[str, ...]:
    return (f"UPDATE campaign_usage SET {change} {OF_USE}",)


def _tagged(by: str) -> tuple[str, ...]:
    tags = f'{{{{"VIP": {{{{"since": "2027-04-07T04:00:00+00:00", "by": "{by}"}}}}}}}}'
    return (f"UPDATE member SET tags = '{tags}' WHERE id = '{{patron}}'",)


CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    # limits and budgets
    *(
        (f"what an order took {name}", _order(change), "order.consumed", BOUGHT, is_alone)
        for name, change, is_alone in (
            ("is nothing", "consumed = '[]'", False),
            ("is more", "consumed = '{consumed_more}'", False),
            ("stands twice", "consumed = '{consumed_twice}'", False),
            ("is of another day", "consumed = '{consumed_later}'", False),
            ("is not counted", "counted = false", False),
            ("cannot be read", "consumed = '[7]'", False),
        )
    ),
    (
        "what an order took that ran out is counted",
        ("UPDATE orders SET counted = true WHERE id = '{ran_out_order}'",),
        "campaign_usage.counts",
        USE,
        True,
    ),
    *(
        (f"a use of a campaign {name}", _use(change), "campaign_usage.counts", key, True)
        for name, change, key in (
            ("is one more", "uses = uses + 1", USE),
            ("is of fewer pieces", "count = count - 1", USE),
            ("is of more money", "money = money + 1", USE),
            ("is of points", "points = points + 1", USE),
            ("is another member's", "owner_id = '{claimer}'", GONE),
        )
    ),
    ("a use of a campaign is deleted", (f"DELETE FROM campaign_usage {OF_USE}",), "campaign_usage.counts", GONE, True),
    (
        "a use of a campaign is nobody's",
        _use("owner_id = '{nobody}'"),
        "campaign_usage.owner",
        USE | {"owner_id": "{nobody}"},
        False,
    ),
    ("a use of a campaign is less than none", _use("points = -1"), "campaign_usage.owner", USE, False),
    # members
    *(
        (f"a member's {name}", (f"UPDATE member SET {change} WHERE id = '{{patron}}'",), "member.orders", PATRON, True)
        for name, change in (
            ("orders are one more", "orders = orders + 1"),
            ("last order is another", "last_order_at = '2027-01-01 00:00:00+00:00'"),
            ("last order is forgotten", "last_order_at = NULL"),
        )
    ),
    *(
        (f"a tag is by {name}", _tagged(by), "member.tags", PATRON, True)
        for name, by in (
            ("an order that gave none", "order:{again}"),
            ("an order that there is not", "order:{nobody}"),
            ("an occasion that gave another", "occasion:{visit}"),
            ("nothing", ""),
        )
    ),
    # claims
    (
        "an order was claimed at another time",
        ("UPDATE orders SET claimed_at = '2027-01-01 00:00:00+00:00' WHERE id = '{claimed_order}'",),
        "order.told",
        {"program_id": "{program}", "member_id": "{claimer}", "id": "{claimed_order}"},
        True,
    ),
    (
        "a claimed order is said to be bought by the member",
        ("UPDATE orders SET claimed_at = NULL WHERE id = '{claimed_order}'",),
        "order.event",
        {"program_id": "{program}", "member_id": "{claimer}", "id": "{claimed_order}"},
        False,
    ),
    (
        "a version that is not there is approved",
        ("UPDATE campaign SET approved_version = 2 WHERE id = '{campaign_less}'",),
        "campaign.versions",
        {"program_id": "{program}", "id": "{campaign_less}"},
        True,
    ),
    # occasions
    (
        "an event tells of another occasion",
        ("UPDATE event SET occasion_id = '{idle_visit}' WHERE member_id = '{patron}' AND position = {visit_position}",),
        "occasion.event",
        VISIT,
        True,
    ),
    (
        "an event of a line names an occasion",
        ("UPDATE event SET occasion_id = '{visit}' WHERE member_id = '{patron}' AND position = {patron_line}",),
        "event.kind",
        OWNED | {"account_id": "{patron_account}", "order_id": "{bought}", "position": "{patron_line}"},
        True,
    ),
    (
        "an occasion is nobody's",
        ("UPDATE occasion SET member_id = '{nobody}' WHERE id = '{visit}'",),
        "occasion.member",
        VISIT | {"member_id": "{nobody}"},
        False,
    ),
    (
        "an occasion is of another time",
        ("UPDATE occasion SET occurred_at = '2027-04-07 03:00:00+00:00' WHERE id = '{visit}'",),
        "occasion.event",
        VISIT,
        False,
    ),
    (
        "an occasion posted nothing",
        ("UPDATE occasion SET transfer_id = NULL WHERE id = '{visit}'",),
        "transfer.occasion",
        AWARD,
        False,
    ),
    (
        "an occasion gave more than was posted",
        (f"UPDATE occasion_effect SET amount = amount + 1 {OF_GIVEN}",),
        "occasion_effect.entry",
        GIVEN,
        False,
    ),
    (
        "what an occasion gave is of no version",
        (f"UPDATE occasion_effect SET campaign_version_id = '{{nobody}}' {OF_GIVEN}",),
        "occasion_effect.version",
        GIVEN,
        False,
    ),
    (
        "what an occasion gave is of no occasion",
        (f"UPDATE occasion_effect SET occasion_id = '{{nobody}}' {OF_GIVEN}",),
        "occasion_effect.occasion",
        {"program_id": "{program}", "occasion_id": "{nobody}", "ordinal": 0},
        False,
    ),
    (
        "what an occasion gave is of another program",
        (f"UPDATE occasion_effect SET program_id = '{{other}}' {OF_GIVEN}",),
        "occasion_effect.occasion",
        GIVEN | {"program_id": "{other}"},
        False,
    ),
    (
        "the facts of what an occasion gave are another's",
        (f"UPDATE occasion_effect SET facts = '{{{{\"points\": 6}}}}' {OF_GIVEN}",),
        "occasion_effect.facts",
        GIVEN,
        True,
    ),
    (
        "why an occasion gave something is emptied",
        (f"UPDATE occasion_effect SET explanation = '{{{{}}}}' {OF_GIVEN}",),
        "occasion_effect.explanation",
        GIVEN,
        True,
    ),
    (
        "the first effect of an occasion is deleted",
        (f"DELETE FROM occasion_effect {OF_GIVEN}",),
        "occasion.effects",
        VISIT,
        False,
    ),
    (
        "what an occasion took is nothing",
        ("UPDATE occasion SET consumed = '[]' WHERE id = '{visit}'",),
        "occasion.consumed",
        VISIT,
        False,
    ),
    (
        "the reasons of an occasion are none",
        ("UPDATE occasion SET not_applied = '[{{}}]' WHERE id = '{idle_visit}'",),
        "occasion.not_applied",
        VISIT | {"id": "{idle_visit}"},
        True,
    ),
    (
        "an outcome names a segment that is not",
        (f'UPDATE idempotency SET outcome = \'{{{{"segment": "NOBODY"}}}}\' {OF_VISIT_KEY}',),
        "idempotency.segment",
        VISIT_KEY,
        True,
    ),
    (
        "an outcome names a campaign that is not",
        (f'UPDATE idempotency SET outcome = \'{{{{"campaign": "{{nobody}}"}}}}\' {OF_VISIT_KEY}',),
        "idempotency.campaign",
        VISIT_KEY,
        True,
    ),
    (
        "an outcome names a version that is not",
        (f"UPDATE idempotency SET outcome = '{{outcome_no_version}}' {OF_VISIT_KEY}",),
        "idempotency.campaign",
        VISIT_KEY,
        True,
    ),
    (
        "an outcome names an occasion that is not",
        (f"UPDATE idempotency SET outcome = '{{outcome_no_visit}}' {OF_VISIT_KEY}",),
        "idempotency.occasion",
        VISIT_KEY,
        True,
    ),
]
"""What `Case` takes."""

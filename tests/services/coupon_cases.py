"""What may be wrong with coupons, in the town that the verifier's tests tamper with."""

from typing import Any

PROGRAM = {"program_id": "{program}"}
OWNED = PROGRAM | {"member_id": "{owner}"}
BOUGHT = OWNED | {"id": "{bought_with}"}
USED = OWNED | {"order_id": "{bought_with}", "id": "{used_coupon}"}
KEPT = OWNED | {"id": "{kept_coupon}"}
FREE = PROGRAM | {"id": "{free_code}"}
GIVEN = PROGRAM | {"member_id": "{friend}", "id": "{given_coupon}"}
EXPIRED = PROGRAM | {"member_id": "{friend}", "id": "{expired_coupon}"}
EXTENDED = PROGRAM | {"member_id": "{friend}", "order_id": "{held_with}", "id": "{extended_coupon}"}
TALLY = PROGRAM | {"campaign_id": "{cp_off}"}
BATCH = PROGRAM | {"id": "{batch}"}
USE = PROGRAM | {"campaign_id": "{cp_off}", "owner_id": "{cp_off}", "day": "1900-01-01"}
OF_BOUGHT = "WHERE order_id = '{bought_with}' AND facts ->> 'coupon' = '{used_coupon}'"
EVER = "owner_id = campaign_id AND day = '1900-01-01'"
LATER = "'2029-01-01 00:00:00+00:00'"


def _set(coupon: str, change: str) -> tuple[str, ...]:
    return (f"UPDATE coupon SET {change} WHERE id = '{{{coupon}}}'",)


def _change(coupon: str, kind: str, change: str) -> tuple[str, ...]:
    return (f"UPDATE coupon_change SET {change} WHERE coupon_id = '{{{coupon}}}' AND kind = '{kind}'",)


CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    # what happened to a coupon, and what it is
    *(
        (f"a coupon that was used {name}", _set("used_coupon", change), "coupon.changes", key, False)
        for name, change, key in (
            ("is free again", "state = 'ISSUED', order_id = NULL", OWNED | {"id": "{used_coupon}"}),
            ("is void", "state = 'VOID', order_id = NULL", OWNED | {"id": "{used_coupon}"}),
            ("was used by another order", "order_id = '{brought_back}'", USED | {"order_id": "{brought_back}"}),
            ("is another member's", "member_id = '{friend}'", USED | {"member_id": "{friend}"}),
        )
    ),
    *(
        (f"a change of a coupon {name}", statements, "coupon.changes", key, is_alone)
        for name, statements, key, is_alone in (
            (
                "is deleted, and the coupon says so",
                (
                    "DELETE FROM coupon_change WHERE coupon_id = '{kept_coupon}' AND ordinal = 2",
                    "UPDATE coupon SET changes = 2 WHERE id = '{kept_coupon}'",
                ),
                KEPT,
                False,
            ),
            ("is not counted", _set("kept_coupon", "changes = changes + 1"), KEPT, True),
            (
                "is another",
                _change("void_coupon", "VOIDED", "kind = 'EXTENDED'"),
                OWNED | {"id": "{void_coupon}"},
                False,
            ),
            (
                "is too early",
                _change("kept_coupon", "RETURNED", "recorded_at = '2020-01-01 00:00:00+00:00'"),
                KEPT,
                False,
            ),
            ("names another order", _change("kept_coupon", "RETURNED", "order_id = '{bought_with}'"), KEPT, False),
            (
                "names an order",
                _change("void_coupon", "ISSUED", "order_id = '{gave}'"),
                OWNED | {"id": "{void_coupon}"},
                False,
            ),
            ("leaves it to another", _change("given_coupon", "ISSUED", "member_id = '{second}'"), GIVEN, False),
            ("gives what another had", _change("given_coupon", "GIFTED", "from_member_id = '{second}'"), GIVEN, False),
            ("lets it be good longer", _change("kept_coupon", "USED", f"expires_at = {LATER}"), KEPT, True),
            (
                "ends it too early",
                _change(
                    "expired_coupon",
                    "EXPIRED",
                    "recorded_at = (SELECT c.recorded_at FROM coupon c WHERE c.id = coupon_id)",
                ),
                EXPIRED,
                False,
            ),
        )
    ),
    (
        "a use of a shared code was free in between",
        ("UPDATE coupon_change SET kind = 'ISSUED' WHERE order_id = '{shared_late}' AND kind = 'HELD'",),
        "coupon.event",
        OWNED | {"order_id": "{shared_late}", "id": "{shared_coupon}"},
        False,
    ),
    (
        "a change is of no coupon",
        ("UPDATE coupon_change SET coupon_id = '{nobody}' WHERE coupon_id = '{void_coupon}' AND ordinal = 1",),
        "coupon_change.coupon",
        OWNED | {"coupon_id": "{nobody}", "ordinal": 1},
        False,
    ),
    (
        "a change is of another program",
        _change("void_coupon", "VOIDED", "program_id = '{other}'"),
        "coupon_change.coupon",
        {"program_id": "{other}", "member_id": "{owner}", "coupon_id": "{void_coupon}", "ordinal": 1},
        False,
    ),
    *(
        (f"a coupon is good {name}", _set(coupon, change), "coupon.validity", key, is_alone)
        for name, coupon, change, key, is_alone in (
            ("from another instant on", "used_coupon", "valid_from = '2027-01-01 00:00:00+00:00'", USED, True),
            ("until another instant", "used_coupon", f"expires_at = {LATER}", USED, True),
            (
                "for longer than it was had",
                "taken_coupon",
                f"expires_at = {LATER}",
                OWNED | {"id": "{taken_coupon}"},
                False,
            ),
        )
    ),
    (
        "a coupon came back with more days of grace",
        (*_set("kept_coupon", f"expires_at = {LATER}"), *_change("kept_coupon", "RETURNED", f"expires_at = {LATER}")),
        "coupon.validity",
        KEPT,
        False,
    ),
    # coupons and orders
    *(
        (f"an order's coupon {name}", statements, "order.coupons", BOUGHT, False)
        for name, statements in (
            ("is free", _set("used_coupon", "state = 'ISSUED', order_id = NULL")),
            ("is another's", _set("used_coupon", "member_id = '{friend}'")),
            ("is held", _set("used_coupon", f"state = 'HELD', held_until = {LATER}")),
            ("did nothing", (f"UPDATE order_effect SET facts = '{{facts_of_none}}' {OF_BOUGHT}",)),
        )
    ),
    (
        "a coupon is held for longer than its order",
        _set("extended_coupon", f"held_until = {LATER}"),
        "order.coupons",
        PROGRAM | {"member_id": "{friend}", "id": "{held_with}"},
        True,
    ),
    (
        "a coupon was used by an order that there is not",
        _set("used_coupon", "order_id = '{nobody}'"),
        "coupon.order",
        USED | {"order_id": "{nobody}"},
        False,
    ),
    (
        "a coupon that came back is used",
        (
            *_set("kept_coupon", "state = 'USED', order_id = '{brought_back}', changes = 2"),
            "DELETE FROM coupon_change WHERE coupon_id = '{kept_coupon}' AND ordinal = 2",
        ),
        "order.coupons",
        OWNED | {"id": "{brought_back}"},
        False,
    ),
    *(
        (
            f"an effect is of {name}",
            (f"UPDATE order_effect SET facts = '{{facts_{code}}}' {OF_BOUGHT}",),
            "effect.coupon",
            OWNED | {"order_id": "{bought_with}", "ordinal": "{used_ordinal}"},
            False,
        )
        for name, code in (("no coupon that there is", "of_nobody"), ("a coupon of another template", "of_other"))
    ),
    (
        "a held order does not hold its coupon",
        _set("extended_coupon", "state = 'ISSUED', order_id = NULL, held_until = NULL"),
        "effect.coupon",
        PROGRAM | {"member_id": "{friend}", "order_id": "{held_with}", "ordinal": "{held_ordinal}"},
        False,
    ),
    (
        "an order named another coupon",
        (f"UPDATE order_effect SET facts = '{{facts_of_kept}}' {OF_BOUGHT}",),
        "order.content",
        BOUGHT,
        False,
    ),
    # what coupons are of
    *(
        (f"a coupon is {name}", _set(coupon, change), "coupon.template", key, False)
        for name, coupon, change, key in (
            ("of another version", "given_coupon", "version_id = '{version}'", GIVEN),
            ("of a campaign", "given_coupon", "campaign_id = '{campaign}'", GIVEN),
            ("nobody's", "given_coupon", "member_id = '{nobody}'", GIVEN | {"member_id": "{nobody}"}),
        )
    ),
    *(
        (f"a coupon is said to be {name}", _set(coupon, change), "coupon.origin", key, False)
        for name, coupon, change, key in (
            (
                "given by an order that gave none",
                "given_coupon",
                "origin = 'CAMPAIGN', origin_id = '{bought_with}'",
                GIVEN,
            ),
            ("bought", "given_coupon", "origin = 'PURCHASE', origin_id = '{transfer}'", GIVEN),
            ("of another batch", "free_code", "origin_id = '{transfer}'", FREE),
            ("a part of nothing", "given_coupon", "origin = 'BUNDLE', origin_id = NULL", GIVEN),
            ("issued by something", "given_coupon", "origin_id = '{gave}'", GIVEN),
        )
    ),
    (
        "a coupon's code is cut short",
        _set("given_coupon", "code_hash = substr(code_hash, 1, 31)"),
        "coupon.code",
        GIVEN,
        True,
    ),
    # counters
    *(
        (
            f"a template counts one {name} more",
            (f"UPDATE coupon_tally SET {name} = {name} + 1 WHERE campaign_id = '{{cp_off}}'",),
            "coupon_tally.counts",
            TALLY,
            True,
        )
        for name in ("issued", "claimed", "held", "used", "returned", "expired", "voided")
    ),
    (
        "a template counts nothing",
        ("DELETE FROM coupon_tally WHERE campaign_id = '{cp_off}'",),
        "coupon_tally.counts",
        {"campaign_id": "{cp_off}"},
        False,
    ),
    *(
        (
            f"a template counts more {name}",
            (f"UPDATE coupon_tally SET {name} = {name} + 1 WHERE campaign_id = '{{cp_{template}}}'",),
            "coupon_tally.amounts",
            PROGRAM | {"campaign_id": f"{{cp_{template}}}"},
            True,
        )
        for name in ("discount", "revenue")
        for template in ("off", "share", "code")
    ),
    *(
        (
            f"of {name} one more was had",
            (f"UPDATE campaign_usage SET uses = uses + 1 WHERE campaign_id = '{{cp_{template}}}' AND {EVER}",),
            "campaign_usage.counts",
            USE | {"campaign_id": f"{{cp_{template}}}", "owner_id": f"{{cp_{template}}}"},
            True,
        )
        for name, template in (("a template", "off"), ("a shared code", "code"), ("a bundle", "pack"))
    ),
    (
        "a code that was taken does not count",
        (
            (
                "UPDATE campaign_usage SET uses = uses - 1 WHERE campaign_id = '{cp_off}' AND owner_id = '{owner}' "
                "AND day = '1900-01-01'"
            ),
        ),
        "campaign_usage.counts",
        USE | {"owner_id": "{owner}"},
        True,
    ),
    # batches
    *(
        (f"a batch {name}", (f"UPDATE coupon_batch SET {change} WHERE id = '{{{batch}}}'",), check, key, is_alone)
        for name, change, batch, check, key, is_alone in (
            ("has made more", "made = made + 1, size = size + 1", "batch", "coupon_batch.made", BATCH, False),
            (
                "that was cancelled runs",
                "state = 'RUNNING', finished_at = NULL",
                "cancelled_batch",
                "campaign_usage.counts",
                USE,
                True,
            ),
            ("is not done", "state = 'CANCELLED'", "batch", "coupon_batch.made", BATCH, True),
            ("is of another version", "version_id = '{version}'", "batch", "coupon_batch.template", BATCH, False),
        )
    ),
    (
        "a code of a batch is deleted",
        ("DELETE FROM coupon WHERE id = '{free_code}'",),
        "coupon_batch.made",
        BATCH,
        False,
    ),
    # events
    (
        "nobody is told of a coupon",
        ("DELETE FROM event WHERE details ->> 'coupon' = '{void_coupon}' AND kind = 'COUPON_VOIDED'",),
        "coupon.event",
        OWNED | {"id": "{void_coupon}"},
        False,
    ),
    (
        "somebody is told of another coupon",
        (
            (
                "UPDATE event SET details = '{told_of_other}' WHERE details ->> 'coupon' = '{void_coupon}' "
                "AND kind = 'COUPON_VOIDED'"
            ),
        ),
        "coupon.event",
        OWNED | {"id": "{void_coupon}"},
        True,
    ),
    # campaigns that give coupons
    (
        "an order gave other coupons",
        ("UPDATE order_effect SET facts = '{gave_more}' WHERE order_id = '{gave}' AND ordinal = {gave_ordinal}",),
        "effect.facts",
        OWNED | {"order_id": "{gave}", "ordinal": "{gave_ordinal}"},
        False,
    ),
    (
        "an order took other limits by what it gave",
        ("UPDATE orders SET consumed = '{gave_less}' WHERE id = '{gave}'",),
        "order.consumed",
        OWNED | {"id": "{gave}"},
        False,
    ),
    # keys
    *(
        (
            f"a key answers with a {name} that is not",
            (
                (
                    f"UPDATE idempotency SET outcome = '{{outcome_no_{name}}}' WHERE key = '{{{name}_key}}' "
                    f"AND scope = '{{{name}_scope}}'"
                ),
            ),
            f"idempotency.{name}",
            PROGRAM | {"scope": f"{{{name}_scope}}", "key": f"{{{name}_key}}"},
            True,
        )
        for name in ("coupon", "batch")
    ),
]
"""What `Case` takes."""

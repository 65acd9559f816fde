"""Checks of coupons: of which template each is and how it came to be, what names it, and what is counted of it."""

from domain.coupons import TALLIED
from services.verify.check import Check

KEY = ("id",)

TEMPLATE = Check(
    "coupon.template",
    "coupon",
    KEY,
    "There is no version {version_id} of the template {campaign_id}, or no member {member_id}, in the program.",
    """
    SELECT c.id, c.version_id, c.campaign_id, c.member_id
    FROM coupon c
        LEFT JOIN campaign k ON k.id = c.campaign_id AND k.program_id = c.program_id AND k.kind = 'COUPON'
        LEFT JOIN campaign_version v ON v.id = c.version_id AND v.program_id = c.program_id
            AND v.campaign_id = c.campaign_id AND v.step = 'COUPON'
        LEFT JOIN member m ON m.id = c.member_id AND m.program_id = c.program_id AND m.kind <> 'GIFT_CARD'
    WHERE (k.id IS NULL OR v.id IS NULL OR (c.member_id IS NOT NULL AND m.id IS NULL)){c}
    """,
)

ORIGIN = Check(
    "coupon.origin",
    "coupon",
    KEY,
    "By {origin} it came of {origin_id}, which is nothing that can have made it.",
    """
    SELECT c.id, c.origin, c.origin_id
    FROM coupon c
        LEFT JOIN order_effect f ON f.order_id = c.origin_id AND f.program_id = c.program_id
            AND CASE c.origin WHEN 'SHARED_CODE' THEN f.facts ->> 'coupon' = TEXT(c.id)
                ELSE f.kind = 'ISSUE_COUPON' AND AT(f.facts, counts, c.campaign_id) IS NOT NULL END
        LEFT JOIN occasion_effect g ON g.occasion_id = c.origin_id AND g.program_id = c.program_id
            AND g.kind = 'ISSUE_COUPON' AND AT(g.facts, counts, c.campaign_id) IS NOT NULL
        LEFT JOIN transfer t ON t.id = c.origin_id AND t.program_id = c.program_id AND t.kind = 'PURCHASE'
            AND t.recorded_at = c.recorded_at
        LEFT JOIN coupon_batch b ON b.id = c.origin_id AND b.program_id = c.program_id
            AND b.campaign_id = c.campaign_id AND b.version_id = c.version_id
    WHERE NOT COALESCE(CASE c.origin
        WHEN 'STAFF' THEN c.origin_id IS NULL
        WHEN 'CLAIM' THEN c.origin_id IS NULL
        WHEN 'PURCHASE' THEN t.id IS NOT NULL
        WHEN 'BATCH' THEN b.id IS NOT NULL
        WHEN 'SHARED_CODE' THEN f.order_id IS NOT NULL
        WHEN 'CAMPAIGN' THEN COALESCE(f.order_id, g.occasion_id) IS NOT NULL
        WHEN 'BUNDLE' THEN c.origin_id IS NOT NULL END, false){c}
    """,
)

CODE = Check(
    "coupon.code",
    "coupon",
    KEY,
    "What the coupon has in place of its code is no SHA-256.",
    "SELECT c.id FROM coupon c WHERE length(c.code_hash) <> 32{c}",
)

EFFECT_COUPON = Check(
    "effect.coupon",
    "order_effect",
    ("order_id", "ordinal"),
    "It is of coupon {coupon}, of which there is none in the program of this version of its template; or the order is "
    "held, and neither holds that coupon nor ever let it go.",
    """
    SELECT f.order_id, f.ordinal, f.facts ->> 'coupon' AS coupon
    FROM order_effect f
        LEFT JOIN coupon c ON TEXT(c.id) = f.facts ->> 'coupon' AND c.program_id = f.program_id
            AND c.campaign_id = f.campaign_id AND c.version_id = f.campaign_version_id
        LEFT JOIN orders o ON o.id = f.order_id AND o.state = 'HELD'
        LEFT JOIN coupon_change h ON h.coupon_id = c.id AND h.order_id = f.order_id AND h.kind = 'RELEASED'
    WHERE f.facts ->> 'coupon' IS NOT NULL AND (c.id IS NULL
        OR (o.id IS NOT NULL AND h.coupon_id IS NULL AND c.order_id IS DISTINCT FROM f.order_id)){f}
    """,
)

EVENT = Check(
    "coupon.event",
    "coupon",
    KEY,
    "Of its members, orders and instants there are {known} changes of the kind {kind}, and {events} events that tell "
    "of it.",
    """
    SELECT s.id, s.kind, sum(s.known) AS known, sum(s.events) AS events
    FROM (
        SELECT TEXT(h.coupon_id) AS id, h.program_id, h.member_id, h.kind, h.order_id, h.recorded_at, 1 AS known,
            0 AS events
        FROM coupon_change h WHERE h.member_id IS NOT NULL{h}
        UNION ALL
        SELECT TEXT(h.coupon_id), h.program_id, h.from_member_id, h.kind, h.order_id, h.recorded_at, 1, 0
        FROM coupon_change h WHERE h.from_member_id IS NOT NULL{h}
        UNION ALL
        SELECT v.details ->> 'coupon', v.program_id, v.member_id, substr(v.kind, 8), v.order_id, v.recorded_at, 0, 1
        FROM event v WHERE v.kind LIKE 'COUPON_%'{v}
    ) s
    GROUP BY s.id, s.program_id, s.member_id, s.kind, s.order_id, s.recorded_at HAVING sum(s.known) <> sum(s.events)
    """,
)

BATCH_MADE = Check(
    "coupon_batch.made",
    "coupon_batch",
    KEY,
    "The batch says that {made} of {size} codes are made, and is {state}; it has {coupons} coupons.",
    """
    SELECT b.id, b.made, b.size, b.state, COALESCE(n.coupons, 0) AS coupons
    FROM coupon_batch b LEFT JOIN (
        SELECT c.origin_id, count(*) AS coupons FROM coupon c WHERE c.origin = 'BATCH'{c} GROUP BY c.origin_id
    ) n ON n.origin_id = b.id
    WHERE (b.made <> COALESCE(n.coupons, 0) OR b.made > b.size OR (b.state = 'DONE') <> (b.made = b.size)
        OR (b.state = 'RUNNING') <> (b.finished_at IS NULL)){b}
    """,
)

BATCH_TEMPLATE = Check(
    "coupon_batch.template",
    "coupon_batch",
    KEY,
    "There is no version {version_id} of the template {campaign_id} in the program.",
    """
    SELECT b.id, b.version_id, b.campaign_id
    FROM coupon_batch b LEFT JOIN campaign_version v ON v.id = b.version_id AND v.program_id = b.program_id
        AND v.campaign_id = b.campaign_id AND v.step = 'COUPON'
    WHERE v.id IS NULL{b}
    """,
)

OF_STATES = TALLIED[:7]
"""What is counted of the coupons themselves; what they took off is for `coupon_tally.amounts`."""
COUNTED = {
    "issued": "1",
    "claimed": "CASE WHEN c.origin IN ('CLAIM', 'PURCHASE') THEN 1 ELSE 0 END",
    "held": "CASE WHEN c.state = 'HELD' THEN 1 ELSE 0 END",
    "used": "CASE WHEN c.state = 'USED' THEN 1 ELSE 0 END",
    "returned": "0",
    "expired": "CASE WHEN c.state = 'EXPIRED' THEN 1 ELSE 0 END",
    "voided": "CASE WHEN c.state = 'VOID' THEN 1 ELSE 0 END",
}
"""What each coupon adds."""
CHANGED = dict.fromkeys(OF_STATES, "0") | {
    "claimed": "CASE WHEN h.kind = 'CLAIMED' THEN 1 ELSE 0 END",
    "returned": "CASE WHEN h.kind = 'RETURNED' THEN 1 ELSE 0 END",
}
"""What each change adds."""

TALLY = Check(
    "coupon_tally.counts",
    "coupon_tally",
    ("campaign_id",),
    "By the coupons of the template it says "
    + ", ".join(f"{{{name}}} more {name}" for name in OF_STATES)
    + " than there are.",
    f"""
    SELECT s.campaign_id, {", ".join(f"TOTAL({name}) AS {name}" for name in OF_STATES)}
    FROM (
        SELECT t.campaign_id, t.program_id, {", ".join(f"t.{name}" for name in OF_STATES)}
        FROM coupon_tally t WHERE true{{t}}
        UNION ALL
        SELECT c.campaign_id, c.program_id, {", ".join(f"-({COUNTED[name]})" for name in OF_STATES)}
        FROM coupon c WHERE true{{c}}
        UNION ALL
        SELECT c.campaign_id, c.program_id, {", ".join(f"-({CHANGED[name]})" for name in OF_STATES)}
        FROM coupon_change h JOIN coupon c ON c.id = h.coupon_id WHERE h.kind IN ('CLAIMED', 'RETURNED'){{c}}
    ) s
    GROUP BY s.campaign_id, s.program_id HAVING {" OR ".join(f"NONZERO({name})" for name in OF_STATES)}
    """,
)

CHECKS = (TEMPLATE, ORIGIN, CODE, EFFECT_COUPON, EVENT, BATCH_MADE, BATCH_TEMPLATE, TALLY)

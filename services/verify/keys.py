"""Checks of idempotency records: each has an outcome, and what the outcome names exists in the program."""

from services.verify.check import Check

KEY = ("program_id", "scope", "key")

OUTCOME = Check(
    "idempotency.outcome",
    "idempotency",
    KEY,
    "The record has no outcome, or names no refusal, order, member, campaign, segment or coupon, nor counts an import.",
    """
    SELECT i.program_id, i.scope, i.key
    FROM idempotency i
    WHERE COALESCE(i.outcome ->> 'refusal', i.outcome ->> 'order', i.outcome ->> 'member', i.outcome ->> 'import',
        i.outcome ->> 'campaign', i.outcome ->> 'segment', i.outcome ->> 'coupons') IS NULL{i}
    """,
)

ORDER = Check(
    "idempotency.order",
    "idempotency",
    KEY,
    "The program has no order {named} of member {member}, nor of a guest for whom a member claimed it.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'order' AS named, i.outcome ->> 'member' AS member
    FROM idempotency i LEFT JOIN orders o ON TEXT(o.id) = i.outcome ->> 'order' AND o.program_id = i.program_id
        AND (TEXT(o.member_id) IS NOT DISTINCT FROM i.outcome ->> 'member'
            OR (o.claimed_at IS NOT NULL AND i.outcome ->> 'member' IS NULL))
    WHERE i.outcome ->> 'order' IS NOT NULL AND o.id IS NULL{i}
    """,
)

RETURN = Check(
    "idempotency.return",
    "idempotency",
    KEY,
    "The order {named_order} has no return {named}.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'return' AS named, i.outcome ->> 'order' AS named_order
    FROM idempotency i LEFT JOIN order_return r ON TEXT(r.id) = i.outcome ->> 'return'
        AND r.program_id = i.program_id AND TEXT(r.order_id) = i.outcome ->> 'order'
    WHERE i.outcome ->> 'return' IS NOT NULL AND r.id IS NULL{i}
    """,
)

MEMBER = Check(
    "idempotency.member",
    "idempotency",
    KEY,
    "The program has no member {named}.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'member' AS named
    FROM idempotency i LEFT JOIN member m ON TEXT(m.id) = i.outcome ->> 'member' AND m.program_id = i.program_id
    WHERE i.outcome ->> 'member' IS NOT NULL AND m.id IS NULL{i}
    """,
)

ENTRIES = Check(
    "idempotency.entries",
    "idempotency",
    KEY,
    "No transfer of the member and the order has an entry {seq} of account {account}.",
    """
    SELECT i.program_id, i.scope, i.key, j.value ->> 0 AS account, j.value ->> 1 AS seq
    FROM idempotency i CROSS JOIN ITEMS(i.outcome, entries) j
        LEFT JOIN entry e ON TEXT(e.account_id) = j.value ->> 0 AND e.seq = CAST(j.value ->> 1 AS BIGINT)
            AND e.program_id = i.program_id
        LEFT JOIN transfer t ON t.id = e.transfer_id
            AND i.outcome ->> 'member' IN (TEXT(t.member_id), TEXT(e.member_id))
    WHERE (t.id IS NULL OR (i.outcome ->> 'order' IS NOT NULL AND TEXT(e.order_id) <> i.outcome ->> 'order')){i}
    """,
)

AGENT = Check(
    "idempotency.agent",
    "idempotency",
    KEY,
    "Member {member} has no agent {named}, or not this one.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'agent' AS named, i.outcome ->> 'member' AS member
    FROM idempotency i LEFT JOIN agent a ON TEXT(a.id) = i.outcome ->> 'agent' AND a.program_id = i.program_id
        AND TEXT(a.payer_id) = i.outcome ->> 'member' AND TEXT(a.member_id) = i.outcome ->> 'drawer'
        AND TEXT(a.asset_id) = i.outcome ->> 'asset'
    WHERE i.outcome ->> 'agent' IS NOT NULL AND a.id IS NULL{i}
    """,
)

GIFT_CARD = Check(
    "idempotency.gift_card",
    "idempotency",
    KEY,
    "The program has no gift card {named}, or the lines of the record are none of what issued or settled it.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'card' AS named
    FROM idempotency i CROSS JOIN ITEMS(i.outcome, entries) j
        LEFT JOIN entry e ON TEXT(e.account_id) = j.value ->> 0 AND e.seq = CAST(j.value ->> 1 AS BIGINT)
            AND e.program_id = i.program_id
        LEFT JOIN gift_card g ON TEXT(g.member_id) = i.outcome ->> 'card' AND g.program_id = i.program_id
            AND (g.transfer_id = e.transfer_id OR g.settlement_id = e.transfer_id)
    WHERE i.outcome ->> 'card' IS NOT NULL AND g.member_id IS NULL{i}
    """,
)

OCCASION = Check(
    "idempotency.occasion",
    "idempotency",
    KEY,
    "The program has no occasion {named} of member {member}.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'occasion' AS named, i.outcome ->> 'member' AS member
    FROM idempotency i LEFT JOIN occasion o ON TEXT(o.id) = i.outcome ->> 'occasion'
        AND o.program_id = i.program_id AND TEXT(o.member_id) = i.outcome ->> 'member'
    WHERE i.outcome ->> 'occasion' IS NOT NULL AND o.id IS NULL{i}
    """,
)

CAMPAIGN = Check(
    "idempotency.campaign",
    "idempotency",
    KEY,
    "The program has no campaign {named}, or it has no version {number}.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'campaign' AS named, i.outcome ->> 'version' AS number
    FROM idempotency i
        LEFT JOIN campaign c ON TEXT(c.id) = i.outcome ->> 'campaign' AND c.program_id = i.program_id
        LEFT JOIN campaign_version v ON v.campaign_id = c.id AND CAST(v.number AS TEXT) = i.outcome ->> 'version'
    WHERE i.outcome ->> 'campaign' IS NOT NULL
        AND (c.id IS NULL OR (i.outcome ->> 'version' IS NOT NULL AND v.id IS NULL)){i}
    """,
)

SEGMENT = Check(
    "idempotency.segment",
    "idempotency",
    KEY,
    "The program has no segment {named}.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'segment' AS named
    FROM idempotency i LEFT JOIN segment s ON s.code = i.outcome ->> 'segment' AND s.program_id = i.program_id
    WHERE i.outcome ->> 'segment' IS NOT NULL AND s.id IS NULL{i}
    """,
)

COUPON = Check(
    "idempotency.coupon",
    "idempotency",
    KEY,
    "The program has no coupon {named}.",
    """
    SELECT i.program_id, i.scope, i.key, NAME(j) AS named
    FROM idempotency i CROSS JOIN ITEMS(i.outcome, coupons) j
        LEFT JOIN coupon c ON TEXT(c.id) = NAME(j) AND c.program_id = i.program_id
    WHERE c.id IS NULL{i}
    """,
)

BATCH = Check(
    "idempotency.batch",
    "idempotency",
    KEY,
    "The program has no batch {named} of the template {campaign}.",
    """
    SELECT i.program_id, i.scope, i.key, i.outcome ->> 'batch' AS named, i.outcome ->> 'campaign' AS campaign
    FROM idempotency i LEFT JOIN coupon_batch b ON TEXT(b.id) = i.outcome ->> 'batch'
        AND b.program_id = i.program_id AND TEXT(b.campaign_id) = i.outcome ->> 'campaign'
    WHERE i.outcome ->> 'batch' IS NOT NULL AND b.id IS NULL{i}
    """,
)

CHECKS = (OUTCOME, ORDER, RETURN, MEMBER, ENTRIES, AGENT, GIFT_CARD, OCCASION, CAMPAIGN, SEGMENT, COUPON, BATCH)

"""Checks of what is counted beside the ledger: orders of members, tags, uses of campaigns."""

from services.verify.check import Check

MEMBER_ORDERS = Check(
    "member.orders",
    "member",
    ("id",),
    "The member says {orders} orders, the last at {last_order_at}; there are {counted}, the last at {last}.",
    """
    SELECT m.id, m.orders, m.last_order_at, COALESCE(c.counted, 0) AS counted, c.last
    FROM member m LEFT JOIN (
        SELECT o.member_id, sum(CASE WHEN o.state = 'RETURNED' THEN 0 ELSE 1 END) AS counted,
            max(o.occurred_at) AS last
        FROM orders o
        WHERE o.member_id IS NOT NULL AND o.state IN ('COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED'){o}
        GROUP BY o.member_id
    ) c ON c.member_id = m.id
    WHERE (m.orders <> COALESCE(c.counted, 0) OR m.last_order_at IS DISTINCT FROM c.last){m}
    """,
)

# What comes back as a whole takes its tags along.
MEMBER_TAGS = Check(
    "member.tags",
    "member",
    ("id",),
    "There is nothing of the name {by} that gave the member the tag {tag}, or it came back.",
    """
    SELECT m.id, j.key AS tag, j.value ->> 'by' AS "by"
    FROM member m CROSS JOIN PAIRS(m.tags) j
        LEFT JOIN orders o ON 'order:' || TEXT(o.id) = j.value ->> 'by' AND o.member_id = m.id
            AND o.state IN ('COMMITTED', 'PARTIALLY_RETURNED')
        LEFT JOIN order_effect f ON f.order_id = o.id AND f.kind = 'TAG' AND f.facts ->> 'tag' = j.key
        LEFT JOIN occasion c ON 'occasion:' || TEXT(c.id) = j.value ->> 'by' AND c.member_id = m.id
        LEFT JOIN occasion_effect g ON g.occasion_id = c.id AND g.kind = 'TAG' AND g.facts ->> 'tag' = j.key
    WHERE (COALESCE(j.value ->> 'since', '') = '' OR COALESCE(j.value ->> 'by', '') = ''
        OR (j.value ->> 'by' LIKE 'order:%' AND f.order_id IS NULL)
        OR (j.value ->> 'by' LIKE 'occasion:%' AND g.occasion_id IS NULL)){m}
    """,
)

USAGE_OWNER = Check(
    "campaign_usage.owner",
    "campaign_usage",
    ("campaign_id", "owner_id", "day"),
    "There is no campaign {campaign_id} in the program, or {owner_id} is neither it nor a member; or of {uses} uses, "
    "{count} pieces, {money} off and {points} points some are less than none.",
    """
    SELECT u.campaign_id, u.owner_id, u.day, u.uses, u.count, u.money, u.points
    FROM campaign_usage u
        LEFT JOIN campaign c ON c.id = u.campaign_id AND c.program_id = u.program_id
        LEFT JOIN member m ON m.id = u.owner_id AND m.program_id = u.program_id
    WHERE (c.id IS NULL OR (m.id IS NULL AND u.owner_id <> u.campaign_id)
        OR u.uses < 0 OR u.count < 0 OR u.money < 0 OR u.points < 0){u}
    """,
)

CHECKS = (MEMBER_ORDERS, MEMBER_TAGS, USAGE_OWNER)

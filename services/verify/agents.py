"""Checks of agents: who may draw on whom, what they drew, and whose balances paid."""

from services.verify.check import Check

AGENT_DRAWN = Check(
    "agent.drawn",
    "agent_draw",
    ("payer_id", "member_id", "asset_id"),
    "The months of the agent come to {amount} more than they drew, less what came back.",
    """
    SELECT s.payer_id, s.member_id, s.asset_id, TOTAL(amount) AS amount
    FROM (
        SELECT d.payer_id, d.member_id, d.asset_id, d.amount FROM agent_draw d WHERE true{d}
        UNION ALL
        SELECT e.member_id, t.member_id, e.asset_id, e.change_available
        FROM entry e JOIN transfer t ON t.id = e.transfer_id AND t.member_id <> e.member_id
        WHERE t.kind IN ('ORDER', 'HOLD', 'RETURN', 'RELEASE', 'SPEND', 'SPEND_UNDO')
            AND e.member_id IN (SELECT payer_id FROM agent){e}
    ) s
    GROUP BY s.payer_id, s.member_id, s.asset_id HAVING NONZERO(amount)
    """,
)

DRAW_AGENT = Check(
    "agent_draw.agent",
    "agent_draw",
    ("payer_id", "member_id", "asset_id", "month"),
    "The member never had the right to draw on the asset of the payer.",
    """
    SELECT d.payer_id, d.member_id, d.asset_id, d.month
    FROM agent_draw d LEFT JOIN agent a ON a.payer_id = d.payer_id AND a.member_id = d.member_id
        AND a.asset_id = d.asset_id AND a.program_id = d.program_id
    WHERE a.id IS NULL{d}
    """,
)

ORDER_PAYER = Check(
    "order.payer",
    "orders",
    ("id",),
    "The member {member_id} never had the right to draw on {payer_id}.",
    """
    SELECT o.id, o.member_id, o.payer_id
    FROM orders o WHERE o.payer_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM agent a WHERE a.payer_id = o.payer_id AND a.member_id = o.member_id
            AND a.program_id = o.program_id){o}
    """,
)

ENTRY_PAYER = Check(
    "entry.payer",
    "entry",
    ("account_id", "seq"),
    "The line of the order {order_id} is one of {owner}, and the order is paid by {payer_id}.",
    """
    SELECT s.account_id, s.seq, s.order_id, s.owner, s.payer_id
    FROM (
        SELECT e.account_id, e.seq, e.order_id, e.member_id AS owner, e.kind, o.member_id, o.payer_id
        FROM orders o JOIN entry e ON e.order_id = o.id
        WHERE o.payer_id IS NOT NULL{o}
        UNION ALL
        SELECT e.account_id, e.seq, e.order_id, e.member_id, e.kind, o.member_id, o.payer_id
        FROM entry e JOIN orders o ON o.id = e.order_id AND o.payer_id IS NULL
        WHERE e.member_id IN (SELECT payer_id FROM agent){e}
    ) s
    WHERE (s.owner <> s.member_id AND s.owner IS DISTINCT FROM s.payer_id)
        OR (s.payer_id IS NOT NULL AND s.kind IN ('SPEND', 'HOLD') AND s.owner <> s.payer_id)
    """,
)

AGENT_PARTIES = Check(
    "agent.parties",
    "agent",
    ("id",),
    "The agent {member_id}, the payer {payer_id} or the asset {asset_id} is none of the program, or a limit of {limit} "
    "from {since} to {until} is none.",
    """
    SELECT a.id, a.member_id, a.payer_id, a.asset_id, a.monthly_limit AS "limit", a.since, a.until
    FROM agent a
        LEFT JOIN member m ON m.id = a.member_id AND m.program_id = a.program_id AND m.kind <> 'GIFT_CARD'
        LEFT JOIN member p ON p.id = a.payer_id AND p.program_id = a.program_id AND p.kind <> 'GIFT_CARD'
        LEFT JOIN asset s ON s.id = a.asset_id AND s.program_id = a.program_id
    WHERE (m.id IS NULL OR p.id IS NULL OR s.id IS NULL OR a.member_id = a.payer_id OR a.monthly_limit <= 0
        OR a.until < a.since){a}
    """,
)

# Whoever may draw was appointed by a call, which is remembered for ever.
AGENT_APPOINTED = Check(
    "agent.appointed",
    "agent",
    ("id",),
    "No call is remembered that let {member_id} draw on this asset of {payer_id}.",
    """
    SELECT a.id, a.member_id, a.payer_id
    FROM agent a LEFT JOIN (
        SELECT DISTINCT i.program_id, i.outcome ->> 'agent' AS agent, i.outcome ->> 'member' AS payer,
            i.outcome ->> 'drawer' AS drawer, i.outcome ->> 'asset' AS asset
        FROM idempotency i WHERE i.outcome ->> 'agent' IS NOT NULL{i}
    ) c ON c.program_id = a.program_id AND c.agent = TEXT(a.id) AND c.payer = TEXT(a.payer_id)
        AND c.drawer = TEXT(a.member_id) AND c.asset = TEXT(a.asset_id)
    WHERE c.agent IS NULL{a}
    """,
)

CHECKS = (AGENT_DRAWN, DRAW_AGENT, AGENT_PARTIES, AGENT_APPOINTED, ORDER_PAYER, ENTRY_PAYER)

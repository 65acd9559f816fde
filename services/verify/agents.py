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
    SELECT e.account_id, e.seq, e.order_id, e.member_id AS owner, o.payer_id
    FROM entry e JOIN orders o ON o.id = e.order_id
    WHERE (o.payer_id IS NOT NULL OR e.member_id IN (SELECT payer_id FROM agent))
        AND ((e.member_id <> o.member_id AND e.member_id IS DISTINCT FROM o.payer_id)
            OR (o.payer_id IS NOT NULL AND e.kind IN ('SPEND', 'HOLD') AND e.member_id <> o.payer_id)){e}
    """,
)

CHECKS = (AGENT_DRAWN, DRAW_AGENT, ORDER_PAYER, ENTRY_PAYER)

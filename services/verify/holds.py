"""Checks of holds: what is reserved, for which order, on which lots."""

from services.verify.check import Check

ACCOUNT_HOLDS = Check(
    "account.holds",
    "account",
    ("id",),
    "The account's open holds reserve {held} more than it says is held.",
    """
    SELECT s.id, TOTAL(held) AS held
    FROM (
        SELECT h.account_id AS id, h.amount - h.captured - h.released AS held
        FROM hold h WHERE h.captured + h.released < h.amount{h}
        UNION ALL
        SELECT a.id, -a.held FROM account a WHERE a.held <> 0{a}
    ) s
    GROUP BY s.id HAVING NONZERO(held)
    """,
)

HOLD_ORDER = Check(
    "hold.order",
    "hold",
    ("id",),
    "Of {amount} {captured} were captured and {released} released, and the order {order_id} is {state}; or the account "
    "or the transfer of the hold is another's.",
    """
    SELECT h.id, h.amount, h.captured, h.released, h.order_id, o.state
    FROM hold h
        LEFT JOIN orders o ON o.id = h.order_id AND o.program_id = h.program_id AND o.member_id = h.member_id
        LEFT JOIN account a ON a.id = h.account_id AND a.program_id = h.program_id AND a.member_id = h.member_id
            AND a.asset_id = h.asset_id
        LEFT JOIN transfer t ON t.id = h.transfer_id AND t.kind = 'HOLD' AND t.order_id = h.order_id
            AND t.member_id = h.member_id
    WHERE (o.id IS NULL OR a.id IS NULL OR t.id IS NULL OR h.captured < 0 OR h.released < 0
        OR h.captured + h.released > h.amount OR h.expires_at <> o.held_until
        OR (h.captured + h.released < h.amount) <> (o.state = 'HELD')
        OR (h.captured > 0 AND o.state IN ('HELD', 'CANCELLED', 'EXPIRED'))){h}
    """,
)

HOLD_DUE = Check(
    "hold.due",
    "hold",
    ("id",),
    "The hold runs out at {expires_at}, and the account says that nothing is due before {next_due_at}.",
    """
    SELECT h.id, h.expires_at, a.next_due_at
    FROM hold h JOIN account a ON a.id = h.account_id
    WHERE h.captured + h.released < h.amount AND h.expires_at < a.next_due_at{h}
    """,
)

HOLD_LOTS = Check(
    "hold.lots",
    "hold",
    ("id",),
    "Of {amount}, {held} were reserved on lots.",
    """
    SELECT h.id, h.amount, COALESCE(sum(CASE WHEN l.id IS NOT NULL THEN m.held END), 0) AS held
    FROM hold h LEFT JOIN lot_move m ON m.transfer_id = h.transfer_id
        LEFT JOIN lot l ON l.id = m.lot_id AND l.account_id = h.account_id
    WHERE true{h}
    GROUP BY h.id, h.amount
    HAVING h.amount <> COALESCE(sum(CASE WHEN l.id IS NOT NULL THEN m.held END), 0)
    """,
)

HOLD_ENTRIES = Check(
    "hold.entries",
    "hold",
    ("id",),
    "The hold says that {captured} more were captured and {released} more released than the lines of its order do.",
    """
    SELECT s.id, TOTAL(captured) AS captured, TOTAL(released) AS released
    FROM (
        SELECT h.id, h.captured, h.released FROM hold h WHERE true{h}
        UNION ALL
        SELECT h.id, CASE e.kind WHEN 'SPEND' THEN e.change_held ELSE 0 END,
            CASE e.kind WHEN 'RELEASE' THEN e.change_held ELSE 0 END
        FROM hold h JOIN entry e ON e.order_id = h.order_id AND e.account_id = h.account_id
            AND e.kind IN ('SPEND', 'RELEASE')
        WHERE true{h}
    ) s
    GROUP BY s.id HAVING NONZERO(captured) OR NONZERO(released)
    """,
)

CHECKS = (ACCOUNT_HOLDS, HOLD_ORDER, HOLD_DUE, HOLD_LOTS, HOLD_ENTRIES)

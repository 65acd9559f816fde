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
    "or the transfer of the hold is another's, or it was recorded at another time.",
    """
    SELECT h.id, h.amount, h.captured, h.released, h.order_id, o.state
    FROM hold h
        LEFT JOIN orders o ON o.id = h.order_id AND o.program_id = h.program_id
            AND COALESCE(o.payer_id, o.member_id) = h.member_id
        LEFT JOIN account a ON a.id = h.account_id AND a.program_id = h.program_id AND a.member_id = h.member_id
            AND a.asset_id = h.asset_id
        LEFT JOIN transfer t ON t.id = h.transfer_id AND t.kind = 'HOLD' AND t.order_id = h.order_id
            AND t.member_id = o.member_id AND t.recorded_at = h.recorded_at
    WHERE (o.id IS NULL OR a.id IS NULL OR t.id IS NULL OR h.captured < 0 OR h.released < 0
        OR h.captured + h.released > h.amount OR h.expires_at <> o.held_until
        OR ((h.captured + h.released < h.amount) <> (o.state = 'HELD')
            -- What an order reserved of a payer is freed when the payer is looked at, and the order ends when it is.
            AND NOT (o.state = 'HELD' AND o.payer_id IS NOT NULL AND h.captured = 0))
        OR (h.captured > 0 AND o.state IN ('HELD', 'CANCELLED', 'EXPIRED'))){h}
    """,
)

# Whatever a hold became is in lines of its account: one puts so much into `held`, and what others take out of it is
# spent, against a contra account, or is available again.
HOLD_ENTRIES = Check(
    "hold.entries",
    "hold",
    ("order_id", "account_id"),
    "For this order and account there are {holds} holds and {lines} lines that reserve; the holds say {amount} more "
    "reserved, {captured} more captured and {released} more released than the lines.",
    """
    SELECT s.order_id, s.account_id, sum(s.holds) AS holds, sum(s.lines) AS lines,
        TOTAL(amount) AS amount, TOTAL(captured) AS captured, TOTAL(released) AS released
    FROM (
        SELECT h.order_id, h.account_id, h.program_id, h.member_id, h.asset_id, 1 AS holds, 0 AS lines,
            h.amount, h.captured, h.released
        FROM hold h WHERE true{h}
        UNION ALL
        SELECT e.order_id, e.account_id, e.program_id, e.member_id, e.asset_id, 0,
            CASE WHEN e.change_held > 0 THEN 1 ELSE 0 END, CASE WHEN e.change_held > 0 THEN -e.change_held ELSE 0 END,
            CASE WHEN e.change_held < 0 THEN e.change_available + e.change_pending + e.change_held ELSE 0 END,
            CASE WHEN e.change_held < 0 THEN -e.change_available - e.change_pending ELSE 0 END
        FROM entry e WHERE e.change_held <> 0{e}
    ) s
    GROUP BY s.order_id, s.account_id, s.program_id, s.member_id, s.asset_id
    HAVING sum(s.holds) <> 1 OR sum(s.lines) <> 1 OR NONZERO(amount) OR NONZERO(captured) OR NONZERO(released)
    """,
)

EFFECT_HOLD = Check(
    "effect.hold",
    "order_effect",
    ("order_id", "ordinal"),
    "Of this asset there are {effects} effects that pay for an order which was held, and {entries} lines that reserve; "
    "the effects come to {amount} more than the lines.",
    """
    SELECT s.order_id, s.ordinal, sum(s.effects) AS effects, sum(s.entries) AS entries, TOTAL(amount) AS amount
    FROM (
        SELECT f.order_id, f.ordinal, f.program_id, f.asset_id, 1 AS effects, 0 AS entries, f.amount
        FROM order_effect f WHERE f.kind = 'SPEND'
            AND EXISTS (SELECT 1 FROM orders o WHERE o.id = f.order_id AND o.held_until IS NOT NULL){f}
        UNION ALL
        SELECT e.order_id, e.effect, e.program_id, e.asset_id, 0, 1, -e.change_held FROM entry e
        WHERE e.kind = 'HOLD'{e}
    ) s
    GROUP BY s.order_id, s.ordinal, s.program_id, s.asset_id
    HAVING sum(s.effects) <> 1 OR sum(s.entries) <> 1 OR NONZERO(amount)
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

CHECKS = (ACCOUNT_HOLDS, HOLD_ORDER, HOLD_ENTRIES, EFFECT_HOLD, HOLD_DUE, HOLD_LOTS)

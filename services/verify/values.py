"""Checks of stored value: each top-up is what was posted, and its bonus what its step says."""

from domain.stored_value import BASIS_POINTS
from services.verify.accounts import NET
from services.verify.check import Check

TRANSFER_TOP_UP = Check(
    "transfer.top_up",
    "transfer",
    ("id",),
    "There are {transfers} such transfers of the kind TOP_UP and {top_ups} top-ups.",
    """
    SELECT s.id, sum(s.transfers) AS transfers, sum(s.top_ups) AS top_ups
    FROM (
        SELECT t.id, t.program_id, t.member_id, t.recorded_at, 1 AS transfers, 0 AS top_ups
        FROM transfer t WHERE t.kind = 'TOP_UP'{t}
        UNION ALL
        SELECT u.transfer_id, u.program_id, u.member_id, u.recorded_at, 0, 1 FROM top_up u WHERE true{u}
    ) s
    GROUP BY s.id, s.program_id, s.member_id, s.recorded_at HAVING sum(s.transfers) <> 1 OR sum(s.top_ups) <> 1
    """,
)

TOP_UP_ENTRIES = Check(
    "top_up.entries",
    "top_up",
    ("transfer_id",),
    "The top-up says {amount} more paid in, and {bonus} more on top, than the lines of its transfer.",
    f"""
    SELECT s.transfer_id, TOTAL(amount) AS amount, TOTAL(bonus) AS bonus
    FROM (
        SELECT u.transfer_id, u.program_id, u.member_id, u.asset_id, u.amount, u.bonus FROM top_up u WHERE true{{u}}
        UNION ALL
        SELECT e.transfer_id, e.program_id, e.member_id, e.asset_id,
            CASE e.contra WHEN 'LIABILITY' THEN -({NET}) ELSE 0 END,
            CASE e.contra WHEN 'LIABILITY' THEN 0 ELSE -({NET}) END
        FROM entry e WHERE e.kind = 'TOP_UP'{{e}}
    ) s
    GROUP BY s.transfer_id, s.program_id, s.member_id, s.asset_id HAVING NONZERO(amount) OR NONZERO(bonus)
    """,
)

TOP_UP_LOTS = Check(
    "top_up.lots",
    "top_up",
    ("transfer_id",),
    "Of the transfer there is no lot {lot_id} with {amount} of principal, or no lot {bonus_lot_id} with {bonus} of "
    "bonus; without a bonus there is no lot of it.",
    """
    SELECT u.transfer_id, u.lot_id, u.amount, u.bonus_lot_id, u.bonus
    FROM top_up u
        LEFT JOIN lot l ON l.id = u.lot_id AND l.transfer_id = u.transfer_id AND l.program_id = u.program_id
            AND l.asset_id = u.asset_id AND l.amount = u.amount AND l.priority = 0
        LEFT JOIN lot b ON b.id = u.bonus_lot_id AND b.transfer_id = u.transfer_id AND b.program_id = u.program_id
            AND b.asset_id = u.asset_id AND b.amount = u.bonus AND b.priority <> 0
    WHERE (l.id IS NULL OR (u.bonus > 0 AND b.id IS NULL) OR (u.bonus = 0 AND u.bonus_lot_id IS NOT NULL)){u}
    """,
)

# Whole and rest apart, so that no product is larger than an amount.
SHARE = " + ".join(
    (
        f"u.amount / {BASIS_POINTS} * u.step_basis_points",
        f"u.amount % {BASIS_POINTS} * u.step_basis_points / {BASIS_POINTS}",
    )
)
TOP_UP_BONUS = Check(
    "top_up.bonus",
    "top_up",
    ("transfer_id",),
    "The step from {step_threshold} on gives {step_amount}, or {step_basis_points} basis points of {amount}; the "
    "bonus is {bonus}. A step gives one of the two, and to what reaches it.",
    f"""
    SELECT u.transfer_id, u.amount, u.bonus, u.step_threshold, u.step_amount, u.step_basis_points
    FROM top_up u
    WHERE (u.bonus <> CASE WHEN u.step_amount > 0 THEN u.step_amount ELSE {SHARE} END
        OR u.step_threshold < 0 OR u.step_threshold > u.amount OR u.step_amount < 0 OR u.step_basis_points < 0
        OR CASE WHEN u.step_amount = 0 THEN 0 ELSE 1 END + CASE WHEN u.step_basis_points = 0 THEN 0 ELSE 1 END
            <> CASE WHEN u.step_threshold = 0 THEN 0 ELSE 1 END){{u}}
    """,
)

TRANSFER_RETURNED = Check(
    "transfer.returned",
    "transfer",
    ("id",),
    "Of what the transfer spent, {too_much} more was given back than it was.",
    """
    SELECT s.id, -sum(s.amount) AS too_much
    FROM (
        SELECT e.transfer_id AS id, e.program_id, e.account_id, -e.change_available AS amount
        FROM entry e WHERE e.kind = 'SPEND'{e}
        UNION ALL
        SELECT COALESCE(t.original_id, t.id), e.program_id, e.account_id, -e.change_available
        FROM transfer t JOIN entry e ON e.transfer_id = t.id AND e.kind = 'RETURN' WHERE t.kind = 'SPEND_UNDO'{t}
    ) s
    GROUP BY s.id, s.program_id, s.account_id HAVING sum(s.amount) < 0
    """,
)

TRANSFER_REFUNDED = Check(
    "transfer.refunded",
    "transfer",
    ("id",),
    "The refund took from lot {lot_id}, which is none of top-up {original_id}.",
    """
    SELECT t.id, t.original_id, m.lot_id
    FROM transfer t JOIN lot_move m ON m.transfer_id = t.id
        LEFT JOIN top_up u ON u.transfer_id = t.original_id AND u.program_id = t.program_id
            AND (m.lot_id = u.lot_id OR m.lot_id = u.bonus_lot_id)
    WHERE t.kind = 'REFUND' AND u.transfer_id IS NULL{t}
    """,
)

TRANSFER_CONVERSION = Check(
    "transfer.conversion",
    "transfer",
    ("id",),
    "The conversion has {lines} lines of {assets} assets, {gains} of them gains.",
    f"""
    SELECT t.id, count(e.seq) AS lines, count(DISTINCT e.asset_id) AS assets,
        sum(CASE WHEN {NET} > 0 THEN 1 ELSE 0 END) AS gains
    FROM transfer t LEFT JOIN entry e ON e.transfer_id = t.id AND e.kind = 'CONVERT' AND e.contra = 'CLEARING'
    WHERE t.kind = 'CONVERSION'{{t}}
    GROUP BY t.id
    HAVING count(e.seq) <> 2 OR count(DISTINCT e.asset_id) <> 2 OR sum(CASE WHEN {NET} > 0 THEN 1 ELSE 0 END) <> 1
    """,
)

CHECKS = (
    TRANSFER_TOP_UP,
    TOP_UP_ENTRIES,
    TOP_UP_LOTS,
    TOP_UP_BONUS,
    TRANSFER_RETURNED,
    TRANSFER_REFUNDED,
    TRANSFER_CONVERSION,
)

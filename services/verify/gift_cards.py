"""Checks of gift cards: each has its bearer, what it was issued with, and what settled it, and no more."""

from services.verify.accounts import NET
from services.verify.check import Check

KEY = ("member_id",)

MEMBER_GIFT_CARD = Check(
    "member.gift_card",
    "member",
    ("id",),
    "There are {bearers} such bearers of the program and {cards} gift cards.",
    """
    SELECT s.id, sum(s.bearers) AS bearers, sum(s.cards) AS cards
    FROM (
        SELECT m.id, m.program_id, 1 AS bearers, 0 AS cards FROM member m WHERE m.kind = 'GIFT_CARD'{m}
        UNION ALL
        SELECT g.member_id, g.program_id, 0, 1 FROM gift_card g WHERE true{g}
    ) s
    GROUP BY s.id, s.program_id HAVING sum(s.bearers) <> 1 OR sum(s.cards) <> 1
    """,
)

MEMBER_BEARER = Check(
    "member.bearer",
    "member",
    ("id",),
    "The bearer of a gift card has an identity, an order, a standing, or another fact that only a person has.",
    """
    SELECT m.id
    FROM member m
    WHERE m.kind = 'GIFT_CARD' AND (COALESCE(m.name, m.phone, m.email, m.channel, m.store) IS NOT NULL
        OR m.birthday IS NOT NULL OR m.referred_by_id IS NOT NULL
        OR m.id IN (SELECT i.member_id FROM identity i) OR m.id IN (SELECT s.member_id FROM standing s)
        OR m.id IN (SELECT o.member_id FROM orders o WHERE o.member_id IS NOT NULL)){m}
    """,
)

ISSUE = Check(
    "gift_card.issue",
    "gift_card",
    KEY,
    "Transfer {transfer_id} is not the one of giver {giver_id} that brought {amount}, and no more, to the bearer when "
    "the card was issued.",
    f"""
    SELECT g.member_id, g.transfer_id, g.giver_id, g.amount
    FROM gift_card g
        LEFT JOIN transfer t ON t.id = g.transfer_id AND t.program_id = g.program_id
            AND t.member_id = COALESCE(g.giver_id, g.member_id)
            AND t.kind = CASE WHEN g.giver_id IS NULL THEN 'TOP_UP' ELSE 'TRANSFER' END
            AND t.recorded_at = g.recorded_at
        LEFT JOIN entry e ON e.transfer_id = t.id AND e.member_id = g.member_id AND e.asset_id = g.asset_id
            AND e.seq = 1 AND {NET} = g.amount
        LEFT JOIN entry f ON f.transfer_id = t.id AND f.member_id = g.member_id AND f.seq <> 1
    WHERE (e.seq IS NULL OR f.seq IS NOT NULL){{g}}
    """,
)

STATE = Check(
    "gift_card.state",
    "gift_card",
    KEY,
    "The card is {state}, claimed by {claimed_by_id} and settled at {settled_at} by transfer {settlement_id}; its "
    "bearer is {status}.",
    """
    SELECT g.member_id, g.state, g.claimed_by_id, g.settled_at, g.settlement_id, m.status
    FROM gift_card g LEFT JOIN member m ON m.id = g.member_id AND m.program_id = g.program_id
    WHERE NOT COALESCE(m.status = CASE g.state WHEN 'ISSUED' THEN 'ACTIVE' ELSE 'CLOSED' END
        AND (g.state IN ('ISSUED', 'CLAIMED', 'VOID')) AND (g.state = 'ISSUED') = (g.settled_at IS NULL)
        AND (g.settled_at IS NULL) = (g.settlement_id IS NULL)
        AND (g.state = 'CLAIMED') = (g.claimed_by_id IS NOT NULL), false){g}
    """,
)

SETTLEMENT = Check(
    "gift_card.settlement",
    "gift_card",
    KEY,
    "Transfer {settlement_id} is not the one that took everything from the bearer when the card was {state}: to member "
    "{claimed_by_id} who claimed it, or, undoing the issue, back to giver {giver_id} or out of the ledger.",
    """
    SELECT g.member_id, g.settlement_id, g.state, g.claimed_by_id, g.giver_id
    FROM gift_card g
        LEFT JOIN transfer t ON t.id = g.settlement_id AND t.program_id = g.program_id AND t.member_id = g.member_id
            AND t.recorded_at = g.settled_at
            AND t.kind = CASE WHEN COALESCE(g.claimed_by_id, g.giver_id) IS NULL THEN 'REFUND' ELSE 'TRANSFER' END
            AND CASE WHEN g.state = 'VOID' THEN t.original_id = g.transfer_id ELSE t.original_id IS NULL END
        LEFT JOIN entry e ON e.transfer_id = t.id AND e.member_id = g.member_id AND e.asset_id = g.asset_id
            AND e.available = 0 AND e.pending = 0 AND e.held = 0
        LEFT JOIN account a ON a.id = e.account_id AND a.seq = e.seq
        LEFT JOIN entry r ON r.transfer_id = t.id AND r.member_id = COALESCE(g.claimed_by_id, g.giver_id)
            AND r.asset_id = g.asset_id AND r.change_available = -e.change_available
    WHERE g.settlement_id IS NOT NULL
        AND (a.id IS NULL OR (r.seq IS NULL AND COALESCE(g.claimed_by_id, g.giver_id) IS NOT NULL)){g}
    """,
)

PUT_BACK = Check(
    "gift_card.put_back",
    "gift_card",
    KEY,
    "Transfer {settlement_id} made the giver's lot {lot_id}, or gave it more than the issue of the card took from it.",
    """
    SELECT g.member_id, g.settlement_id, l.id AS lot_id
    FROM gift_card g JOIN lot_move m ON m.transfer_id = g.settlement_id
        JOIN lot l ON l.id = m.lot_id AND l.member_id <> g.member_id
        LEFT JOIN lot_move i ON i.transfer_id = g.transfer_id AND i.lot_id = m.lot_id
            AND m.remaining BETWEEN 0 AND -i.remaining
    WHERE g.state = 'VOID' AND i.lot_id IS NULL{g}
    UNION ALL
    SELECT g.member_id, g.settlement_id, l.id
    FROM gift_card g JOIN entry e ON e.transfer_id = g.settlement_id
        JOIN lot l ON l.account_id = e.account_id AND l.transfer_id = g.settlement_id
    WHERE g.state = 'VOID'{g}
    """,
)

ENTRY_GIFT_CARD = Check(
    "entry.gift_card",
    "entry",
    ("account_id", "seq"),
    "The line of a bearer is of neither the issue of the card nor what settled it, and is no release or expiry.",
    """
    SELECT e.account_id, e.seq
    FROM member m JOIN entry e ON e.member_id = m.id
        LEFT JOIN gift_card g ON g.member_id = m.id
            AND (e.transfer_id = g.transfer_id OR e.transfer_id = g.settlement_id)
    WHERE m.kind = 'GIFT_CARD' AND e.kind NOT IN ('RELEASE', 'EXPIRE') AND g.member_id IS NULL{m}
    """,
)

CODE = Check(
    "gift_card.code",
    "gift_card",
    KEY,
    "What the card has in place of its code is no SHA-256.",
    "SELECT g.member_id FROM gift_card g WHERE length(g.code_hash) <> 32{g}",
)

CHECKS = (MEMBER_GIFT_CARD, MEMBER_BEARER, ISSUE, STATE, SETTLEMENT, PUT_BACK, ENTRY_GIFT_CARD, CODE)

"""Checks of the ledger itself: accounts, entries and lots.

That an account is the sum of its entries follows from three of them: the entries are gapless from 1, each balance is
the one before it plus the change, and the last one is the account's.
"""

from services.verify.check import Check

BUCKETS = ("available", "pending", "held")
NET = "e.change_available + e.change_pending + e.change_held"

ENTRY_CHAIN = Check(
    "entry.chain",
    "entry",
    ("account_id", "seq"),
    "After entry {before_seq} with {before_available} available, {before_pending} pending and {before_held} held comes "
    "entry {seq}, which changes them by {change_available}, {change_pending} and {change_held} and says "
    "{available}, {pending} and {held}.",
    f"""
    SELECT * FROM (
        SELECT e.account_id, e.seq, {", ".join(f"e.change_{bucket}, e.{bucket}" for bucket in BUCKETS)},
            {", ".join(f"COALESCE(lag(e.{column}) OVER w, 0) AS before_{column}" for column in ("seq", *BUCKETS))}
        FROM entry e WHERE true{{e}}
        WINDOW w AS (PARTITION BY e.account_id ORDER BY e.seq)
    ) c
    WHERE seq <> before_seq + 1
        OR {" OR ".join(f"{b} <> CAST(before_{b} AS NUMERIC) + change_{b}" for b in BUCKETS)}
    """,
)

ENTRY_CONTRA = Check(
    "entry.contra",
    "entry",
    ("account_id", "seq"),
    "The entry changes the account by {net} in all, and its contra account is {contra}.",
    """
    SELECT * FROM (
        SELECT e.account_id, e.seq, e.contra,
            CAST(e.change_available AS NUMERIC) + e.change_pending + e.change_held AS net
        FROM entry e WHERE true{e}
    ) c
    WHERE (net = 0) <> (contra IS NULL)
    """,
)

ENTRY_ACCOUNT = Check(
    "entry.account",
    "entry",
    ("account_id", "seq"),
    "There is no such account of program {program_id}, member {member_id} and asset {asset_id}, or its newest entry "
    "has a lower number.",
    """
    SELECT e.account_id, e.seq, e.program_id, e.member_id, e.asset_id
    FROM entry e LEFT JOIN account a ON a.id = e.account_id AND a.program_id = e.program_id
        AND a.member_id = e.member_id AND a.asset_id = e.asset_id AND a.seq >= e.seq
    WHERE a.id IS NULL{e}
    """,
)

ENTRY_CAMPAIGN = Check(
    "entry.campaign",
    "entry",
    ("account_id", "seq"),
    "There is no campaign {campaign_id} in the program, or none decides what a line of the kind {kind} does.",
    """
    SELECT e.account_id, e.seq, e.campaign_id, e.kind
    FROM entry e LEFT JOIN campaign c ON c.id = e.campaign_id AND c.program_id = e.program_id
    WHERE e.campaign_id IS NOT NULL AND (c.id IS NULL OR e.kind NOT IN ('EARN', 'RETURN')){e}
    """,
)

ACCOUNT_BALANCE = Check(
    "account.balance",
    "account",
    ("id",),
    "The account says entry {seq} with {available} available, {pending} pending and {held} held; the entry of that "
    "number says {entry_available}, {entry_pending} and {entry_held}.",
    f"""
    SELECT a.id, a.seq, {", ".join(f"a.{bucket}, e.{bucket} AS entry_{bucket}" for bucket in BUCKETS)}
    FROM account a LEFT JOIN entry e ON e.account_id = a.id AND e.seq = a.seq
    WHERE ((a.seq > 0 AND e.seq IS NULL) OR {" OR ".join(f"a.{b} <> COALESCE(e.{b}, 0)" for b in BUCKETS)}){{a}}
    """,
)

ACCOUNT_OWNER = Check(
    "account.owner",
    "account",
    ("id",),
    "There is no member {member_id} or no asset {asset_id} in the program.",
    """
    SELECT a.id, a.member_id, a.asset_id
    FROM account a LEFT JOIN member m ON m.id = a.member_id AND m.program_id = a.program_id
        LEFT JOIN asset s ON s.id = a.asset_id AND s.program_id = a.program_id
    WHERE (m.id IS NULL OR s.id IS NULL){a}
    """,
)

ACCOUNT_LOTS = Check(
    "account.lots",
    "account",
    ("id",),
    "The account's lots have {available} more than is available, {pending} more than is pending and {held} more than "
    "is held.",
    """
    SELECT s.id, TOTAL(available) AS available, TOTAL(pending) AS pending, TOTAL(held) AS held
    FROM (
        SELECT l.account_id AS id, CASE WHEN l.locked_until IS NULL THEN l.remaining ELSE 0 END AS available,
            CASE WHEN l.locked_until IS NULL THEN 0 ELSE l.remaining END AS pending, l.held
        FROM lot l WHERE (l.remaining <> 0 OR l.held <> 0){l}
        UNION ALL
        SELECT a.id, CASE WHEN a.available > 0 THEN -a.available ELSE 0 END, -a.pending, -a.held
        FROM account a WHERE true{a}
    ) s
    GROUP BY s.id HAVING NONZERO(available) OR NONZERO(pending) OR NONZERO(held)
    """,
)

ACCOUNT_DUE = Check(
    "account.due",
    "account",
    ("id",),
    "The account says that nothing is due before {next_due_at}; a lot is due at {due_at}.",
    """
    SELECT a.id, a.next_due_at, min(l.due_at) AS due_at
    FROM account a JOIN lot l ON l.account_id = a.id AND l.remaining > 0 AND l.due_at < a.next_due_at
        AND l.due_at < '9999-12-31 00:00:00+00:00'
    WHERE true{a} GROUP BY a.id, a.next_due_at
    """,
)

LOT_MOVES = Check(
    "lot.moves",
    "lot",
    ("id",),
    "What the lot was born with and the moves of it give {remaining} more than remains and {held} more than is held.",
    """
    SELECT s.id, TOTAL(remaining) AS remaining, TOTAL(held) AS held
    FROM (
        SELECT l.id, l.program_id, 1 AS lots, l.amount - l.remaining AS remaining, -l.held AS held
        FROM lot l WHERE true{l}
        UNION ALL
        SELECT m.lot_id, m.program_id, 0, m.remaining, m.held FROM lot_move m WHERE true{m}
    ) s
    GROUP BY s.id, s.program_id HAVING sum(s.lots) <> 1 OR NONZERO(remaining) OR NONZERO(held)
    """,
)

LOT_TERMS = Check(
    "lot.terms",
    "lot",
    ("id",),
    "Of {amount}, {remaining} remain and {held} are held; locked until {locked_until}, expiring at {expires_at}, the "
    "lot is due at {due_at}.",
    """
    SELECT l.id, l.amount, l.remaining, l.held, l.locked_until, l.expires_at, l.due_at
    FROM lot l WHERE (l.remaining < 0 OR l.held < 0 OR l.remaining > l.amount - l.held
        OR (l.due_at <> COALESCE(l.locked_until, l.expires_at) AND (l.due_at < l.expires_at
            OR l.locked_until IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM lot_move m JOIN transfer t ON t.id = m.transfer_id
                WHERE m.lot_id = l.id AND m.held < 0 AND t.kind = 'RELEASE' AND t.occurred_at = l.due_at)))){l}
    """,
)

LOT_ACCOUNT = Check(
    "lot.account",
    "lot",
    ("id",),
    "There is no account {account_id} of program {program_id}, member {member_id} and asset {asset_id}.",
    """
    SELECT l.id, l.account_id, l.program_id, l.member_id, l.asset_id
    FROM lot l LEFT JOIN account a ON a.id = l.account_id AND a.program_id = l.program_id
        AND a.member_id = l.member_id AND a.asset_id = l.asset_id
    WHERE a.id IS NULL{l}
    """,
)

TRIAL_BALANCE = Check(
    "asset.trial_balance",
    "asset",
    ("id",),
    "The members' accounts of the asset and the program's contra accounts sum to {total} instead of 0.",
    f"""
    SELECT s.id, TOTAL(amount) AS total
    FROM (
        SELECT a.asset_id AS id, a.available + a.pending + a.held AS amount FROM account a WHERE true{{a}}
        UNION ALL
        SELECT e.asset_id, -({NET}) FROM entry e WHERE e.contra IS NOT NULL{{e}}
    ) s
    GROUP BY s.id HAVING NONZERO(amount)
    """,
)

CHECKS = (
    ENTRY_CHAIN,
    ENTRY_CONTRA,
    ENTRY_ACCOUNT,
    ENTRY_CAMPAIGN,
    ACCOUNT_BALANCE,
    ACCOUNT_OWNER,
    ACCOUNT_LOTS,
    ACCOUNT_DUE,
    LOT_MOVES,
    LOT_TERMS,
    LOT_ACCOUNT,
    TRIAL_BALANCE,
)

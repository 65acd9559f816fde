"""Checks of members: their events, their standings, and the identities that they are found by."""

from services.verify.check import Check

LUHN_SUM = " + ".join(
    # Each digit's place in a row of ten is its worth: itself, or doubled and its digits summed.
    f"PLACE('{'0123456789' if place % 2 == 0 else '0516273849'}', substr(m.number, {place}, 1)) - 1"
    for place in range(1, 13)
)
"""Sum of a number of twelve digits by Luhn: ends in 0 when the last digit checks the others."""

EVENT_POSITION = Check(
    "event.position",
    "event",
    ("member_id", "position"),
    "The event before position {position} has position {before}.",
    """
    SELECT * FROM (
        SELECT v.member_id, v.position,
            COALESCE(lag(v.position) OVER (PARTITION BY v.member_id ORDER BY v.position), 0) AS before
        FROM event v WHERE true{v}
    ) c
    WHERE position <> before + 1
    """,
)

EVENT_COMMIT_ORDER = Check(
    "event.commit_order",
    "event",
    ("member_id", "position"),
    "The event has commit order {commit_order}, and the member's event before it the higher {before}.",
    """
    SELECT * FROM (
        SELECT v.member_id, v.position, v.commit_order,
            lag(v.commit_order) OVER (PARTITION BY v.member_id ORDER BY v.position) AS before
        FROM event v WHERE true{v}
    ) c
    WHERE commit_order < before
    """,
)

MEMBER_POSITION = Check(
    "member.position",
    "member",
    ("id",),
    "The member says that the newest event has position {position}; there is none.",
    """
    SELECT m.id, m.position
    FROM member m LEFT JOIN event v ON v.member_id = m.id AND v.position = m.position
    WHERE m.position > 0 AND v.position IS NULL{m}
    """,
)

EVENT_MEMBER = Check(
    "event.member",
    "event",
    ("member_id", "position"),
    "There is no such member in the program, or their newest event has a lower position.",
    """
    SELECT v.member_id, v.position
    FROM event v LEFT JOIN member m ON m.id = v.member_id AND m.program_id = v.program_id AND m.position >= v.position
    WHERE m.id IS NULL{v}
    """,
)

ENTRY_EVENT = Check(
    "entry.event",
    "entry",
    ("account_id", "seq"),
    "No event at position {position} tells of the entry.",
    """
    SELECT e.account_id, e.seq, e.position
    FROM entry e LEFT JOIN event v ON v.member_id = e.member_id AND v.position = e.position
        AND v.kind = 'BALANCE_CHANGED' AND v.program_id = e.program_id AND v.account_id = e.account_id
        AND v.entry_seq = e.seq AND v.order_id IS NOT DISTINCT FROM e.order_id
        AND v.occurred_at = e.occurred_at AND v.recorded_at = e.recorded_at
    WHERE v.member_id IS NULL{e}
    """,
)

EVENT_ENTRY = Check(
    "event.entry",
    "event",
    ("member_id", "position"),
    "There is no entry {entry_seq} of account {account_id} at this position.",
    """
    SELECT v.member_id, v.position, v.account_id, v.entry_seq
    FROM event v LEFT JOIN entry e ON e.account_id = v.account_id AND e.seq = v.entry_seq
        AND e.member_id = v.member_id AND e.position = v.position
    WHERE v.kind = 'BALANCE_CHANGED' AND e.seq IS NULL{v}
    """,
)

EVENT_KIND = Check(
    "event.kind",
    "event",
    ("member_id", "position"),
    "An event of the kind {kind} does not name what this one names: order {order_id}, entry {entry_seq} of account "
    "{account_id}, ladder {ladder_id} with tiers {from_tier_id} and {to_tier_id}, occasion {occasion_id}.",
    """
    SELECT v.member_id, v.position, v.kind, v.order_id, v.account_id, v.entry_seq, v.ladder_id, v.from_tier_id,
        v.to_tier_id, v.occasion_id
    FROM event v
    WHERE ((v.kind <> 'BALANCE_CHANGED' AND (v.account_id IS NOT NULL OR v.entry_seq IS NOT NULL))
        OR (v.kind <> 'TIER_CHANGED'
            AND (v.ladder_id IS NOT NULL OR v.from_tier_id IS NOT NULL OR v.to_tier_id IS NOT NULL))
        OR (v.kind <> 'OCCASION_RECORDED' AND v.occasion_id IS NOT NULL)
        OR (v.order_id IS NOT NULL AND v.kind <> 'BALANCE_CHANGED' AND v.kind NOT LIKE 'ORDER_%'
            AND v.kind NOT LIKE 'COUPON_%')){v}
    """,
)

EVENT_TIER = Check(
    "event.tier",
    "event",
    ("member_id", "position"),
    "The member has no standing on ladder {ladder_id}, or that ladder has no tier {from_tier_id} or {to_tier_id}.",
    """
    SELECT v.member_id, v.position, v.ladder_id, v.from_tier_id, v.to_tier_id
    FROM event v
        LEFT JOIN standing s ON s.member_id = v.member_id AND s.ladder_id = v.ladder_id
        LEFT JOIN tier f ON f.id = v.from_tier_id AND f.ladder_id = v.ladder_id AND f.program_id = v.program_id
        LEFT JOIN tier t ON t.id = v.to_tier_id AND t.ladder_id = v.ladder_id AND t.program_id = v.program_id
    WHERE v.kind = 'TIER_CHANGED' AND (s.id IS NULL OR f.id IS NULL OR t.id IS NULL){v}
    """,
)

TIER_CHAIN = Check(
    "event.tier_chain",
    "event",
    ("member_id", "position"),
    "The event says that the member leaves tier {from_tier_id}; the one before it left them at tier {before}.",
    """
    SELECT * FROM (
        SELECT v.member_id, v.position, v.from_tier_id,
            lag(v.to_tier_id) OVER (PARTITION BY v.member_id, v.ladder_id ORDER BY v.position) AS before
        FROM event v WHERE v.kind = 'TIER_CHANGED'{v}
    ) c
    WHERE before IS NOT NULL AND before IS DISTINCT FROM from_tier_id
    """,
)

STANDING_TIER = Check(
    "standing.tier",
    "standing",
    ("id",),
    "The standing is tier {tier_id} since {since}, until {until}; the member's events, or their enrolment, lead to "
    "tier {reached} since {reached_at}, and no ladder lets it end.",
    """
    SELECT s.id, s.tier_id, s.since, s.until, COALESCE(c.to_tier_id, w.id) AS reached,
        COALESCE(c.occurred_at, m.enrolled_at) AS reached_at
    FROM standing s LEFT JOIN member m ON m.id = s.member_id
        LEFT JOIN (
            SELECT v.member_id, v.ladder_id, v.to_tier_id, v.occurred_at,
                row_number() OVER (PARTITION BY v.member_id, v.ladder_id ORDER BY v.position DESC) AS age
            FROM event v WHERE v.kind = 'TIER_CHANGED'{v}
        ) c ON c.member_id = s.member_id AND c.ladder_id = s.ladder_id AND c.age = 1
        LEFT JOIN (
            SELECT t.id, t.ladder_id, row_number() OVER (PARTITION BY t.ladder_id ORDER BY t.rank) AS place FROM tier t
        ) w ON w.ladder_id = s.ladder_id AND w.place = 1
    WHERE (s.tier_id IS DISTINCT FROM COALESCE(c.to_tier_id, w.id) OR s.until IS NOT NULL
        OR s.since IS DISTINCT FROM COALESCE(c.occurred_at, m.enrolled_at)){s}
    """,
)

STANDING_OWNER = Check(
    "standing.owner",
    "standing",
    ("id",),
    "There is no member {member_id}, no ladder {ladder_id} or no tier {tier_id} of it in the program.",
    """
    SELECT s.id, s.member_id, s.ladder_id, s.tier_id
    FROM standing s
        LEFT JOIN member m ON m.id = s.member_id AND m.program_id = s.program_id
        LEFT JOIN ladder l ON l.id = s.ladder_id AND l.program_id = s.program_id
        LEFT JOIN tier t ON t.id = s.tier_id AND t.ladder_id = s.ladder_id AND t.program_id = s.program_id
    WHERE (m.id IS NULL OR l.id IS NULL OR t.id IS NULL){s}
    """,
)

MEMBER_ENROLLED = Check(
    "member.enrolled",
    "member",
    ("id",),
    "For {enrolled_at}, recorded at {recorded_at}, there are {members} such members and {events} events that tell of "
    "their enrolment.",
    """
    SELECT s.id, s.enrolled_at, s.recorded_at, sum(s.members) AS members, sum(s.events) AS events
    FROM (
        SELECT m.id, m.program_id, m.enrolled_at, m.recorded_at, 1 AS members, 0 AS events FROM member m WHERE true{m}
        UNION ALL
        SELECT v.member_id, v.program_id, v.occurred_at, v.recorded_at, 0, 1 FROM event v
        WHERE v.kind = 'MEMBER_ENROLLED'{v}
    ) s
    GROUP BY s.id, s.program_id, s.enrolled_at, s.recorded_at HAVING sum(s.members) <> 1 OR sum(s.events) <> 1
    """,
)

MEMBER_PHONE = Check(
    "member.phone",
    "member",
    ("id",),
    "For phone {phone} the member's row counts {members} and the identities of the program {identities}.",
    """
    SELECT s.id, s.phone, sum(s.members) AS members, sum(s.identities) AS identities
    FROM (
        SELECT m.id, m.program_id, m.phone, 1 AS members, 0 AS identities FROM member m
        WHERE m.phone IS NOT NULL AND m.status <> 'CLOSED'{m}
        UNION ALL
        SELECT i.member_id, i.program_id, i.external_id, 0, 1 FROM identity i WHERE i.source = '#phone'{i}
    ) s
    GROUP BY s.id, s.program_id, s.phone HAVING sum(s.members) <> 1 OR sum(s.identities) <> 1
    """,
)

MEMBER_NUMBER = Check(
    "member.number",
    "member",
    ("id",),
    "{number} is not eleven digits, the first of them not 0, and their check digit.",
    f"""
    SELECT m.id, m.number
    FROM member m
    WHERE (length(m.number) <> 12 OR ltrim(m.number, '0123456789') <> '' OR substr(m.number, 1, 1) = '0'
        OR ({LUHN_SUM}) % 10 <> 0){{m}}
    """,
)

MEMBER_PROGRAM = Check(
    "member.program",
    "member",
    ("id",),
    "There is no program {program_id}, or no member {referred_by_id} in it who could have referred this one.",
    """
    SELECT m.id, m.program_id, m.referred_by_id
    FROM member m LEFT JOIN program p ON p.id = m.program_id
        LEFT JOIN member r ON r.id = m.referred_by_id AND r.program_id = m.program_id
    WHERE (p.id IS NULL OR (m.referred_by_id IS NOT NULL AND r.id IS NULL)){m}
    """,
)

IDENTITY_MEMBER = Check(
    "identity.member",
    "identity",
    ("id",),
    "There is no member {member_id} in the program.",
    """
    SELECT i.id, i.member_id
    FROM identity i LEFT JOIN member m ON m.id = i.member_id AND m.program_id = i.program_id
    WHERE m.id IS NULL{i}
    """,
)

CHECKS = (
    EVENT_POSITION,
    EVENT_COMMIT_ORDER,
    MEMBER_POSITION,
    EVENT_MEMBER,
    ENTRY_EVENT,
    EVENT_ENTRY,
    EVENT_KIND,
    EVENT_TIER,
    TIER_CHAIN,
    STANDING_TIER,
    STANDING_OWNER,
    MEMBER_ENROLLED,
    MEMBER_PHONE,
    MEMBER_NUMBER,
    MEMBER_PROGRAM,
    IDENTITY_MEMBER,
)

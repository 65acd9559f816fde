"""Checks of occasions: that each is told, and that what was decided for it is what was posted."""

from services.verify.accounts import NET
from services.verify.check import Check

OCCASION_EVENT = Check(
    "occasion.event",
    "occasion",
    ("id",),
    "For this member and instant there are {known} such occasions, and {events} events that tell of it.",
    """
    SELECT s.id, sum(s.known) AS known, sum(s.events) AS events
    FROM (
        SELECT o.id, o.program_id, o.member_id, o.occurred_at, o.recorded_at, 1 AS known, 0 AS events
        FROM occasion o WHERE true{o}
        UNION ALL
        SELECT v.occasion_id, v.program_id, v.member_id, v.occurred_at, v.recorded_at, 0, 1
        FROM event v WHERE v.kind = 'OCCASION_RECORDED'{v}
    ) s
    GROUP BY s.id, s.program_id, s.member_id, s.occurred_at, s.recorded_at
    HAVING sum(s.known) <> 1 OR sum(s.events) <> 1
    """,
)

TRANSFER_OCCASION = Check(
    "transfer.occasion",
    "transfer",
    ("id",),
    "For this member and instant there are {transfers} such transfers of the kind AWARD and {occasions} occasions.",
    """
    SELECT s.id, sum(s.transfers) AS transfers, sum(s.occasions) AS occasions
    FROM (
        SELECT t.id, t.program_id, t.member_id, t.occurred_at, t.recorded_at, 1 AS transfers, 0 AS occasions
        FROM transfer t WHERE t.kind = 'AWARD'{t}
        UNION ALL
        SELECT o.transfer_id, o.program_id, o.member_id, o.occurred_at, o.recorded_at, 0, 1
        FROM occasion o WHERE o.transfer_id IS NOT NULL{o}
    ) s
    GROUP BY s.id, s.program_id, s.member_id, s.occurred_at, s.recorded_at
    HAVING sum(s.transfers) <> 1 OR sum(s.occasions) <> 1
    """,
)

EFFECT_ENTRY = Check(
    "occasion_effect.entry",
    "occasion_effect",
    ("occasion_id", "ordinal"),
    "For this campaign, asset and program there are {effects} effects and {entries} entries that carry them out; the "
    "effects come to {amount} more than the entries.",
    f"""
    SELECT s.occasion_id, s.ordinal, sum(s.effects) AS effects, sum(s.entries) AS entries, TOTAL(amount) AS amount
    FROM (
        SELECT f.occasion_id, f.ordinal, f.program_id, f.asset_id, f.campaign_id, 1 AS effects, 0 AS entries, f.amount
        FROM occasion_effect f WHERE f.kind IN ('EARN', 'MULTIPLY_EARN'){{f}}
        UNION ALL
        SELECT o.id, e.effect, e.program_id, e.asset_id, e.campaign_id, 0, 1, -({NET})
        FROM occasion o JOIN entry e ON e.transfer_id = o.transfer_id AND e.kind = 'EARN' WHERE true{{o}}
    ) s
    GROUP BY s.occasion_id, s.ordinal, s.program_id, s.asset_id, s.campaign_id
    HAVING sum(s.effects) <> 1 OR sum(s.entries) <> 1 OR NONZERO(amount)
    """,
)

EFFECT_VERSION = Check(
    "occasion_effect.version",
    "occasion_effect",
    ("occasion_id", "ordinal"),
    "There is no version {campaign_version_id} of campaign {campaign_id}, or no asset {asset_id}, in the program; or "
    "an effect of the kind {kind} is of none.",
    """
    SELECT f.occasion_id, f.ordinal, f.campaign_version_id, f.campaign_id, f.asset_id, f.kind
    FROM occasion_effect f
        LEFT JOIN campaign_version v ON v.id = f.campaign_version_id AND v.program_id = f.program_id
            AND v.campaign_id = f.campaign_id
        LEFT JOIN asset s ON s.id = f.asset_id AND s.program_id = f.program_id
    WHERE (v.id IS NULL OR (f.asset_id IS NOT NULL AND s.id IS NULL)
        OR (s.id IS NOT NULL) <> (f.kind IN ('EARN', 'MULTIPLY_EARN'))){f}
    """,
)

OCCASION_MEMBER = Check(
    "occasion.member",
    "occasion",
    ("id",),
    "There is no member {member_id} in the program.",
    """
    SELECT o.id, o.member_id
    FROM occasion o LEFT JOIN member m ON m.id = o.member_id AND m.program_id = o.program_id
    WHERE m.id IS NULL{o}
    """,
)

CHECKS = (OCCASION_EVENT, OCCASION_MEMBER, TRANSFER_OCCASION, EFFECT_ENTRY, EFFECT_VERSION)

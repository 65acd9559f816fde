"""Checks of orders: their amounts, their lines, and that what was decided for them is what was posted."""

from services.verify.check import Check

ORDER_PAYABLE = Check(
    "order.payable",
    "orders",
    ("id",),
    "{subtotal} less {discount_total}, with {shipping} for shipping and {spent} paid by points, is not {payable}.",
    """
    SELECT o.id, o.subtotal, o.discount_total, o.shipping, o.spent, o.payable
    FROM orders o WHERE o.payable <> o.subtotal - o.discount_total + o.shipping - o.spent{o}
    """,
)

ORDER_LINES = Check(
    "order.lines",
    "orders",
    ("id",),
    "The order says {subtotal} more before discounts, {discount} more off its lines and {payable} more after that than "
    "its lines do.",
    """
    SELECT s.id, TOTAL(subtotal) AS subtotal, TOTAL(discount) AS discount, TOTAL(payable) AS payable
    FROM (
        SELECT o.id, o.program_id, 1 AS orders, o.subtotal, o.discount_total - o.shipping_discount AS discount,
            o.payable - o.shipping + o.shipping_discount + o.spent AS payable
        FROM orders o WHERE true{o}
        UNION ALL
        SELECT n.order_id, n.program_id, 0, -(n.quantity * n.unit_price), -n.discount, -n.payable
        FROM order_line n WHERE true{n}
    ) s
    GROUP BY s.id, s.program_id
    HAVING sum(s.orders) <> 1 OR NONZERO(subtotal) OR NONZERO(discount) OR NONZERO(payable)
    """,
)

LINE_PAYABLE = Check(
    "order_line.payable",
    "order_line",
    ("order_id", "ordinal"),
    "{quantity} at {unit_price} less {discount} is not {payable}.",
    """
    SELECT n.order_id, n.ordinal, n.quantity, n.unit_price, n.discount, n.payable
    FROM order_line n WHERE n.payable <> n.quantity * n.unit_price - n.discount{n}
    """,
)

ORDER_MEMBER = Check(
    "order.member",
    "orders",
    ("id",),
    "There is no member {member_id} in the program.",
    """
    SELECT o.id, o.member_id
    FROM orders o LEFT JOIN member m ON m.id = o.member_id AND m.program_id = o.program_id
    WHERE o.member_id IS NOT NULL AND m.id IS NULL{o}
    """,
)

ORDER_CURRENCY = Check(
    "order.currency",
    "orders",
    ("id",),
    "The order is in {currency}, its program in {own}.",
    """
    SELECT o.id, o.currency, p.currency AS own
    FROM orders o LEFT JOIN program p ON p.id = o.program_id
    WHERE o.currency IS DISTINCT FROM p.currency{o}
    """,
)

ORDER_TRANSFER = Check(
    "order.transfer",
    "orders",
    ("id",),
    "There is no transfer {transfer_id} for the order and its member.",
    """
    SELECT o.id, o.transfer_id
    FROM orders o LEFT JOIN transfer t ON t.id = o.transfer_id AND t.order_id = o.id
        AND t.program_id = o.program_id AND t.member_id = o.member_id
    WHERE o.transfer_id IS NOT NULL AND t.id IS NULL{o}
    """,
)

TRANSFER_ORDER = Check(
    "transfer.order",
    "transfer",
    ("id",),
    "There is no order {order_id} of the program and the member, or the transfer that commits it is another than what "
    "this one is or undoes.",
    """
    SELECT t.id, t.order_id
    FROM transfer t LEFT JOIN orders o ON o.id = t.order_id AND o.program_id = t.program_id
        AND o.member_id = t.member_id
    WHERE (t.order_id IS NOT NULL OR t.kind = 'ORDER')
        AND (o.id IS NULL OR (t.kind = 'ORDER' AND o.transfer_id IS DISTINCT FROM t.id)
            OR (t.kind = 'RETURN' AND o.transfer_id IS DISTINCT FROM t.original_id)){t}
    """,
)

TRANSFER_RETURN = Check(
    "transfer.return",
    "transfer",
    ("id",),
    "Of its order, member, actor, reason and instant there are {transfers} such transfers of the kind RETURN and "
    "{returns} returns.",
    """
    SELECT s.id, sum(s.transfers) AS transfers, sum(s.returns) AS returns
    FROM (
        SELECT t.id, t.program_id, t.order_id, t.member_id, t.actor, t.reason, t.recorded_at,
            1 AS transfers, 0 AS returns
        FROM transfer t WHERE t.kind = 'RETURN'{t}
        UNION ALL
        SELECT r.transfer_id, r.program_id, r.order_id, r.member_id, r.actor, r.reason, r.recorded_at, 0, 1
        FROM order_return r WHERE r.transfer_id IS NOT NULL{r}
    ) s
    GROUP BY s.id, s.program_id, s.order_id, s.member_id, s.actor, s.reason, s.recorded_at
    HAVING sum(s.transfers) <> 1 OR sum(s.returns) <> 1
    """,
)

RETURN_MEMBER = Check(
    "order_return.member",
    "order_return",
    ("id",),
    "The return is of member {member_id}, its order of {owner}.",
    """
    SELECT r.id, r.member_id, o.member_id AS owner
    FROM order_return r JOIN orders o ON o.id = r.order_id
    WHERE r.member_id IS DISTINCT FROM o.member_id{r}
    """,
)

TRANSFER_ORIGINAL = Check(
    "transfer.original",
    "transfer",
    ("id",),
    "There is no transfer {original_id} in the program.",
    """
    SELECT t.id, t.original_id
    FROM transfer t LEFT JOIN transfer u ON u.id = t.original_id AND u.program_id = t.program_id
    WHERE t.original_id IS NOT NULL AND u.id IS NULL{t}
    """,
)

# Of an order of which not all was captured `order.captured` compares them: a share is no matter for SQL.
EFFECT_ENTRY = Check(
    "effect.entry",
    "order_effect",
    ("order_id", "ordinal"),
    "For this campaign, asset and program there are {effects} effects and {entries} entries that carry them out; the "
    "effects come to {amount} more than the entries. An order that is not committed has none.",
    """
    SELECT s.order_id, s.ordinal, sum(s.effects) AS effects, sum(s.entries) AS entries, TOTAL(amount) AS amount
    FROM (
        SELECT f.order_id, f.ordinal, f.program_id, f.asset_id, f.campaign_id, 1 AS effects, 0 AS entries,
            CASE WHEN f.kind = 'SPEND' THEN -f.amount ELSE f.amount END AS amount
        FROM order_effect f WHERE f.kind IN ('SPEND', 'EARN', 'MULTIPLY_EARN') AND NOT EXISTS (
            SELECT 1 FROM orders o WHERE o.id = f.order_id AND o.state IN ('HELD', 'CANCELLED', 'EXPIRED'))
            AND NOT EXISTS (SELECT 1 FROM order_line n WHERE n.order_id = f.order_id AND n.released_quantity > 0){f}
        UNION ALL
        SELECT e.order_id, e.effect, e.program_id, e.asset_id, e.campaign_id, 0, 1,
            -(e.change_available + e.change_pending + e.change_held)
        FROM entry e WHERE e.kind IN ('EARN', 'SPEND') AND e.order_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM order_line n WHERE n.order_id = e.order_id AND n.released_quantity > 0){e}
    ) s
    GROUP BY s.order_id, s.ordinal, s.program_id, s.asset_id, s.campaign_id
    HAVING sum(s.effects) <> 1 OR sum(s.entries) <> 1 OR NONZERO(amount)
    """,
)

EFFECT_VERSION = Check(
    "effect.version",
    "order_effect",
    ("order_id", "ordinal"),
    "There is no version {campaign_version_id} of campaign {campaign_id}, or no asset {asset_id}, in the program; or "
    "the effect is a payment, which no campaign decides, or one of the kind {kind}, which is of no asset.",
    """
    SELECT f.order_id, f.ordinal, f.campaign_version_id, f.campaign_id, f.asset_id, f.kind
    FROM order_effect f
        LEFT JOIN campaign c ON c.id = f.campaign_id AND c.program_id = f.program_id
        LEFT JOIN campaign_version v ON v.id = f.campaign_version_id AND v.program_id = f.program_id
            AND v.campaign_id = f.campaign_id
        LEFT JOIN asset s ON s.id = f.asset_id AND s.program_id = f.program_id
    WHERE (CASE WHEN f.kind IN ('SPEND', 'EARN', 'MULTIPLY_EARN') THEN s.id IS NULL ELSE f.asset_id IS NOT NULL END
        OR (f.kind <> 'SPEND' AND (c.id IS NULL OR v.id IS NULL))
        OR (f.kind = 'SPEND' AND (f.campaign_id IS NOT NULL OR f.campaign_version_id IS NOT NULL))){f}
    """,
)

ORDER_EVENT = Check(
    "order.event",
    "orders",
    ("id",),
    "For this member and instant there are {known} such orders, and {events} events that tell that it was held or "
    "committed.",
    """
    SELECT s.id, sum(s.known) AS known, sum(s.events) AS events
    FROM (
        SELECT o.id, o.program_id, o.member_id, o.occurred_at, o.recorded_at, 1 AS known, 0 AS events
        FROM orders o WHERE o.member_id IS NOT NULL AND o.claimed_at IS NULL{o}
        UNION ALL
        SELECT v.order_id, v.program_id, v.member_id, v.occurred_at, v.recorded_at, 0, 1
        FROM event v WHERE (v.kind = 'ORDER_HELD' OR (v.kind = 'ORDER_COMMITTED' AND NOT EXISTS (
            SELECT 1 FROM orders o WHERE o.id = v.order_id AND o.held_until IS NOT NULL))){v}
    ) s
    GROUP BY s.id, s.program_id, s.member_id, s.occurred_at, s.recorded_at
    HAVING sum(s.known) <> 1 OR sum(s.events) <> 1
    """,
)

# That an order ran out is told even when it was captured after all. A guest's has no events until a member claims it.
ORDER_TOLD = Check(
    "order.told",
    "orders",
    ("id",),
    "By its state and its returns this order has {known} times what {events} events tell, which are {kind}, at {at}.",
    """
    SELECT s.id, s.kind, s.at, sum(s.known) AS known, sum(s.events) AS events
    FROM (
        SELECT o.id, o.program_id, o.member_id, CASE o.state WHEN 'CANCELLED' THEN 'ORDER_CANCELLED'
                WHEN 'EXPIRED' THEN 'ORDER_EXPIRED' ELSE 'ORDER_COMMITTED' END AS kind,
            CASE o.state WHEN 'CANCELLED' THEN NULL WHEN 'EXPIRED' THEN o.held_until ELSE o.occurred_at END AS at,
            CAST(NULL AS BIGINT) AS ordinal, 1 AS known, 0 AS events
        FROM orders o
        WHERE o.member_id IS NOT NULL AND o.claimed_at IS NULL AND o.held_until IS NOT NULL AND o.state <> 'HELD'{o}
        UNION ALL
        SELECT o.id, o.program_id, o.member_id, 'ORDER_CLAIMED', o.claimed_at, NULL, 1, 0
        FROM orders o WHERE o.claimed_at IS NOT NULL{o}
        UNION ALL
        SELECT r.order_id, r.program_id, r.member_id, 'ORDER_RETURNED', r.recorded_at, r.ordinal, 1, 0
        FROM order_return r WHERE r.member_id IS NOT NULL{r}
        UNION ALL
        SELECT v.order_id, v.program_id, v.member_id, v.kind,
            CASE v.kind WHEN 'ORDER_CANCELLED' THEN NULL WHEN 'ORDER_RETURNED' THEN v.recorded_at
                WHEN 'ORDER_CLAIMED' THEN v.recorded_at ELSE v.occurred_at END,
            CASE v.kind WHEN 'ORDER_RETURNED' THEN CAST(v.details ->> 'return' AS BIGINT) END, 0, 1
        FROM event v WHERE (v.kind IN ('ORDER_CANCELLED', 'ORDER_RETURNED', 'ORDER_CLAIMED')
            OR (v.kind = 'ORDER_COMMITTED' AND EXISTS (
                SELECT 1 FROM orders o WHERE o.id = v.order_id AND o.held_until IS NOT NULL))
            OR (v.kind = 'ORDER_EXPIRED' AND NOT EXISTS (
                SELECT 1 FROM orders o WHERE o.id = v.order_id AND o.held_until = v.occurred_at
                    AND o.state IN ('COMMITTED', 'PARTIALLY_RETURNED', 'RETURNED')))){v}
    ) s
    GROUP BY s.id, s.program_id, s.member_id, s.kind, s.at, s.ordinal
    HAVING sum(s.known) <> 1 OR sum(s.events) <> 1
    """,
)

CAMPAIGN_VERSIONS = Check(
    "campaign.versions",
    "campaign",
    ("id",),
    "The campaign has {versions} versions, the newest of them number {newest}, and publishes number {published}; "
    "number {approved} is approved.",
    """
    SELECT c.id, count(v.id) AS versions, max(v.number) AS newest, c.published_version AS published,
        c.approved_version AS approved
    FROM campaign c LEFT JOIN campaign_version v ON v.campaign_id = c.id AND v.program_id = c.program_id
    WHERE true{c}
    GROUP BY c.id, c.published_version, c.approved_version
    HAVING count(v.id) <> COALESCE(max(v.number), 0) OR COALESCE(c.published_version, 0) > COALESCE(max(v.number), 0)
        OR COALESCE(c.approved_version, 0) > COALESCE(max(v.number), 0)
    """,
)

CHECKS = (
    ORDER_PAYABLE,
    ORDER_LINES,
    LINE_PAYABLE,
    ORDER_MEMBER,
    ORDER_CURRENCY,
    ORDER_TRANSFER,
    TRANSFER_ORDER,
    TRANSFER_RETURN,
    RETURN_MEMBER,
    TRANSFER_ORIGINAL,
    EFFECT_ENTRY,
    EFFECT_VERSION,
    CAMPAIGN_VERSIONS,
    ORDER_EVENT,
    ORDER_TOLD,
)

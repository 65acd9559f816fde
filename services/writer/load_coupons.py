"""The coupons that a batch may look at: those that it names, those of its orders, and its members' wallets."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.commands import Command, CommitOrder, OrderCommand
from domain.coupons import Coupon, CouponState
from domain.decisions.situation import OrderRecord
from domain.effects.base import EffectKind
from domain.having import terms_of
from domain.program import CampaignVersion, Program
from services.raw import plain_id
from services.snapshots import Snapshots
from services.writer.session import Reads
from services.writer.tables import COUPONS

TEMPLATES_MAX = 100
"""Versions of templates of which the best of a wallet are chosen; a member who has coupons of more is told."""
LAPSED_MAX = 20
"""Coupons of a member that lie in holds whose time is over: the sweeper is never so far behind."""

# By jumps in the index of wallets from one version to the next: a wallet may have 100,000 coupons of few.
VERSIONS = (
    "WITH RECURSIVE v (version_id, n) AS (SELECT (SELECT version_id FROM coupon WHERE member_id = $1 "
    "AND state = 'ISSUED' ORDER BY version_id LIMIT 1), 1 UNION ALL SELECT (SELECT c.version_id FROM coupon c "
    "WHERE c.member_id = $1 AND c.state = 'ISSUED' AND c.version_id > v.version_id ORDER BY c.version_id LIMIT 1), "
    "v.n + 1 FROM v WHERE v.version_id IS NOT NULL AND v.n <= $2) "
    "SELECT version_id FROM v WHERE version_id IS NOT NULL"
)
SOONEST = (
    "WHERE member_id = $1 AND version_id = $2 AND state = 'ISSUED' AND expires_at > $3 AND valid_from <= $3 "
    "ORDER BY expires_at, id LIMIT $4"
)
LAPSED = "WHERE member_id = $1 AND state = 'HELD' AND held_until <= $2 ORDER BY version_id, id LIMIT $3"


@dataclass(slots=True)
class OfCoupons:
    """What was found."""

    found: dict[UUID, Coupon] = field(default_factory=dict)
    versions: dict[UUID, CampaignVersion] = field(default_factory=dict)
    """Those that hold for them, and that can be read."""
    of_orders: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    """The coupons that have to do with an order, by its id."""
    cut: set[UUID] = field(default_factory=set)
    """Members who have coupons of more versions than were looked at."""


async def load_coupons(
    session: Reads,
    snapshots: Snapshots,
    commands: Sequence[Command],
    *,
    records: Mapping[UUID, OrderRecord],
    programs: Mapping[UUID, Program],
    now: Mapping[UUID, datetime],
) -> OfCoupons:
    """Return what deciding these commands may look at; nothing is asked for where nothing has to do with coupons."""
    loaded = OfCoupons()
    named = {coupon_id for command in commands for coupon_id in command.coupons}
    issuing = set[UUID]()
    for command in commands:
        if isinstance(command, OrderCommand) and command.order_id in records:
            used, issues = _of_effects(records[command.order_id])
            named |= used
            loaded.of_orders[command.order_id] |= used
            if issues:
                issuing.add(command.order_id)
    if named:
        _keep(loaded, await session.select(COUPONS, "WHERE id = ANY($1::uuid[])", sorted(named)))
    if issuing:
        for coupon in await session.select(COUPONS, "WHERE origin_id = ANY($1::uuid[])", sorted(issuing)):
            assert coupon.origin_id is not None, "it was looked up by it"
            _keep(loaded, [coupon])
            loaded.of_orders[coupon.origin_id].add(coupon.id)
    wallets = Counter(
        (command.program_id, command.content.member_id)
        for command in commands
        if isinstance(command, CommitOrder) and command.chooses and command.content.member_id
    )
    for (program_id, member_id), count in wallets.items():
        if programs[program_id].has_coupons:
            assert member_id is not None, "a guest has no wallet"
            await _wallet(session, snapshots, programs[program_id], member_id, count, now[program_id], loaded)
    for program_id in {coupon.program_id for coupon in loaded.found.values()} & programs.keys():
        ids = {coupon.version_id for coupon in loaded.found.values() if coupon.program_id == program_id}
        loaded.versions |= await snapshots.versions(session, programs[program_id], sorted(ids - loaded.versions.keys()))
    return loaded


async def _wallet(  # noqa: PLR0917  (each has a type of its own)
    session: Reads,
    snapshots: Snapshots,
    program: Program,
    member_id: UUID,
    count: int,
    now: datetime,
    loaded: OfCoupons,
) -> None:
    """Add what `count` orders of a member may use: of each version those that expire first, one more than they can."""
    ids = [plain_id(row[0]) for row in await session.fetch(VERSIONS, member_id, TEMPLATES_MAX)]
    if len(ids) > TEMPLATES_MAX:
        loaded.cut.add(member_id)
    _keep(loaded, await session.select(COUPONS, LAPSED, member_id, now, LAPSED_MAX))
    if not ids:
        return
    versions = await snapshots.versions(session, program, ids[:TEMPLATES_MAX])
    loaded.versions |= versions
    for version_id, version in versions.items():
        most = terms_of(version).per_order * count + 1
        _keep(loaded, await session.select(COUPONS, SOONEST, member_id, version_id, now, most))


def _of_effects(record: OrderRecord) -> tuple[set[UUID], bool]:
    """Return the coupons that an order uses, by its effects, and whether it gives coupons."""
    used = {UUID(str(effect.facts["coupon"])) for effect in record.effects if "coupon" in effect.facts}
    return used, any(effect.kind == EffectKind.ISSUE_COUPON for effect in record.effects)


def _keep(loaded: OfCoupons, coupons: Sequence[Coupon]) -> None:
    loaded.found.update((coupon.id, coupon) for coupon in coupons)


def wallet_ids(coupons: Mapping[UUID, Coupon]) -> dict[UUID, set[UUID]]:
    """Return the coupons of each member, by the member's id."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for coupon in coupons.values():
        if coupon.member_id is not None and coupon.state in (CouponState.ISSUED, CouponState.HELD):
            found[coupon.member_id].add(coupon.id)
    return found

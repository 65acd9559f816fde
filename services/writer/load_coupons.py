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
    "SELECT $1, version_id FROM v WHERE version_id IS NOT NULL"
)
VERSIONS_OF = ("uuid", "int4")
SOONEST = (
    "WHERE member_id = $1 AND version_id = $2 AND state = 'ISSUED' AND expires_at > $3 AND valid_from <= $4 "
    "ORDER BY expires_at, id LIMIT $5"
)
SOONEST_OF = ("uuid", "uuid", "timestamptz", "timestamptz", "int4")
LAPSED = "WHERE member_id = $1 AND state = 'HELD' AND held_until <= $2 ORDER BY version_id, id LIMIT $3"
LAPSED_OF = ("uuid", "timestamptz", "int4")


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
    promised: dict[UUID, set[UUID]] = defaultdict(set)
    for command in commands:
        if isinstance(command, OrderCommand) and command.order_id in records:
            used, issues = _of_effects(records[command.order_id])
            named |= used
            loaded.of_orders[command.order_id] |= used
            if issues:
                issuing.add(command.order_id)
                promised[command.program_id] |= issues
    if named:
        _keep(loaded, await session.select(COUPONS, "WHERE id = ANY($1::uuid[])", sorted(named)))
    if issuing:
        for coupon in await session.select(COUPONS, "WHERE origin_id = ANY($1::uuid[])", sorted(issuing)):
            assert coupon.origin_id is not None, "it was looked up by it"
            _keep(loaded, [coupon])
            loaded.of_orders[coupon.origin_id].add(coupon.id)
    await _wallets(session, snapshots, commands, programs, now, loaded)
    for program_id in ({coupon.program_id for coupon in loaded.found.values()} | promised.keys()) & programs.keys():
        ids = {coupon.version_id for coupon in loaded.found.values() if coupon.program_id == program_id}
        ids |= promised.get(program_id, set())
        loaded.versions |= await snapshots.versions(session, programs[program_id], sorted(ids - loaded.versions.keys()))
    return loaded


async def _wallets(  # noqa: PLR0917  (each has a type of its own)
    session: Reads,
    snapshots: Snapshots,
    commands: Sequence[Command],
    programs: Mapping[UUID, Program],
    now: Mapping[UUID, datetime],
    loaded: OfCoupons,
) -> None:
    """Add what orders may choose of: of each version in a wallet those that expire first, one more than can be used."""
    orders = Counter[UUID]()
    gone = Counter[UUID]()
    """Coupons of each member that other commands name, which may be used or another's when an order chooses."""
    program_of: dict[UUID, Program] = {}
    instants: dict[UUID, set[datetime]] = defaultdict(set)
    """When the orders of each member happened: a coupon that was had later is not for them."""
    for command in commands:
        if isinstance(command, CommitOrder) and command.chooses and command.content.member_id:
            if programs[command.program_id].has_coupons:
                orders[command.content.member_id] += 1
                present_now = now[command.program_id]
                instants[command.content.member_id].add(min(command.content.occurred_at or present_now, present_now))
                program_of[command.content.member_id] = programs[command.program_id]
            continue
        named = len(command.coupons)
        if isinstance(command, OrderCommand):
            named += len(loaded.of_orders.get(command.order_id, ()))
        gone.update(dict.fromkeys(command.locks, named))
    if not orders:
        return
    present = {member_id: now[program.id] for member_id, program in program_of.items()}
    lapsed = [(member_id, present[member_id], LAPSED_MAX) for member_id in sorted(orders)]
    _keep(loaded, await session.select_each(COUPONS, LAPSED, LAPSED_OF, lapsed))
    ids: dict[UUID, list[UUID]] = defaultdict(list)
    wallets = [(member_id, TEMPLATES_MAX) for member_id in sorted(orders)]
    for member_id, version_id in await session.fetch_each(VERSIONS, VERSIONS_OF, wallets):
        ids[plain_id(member_id)].append(plain_id(version_id))
    loaded.cut |= {member_id for member_id, found in ids.items() if len(found) > TEMPLATES_MAX}
    for program in {program.id: program for program in program_of.values()}.values():
        own = {one for member_id in ids if program_of[member_id] is program for one in ids[member_id][:TEMPLATES_MAX]}
        loaded.versions |= await snapshots.versions(session, program, sorted(own))
    soonest = [
        (member_id, one, present[member_id], at, terms_of(version).per_order * orders[member_id] + gone[member_id] + 1)
        for member_id, found in ids.items()
        for at in sorted(instants[member_id])
        for one in found[:TEMPLATES_MAX]
        if (version := loaded.versions.get(one)) is not None
    ]
    if soonest:
        _keep(loaded, await session.select_each(COUPONS, SOONEST, SOONEST_OF, soonest))


def _of_effects(record: OrderRecord) -> tuple[set[UUID], set[UUID]]:
    """Return the coupons that an order uses, by its effects, and the versions of which it gives coupons."""
    used = {UUID(str(effect.facts["coupon"])) for effect in record.effects if "coupon" in effect.facts}
    given = [effect.facts for effect in record.effects if effect.kind == EffectKind.ISSUE_COUPON]
    return used, {UUID(version) for facts in given for version in facts["versions"].values()}  # type: ignore[attr-defined]


def _keep(loaded: OfCoupons, coupons: Sequence[Coupon]) -> None:
    loaded.found.update((coupon.id, coupon) for coupon in coupons)


def wallet_ids(coupons: Mapping[UUID, Coupon]) -> dict[UUID, set[UUID]]:
    """Return the coupons of each member, by the member's id."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for coupon in coupons.values():
        if coupon.member_id is not None and coupon.state in (CouponState.ISSUED, CouponState.HELD):
            found[coupon.member_id].add(coupon.id)
    return found

"""Step 4: everything that the decisions of a batch may look at, read after the locks were taken."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.assets import BONUS_PRIORITY, PRINCIPAL_PRIORITY, AssetKind
from domain.commands import AmendMember, Command, CommitOrder, OrderCommand, Remind
from domain.decisions.situation import OrderRecord
from domain.instants import NEVER
from domain.ledger import Account, Hold, Lot
from domain.members import MemberKind, MemberState, Standing
from domain.orders import Order
from domain.program import Program
from domain.undoing import Original
from domain.usage import Usage, UsageKey
from services.snapshots import Snapshots
from services.writer.load_agents import load_agents
from services.writer.load_coupons import OfCoupons, load_coupons
from services.writer.load_occasions import OfOccasions, load_occasions
from services.writer.load_orders import OfOrders, load_parts, records
from services.writer.load_usage import load_usages, usage_keys
from services.writer.originals import load_originals
from services.writer.session import Reads
from services.writer.tables import (
    ACCOUNTS,
    ENTRIES,
    GIFT_CARDS,
    HOLDS,
    IDENTITIES,
    LOTS,
    MEMBERS,
    ORDERS,
    STANDINGS,
)

DUE_LOTS_MAX = 500
"""Due lots of one account that one load brings; a member with more is matured in several batches."""
BURN_LOTS_FIRST, BURN_LOTS_PAGE = 16, 200
"""Lots in burn order that are read first, and then at a time, until they cover what is to be taken: mostly few do."""

NEVER_TEXT = "'9999-12-31 00:00:00+00:00'"
DUE = f"WHERE account_id = $1 AND remaining > 0 AND due_at < {NEVER_TEXT} ORDER BY due_at LIMIT $2"
BURN = (
    "WHERE account_id = $1 AND remaining > 0 AND locked_until IS NULL AND (priority, expires_at, id) > ($2, $3, $4) "
    "{part} ORDER BY priority, expires_at, id LIMIT {limit}"
)
ALL_PARTS = ("",)
EACH_PART = (f"AND priority = {PRINCIPAL_PRIORITY}", f"AND priority <> {PRINCIPAL_PRIORITY}")
"""Of what has a bonus, principal and bonus each have to cover a debit: how they share it is for the decision."""
ENDING = "WHERE account_id = $1 AND remaining > 0 AND due_at > $2 AND due_at <= $3"
HELD = "WHERE account_id = $1 AND captured + released < amount"
OF_ORDERS = "WHERE order_id = ANY($1::uuid[]) ORDER BY member_id, position"
FIRST_LOT = (min(BONUS_PRIORITY.values()) - 1, datetime.fromisoformat("1970-01-01T00:00:00+00:00"), UUID(int=0))


Owned = tuple[UUID, UUID]
"""A member and an asset."""
Window = tuple[datetime, datetime]


@dataclass(slots=True)
class Loaded:
    """What was found."""

    programs: dict[UUID, Program] = field(default_factory=dict)
    now: dict[UUID, datetime] = field(default_factory=dict)
    """The present of each program, taken once for the batch."""
    members: dict[UUID, MemberState] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    order_ids: dict[tuple[UUID, str, str], UUID] = field(default_factory=dict)
    """Of the orders that have these names."""
    records: dict[UUID, OrderRecord] = field(default_factory=dict)
    """Of the orders that a command is about, other than to make them."""
    order_entries: dict[UUID, list[tuple[UUID, int]]] = field(default_factory=dict)
    """(account, seq) of what each of these orders posted, in the order of posting."""
    owners: dict[tuple[UUID, str, str], UUID] = field(default_factory=dict)
    identities: dict[UUID, list[tuple[str, str]]] = field(default_factory=dict)
    """All identities of the members who are to be closed."""
    originals: dict[UUID, Original] = field(default_factory=dict)
    """Transfers that are to be undone, by their ids."""
    usages: dict[UsageKey, Usage] = field(default_factory=dict)
    """The uses of campaigns that the commands may take of; those that there are none of yet are not there."""
    usage_keys: dict[UsageKey, UUID] = field(default_factory=dict)
    """Those that were looked for, each with its program."""
    coupons: OfCoupons = field(default_factory=OfCoupons)
    occasions: OfOccasions = field(default_factory=OfOccasions)
    """Those that have the names of commands already."""
    used_lots: dict[UUID, dict[UUID, Lot]] = field(default_factory=dict)
    """The lots that these used, and those of the bearers of cards that are taken back, by member and id."""


async def load(
    session: Reads, snapshots: Snapshots, commands: Sequence[Command], *, now: datetime | None = None
) -> Loaded:
    """Return everything that deciding `commands` needs, at `now` or else at each program's present."""
    loaded = Loaded()
    for program_id in {command.program_id for command in commands}:
        program = await snapshots.load(session, program_id)
        loaded.programs[program_id] = program
        loaded.now[program_id] = now or program.now()
    loaded.usage_keys = usage_keys(commands, loaded.programs, loaded.now)
    loaded.usages = await load_usages(session, list(loaded.usage_keys))
    await _orders(session, commands, loaded)
    await _owners(session, commands, loaded)
    loaded.occasions = await load_occasions(session, commands)
    about = {command.order_id: command for command in commands if isinstance(command, OrderCommand)}
    of_orders = OfOrders()
    if about:
        of_orders = await records(session, about, loaded.orders)
        loaded.records = of_orders.records
    loaded.coupons = await load_coupons(
        session, snapshots, commands, records=loaded.records, programs=loaded.programs, now=loaded.now
    )
    loaded.originals, loaded.used_lots = await load_originals(session, commands)
    await _members(session, commands, loaded, of_orders)
    loaded.members |= await load_agents(
        session,
        commands,
        orders=loaded.orders.values(),
        originals=loaded.originals,
        states=loaded.members,
        now=min(loaded.now.values(), default=NEVER),
    )
    return loaded


async def _orders(session: Reads, commands: Sequence[Command], loaded: Loaded) -> None:
    by_program: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    again: set[tuple[UUID, str, str]] = set()
    for command in commands:
        if command.order_name:
            by_program[command.program_id].append(command.order_name)
            if isinstance(command, CommitOrder):
                again.add((command.program_id, *command.order_name))
    for program_id, names in by_program.items():
        found = await session.named(ORDERS, program_id, names)
        loaded.orders.update({order.id: order for order in found})
        by_name = {(program_id, order.source, order.external_id): order for order in found}
        loaded.order_ids.update({name: order.id for name, order in by_name.items()})
        posted = {order.id: order.transfer_id for name, order in by_name.items() if order.transfer_id and name in again}
        if posted:
            for entry in await session.select(ENTRIES, OF_ORDERS, list(posted)):
                assert entry.order_id is not None, "it was looked up by it"
                if entry.transfer_id == posted[entry.order_id]:
                    loaded.order_entries.setdefault(entry.order_id, []).append((entry.account_id, entry.seq))


async def _owners(session: Reads, commands: Sequence[Command], loaded: Loaded) -> None:
    by_program: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for command in commands:
        by_program[command.program_id].extend(command.identities)
    for program_id, wanted in by_program.items():
        if wanted:
            for row in await session.named(IDENTITIES, program_id, wanted):
                loaded.owners[program_id, row.source, row.external_id] = row.member_id
    closing = [command.member_id for command in commands if isinstance(command, AmendMember) and command.closes]
    if closing:
        for row in await session.select(IDENTITIES, "WHERE member_id = ANY($1::uuid[])", closing):
            loaded.identities.setdefault(row.member_id, []).append((row.source, row.external_id))


async def _members(session: Reads, commands: Sequence[Command], loaded: Loaded, of_orders: OfOrders) -> None:
    wanted = {(member_id, command.program_id) for command in commands for member_id in command.locks}
    if not wanted:
        return
    ids = sorted({member_id for member_id, _ in wanted})
    members = [
        member
        for member in await session.select(MEMBERS, "WHERE id = ANY($1::uuid[])", ids)
        if (member.id, member.program_id) in wanted
    ]
    accounts: dict[UUID, dict[UUID, Account]] = defaultdict(dict)
    for account in await session.select(ACCOUNTS, "WHERE member_id = ANY($1::uuid[])", ids):
        accounts[account.member_id][account.asset_id] = account
    standings: dict[UUID, dict[UUID, Standing]] = defaultdict(dict)
    for standing in await session.select(STANDINGS, "WHERE member_id = ANY($1::uuid[])", ids):
        standings[standing.member_id][standing.ladder_id] = standing
    bearers = [member.id for member in members if member.kind is MemberKind.GIFT_CARD]
    found_cards = await session.select(GIFT_CARDS, "WHERE member_id = ANY($1::uuid[])", bearers) if bearers else []
    cards = {card.member_id: card for card in found_cards}
    debits, windows = _asked(commands, of_orders)
    for member in members:
        now = loaded.now[member.program_id]
        own = accounts[member.id]
        due = await load_due(session, own.values(), now)
        lots = of_orders.lots.get(member.id, {}) | loaded.used_lots.get(member.id, {}) | due.lots
        for account in own.values():
            wanted_amount = debits.get((member.id, account.asset_id), 0)
            for after, until in windows.get((member.id, account.asset_id), ()):
                ending = await session.select(LOTS, ENDING, account.id, after, until)
                lots.update({lot.id: lot for lot in ending})
            if wanted_amount and not due.unfinished:  # else the debit is put off, and would load every lot that is due
                asset = loaded.programs[member.program_id].asset_by_id(account.asset_id)
                for part in EACH_PART if asset.kind is AssetKind.MONEY else ALL_PARTS:
                    lots.update(await _burnable(session, account, wanted_amount, now, part))
        missing = {hold.order_id for hold in due.holds.values()} - loaded.orders.keys()
        if missing:
            found = await session.select(ORDERS, "WHERE id = ANY($1::uuid[])", list(missing))
            loaded.orders.update({order.id: order for order in found})
        loaded.members[member.id] = MemberState(
            member,
            own,
            lots,
            standings[member.id],
            due.next_due,
            of_orders.holds.get(member.id, {}) | due.holds,
            of_orders.parts | due.parts,
            frozenset(due.unfinished),
            gift_card=cards.get(member.id),
        )


def _asked(commands: Sequence[Command], of_orders: OfOrders) -> tuple[dict[Owned, int], dict[Owned, list[Window]]]:
    """Return how much is to be taken of each account, and in which windows its lots are looked at that expire."""
    debits: dict[Owned, int] = defaultdict(int, of_orders.debits)
    windows: dict[Owned, list[Window]] = defaultdict(list)
    for command in commands:
        if isinstance(command, Remind):
            windows[command.member_id, command.asset_id].append((command.after, command.until))
        for member_id, asset_id, amount in command.debits:
            debits[member_id, asset_id] += amount
    return debits, windows


@dataclass(slots=True)
class Due:
    """What is due, and for each account looked at when its first lot that was not loaded is."""

    lots: dict[UUID, Lot] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    """All open holds of the accounts looked at."""
    parts: dict[UUID, tuple[tuple[UUID, int], ...]] = field(default_factory=dict)
    next_due: dict[UUID, datetime] = field(default_factory=dict)
    unfinished: set[UUID] = field(default_factory=set)


async def load_due(
    session: Reads, accounts: Iterable[Account], now: datetime, *, limit: int | None = DUE_LOTS_MAX
) -> Due:
    """Return what of `accounts` is due at `now`: their holds, and of each account at most `limit` lots."""
    found = Due()
    most = limit if limit is not None else 2**31
    for account in accounts:
        if account.next_due_at > now:
            continue
        lots = await session.select(LOTS, DUE, account.id, most + 1)
        ready = [lot for lot in lots[:most] if lot.due_at <= now]
        found.lots.update({lot.id: lot for lot in ready})
        if account.held:
            found.holds.update({hold.id: hold for hold in await session.select(HOLDS, HELD, account.id)})
        later = lots[len(ready)].due_at if len(lots) > len(ready) else NEVER
        found.next_due[account.id] = later
        if later <= now:
            found.unfinished.add(account.id)
    if found.holds:
        found.parts, reserved = await load_parts(
            session, [hold for hold in found.holds.values() if hold.expires_at <= now]
        )
        found.lots = reserved | found.lots
    return found


async def _burnable(session: Reads, account: Account, amount: int, now: datetime, part: str) -> Mapping[UUID, Lot]:
    """Return the first lots of a part in burn order that cover `amount`, not counting those past their expiry."""
    lots: dict[UUID, Lot] = {}
    covered = 0
    after, limit = FIRST_LOT, BURN_LOTS_FIRST
    while covered < amount:
        page = await session.select(LOTS, BURN.format(part=part, limit=limit), account.id, *after)
        for lot in page:
            lots[lot.id] = lot
            covered += lot.remaining if lot.expires_at > now else 0
        if len(page) < limit:
            break
        after, limit = (page[-1].priority, page[-1].expires_at, page[-1].id), BURN_LOTS_PAGE
    return lots

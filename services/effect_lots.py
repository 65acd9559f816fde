"""The lots that the effects of orders and occasions used or made: the ledger knows them by transfer and account."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from tortoise.expressions import Q

import models
from domain.ledger import EntryKind
from services import visible
from services.actors import Actor

PartOfLot = tuple[models.Lot, int]
"""A lot, as it is now, and how much of it in minor units of its asset."""
OWNER = ("id", "transfer_id", "member_id")
Place = tuple[UUID, UUID]
"""A transfer and an account."""


async def of_orders(actor: Actor, order_ids: Sequence[UUID]) -> list[dict[int, list[PartOfLot]]]:
    """Return for each order, by the ordinal of an effect, the lots that it used or made, as far as the actor sees them.

    An order that is not committed has none. Lots used stand in the order in which they are.
    """
    rows = visible.entries(actor).filter(
        order_id__in=list(order_ids), kind__in=[EntryKind.EARN.value, EntryKind.SPEND.value], effect__isnull=False
    )
    entries = await rows.order_by("account_id", "seq")
    found = await _of_entries(
        actor, entries, {entry.transfer_id: entry.order_id for entry in entries if entry.order_id}
    )
    return [found.get(order_id, {}) for order_id in order_ids]


async def of_occasions(actor: Actor, occasion_ids: Sequence[UUID]) -> list[dict[int, list[PartOfLot]]]:
    """Return for each occasion, by the ordinal of an effect, the lots that it made, as far as the actor sees them."""
    posted = visible.occasions(actor).filter(id__in=list(occasion_ids), transfer_id__isnull=False)
    owners = {transfer_id: (id, member_id) for id, transfer_id, member_id in await posted.values_list(*OWNER)}
    members = [member_id for _, member_id in owners.values()]
    rows = visible.entries(actor).filter(member_id__in=members, transfer_id__in=list(owners), effect__isnull=False)
    entries = await rows.order_by("account_id", "seq") if owners else []
    found = await _of_entries(actor, entries, {transfer_id: id for transfer_id, (id, _) in owners.items()})
    return [found.get(occasion_id, {}) for occasion_id in occasion_ids]


async def _of_entries(
    actor: Actor, entries: Sequence[models.Entry], owners: Mapping[UUID, UUID]
) -> dict[UUID, dict[int, list[PartOfLot]]]:
    """Return the lots by whose they are, the order or the occasion that `owners` names for the transfer."""
    found: dict[UUID, dict[int, list[PartOfLot]]] = defaultdict(dict)
    if entries:
        made, used = await _lots(actor, {entry.transfer_id for entry in entries})
        for entry in entries:
            owner = owners[entry.transfer_id]
            assert entry.effect is not None, "it was looked up by it"
            place = (entry.transfer_id, entry.account_id)
            if entry.kind == EntryKind.SPEND:
                found[owner][entry.effect] = used.get(place, [])
            else:
                lot = _made(made.get(place, []), entry.change_available + entry.change_pending)
                found[owner][entry.effect] = [(lot, lot.amount)] if lot else []
    return found


def _made(lots: list[models.Lot], amount: int) -> models.Lot | None:
    """Take the first lot of an amount out; each credit made one, in the order of the lines."""
    lot = next((lot for lot in lots if lot.amount == amount), None)
    if lot is not None:
        lots.remove(lot)
    return lot


async def _lots(
    actor: Actor, transfer_ids: set[UUID]
) -> tuple[dict[Place, list[models.Lot]], dict[Place, list[PartOfLot]]]:
    """Return the lots that transfers made, and those of before from which they took, in burn order."""
    moves = await models.LotMove.filter(transfer_id__in=list(transfer_ids))
    wanted = Q(transfer_id__in=list(transfer_ids)) | Q(id__in=[move.lot_id for move in moves])
    lots = {lot.id: lot for lot in await visible.lots(actor).filter(wanted)}
    made: dict[Place, list[models.Lot]] = defaultdict(list)
    for lot in sorted(lots.values(), key=lambda lot: lot.id):
        if lot.transfer_id in transfer_ids:
            made[lot.transfer_id, lot.account_id].append(lot)
    used: dict[Place, list[PartOfLot]] = defaultdict(list)
    for move in moves:
        taken, found = -(move.remaining + move.held), lots.get(move.lot_id)
        if found is not None and taken > 0 and found.transfer_id != move.transfer_id:
            used[move.transfer_id, found.account_id].append((found, taken))
    for parts in used.values():
        parts.sort(key=lambda part: (part[0].priority, part[0].expires_at, part[0].id))
    return made, used

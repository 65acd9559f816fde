"""What all effects have in common that credit an asset: whether they can, and what multipliers see of it."""

from decimal import Decimal

from domain.amounts import Rounding
from domain.assets import Asset
from domain.conditions.base import Facts
from domain.effects.base import (
    NAME_MEMBER,
    NO_MEMBER,
    NO_ORDER,
    EffectKind,
    Outcome,
    Parts,
    Running,
    RunningEarn,
    nothing,
)


def no_credit(facts: Facts, asset: Asset, *, without_order: bool = False) -> Outcome | None:
    """Return why nothing of the asset can be credited; None when it can.

    A guest has no account, most effects measure an order, and what would be born expired is not given.
    """
    if facts.member is None:
        return nothing(EffectKind.EARN, NO_MEMBER, NAME_MEMBER, asset)
    if facts.order is None and not without_order:
        return nothing(EffectKind.EARN, NO_ORDER, None, asset)
    if asset.expires_at(facts.occurred_at, facts.recorded_at, facts.program.zone) > facts.recorded_at:
        return None
    ended = asset.ended(facts.recorded_at, facts.program.zone)
    older = "the order is older" if facts.order else "it is longer ago"
    return nothing(EffectKind.EARN, f"{ended}." if ended else f"{older} than {asset.code} last.", None, asset)


def note_earned(
    running: Running, asset: Asset, amount: int, parts: Parts | None, rounding: Rounding | None = None
) -> None:
    """Add `amount` minor units to what multipliers multiply. `rounding` None keeps the mode of the rule before."""
    before = running.earn.get(asset.id)
    if before is None:
        mode = rounding or Rounding.DOWN
        running.earn[asset.id] = RunningEarn(Decimal(amount), amount, mode, parts)
        return
    if amount:
        before.parts = _joined(running, before, parts)
    before.exact += amount
    before.total += amount
    before.rounding = rounding or before.rounding


def _joined(running: Running, before: RunningEarn, parts: Parts | None) -> Parts | None:
    """Return by which lines all is earned that was there before and comes now."""
    if not before.total:
        return parts
    if before.parts is None and parts is None:
        return None
    paid = {line.ref: line.amount for line in running.lines if line.amount}
    found = dict(paid if before.parts is None else before.parts)
    for ref, part in (paid if parts is None else parts).items():
        found[ref] = found.get(ref, 0) + part
    return found or None

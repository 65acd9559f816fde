"""Which lots a debit uses: principal and bonus in burn order, within what a payment may take of the bonus."""

from collections.abc import Sequence
from enum import StrEnum

from domain.amounts import from_minor
from domain.assets import PRINCIPAL_PRIORITY, Asset
from domain.ledger import Lot
from domain.refusals import InsufficientBalance

PERCENT = 100


class LotPart(StrEnum):
    """What a lot holds: what was paid in, or what was given on top of that."""

    PRINCIPAL = "PRINCIPAL"
    BONUS = "BONUS"


class Use(StrEnum):
    """What a debit is: a payment, which the cap on the bonus limits, or a movement, which it does not."""

    PAYMENT = "PAYMENT"
    MOVEMENT = "MOVEMENT"


def part_of(priority: int) -> LotPart:
    """Return which part the lots of a priority are."""
    return LotPart.PRINCIPAL if priority == PRINCIPAL_PRIORITY else LotPart.BONUS


def burnt(
    asset: Asset, lots: Sequence[Lot], available: int, amount: int, use: Use, *, whose: str = "member"
) -> list[tuple[Lot, int]]:
    """Return how much of each lot a debit of `amount` takes.

    `lots` are in burn order; of each part they cover `amount`, or are all there are. A payment takes at most
    floor(`amount` × cap / 100) of the bonus, whatever the order, and the rest of the principal. Raises
    `InsufficientBalance`, whose `available` is the most that this debit could be; `whose` balance it names.
    """
    cap = asset.bonus_cap if use is Use.PAYMENT else PERCENT
    bonus_left = amount * cap // PERCENT
    left = amount
    taken: list[tuple[Lot, int]] = []
    for lot in lots if available >= amount else ():
        is_bonus = part_of(lot.priority) is LotPart.BONUS
        share = min(left, lot.remaining, bonus_left if is_bonus else left)
        if share:
            taken.append((lot, share))
            left -= share
            bonus_left -= share if is_bonus else 0
        if not left:
            return taken
    raise _insufficient(asset, lots, max(available, 0), amount, cap=cap, whose=whose)


def _insufficient(
    asset: Asset, lots: Sequence[Lot], available: int, amount: int, *, cap: int, whose: str
) -> InsufficientBalance:
    principal = sum(lot.remaining for lot in lots if part_of(lot.priority) is LotPart.PRINCIPAL)
    most, why = available, ""
    if cap < PERCENT:
        # The principal pays what the bonus may not, amount − floor(amount × cap / 100): the largest amount of which
        # that is no more than there is.
        most = min(available, principal * PERCENT // (PERCENT - cap))
        bonus = available - principal
        if most < available:
            why = (
                f", {asset.spelled(bonus)} of it bonus, of which a payment may use {cap} %: "
                f"{asset.spelled(most)} at most"
            )
    assert most < amount, "the open lots of an account add up to its available balance"
    return InsufficientBalance(
        f"The {whose} has {asset.spelled(available)} {asset.code}{why}; {asset.spelled(amount)} are needed.",
        available=from_minor(most, asset.scale),
        required=from_minor(amount, asset.scale),
    )

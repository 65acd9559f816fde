"""What a member pays an order with: points used as money, and stored value."""

from collections.abc import Sequence
from math import gcd
from uuid import UUID

from domain.amounts import spelled
from domain.assets import Asset, AssetKind
from domain.campaigns import Step
from domain.effects.base import EffectKind, Outcome
from domain.program import Program
from domain.refusals import InvalidInput


def worth(asset: Asset, amount: int) -> int | None:
    """Return what `amount` minor units pay at checkout, in minor units of currency; None when that is not whole."""
    value, rest = divmod(amount * asset.pay_value, asset.pay_amount)
    return None if rest else value


def check_worth(program: Program, asset: Asset, amount: int, path: tuple[str, ...]) -> None:
    """Refuse what cannot pay. Raises `InvalidInput`."""
    if not asset.pay_amount:
        raise InvalidInput(f"{asset.code} pays nothing at checkout.", field=(*path, "asset"))
    if amount <= 0:
        raise InvalidInput("What pays must be more than 0.", field=(*path, "amount"))
    if worth(asset, amount) is None:
        step = asset.pay_amount // gcd(asset.pay_amount, asset.pay_value)
        rate = f"{asset.spelled(asset.pay_amount)} {asset.code} pay {program.money(asset.pay_value)}"
        raise InvalidInput(
            f"{asset.spelled(amount)} {asset.code} do not pay a whole amount: {rate}. Take a multiple of "
            f"{asset.spelled(step)}.",
            field=(*path, "amount"),
        )


def spent(
    program: Program, spend: Sequence[tuple[UUID, int]], payable: int
) -> tuple[list[tuple[Step, Outcome]], int, int]:
    """Return what pays an order of `payable` and at which step, and what points and what stored value pay of it.

    Points lower what is to be paid; stored value pays it. Raises `InvalidInput` when they pay more than there is.
    """
    outcomes: list[tuple[Step, Outcome]] = []
    by_points = by_value = 0
    for asset_id, amount in spend:
        asset = program.asset_by_id(asset_id)
        value = worth(asset, amount)
        assert value is not None, "it was checked when the order came"
        if asset.kind is AssetKind.MONEY:
            by_value += value
        else:
            by_points += value
        step = Step.PAYMENT if asset.kind is AssetKind.MONEY else Step.ASSETS
        outcomes.append((step, _outcome(program, asset, amount, value)))
    if by_points + by_value > payable:
        raise InvalidInput(
            f"{program.money(by_points + by_value)} would pay an order of {program.money(payable)}.",
            field=("order", "spend"),
        )
    outcomes.sort(key=lambda row: list(Step).index(row[0]))
    return outcomes, by_points, by_value


def _outcome(program: Program, asset: Asset, amount: int, value: int) -> Outcome:
    scale = program.currency_scale
    step = (
        f"{asset.spelled(amount)} ÷ {asset.spelled(asset.pay_amount)} × {spelled(asset.pay_value, scale)} = "
        f"{spelled(value, scale)}"
    )
    return Outcome(
        kind=EffectKind.SPEND,
        asset_id=asset.id,
        amount=amount,
        text=f"{asset.spelled(amount)} {asset.code} pay {program.money(value)}.",
        arithmetic=(step,),
        facts={"value": value, "payAmount": asset.pay_amount, "payValue": asset.pay_value},
    )

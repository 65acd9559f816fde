"""The set-up of stored value: the ladder of bonuses for top-ups, and what becomes what."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from domain.amounts import EXACT, spelled, to_minor
from domain.assets import AssetKind
from domain.conversions import smallest_step
from domain.refusals import InvalidInput, LimitReached, NotFound
from domain.stored_value import BASIS_POINTS, TopUpStep
from services.transaction import transaction

STEPS_MAX = 50
"""Steps of a ladder: each is loaded with every snapshot and shown without pages."""
CONVERSIONS_MAX = 100
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is said: from `threshold` on, `bonus` of the asset, or so many percent of what is paid in."""

    threshold: Decimal
    bonus: Decimal
    is_percent: bool


class Counted(Protocol):
    """What of an asset a rate depends on."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def scale(self) -> int: ...  # noqa: D102


async def asset_of(program: models.Program, code: str, name: str = "asset") -> models.Asset:
    """Return an asset of the program. Raises `NotFound`, naming the field."""
    found = await models.Asset.get_or_none(program_id=program.id, code=code)
    if found is None:
        raise NotFound(f"The program {program.code} has no asset {code!r}.", field=(name,))
    return found


async def set_ladder(program: models.Program, code: str, steps: Sequence[Step]) -> list[models.TopUpStep]:
    """Set the whole ladder of an asset; without steps it has none. Every process knows it from its next request on.

    Raises `NotFound`, or `InvalidInput` for a step that gives nothing, stands twice, or is of no money.
    """
    asset = await asset_of(program, code)
    if asset.kind != AssetKind.MONEY:
        raise InvalidInput(f"{code} is not money and cannot be paid in.", field=("asset",))
    rows = step_rows(program.id, asset.id, checked_steps(code, asset.kind, asset.scale, steps))
    async with transaction():
        # The program's row first: whoever changes its set-up meanwhile waits here.
        await models.Program.filter(id=program.id).update(config_version=F("config_version") + 1)
        await models.TopUpStep.filter(program_id=program.id, asset_id=asset.id).delete()
        await models.TopUpStep.bulk_create(rows)
    return await ladder_of(asset)


async def set_conversion(
    program: models.Program, source: str, target: str, *, amount: Decimal, gives: Decimal, step: Decimal | None = None
) -> models.Conversion:
    """Let `amount` of one asset give so much of another, in place of any rate there was between the two.

    Only whole multiples of `step` are converted; without one, of the smallest that gives a whole minor unit. Raises
    `NotFound`, `LimitReached`, or `InvalidInput` for assets that cannot be converted or a step that gives a fraction.
    """
    giver, taker = await asset_of(program, source, "from"), await asset_of(program, target, "to")
    if giver.kind == AssetKind.QUALIFYING:
        raise InvalidInput(f"{source} counts towards tiers and cannot be converted.", field=("from",))
    given, gained, chosen = rate_of(giver, taker, amount=amount, gives=gives, step=step)
    async with transaction():
        await models.Program.filter(id=program.id).update(config_version=F("config_version") + 1)
        await models.Conversion.filter(from_asset_id=giver.id, to_asset_id=taker.id).delete()
        if await models.Conversion.filter(program_id=program.id).count() >= CONVERSIONS_MAX:
            raise LimitReached(
                f"The program has {CONVERSIONS_MAX} conversions, as many as it may have.", limit=str(CONVERSIONS_MAX)
            )
        return await models.Conversion.create(
            program_id=program.id,
            from_asset_id=giver.id,
            to_asset_id=taker.id,
            from_amount=given,
            to_amount=gained,
            step=chosen,
        )


def rate_of(
    giver: Counted, taker: Counted, *, amount: Decimal, gives: Decimal, step: Decimal | None
) -> tuple[int, int, int]:
    """Return a rate and its step in minor units: so much of one gives so much of the other. Raises `InvalidInput`."""
    if giver.code == taker.code:
        raise InvalidInput(f"{giver.code} is converted into another asset, not into itself.", field=("to",))
    given = to_minor(amount, giver.scale, ("rate",))
    gained = to_minor(gives, taker.scale, ("rate",))
    if given <= 0 or gained <= 0:
        raise InvalidInput("Both amounts of a rate must be more than 0.", field=("rate",))
    least = smallest_step(given, gained)
    least_text = spelled(least, giver.scale)
    chosen = least if step is None else to_minor(step, giver.scale, ("step",))
    if chosen <= 0 or chosen % least:
        raise InvalidInput(f"A step is a multiple of {least_text}: less gives no whole {taker.code}.", field=("step",))
    return given, gained, chosen


async def remove_conversion(program: models.Program, source: str, target: str) -> None:
    """Let one asset not become another any more. Raises `NotFound`."""
    giver, taker = await asset_of(program, source, "from"), await asset_of(program, target, "to")
    async with transaction():
        await models.Program.filter(id=program.id).update(config_version=F("config_version") + 1)
        if not await models.Conversion.filter(from_asset_id=giver.id, to_asset_id=taker.id).delete():
            raise NotFound(f"{source} is not converted into {target}.", field=("to",))


async def conversions_of(program: models.Program) -> list[tuple[models.Asset, models.Asset, models.Conversion]]:
    """Return the conversions of a program with the assets they are from and to, by their codes."""
    found = {asset.id: asset for asset in await models.Asset.filter(program_id=program.id)}
    rows = [
        (found[row.from_asset_id], found[row.to_asset_id], row)
        for row in await models.Conversion.filter(program_id=program.id)
    ]
    return sorted(rows, key=lambda row: (row[0].code, row[1].code))


async def ladder_of(asset: models.Asset) -> list[models.TopUpStep]:
    """Return the steps of an asset's ladder, the lowest first."""
    return await models.TopUpStep.filter(program_id=asset.program_id, asset_id=asset.id).order_by("threshold")


def step_of(step: Step, scale: int) -> TopUpStep:
    """Return a step in minor units of `scale` decimals. Raises `InvalidInput` for one that gives nothing."""
    path = ("step",)
    threshold = to_minor(step.threshold, scale, path)
    amount = 0 if step.is_percent else to_minor(step.bonus, scale, path)
    basis_points = to_minor(EXACT.divide(step.bonus, PERCENT), 4, path) if step.is_percent else 0
    if threshold <= 0 or amount < 0 or basis_points < 0 or not amount + basis_points:
        raise InvalidInput("Threshold and bonus of a step must be more than 0.", field=path)
    if basis_points > BASIS_POINTS:
        raise InvalidInput(f"A bonus is at most 100 % of what is paid in, not {step.bonus} %.", field=path)
    return TopUpStep(threshold, amount, basis_points)


def checked_steps(code: str, kind: str, scale: int, steps: Sequence[Step]) -> tuple[TopUpStep, ...]:
    """Return the ladder of an asset, the lowest step first. Raises `InvalidInput`."""
    if kind != AssetKind.MONEY and steps:
        raise InvalidInput(f"{code} is not money and cannot be paid in.", field=("asset",))
    if len(steps) > STEPS_MAX:
        raise InvalidInput(f"A ladder has at most {STEPS_MAX} steps, not {len(steps)}.", field=("step",))
    found = {row.threshold: row for row in (step_of(step, scale) for step in steps)}
    if len(found) < len(steps):
        raise InvalidInput("A threshold stands twice.", field=("step",))
    return tuple(found[threshold] for threshold in sorted(found))


def step_rows(program_id: UUID, asset_id: UUID, steps: Sequence[TopUpStep]) -> list[models.TopUpStep]:
    """Return the rows of a ladder."""
    return [
        models.TopUpStep(
            id=uuid7(),
            program_id=program_id,
            asset_id=asset_id,
            threshold=step.threshold,
            amount=step.amount,
            basis_points=step.basis_points,
        )
        for step in steps
    ]

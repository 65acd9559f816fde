"""Assets: defining one more for a program, and listing them."""

from dataclasses import asdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.amounts import SCALE_MAX
from domain.program import Asset, AssetKind
from domain.refusals import InvalidInput, LimitReached, Refusal
from domain.terms import Terms, check_terms
from services.transaction import transaction

ASSETS_MAX = 100
"""How many assets a program may have: each is loaded with every snapshot and shown without pages."""


class AssetExists(Refusal):
    """Another asset of the program has this code."""

    code = "ASSET_EXISTS"


async def create(
    program: models.Program, *, code: str, name: str, kind: AssetKind, scale: int | None, terms: Terms
) -> models.Asset:
    """Define one more asset of a program, or raise a `Refusal` and change nothing.

    Without a scale, money and what tiers are measured by have the decimals of the program's currency, all else none.
    Money never has others: it is the currency's. Every process knows the asset from its next request on.
    """
    checks.code(code, ("code",))
    label = checks.text(name, ("name",), checks.NAME_MAX)
    in_currency = kind in (AssetKind.MONEY, AssetKind.QUALIFYING)
    decimals = (program.currency_scale if in_currency else 0) if scale is None else scale
    checks.integer(decimals, ("scale",), 0, SCALE_MAX)
    if kind is AssetKind.MONEY and decimals != program.currency_scale:
        raise InvalidInput(
            f"Money has the {program.currency_scale} decimals of {program.currency}, not {decimals}.", field=("scale",)
        )
    asset = Asset(
        id=uuid7(),
        program_id=program.id,
        code=code,
        name=label,
        kind=kind,
        scale=decimals,
        floor=0,
        **asdict(terms),
    )
    check_terms(asset, program.virtual_now or datetime.now(UTC), ZoneInfo(program.time_zone))
    try:
        async with transaction():
            # The program's row first: whoever defines another asset of it meanwhile waits here, and is counted.
            await models.Program.filter(id=program.id).update(config_version=F("config_version") + 1)
            if await models.Asset.filter(program_id=program.id).count() >= ASSETS_MAX:
                raise LimitReached(
                    f"The program has {ASSETS_MAX} assets, as many as it may have.", limit=str(ASSETS_MAX)
                )
            return await models.Asset.create(**asdict(asset))
    except IntegrityError:
        raise AssetExists(f"The program {program.code} has an asset {code!r} already.", field=("code",)) from None


async def of_program(program: models.Program) -> list[models.Asset]:
    """Return the assets of a program by their codes."""
    return await models.Asset.filter(program_id=program.id).order_by("code")

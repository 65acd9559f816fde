"""Assets: defining one more for a program, and listing them."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.amounts import AMOUNT_MAX, SCALE_MAX, to_minor
from domain.assets import Asset, AssetKind, ShortfallPolicy
from domain.refusals import InvalidInput, LimitReached, Refusal
from domain.terms import Terms, check_terms
from services.transaction import transaction

ASSETS_MAX = 100
"""How many assets a program may have: each is loaded with every snapshot and shown without pages."""


@dataclass(frozen=True, slots=True)
class Pays:
    """What an asset is worth at checkout: so much of it pays so much of the program's currency."""

    amount: Decimal
    value: Decimal


class Tenant(Protocol):
    """What of a program its assets depend on; its row and its set-up have it."""

    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def currency(self) -> str: ...  # noqa: D102
    @property
    def currency_scale(self) -> int: ...  # noqa: D102


class AssetExists(Refusal):
    """Another asset of the program has this code."""

    code = "ASSET_EXISTS"


async def create(
    program: models.Program,
    *,
    code: str,
    name: str,
    kind: AssetKind,
    scale: int | None,
    terms: Terms,
    pays: Pays | None = None,
    debt_limit: Decimal | None = None,
) -> models.Asset:
    """Define one more asset of a program, or raise a `Refusal` and change nothing.

    So much of it `pays` so much of the currency at checkout; money pays for itself if nothing else is said. Under the
    policy DEBT the balance may go `debt_limit` below zero, without one as far as it takes.

    Without a scale, money and what tiers are measured by have the decimals of the program's currency, all else none.
    Money never has others: it is the currency's. Every process knows the asset from its next request on.
    """
    asset = defined(
        program,
        code=code,
        name=name,
        kind=kind,
        scale=scale,
        terms=terms,
        pays=pays,
        debt_limit=debt_limit,
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


def defined(
    program: Tenant,
    *,
    code: str,
    name: str,
    kind: AssetKind,
    scale: int | None,
    terms: Terms,
    pays: Pays | None = None,
    debt_limit: Decimal | None = None,
) -> Asset:
    """Return the asset that `create` would make, before its terms of time are checked. Raises `InvalidInput`."""
    checks.code(code, ("code",))
    label = checks.text(name, ("name",), checks.NAME_MAX)
    in_currency = kind in (AssetKind.MONEY, AssetKind.QUALIFYING)
    decimals = (program.currency_scale if in_currency else 0) if scale is None else scale
    checks.integer(decimals, ("scale",), 0, SCALE_MAX)
    if kind is AssetKind.MONEY and decimals != program.currency_scale:
        raise InvalidInput(
            f"Money has the {program.currency_scale} decimals of {program.currency}, not {decimals}.", field=("scale",)
        )
    if pays is None and kind is AssetKind.MONEY:
        pays = Pays(Decimal(1), Decimal(1))
    limit = AMOUNT_MAX if terms.shortfall is ShortfallPolicy.DEBT else 0
    if debt_limit is not None:
        limit = _positive(debt_limit, decimals, "debtLimit")
    return Asset(
        id=uuid7(),
        program_id=program.id,
        code=code,
        name=label,
        kind=kind,
        scale=decimals,
        floor=-limit,
        pay_amount=_positive(pays.amount, decimals, "pays") if pays else 0,
        pay_value=_positive(pays.value, program.currency_scale, "pays") if pays else 0,
        **asdict(terms),
    )


def _positive(amount: Decimal, scale: int, name: str) -> int:
    minor = to_minor(amount, scale, (name,))
    if minor <= 0:
        raise InvalidInput(f"`{name}` must be more than 0: {amount}.", field=(name,))
    return minor


async def of_program(program: models.Program) -> list[models.Asset]:
    """Return the assets of a program by their codes."""
    return await models.Asset.filter(program_id=program.id).order_by("code")

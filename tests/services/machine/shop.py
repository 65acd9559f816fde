"""The programs that the machine runs on: assets of every policy, with and without expiry, pending time and debts."""

from decimal import Decimal
from typing import Any

from tortoise.expressions import F

import models
from domain.instants import NEVER
from services.engine import Engine
from services.programs import BEGINNING
from services.publishing import publish
from services.templates import Template
from services.transaction import transaction
from tests.factories import NOON, World, world
from tests.services.machine.till import Till
from tests.services.oracle.terms import LADDER, NO_LIMIT, RATES, SCALES, Terms
from tests.services.saving import conversion, ladder

FLAVOURS = {
    "waiting points that end in days, and debts": {
        "POINTS": Terms(days=10, start="OCCURRED", pending_days=3, shortfall="DEBT", debt_limit=NO_LIMIT),
        "TIER": Terms(days=30, start="OCCURRED", shortfall="WRITE_OFF"),
        "VALUE": Terms(bonus_cap=40),
        "STARS": Terms(days=4, shortfall="WRITE_OFF", grace_days=2),
    },
    "months, and debts with a floor": {
        "POINTS": Terms(months=1, shortfall="DEBT", debt_limit=150, grace_days=1),
        "TIER": Terms(months=2, start="OCCURRED", shortfall="WRITE_OFF"),
        "VALUE": Terms(days=5, pending_days=7, start="RELEASED", bonus_first=False, bonus_cap=25),
        "STARS": Terms(days=6, start="RELEASED", pending_days=2, shortfall="DEBT", debt_limit=NO_LIMIT),
    },
    "what is not there is written off, or refused": {
        "POINTS": Terms(days=5, pending_days=2, shortfall="WRITE_OFF", grace_days=3),
        "TIER": Terms(months=1, shortfall="WRITE_OFF"),
        "VALUE": Terms(days=9, grace_days=3, bonus_cap=60),
        "STARS": Terms(days=12, start="OCCURRED"),
    },
    "nothing waits and nothing ends": {
        "POINTS": Terms(shortfall="DEBT", debt_limit=NO_LIMIT),
        "TIER": Terms(shortfall="WRITE_OFF"),
        "VALUE": Terms(bonus_first=False),
        "STARS": Terms(shortfall="DEBT", debt_limit=40),
    },
}


async def opened_shop(house: Engine, code: str, flavour: str) -> tuple[Till, dict[str, str]]:
    """Make a program of a flavour; return a till of it, and the codes of its tiers by id."""
    shop = await world(house, Template.STANDARD, code=code)
    await add_stars(shop)
    of = {"program_id": shop.program.id}
    async with transaction():
        for asset, terms in FLAVOURS[flavour].items():
            await models.Asset.filter(**of, code=asset).update(**columns(terms))
        await models.Program.filter(id=shop.program.id).update(config_version=F("config_version") + 1)
    await ladder(shop, *((_exact(at), _exact(bonus) if bonus else f"{_exact(of)}%") for at, bonus, of in LADDER))
    for (asset, into), (amount, gives, step) in RATES.items():
        rate = _exact(amount, asset), _exact(gives, into)
        await conversion(shop, asset, into, *rate, step=_exact(step, asset))
    assets = sorted(await models.Asset.filter(**of).values_list("id", "code"))
    tiers = await models.Tier.filter(**of).values_list("id", "code")
    return Till(shop, {asset: asset_id for asset_id, asset in assets}), {str(tier_id): tier for tier_id, tier in tiers}


async def add_stars(shop: World) -> None:
    """Add a second asset that orders earn and are paid with."""
    of = {"program_id": shop.program.id}
    async with transaction():
        await models.Asset.create(
            **of, code="STARS", name="Stars", kind="POINTS", scale=0, pay_amount=1, pay_value=10, floor=0,
            expiry="NONE", expiry_from="RECORDED",
        )  # fmt: skip
        campaign = await models.Campaign.create(**of, code="STARS", name="Stars", state="RUNNING", published_version=1)
        await publish(
            **of,
            campaign_id=campaign.id,
            number=1,
            priority=150,
            starts_at=BEGINNING,
            ends_at=NEVER,
            conditions=None,
            effects=[{"earn": {"asset": "STARS", "points": "1", "per": "3", "rounding": "DOWN"}}],
            recorded_at=NOON,
        )


def columns(terms: Terms) -> dict[str, Any]:
    """Return an asset's terms as its row has them."""
    expiry = "ROLLING_DAYS" if terms.days else "ROLLING_MONTHS" if terms.months else "NONE"
    return {
        "expiry": expiry,
        "expiry_length": terms.days or terms.months,
        "expiry_from": terms.start,
        "pending_days": terms.pending_days,
        "shortfall": terms.shortfall,
        "floor": -terms.debt_limit,
        "grace_days": terms.grace_days,
        "burn_order": "BONUS_FIRST" if terms.bonus_first else "PRINCIPAL_FIRST",
        "bonus_cap": terms.bonus_cap,
    }


def _exact(amount: int, asset: str = "VALUE") -> str:
    return str(Decimal(amount).scaleb(-SCALES[asset]))

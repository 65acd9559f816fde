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
from tests.factories import NOON, World, campaign, world
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

BY_TIER = [{"tier": "SILVER", "percent": "2.5"}, {"tier": "GOLD", "percent": "5"}, {"tier": "DIAMOND", "percent": "10"}]
CAMPAIGNS: dict[str, dict[str, Any]] = {
    "PRICE": {
        "effects": [{"percentOffByTier": {"tiers": BY_TIER}}],
        "step": "MEMBER_PRICE",
        "priority": 10,
    },
    "TENTH": {
        "effects": [{"percentOff": {"percent": "10", "cap": "50.00"}}],
        "priority": 20,
        "audience": "EVERYONE",
        "limits": {"perMember": 3},
        "budget": {"money": "120.00"},
    },
    "HALF": {
        "effects": [{"percentOff": {"percent": "50", "match": {"skus": ["LP"]}}}],
        "priority": 30,
        "stacking_group": "ONE",
        "limits": {"perDay": 2},
    },
    "TENNER": {
        "effects": [{"amountOff": {"amount": "10.00", "every": "100.00"}}],
        "priority": 40,
        "audience": "EVERYONE",
        "stacking_group": "ONE",
        "limits": {"perOrder": 2},
        "budget": {"count": 5},
    },
    "SPREE": {
        "effects": [
            {"percentOff": {"percent": "5", "match": {"skus": ["MC"]}}},
            {"earnFixed": {"asset": "STARS", "points": "2"}},
        ],
        "priority": 45,
        "audience": "EVERYONE",
        "limits": {"perMemberDay": 1},
        "budget": {"money": "60.00", "points": {"asset": "STARS", "amount": "6"}, "count": 5},
    },
    "FRIENDS": {
        "effects": [{"amountOff": {"amount": "3.00"}}],
        "conditions": {"tag": {"anyOf": ["vip", "active"]}},
        "priority": 50,
    },
    "BAG": {
        "effects": [{"gift": {"sku": "BAG", "every": "200.00", "times": 2}}],
        "priority": 60,
        "audience": "EVERYONE",
        "limits": {"total": 5},
    },
    "FREIGHT": {
        "effects": [{"shippingOff": {"percent": "50"}}],
        "conditions": {"minimumSpend": {"amount": "50.00", "of": "GOODS"}},
        "priority": 70,
        "audience": "EVERYONE",
        "limits": {"perMemberDay": 1},
    },
    "REGULAR": {
        "effects": [{"earnFixed": {"asset": "POINTS", "points": "5"}}, {"addTag": {"tag": "regular"}}],
        "conditions": {"minimumSpend": {"amount": "100.00"}},
        "priority": 300,
        "limits": {"perMember": 2},
        "budget": {"points": {"asset": "POINTS", "amount": "20"}},
    },
    "FIRST": {
        "effects": [{"earnFixed": {"asset": "STARS", "points": "3"}}],
        "conditions": {"firstOrder": {}},
        "priority": 310,
    },
    "STARRY": {
        "effects": [{"multiplyEarn": {"asset": "STARS", "factor": "1.5"}}],
        "conditions": {"tag": {"anyOf": ["regular"]}},
        "priority": 320,
        "limits": {"perMember": 3},
        "budget": {"points": {"asset": "STARS", "amount": "200"}},
    },
    "CHECK_IN": {
        "effects": [{"earnFixed": {"asset": "POINTS", "points": "2"}}, {"addTag": {"tag": "active"}}],
        "conditions": {"event": {"codes": ["CHECK_IN"]}},
        "trigger": "EVENT",
        "priority": 400,
        "limits": {"perMemberDay": 1},
        "budget": {"points": {"asset": "POINTS", "amount": "12"}},
    },
}
"""What `oracle.campaigns` says, as it is published."""


async def opened_shop(house: Engine, code: str, flavour: str) -> tuple[Till, dict[str, str]]:
    """Make a program of a flavour; return a till of it, and the codes of its tiers by id."""
    shop = await world(house, Template.STANDARD, code=code)
    await add_stars(shop)
    for name, version in CAMPAIGNS.items():
        await campaign(shop.program.id, name, **version)
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
    campaigns = {code: id for id, code in await models.Campaign.filter(**of).values_list("id", "code")}
    return Till(shop, {asset: asset_id for asset_id, asset in assets}, campaigns), {
        str(tier_id): tier for tier_id, tier in tiers
    }


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
            effects=[
                {
                    "earn": {
                        "asset": "STARS",
                        "points": "1",
                        "per": "3",
                        "rounding": "DOWN",
                        "match": {"exceptSkus": ["LP"]},
                    }
                }
            ],
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

"""The campaigns of the demo's live part: the set-up of a record shop that has only points until then."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app import demo_coupons
from services import campaigns
from services.actors import Actor
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import NewCampaign
from services.engine import Engine

CHECK_IN = "listening-party"
"""The behaviour event of the demo: a customer comes to listen."""
SEASON = "SEASON"
"""The stacking group of the offers that do not add up."""

CAMPAIGNS: Mapping[str, tuple[str, VersionRequest]] = {
    "MEMBER_PRICE": (
        "Member price",
        VersionRequest(
            effects=[
                {
                    "percentOffByTier": {
                        "tiers": [{"tier": "CURATOR", "percent": "3"}, {"tier": "VIRTUOSO", "percent": "5"}]
                    }
                }
            ],
            step="MEMBER_PRICE",
        ),
    ),
    "THIRD_DISC": (
        "Third disc half price",
        VersionRequest(
            effects=[{"nthItemOff": {"n": 3, "percent": "50"}}],
            conditions={"matchingLines": {"quantity": 3}},
            stacking_group=SEASON,
        ),
    ),
    "SPEND_FIFTY": (
        "5 dollars off for every 50",
        VersionRequest(
            effects=[{"amountOff": {"amount": "5", "every": "50", "times": 3}}],
            conditions={"minimumSpend": {"amount": "50", "of": "GOODS"}},
            priority=110,
            stacking_group=SEASON,
            budget={"money": "500.00"},
            limits={"perMember": 2},
        ),
    ),
    "POSTCARD": (
        "A signed postcard from 30 dollars",
        VersionRequest(
            effects=[{"gift": {"sku": "POSTCARD", "name": "Signed postcard"}}],
            conditions={"minimumSpend": {"amount": "30"}},
            budget={"count": 100},
        ),
    ),
    "WELCOME_BACK": (
        "50 points after two months away",
        VersionRequest(
            effects=[{"earnFixed": {"asset": "POINTS", "points": "50"}}, {"addTag": {"tag": "won back"}}],
            conditions={"daysSinceLastOrder": {"atLeast": 60}},
            holdout_percent=Decimal(10),
        ),
    ),
    "LISTENING_PARTY": (
        "5 points for listening, once a day",
        VersionRequest(
            trigger="EVENT",
            effects=[{"earnFixed": {"asset": "POINTS", "points": "5"}}],
            conditions={"event": {"codes": [CHECK_IN]}},
            limits={"perMemberDay": 1},
        ),
    ),
    "NEW_TIER": (
        "25 points for a new tier",
        VersionRequest(
            trigger="TIER_CHANGED",
            effects=[{"earnFixed": {"asset": "POINTS", "points": "25"}}],
            limits={"perMember": 1},
        ),
    ),
    "WELCOME_PACK": (
        "Coupons for everybody who joins",
        VersionRequest(trigger="ENROLLED", effects=[{"issueCoupon": {"template": "WELCOME"}}]),
    ),
    "TIER_REWARD": (
        "A coupon for a new tier",
        VersionRequest(trigger="TIER_CHANGED", effects=[{"issueCoupon": {"template": "VIP"}}]),
    ),
}


async def publish(engine: Engine, actor: Actor, starts_at: datetime) -> None:
    """Publish the campaigns and coupons, to run from an instant on. Nothing happens to those that are there."""
    await demo_coupons.publish(engine, actor, starts_at)
    for code, (name, version) in CAMPAIGNS.items():
        request: Any = replace(version, starts_at=starts_at)
        await campaigns.draft(engine, actor, NewCampaign(code, name), request, key=f"demo:draft:{code}")
        await campaigns.publish(engine, actor, CampaignRef(code=code), version=1, key=f"demo:publish:{code}")

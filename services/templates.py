"""Program templates: ready-made set-ups to start from."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from domain.amounts import AMOUNT_MAX, to_minor
from domain.assets import AssetKind, ExpiryFrom, ExpiryPolicy, ShortfallPolicy


class Template(StrEnum):
    """Which set-up a new program starts with."""

    BARE = "bare"
    STANDARD = "standard"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class TierPlan:
    """A tier, its threshold in whole units of currency, and its earn multiplier."""

    code: str
    name: str
    threshold: Decimal
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign that runs from the start."""

    code: str
    name: str
    priority: int
    effects: list[dict[str, Any]]
    conditions: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a template sets up beside the program itself."""

    ladder: str
    ladder_name: str
    tiers: tuple[TierPlan, ...]
    campaigns: tuple[CampaignPlan, ...]
    window_months: int | None = None
    """How long spend counts for the ladder; None: for ever."""

    def thresholds(self, currency_scale: int) -> list[int]:
        """Return the tiers' thresholds in minor units of the qualifying asset, which has the currency's scale."""
        return [to_minor(tier.threshold, currency_scale, ("threshold",)) for tier in self.tiers]


@dataclass(frozen=True, slots=True)
class AssetPlan:
    """An asset of every template."""

    code: str
    name: str
    kind: AssetKind
    scale: int
    expiry: ExpiryPolicy = ExpiryPolicy.NONE
    expiry_length: int = 0
    expiry_from: ExpiryFrom = ExpiryFrom.RECORDED
    shortfall: ShortfallPolicy = ShortfallPolicy.REFUSE
    floor: int = 0
    pay_amount: int = 0
    pay_value: int = 0


def assets(plan: Plan, currency_scale: int) -> tuple[AssetPlan, ...]:
    """Return points, the qualifying counter of the ladder, and stored value.

    Points may be owed after a return, and a hundred of them pay one unit of the currency.
    """
    rolling = plan.window_months is not None
    unit = 10**currency_scale
    return (
        AssetPlan(
            "POINTS",
            "Points",
            AssetKind.POINTS,
            0,
            shortfall=ShortfallPolicy.DEBT,
            floor=-AMOUNT_MAX,
            pay_amount=100,
            pay_value=unit,
        ),
        AssetPlan(
            "TIER",
            "Qualifying spend",
            AssetKind.QUALIFYING,
            currency_scale,
            ExpiryPolicy.ROLLING_MONTHS if rolling else ExpiryPolicy.NONE,
            plan.window_months or 0,
            ExpiryFrom.OCCURRED,
            shortfall=ShortfallPolicy.WRITE_OFF,
        ),
        AssetPlan("VALUE", "Stored value", AssetKind.MONEY, currency_scale, pay_amount=unit, pay_value=unit),
    )


BASE = CampaignPlan(
    "BASE",
    "Base earning",
    100,
    [{"earn": {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}}],
)
QUALIFYING = CampaignPlan(
    "QUALIFYING",
    "Qualifying spend",
    900,
    [{"earn": {"asset": "TIER", "points": "1", "per": "1", "rounding": "DOWN"}}],
)


def by_tier(tiers: tuple[TierPlan, ...]) -> CampaignPlan:
    """Return the campaign that multiplies points by the member's tier."""
    factors = [{"tier": tier.code, "factor": str(tier.factor)} for tier in tiers]
    effects = [{"multiplyEarnByTier": {"asset": "POINTS", "factors": factors}}]
    return CampaignPlan("TIER_MULTIPLIER", "Points by tier", 200, effects)


STANDARD_TIERS = (
    TierPlan("MEMBER", "Member", Decimal(0)),
    TierPlan("SILVER", "Silver", Decimal(1_000), Decimal("1.1")),
    TierPlan("GOLD", "Gold", Decimal(5_000), Decimal("1.2")),
    TierPlan("DIAMOND", "Diamond", Decimal(20_000), Decimal(2)),
)
DEMO_TIERS = (
    TierPlan("LISTENER", "Listener", Decimal(0)),
    TierPlan("COLLECTOR", "Collector", Decimal(75), Decimal("1.1")),
    TierPlan("CURATOR", "Curator", Decimal(200), Decimal("1.2")),
    TierPlan("VIRTUOSO", "Virtuoso", Decimal(600), Decimal(2)),
)
DOUBLE_WEDNESDAY = CampaignPlan(
    "DOUBLE_WEDNESDAY",
    "Double points on Wednesdays",
    300,
    [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}],
    {"weekday": {"days": ["WEDNESDAY"]}},
)

PLANS = {
    Template.BARE: Plan("STANDARD", "Standard", (TierPlan("MEMBER", "Member", Decimal(0)),), (BASE,)),
    Template.STANDARD: Plan(
        "STANDARD", "Standard", STANDARD_TIERS, (BASE, by_tier(STANDARD_TIERS), QUALIFYING), window_months=12
    ),
    Template.DEMO: Plan(
        "STANDARD",
        "Yearly spend",
        DEMO_TIERS,
        (BASE, by_tier(DEMO_TIERS), DOUBLE_WEDNESDAY, QUALIFYING),
        window_months=12,
    ),
}

"""Program, asset, ladder, tier, campaign."""

import strawberry

import models
from domain import program as domain
from schema import ids
from schema.enums import AssetKind, TierMetric
from schema.types.node import Node


@strawberry.type(description="What a ledger counts: points, money, a qualifying counter, visits.")
class Asset:
    """An asset of the program."""

    code: str = strawberry.field(description="Short name, unique in the program.")
    name: str = strawberry.field(description="Name for people.")
    kind: AssetKind = strawberry.field(description="What it counts.")
    scale: int = strawberry.field(description="How many decimal places its amounts have.")

    @classmethod
    def of(cls, asset: domain.Asset) -> "Asset":
        """Return the asset of the contract."""
        return cls(code=asset.code, name=asset.name, kind=asset.kind, scale=asset.scale)


@strawberry.type(description="One brand's membership program: the tenant that a credential belongs to.")
class Program(Node):
    """A program."""

    code: str = strawberry.field(description="Short name, unique on the server.")
    name: str = strawberry.field(description="Name for people.")
    time_zone: str = strawberry.field(description="IANA time zone in which its days, weekdays and windows are counted.")
    currency: str = strawberry.field(description="ISO 4217 currency of its orders.")
    assets: list[Asset] = strawberry.field(description="What its ledgers count.")

    @classmethod
    def of(cls, program: domain.Program) -> "Program":
        """Return the program of the contract."""
        return cls(
            id=ids.encode(ids.PROGRAM, program.id),
            code=program.code,
            name=program.name,
            time_zone=program.zone.key,
            currency=program.currency,
            assets=[Asset.of(asset) for asset in program.assets],
        )


@strawberry.type(description="A level of a ladder.")
class Tier(Node):
    """A tier."""

    code: str = strawberry.field(description="Short name, unique in its ladder.")
    name: str = strawberry.field(description="Name for people.")
    rank: int = strawberry.field(description="Place in the ladder, 0 is the lowest.")

    @classmethod
    def of(cls, tier: domain.Tier) -> "Tier":
        """Return the tier of the contract."""
        return cls(id=ids.encode(ids.TIER, tier.id), code=tier.code, name=tier.name, rank=tier.rank)


@strawberry.type(description="An ordered set of tiers.")
class TierLadder(Node):
    """A ladder."""

    code: str = strawberry.field(description="Short name, unique in the program.")
    name: str = strawberry.field(description="Name for people.")
    metric: TierMetric = strawberry.field(description="What its tiers are reached by.")
    tiers: list[Tier] = strawberry.field(description="Its tiers, the lowest first.")

    @classmethod
    def of(cls, ladder: domain.Ladder, program: domain.Program) -> "TierLadder":
        """Return the ladder of the contract."""
        return cls(
            id=ids.encode(ids.LADDER, ladder.id),
            code=ladder.code,
            name=ladder.name,
            metric=ladder.metric,
            tiers=[Tier.of(tier) for tier in program.tiers[ladder.id]],
        )


@strawberry.type(description="A rule of the program under a stable name; what it says is in immutable versions.")
class Campaign(Node):
    """A campaign."""

    code: str = strawberry.field(description="Short name, unique in the program.")
    name: str = strawberry.field(description="Name for people.")

    @classmethod
    def of(cls, row: models.Campaign) -> "Campaign":
        """Return the campaign of the contract."""
        return cls(id=ids.encode(ids.CAMPAIGN, row.id), code=row.code, name=row.name)

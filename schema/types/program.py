"""Program, asset, ladder, tier."""

from datetime import date
from decimal import Decimal

import strawberry

from domain import assets, conversions
from domain import program as domain
from domain.amounts import AMOUNT_MAX, from_minor
from schema import ids
from schema.context import Info
from schema.enums import AssetKind, BurnOrder, ExpiryFrom, ExpiryPolicy, ShortfallPolicy, TierMetric
from schema.errors import PublicError, RequestErrorCode
from schema.types.node import Node
from schema.types.stored_value import TopUpStep


@strawberry.type(description="When the lots of an asset expire.")
class AssetExpiry:
    """The expiry policy of an asset."""

    policy: ExpiryPolicy = strawberry.field(description="What ends a lot.")
    length: int | None = strawberry.field(
        description="How many days or months the rolling policies count; of the ends of periods how many more are "
        "waited for, 0 for the present one. Null for the others."
    )
    month: int | None = strawberry.field(description="The month of the policy YEARLY, 1 to 12.")
    day: int | None = strawberry.field(
        description="The day of the policy YEARLY, 1 to 31; 29 February is the 28th in other years."
    )
    ends_on: date | None = strawberry.field(description="The day of the policy FIXED_DATE.")
    counted_from: ExpiryFrom = strawberry.field(description="What it is counted from.")

    @classmethod
    def of(cls, asset: assets.Asset) -> "AssetExpiry":
        """Return the expiry policy of the contract."""
        yearly = asset.expiry is ExpiryPolicy.YEARLY
        day = asset.expiry_date
        return cls(
            policy=asset.expiry,
            length=None if asset.expiry is ExpiryPolicy.NONE or day else asset.expiry_length,
            month=day.month if day and yearly else None,
            day=day.day if day and yearly else None,
            ends_on=None if yearly else day,
            counted_from=asset.expiry_from,
        )


@strawberry.type(description="How long what is credited is pending; days are those of the program's time zone.")
class AssetPending:
    """The pending policy of an asset."""

    days: int | None = strawberry.field(description="For so many days.")
    months: int | None = strawberry.field(description="Until a day of the month that is so many after the present one.")
    day: int | None = strawberry.field(
        description="The day of that month, 1 to 31, at whose beginning value is released; the last if it has fewer."
    )

    @classmethod
    def of(cls, asset: assets.Asset) -> "AssetPending | None":
        """Return the pending policy of the contract; None for what is available at once."""
        if not asset.pending_days and not asset.pending_months:
            return None
        return cls(days=asset.pending_days or None, months=asset.pending_months or None, day=asset.pending_day or None)


@strawberry.type(description="What an asset is worth at checkout.")
class AssetWorth:
    """A rate between an asset and the program's currency."""

    amount: Decimal = strawberry.field(description="So much of the asset.")
    value: Decimal = strawberry.field(description="What that pays, in the program's currency.")


@strawberry.type(description="What a ledger counts: points, money, a qualifying counter, visits.")
class Asset:
    """An asset of the program."""

    row: strawberry.Private[assets.Asset]
    code: str = strawberry.field(description="Short name, unique in the program.")
    name: str = strawberry.field(description="Name for people.")
    kind: AssetKind = strawberry.field(description="What it counts.")
    scale: int = strawberry.field(description="How many decimal places its amounts have.")
    expiry: AssetExpiry = strawberry.field(description="When what is credited expires.")
    pending: AssetPending | None = strawberry.field(
        description="How long what is credited is pending. Null: it is available at once."
    )
    shortfall: ShortfallPolicy = strawberry.field(
        description="What a return does that has to take back more than the member has."
    )
    debt_limit: Decimal | None = strawberry.field(
        description="How far the balance may go below zero under the policy DEBT. Null: as far as it takes."
    )
    grace_days: int = strawberry.field(
        description="How many days that lives which a return gives back after its own expiry."
    )
    burn_order: BurnOrder = strawberry.field(description="Whether a payment uses bonus or principal first.")
    bonus_cap: int = strawberry.field(description="How many percent of a payment the bonus may pay, 0 to 100.")
    reminder_days: int = strawberry.field(
        description="How many days before an expiry the member is reminded; 0 is never."
    )

    @strawberry.field(description="What it is worth at checkout. Null: it cannot pay for orders.")
    async def worth(self, info: Info) -> AssetWorth | None:
        """Return the rate."""
        asset = self.row
        if not asset.pay_amount:
            return None
        program = await info.context.loaders.program.load(asset.program_id)
        value = from_minor(asset.pay_value, program.currency_scale)
        return AssetWorth(amount=from_minor(asset.pay_amount, asset.scale), value=value)

    @strawberry.field(description="The ladder of bonuses for top-ups, the lowest step first.")
    async def top_up_steps(self, info: Info) -> list[TopUpStep]:
        """Return the ladder."""
        program = await info.context.loaders.program.load(self.row.program_id)
        return [TopUpStep.of(step, self.row) for step in program.top_up_steps.get(self.row.id, ())]

    @classmethod
    def of(cls, asset: assets.Asset) -> "Asset":
        """Return the asset of the contract."""
        return cls(
            code=asset.code,
            name=asset.name,
            kind=asset.kind,
            scale=asset.scale,
            expiry=AssetExpiry.of(asset),
            pending=AssetPending.of(asset),
            row=asset,
            shortfall=asset.shortfall,
            debt_limit=from_minor(-asset.floor, asset.scale) if asset.floor > -AMOUNT_MAX else None,
            grace_days=asset.grace_days,
            burn_order=asset.burn_order,
            bonus_cap=asset.bonus_cap,
            reminder_days=asset.reminder_days,
        )


@strawberry.type(description="How one asset becomes another, by `balanceConvert`.")
class Conversion:
    """A rate between two assets."""

    source: Asset = strawberry.field(name="from", description="What is converted.")
    target: Asset = strawberry.field(name="to", description="What it becomes.")
    amount: Decimal = strawberry.field(description="So much of the first.")
    gives: Decimal = strawberry.field(description="Gives so much of the second.")
    step: Decimal = strawberry.field(description="Only whole multiples of this much are converted.")

    @classmethod
    def of(cls, rate: conversions.Conversion, program: domain.Program) -> "Conversion":
        """Return the conversion of the contract."""
        source, target = program.asset_by_id(rate.from_id), program.asset_by_id(rate.to_id)
        return cls(
            source=Asset.of(source),
            target=Asset.of(target),
            amount=from_minor(rate.from_amount, source.scale),
            gives=from_minor(rate.to_amount, target.scale),
            step=from_minor(rate.step, source.scale),
        )


@strawberry.type(description="One brand's membership program: the tenant that a credential belongs to.")
class Program(Node):
    """A program."""

    code: str = strawberry.field(description="Short name, unique on the server.")
    name: str = strawberry.field(description="Name for people.")
    time_zone: str = strawberry.field(description="IANA time zone in which its days, weekdays and windows are counted.")
    currency: str = strawberry.field(description="ISO 4217 currency of its orders.")
    assets: list[Asset] = strawberry.field(description="What its ledgers count.")
    conversions: list[Conversion] = strawberry.field(description="Which assets become which others.")

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
            conversions=[Conversion.of(rate, program) for rate in program.conversions],
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


def known_asset(program: domain.Program, code: str) -> assets.Asset:
    """Return the asset with this code. Raises BAD_REQUEST."""
    asset = program.asset(code)
    if asset is None:
        raise PublicError(RequestErrorCode.BAD_REQUEST, f"The program has no asset {code!r}.", field=["asset"])
    return asset

"""Reports."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from domain.amounts import from_minor
from schema.types.program import Asset
from services import liability


@strawberry.type(description="What is outstanding of one month of issue and one month of expiry.")
class LiabilityCell:
    """A cell."""

    issued_in: str = strawberry.field(description="The month in which it was recorded: 2026-03.")
    expires_in: str | None = strawberry.field(description="The month in which it expires; null when it does not.")
    amount: Decimal = strawberry.field(description="Available, pending and held value.")


@strawberry.type(
    description="What the program owes its members of an asset, by month of issue and of expiry in the program's time "
    "zone. outstanding + debt + difference = ledger."
)
class LiabilityReport:
    """A report."""

    asset: Asset = strawberry.field(description="What is owed.")
    reported_on: date = strawberry.field(description="The day at whose end it is owed.")
    at: datetime = strawberry.field(description="The end of the day; now, when the day is not over.")
    cells: list[LiabilityCell] = strawberry.field(description="By month of issue, then of expiry; those with value.")
    outstanding: Decimal = strawberry.field(description="The sum of the cells: what is left of all lots.")
    debt: Decimal = strawberry.field(description="What members owe the program, 0 or negative.")
    ledger: Decimal = strawberry.field(
        description="The sum of the members' accounts by their ledger lines: available, pending and held value."
    )
    difference: Decimal = strawberry.field(
        description="How much more the ledger says than lots and debts; 0 on a healthy ledger."
    )

    @classmethod
    def of(cls, found: liability.Liability) -> "LiabilityReport":
        """Return the report of the contract."""
        scale = found.asset.scale
        return cls(
            asset=Asset.of(found.asset),
            reported_on=found.on,
            at=found.at,
            cells=[
                LiabilityCell(
                    issued_in=f"{issued:%Y-%m}",
                    expires_in=f"{expires:%Y-%m}" if expires else None,
                    amount=from_minor(amount, scale),
                )
                for (issued, expires), amount in found.cells.items()
            ],
            outstanding=from_minor(found.outstanding, scale),
            debt=from_minor(found.debt, scale),
            ledger=from_minor(found.ledger, scale),
            difference=from_minor(found.difference, scale),
        )

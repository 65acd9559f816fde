"""What is to be simulated."""

from datetime import date

import strawberry

from schema.payloads.campaign_inputs import CampaignBy
from services.simulations import PERIOD_DAYS_MAX, SimulationRequest


@strawberry.input(description="A version of a campaign, and the past days over which to run it.")
class CampaignSimulateInput:
    """A simulation."""

    campaign: CampaignBy = strawberry.field(description="The campaign; its trigger is ORDER.")
    version: int | None = strawberry.field(
        description="Number of the version; null: the newest, published or not.", default=None
    )
    first_day: date = strawberry.field(name="from", description="The first day, in the program's time zone.")
    until: date = strawberry.field(
        description=f"The first day that does not count any more, up to {PERIOD_DAYS_MAX:,} days later."
    )
    without: bool = strawberry.field(
        description="Whether to run the program without the campaign, instead of with a version of it.", default=False
    )

    def request(self) -> SimulationRequest:
        """Return what the use case takes."""
        named = self.campaign.ref()
        return SimulationRequest(
            campaign_id=named.id,
            code=named.code,
            version=self.version,
            start=self.first_day,
            end=self.until,
            without=self.without,
        )

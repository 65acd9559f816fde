"""Commands about orders of guests that become members'."""

from domain.commands import OrderCommand
from domain.orders import OrderContent
from domain.values import keyword_value


@keyword_value
class ClaimOrder(OrderCommand):
    """Make a guest's order that of `member_id`, who earns by it what they would have earned."""

    content: OrderContent
    """The order as it is stored, with its instant, and as if the member had bought it."""

    @property
    def locks_order(self) -> bool:
        """It is a guest's until then, and others may want it too."""
        return True

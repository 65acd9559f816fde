"""Rights to draw on what is another's, and how a draw counts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from tests.services.oracle.terms import SHANGHAI


@dataclass(eq=False)
class Right:
    """That somebody may draw on one asset of a payer; it has ended when `until` is set."""

    limit: int | None
    """How much in a month, if not all that is there."""
    since: datetime
    until: datetime | None = None


class Drawing(NamedTuple):
    """Who draws, and in which month it counts, by its first day: that in which the order, or the use, was recorded."""

    agent: int
    month: date


def drawing(agent: int, recorded: datetime) -> Drawing:
    """Return how something counts that somebody drew at an instant."""
    return Drawing(agent, (recorded + SHANGHAI).date().replace(day=1))

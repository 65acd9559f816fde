"""How the campaigns that may apply are found without looking at all that there are.

A condition that every order must meet and that names stores, channels, SKUs, categories or codes of events is an
*anchor*: a campaign with one is looked at only for what has one of the names. So the cost of an evaluation grows with
the campaigns that may match. One whose anchor is not met is not among the reasons either: nobody asks of an order at
one till why the campaigns of all other stores did not apply.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from domain.campaigns import Trigger

if TYPE_CHECKING:
    from domain.conditions.base import Condition, OccasionFacts
    from domain.orders import OrderContent
    from domain.program import CampaignVersion


NEAR = timedelta(days=7)
"""How long before it begins and after it has ended a campaign is still named among those that did not apply."""


class Anchor(StrEnum):
    """By what campaigns are found."""

    STORE = "STORE"
    CHANNEL = "CHANNEL"
    SKU = "SKU"
    CATEGORY = "CATEGORY"
    CODE = "CODE"


Anchors = tuple[Anchor, frozenset[str]]
"""What a condition asks for, and the names of which one has to be there."""


PREFERRED = (Anchor.CODE, Anchor.SKU, Anchor.STORE, Anchor.CATEGORY, Anchor.CHANNEL)
"""By which a campaign is found that has several."""


def anchors_of(condition: "Condition | None") -> tuple[Anchors, ...]:
    """Return what a condition asks for by its `anchors`: each has to be there. Most conditions have none."""
    return getattr(condition, "anchors", ())


def anchor_of(condition: "Condition | None") -> Anchors | None:
    """Return by what a campaign with this condition is found, the best of its anchors; None when it is by nothing."""
    found = dict(anchors_of(condition))
    best = next((anchor for anchor in PREFERRED if anchor in found), None)
    return (best, found[best]) if best else None


class CampaignIndex:
    """The campaigns of one program, by trigger and anchor."""

    def __init__(self, versions: "Iterable[CampaignVersion]") -> None:
        self._always: dict[Trigger, list[CampaignVersion]] = defaultdict(list)
        self._anchored: dict[tuple[Trigger, Anchor, str], list[CampaignVersion]] = defaultdict(list)
        self.bounded = False
        """Whether any campaign has limits or a budget that have to be counted."""
        self.counted: dict[Trigger, list[CampaignVersion]] = defaultdict(list)
        """Those of each trigger that have them."""
        self.entered: frozenset[str] = frozenset()
        """The segments for which any campaign waits."""
        for version in sorted(versions, key=_end, reverse=True):
            if version.counted or version.gives:
                self.bounded = True
                self.counted[version.trigger].append(version)
            self.entered |= version.segments
            anchor = anchor_of(version.condition)
            if anchor is None:
                self._always[version.trigger].append(version)
                continue
            for name in anchor[1]:
                self._anchored[version.trigger, anchor[0], name].append(version)

    def candidates(
        self, trigger: Trigger, order: "OrderContent | None", occasion: "OccasionFacts | None", at: datetime
    ) -> "list[CampaignVersion]":
        """Return the campaigns that may apply at an instant, each once, in no particular order.

        Those that ended long before, or begin long after, are not among the reasons.
        """
        found: dict[UUID, CampaignVersion] = {}
        found.update((version.id, version) for version in _near(self._always.get(trigger, ()), at))
        if self._anchored:
            for anchor, name in dict.fromkeys(names_of(order, occasion)):
                near = _near(self._anchored.get((trigger, anchor, name), ()), at)
                found.update((version.id, version) for version in near)
        return list(found.values())


def _end(version: "CampaignVersion") -> datetime:
    return version.ends_at


def _near(versions: "Sequence[CampaignVersion]", at: datetime) -> "Iterator[CampaignVersion]":
    """Yield those whose window is not far from an instant; they stand with the latest end first."""
    ended = bisect_left(versions, -(at - NEAR).timestamp(), key=lambda version: -version.ends_at.timestamp())
    return (version for version in versions[:ended] if version.starts_at <= at + NEAR)


def names_of(order: "OrderContent | None", occasion: "OccasionFacts | None") -> Iterator[tuple[Anchor, str]]:
    """Yield the names that an order or an occasion has."""
    if occasion is not None and occasion.code is not None:
        yield Anchor.CODE, occasion.code
    if order is None:
        return
    if order.store is not None:
        yield Anchor.STORE, order.store
    if order.channel is not None:
        yield Anchor.CHANNEL, order.channel
    for line in order.lines:
        yield Anchor.SKU, line.sku
        if line.category is not None:
            yield Anchor.CATEGORY, line.category

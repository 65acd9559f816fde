"""How often campaigns applied and how much they gave, behind limits and budgets, and what orders give back of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.services.oracle.campaigns import BY_CODE, Campaign

Count = tuple[str, int | None, date | None]
"""Of which campaign; whose uses, or everybody's; of which day, or ever."""
Counts = dict[Count, list[int]]
"""Uses, repetitions, money, points."""
USES, TIMES, MONEY, POINTS = range(4)
PLACES = {"money": MONEY, "points": POINTS, "count": TIMES}


@dataclass(frozen=True)
class Taken:
    """What an order or an occasion took of a campaign."""

    code: str
    day: date
    times: int
    money: int
    points: int

    @property
    def campaign(self) -> Campaign:
        return BY_CODE[self.code]


@dataclass(frozen=True)
class Passed:
    """A bound that leaves too little: what it is, how much is used, how much more was asked for."""

    bound: str
    limit: int
    used: int
    wanted: int


def passed(
    counts: Counts, campaign: Campaign, person: int | None, day: date, wanted: Mapping[str, int]
) -> Passed | None:
    """Return the first bound that one more use would pass, which takes so much money, points and repetitions."""
    whose = {
        "perMember": (person, None),
        "perMemberDay": (person, day),
        "perDay": (None, day),
    }
    for bound, limit in campaign.most.items():
        asked = wanted.get(bound, 0) if bound in PLACES else 1
        owner, on = whose.get(bound, (None, None))
        if not asked or (owner is None and bound.startswith("perMember")):
            continue
        used = counts.get((campaign.code, owner, on), [0, 0, 0, 0])[PLACES.get(bound, USES)]
        if used + asked > limit:
            return Passed(bound, limit, used, asked)
    return None


def keys(campaign: Campaign, person: int | None, day: date) -> Iterator[Count]:
    """Yield where a use of a campaign is counted: where one of its bounds looks."""
    bounds = set(campaign.most)
    if bounds & {"total", *PLACES}:
        yield campaign.code, None, None
    if "perDay" in bounds:
        yield campaign.code, None, day
    if person is not None and "perMember" in bounds:
        yield campaign.code, person, None
    if person is not None and "perMemberDay" in bounds:
        yield campaign.code, person, day


def take(counts: Counts, person: int | None, taken: list[Taken], sign: int = 1) -> None:
    """Count what was taken, or count it no more."""
    for one in taken:
        for key in keys(one.campaign, person, one.day):
            _add(counts, key, [sign, sign * one.times, sign * one.money, sign * one.points])


def give_back(counts: Counts, order: Any, share: Callable[..., int]) -> None:
    """Count no more what belongs to what comes to nothing, of each effect by itself."""
    for one in order.taken:
        own = [effect for effect in order.effects if effect.campaign == one.code]
        money = sum(share(e.amount, e.parts) for e in own if e.kind in {"DISCOUNT", "SHIPPING_DISCOUNT"})
        points = sum(
            share(e.amount, e.parts)
            for e in own
            if e.kind in {"EARN", "MULTIPLY_EARN"} and e.asset == one.campaign.points_of
        )
        weights = _together([e.parts for e in own if e.kind != "TAG"])
        for key in keys(one.campaign, order.person, one.day):
            _add(counts, key, [-share(1, weights), -share(one.times, weights), -money, -points])


def _together(parts: list[dict[str, int] | None]) -> dict[str, int] | None:
    """Add up what each line is worth to several effects; by what the lines cost if any effect counts so."""
    if any(one is None for one in parts):
        return None
    refs = {ref for one in parts if one for ref in one}
    return {ref: sum(one.get(ref, 0) for one in parts if one) for ref in refs}


def _add(counts: Counts, key: Count, change: list[int]) -> None:
    counts[key] = [was + more for was, more in zip(counts.get(key, [0, 0, 0, 0]), change, strict=True)]

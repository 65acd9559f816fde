"""What is decided for an order or an occasion: which campaigns apply, in their order, and what they give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from tests.services.oracle.campaigns import EARN, EVENTS, ORDERS, Campaign
from tests.services.oracle.counts import Counts, Taken, passed
from tests.services.oracle.drafts import Draft, Gives, Line, Parts
from tests.services.oracle.people import Person, Refused
from tests.services.oracle.terms import MONEY, SHANGHAI, WORTH, Terms

SKUS = ("CD", "LP", "MC")
"""Of the lines, in their order."""


class Effect(NamedTuple):
    kind: str
    amount: int
    asset: str | None = None
    parts: Parts | None = None
    campaign: str | None = None
    name: str | None = None


@dataclass
class Decided:
    lines: list[Line]
    shipping: int
    payable: int
    spent: int
    paid: int
    effects: list[Effect]
    taken: list[Taken]
    stopped: set[tuple[str, str]]
    """Campaigns that gave nothing because of a limit or a budget, and which."""


@dataclass
class Asked:
    """What is to be decided."""

    counts: Counts
    terms: dict[str, Terms]
    person: Person | None
    occurred: datetime
    now: datetime
    lines: Sequence[Line] = ()
    shipping: int = 0
    spend: Sequence[tuple[str, int]] = ()
    settled: frozenset[str] | None = None
    """Campaigns that gave something before, when what the order costs is decided already."""

    @property
    def day(self) -> date:
        return (self.occurred + SHANGHAI).date()

    def draft(self) -> Draft:
        lines = [Line(line.ref, line.sku, line.quantity, line.price, line.left, line.gift_of) for line in self.lines]
        over = {asset: terms.over(self.occurred, self.now) for asset, terms in self.terms.items()}
        return Draft(self.person, lines, self.shipping, over)


def order_decided(asked: Asked) -> Decided:
    return _decided(asked, ORDERS)


def event_decided(asked: Asked, code: str) -> Decided:
    return _decided(asked, EVENTS.get(code, []))


def _decided(asked: Asked, campaigns: Sequence[Campaign]) -> Decided:
    """Decide; without a campaign whose budget does not cover all that it would give, decide all anew."""
    without: dict[str, str] = {}
    while True:
        attempt = _Attempt(asked, campaigns, without)
        attempt.run()
        too_much = attempt.too_much()
        if too_much is None:
            return attempt.decided()
        without |= too_much


class _Attempt:
    def __init__(self, asked: Asked, campaigns: Sequence[Campaign], without: dict[str, str]) -> None:
        self.asked, self.campaigns, self.without = asked, campaigns, without
        self.draft = asked.draft()
        self.gave: dict[str, list[Gives]] = {}
        """By those that apply, whatever they give."""
        self.not_applied: set[str] = set()
        self.groups: dict[str, str] = {}
        self.effects: list[Effect] = []
        self.stopped = set(without.items())
        self.paid = 0
        self.overpaid = False

    def run(self) -> None:
        settled = self.asked.settled
        rules = []
        for campaign in self.campaigns:
            if settled and campaign.code in settled:
                if campaign.group:
                    self.groups.setdefault(campaign.group, campaign.code)
                continue
            rules += [(step, campaign.priority, campaign.code, campaign, rule) for step, rule in campaign.rules]
        rules.sort(key=lambda one: one[:3])
        if settled is None:
            for _, _, _, campaign, rule in (one for one in rules if one[0] < EARN):
                if not self.too_much():
                    self._apply(campaign, rule)
            if self.too_much():
                return
            self._pay()
        for _, _, _, campaign, rule in (one for one in rules if one[0] >= EARN):
            if not self.too_much():
                self._apply(campaign, rule)

    def _pay(self) -> None:
        worth = {asset: amount * WORTH[asset] for asset, amount in self.asked.spend}
        self.overpaid = sum(worth.values()) > self.draft.payable
        self.paid = worth.pop(MONEY, 0)
        self.draft.spent = self.draft.payable if self.overpaid else sum(worth.values())
        self.effects += [Effect("SPEND", amount, asset) for asset, amount in self.asked.spend]

    def _apply(self, campaign: Campaign, rule: object) -> None:
        if not self._applies(campaign):
            return
        assert callable(rule)
        gives: Gives | None = rule(self.draft)
        if gives is None:
            return
        self.gave[campaign.code].append(gives)
        if self.too_much():
            return
        if campaign.group:
            self.groups.setdefault(campaign.group, campaign.code)
        self.effects.append(Effect(gives.kind, gives.amount, gives.asset, gives.parts, campaign.code, gives.name))

    def _applies(self, campaign: Campaign) -> bool:
        """Whether a campaign applies: that is seen when its first rule's turn comes, but for its group."""
        code = campaign.code
        if code in self.not_applied:
            return False
        if self.gave.get(code):
            return True
        taken = campaign.group is not None and self.groups.get(campaign.group, code) != code
        if code not in self.gave and not taken:
            asked = self.asked
            is_meant = asked.person is not None or campaign.everyone
            number = asked.person.number if asked.person else None
            taken = not is_meant or not campaign.holds(self.draft) or code in self.without
            spent = {"money": 1, "points": 1, "count": 1}
            if not taken and (
                reached := passed(asked.counts, campaign, number, asked.day, {})
                or passed(asked.counts, campaign, number, asked.day, spent)
            ):
                self.stopped.add((code, reached.bound))
                taken = True
        if taken:
            self.not_applied.add(code)
            return False
        self.gave.setdefault(code, [])
        return True

    def too_much(self) -> dict[str, str] | None:
        """Return the first campaign that gives more than its budget has left, and which budget."""
        number = self.asked.person.number if self.asked.person else None
        by_code = {campaign.code: campaign for campaign in self.campaigns}
        for code, gave in self.gave.items():
            campaign = by_code[code]
            if gave and campaign.has_budget:
                wanted = _wanted(campaign, gave)
                if reached := passed(self.asked.counts, campaign, number, self.asked.day, wanted):
                    return {code: reached.bound}
        return None

    def decided(self) -> Decided:
        if self.overpaid:
            raise Refused("INVALID_INPUT")
        by_code = {campaign.code: campaign for campaign in self.campaigns}
        taken = []
        for code, gave in self.gave.items():
            campaign = by_code[code]
            if gave and set(campaign.most):
                wanted = _wanted(campaign, gave)
                taken.append(Taken(code, self.asked.day, wanted["count"], wanted["money"], wanted["points"]))
        draft = self.draft
        return Decided(
            draft.lines, draft.shipping, draft.payable, draft.spent, self.paid, self.effects, taken, self.stopped
        )


def _wanted(campaign: Campaign, gave: Sequence[Gives]) -> dict[str, int]:
    return {
        "money": sum(one.amount for one in gave if one.kind in {"DISCOUNT", "SHIPPING_DISCOUNT"}),
        "points": sum(
            one.amount for one in gave if one.kind in {"EARN", "MULTIPLY_EARN"} and one.asset == campaign.points_of
        ),
        "count": sum(one.times for one in gave),
    }

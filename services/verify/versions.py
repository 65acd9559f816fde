"""Versions of campaigns as they are stored, read into what a decision can be held against."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from domain.amounts import Rounding, spelled, to_minor
from domain.campaigns import Step
from domain.codes import normal_shared_code
from domain.effects.base import EffectKind
from domain.matching import Match
from domain.rules_match import read_match
from services.verify import rules
from services.verify.basket import Measure, Rule
from services.verify.rules import Basis

LIMITS = ("perMember", "perMemberDay", "perDay", "total")
"""Limits that are counted over orders."""
WHOLE = "100"
BY_TIER = {"percentOffByTier": ("percentOff", "percent"), "amountOffByTier": ("amountOff", "amount")}
"""Discounts by tier: what each is for one tier, and the part that differs."""


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """What is needed of a program."""

    id: str
    currency: str
    currency_scale: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class AssetRow:
    """What is needed of an asset."""

    id: str
    program_id: str
    code: str
    kind: str
    scale: int

    def spelled(self, minor: int) -> str:
        """Return an amount as explanations write it."""
        return spelled(minor, self.scale)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a campaign, as stored."""

    id: str
    program_id: str
    campaign_id: str
    number: int
    priority: int
    starts_at: datetime
    ends_at: datetime
    conditions: dict[str, Any] | None
    effects: list[dict[str, Any]]
    trigger: str
    step: str
    audience: str
    calendar: dict[str, Any] | None
    schedule: dict[str, Any] | None
    stacking_group: str | None
    limits: dict[str, Any] | None
    budget: dict[str, Any] | None
    holdout: int
    coupon: dict[str, Any] | None
    drafted_by: str | None
    recorded_at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a campaign, read: `rules` are the ways in which an effect of a kind and asset can come of it."""

    row: VersionRow
    label: str
    rules: Mapping[tuple[str, Any], list[Rule]]
    bounds: Mapping[str, int]
    """Its limits and budgets by the names of `domain.usage.bounds_of`, in minor units."""
    points_of: str | None
    """The asset of which its budget of points is."""

    @property
    def is_template(self) -> bool:
        """Whether it is of a template of coupons."""
        return self.row.coupon is not None

    @property
    def shared_code(self) -> str | None:
        """The code that many share, of a template that has one: each use of it is a coupon, and counts."""
        code = (self.row.coupon or {}).get("sharedCode")
        return None if code is None else normal_shared_code(code)

    @property
    def condition(self) -> dict[str, Any] | None:
        """The form of its condition."""
        return self.row.conditions

    def runs_at(self, instant: datetime) -> bool:
        """Whether an instant is inside its window."""
        return self.row.starts_at <= instant < self.row.ends_at


@dataclass(frozen=True, slots=True)
class Named:
    """What rules name by code: the assets of a program, and the assets that its ladders are measured by."""

    program: ProgramRow
    assets: dict[str, AssetRow]
    ladders: dict[str, AssetRow]

    def version(self, row: VersionRow, code: str) -> Version:
        """Return the version. Raises one of `UNREADABLE` or a `Refusal` when its rules cannot be read."""
        found: dict[tuple[str, Any], list[Rule]] = {}
        for form in row.effects:
            ((name, body),) = form.items()
            for rule in _Reader(self, row).rules(name, body):
                found.setdefault((rule.kind.value, rule.asset_id), []).append(rule)
        points = (row.budget or {}).get("points")
        asset = self.assets[points["asset"]] if points else None
        return Version(row, f"{code} v{row.number}", found, self._bounds(row), asset.id if asset else None)

    def money(self, body: Mapping[str, Any], name: str) -> int:
        """Return an amount of currency in minor units."""
        return to_minor(Decimal(str(body[name])), self.program.currency_scale, (name,))

    def optional_money(self, body: Mapping[str, Any], name: str) -> int | None:
        """Return None when there is none."""
        return None if body.get(name) is None else self.money(body, name)

    def _bounds(self, row: VersionRow) -> dict[str, int]:
        limits, budget = row.limits or {}, row.budget or {}
        found = {name: limits.get(name) for name in LIMITS} | {"count": budget.get("count")}
        found["money"] = self.optional_money(budget, "money")
        if points := budget.get("points"):
            found["points"] = to_minor(Decimal(str(points["amount"])), self.assets[points["asset"]].scale, ("points",))
        return {name: bound for name, bound in found.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class _Reader:
    named: Named
    version: VersionRow

    def rules(self, name: str, body: Mapping[str, Any]) -> Iterator[Rule]:
        """Yield the ways in which an effect may come of this form."""
        if name in ("addTag", "addProgress"):
            yield self._kept(name, body)
        elif name in ("multiplyEarn", "multiplyEarnByTier"):
            asset = self.named.assets[body["asset"]]
            for part in body["factors"] if name == "multiplyEarnByTier" else (body,):
                said = {"factor": str(Decimal(str(part["factor"])))}
                yield Rule(EffectKind.MULTIPLY_EARN, asset.id, Step.EARN, said, rules.multiplied(asset.id))
        elif name in ("earn", "earnFixed", "earnStaged", "grantChances"):
            yield self._earned(name, body)
        elif name == "issueCoupon":
            said, count = {"template": body["template"]}, body.get("count") or 1
            goods = _goods(self.version.conditions)
            yield Rule(EffectKind.ISSUE_COUPON, None, Step.PROGRESS, said, rules.fixed(count, goods))
        elif name == "shippingOff":
            yield self._shipping(body)
        elif name == "gift":
            yield self._gift(body)
        elif name in BY_TIER:
            same, rate = BY_TIER[name]
            for row in body["tiers"]:
                yield self._discount(same, {**body, rate: row[rate]})
        else:
            yield self._discount(name, body)

    def _kept(self, name: str, body: Mapping[str, Any]) -> Rule:
        """Return what is kept of the member: a tag, or progress on a ladder."""
        if name == "addTag":
            return Rule(EffectKind.TAG, None, Step.PROGRESS, {"tag": body["tag"]}, rules.fixed(1))
        asset = self.named.ladders[body["ladder"]]
        return self._fixed(asset, self._minor(body, "amount", asset), Step.PROGRESS)

    def _fixed(self, asset: AssetRow, points: int, step: Step = Step.EARN) -> Rule:
        measure = rules.fixed(points, _goods(self.version.conditions))
        return Rule(EffectKind.EARN, asset.id, step, {"points": points}, measure)

    def _earned(self, name: str, body: Mapping[str, Any]) -> Rule:
        asset = self.named.assets[body["asset"]]
        if name == "earnFixed":
            return self._fixed(asset, self._minor(body, "points", asset))
        if name == "grantChances":
            return self._fixed(asset, self._minor(body, "count", asset))
        basis = self._basis(body)
        if name == "earnStaged":
            brackets = [(self.named.money(row, "from"), self._minor(row, "points", asset)) for row in body["brackets"]]
            measure, said = rules.earn_staged(basis, brackets), {}
        else:
            points, per = self._minor(body, "points", asset), self.named.money(body, "per")
            measure = rules.earn(basis, points, per, Rounding(body["rounding"]))
            said = {"points": points, "per": per, "rounding": body["rounding"]}
        return Rule(EffectKind.EARN, asset.id, Step.EARN, said | basis.record, measure)

    def _basis(self, body: Mapping[str, Any]) -> Basis:
        match, shipping = read_match(body.get("match"), ("match",)), body.get("shipping")
        return Basis(body.get("basis") or "PAID", match.everything if shipping is None else shipping, match)

    def _shipping(self, body: Mapping[str, Any]) -> Rule:
        rule = partial(Rule, EffectKind.SHIPPING_DISCOUNT, None, Step.SHIPPING)
        if body.get("percent") is not None:
            share = Decimal(str(body["percent"]))
            return rule({"percent": str(share)}, rules.shipping_off(share, 0))
        amount = self.named.money(body, "amount")
        return rule({"each": amount}, rules.shipping_off(None, amount))

    def _gift(self, body: Mapping[str, Any]) -> Rule:
        every, quantity = self.named.optional_money(body, "every"), body.get("quantity") or 1
        said = {"sku": body["sku"], "name": body.get("name")} | ({} if every is None else {"every": every})
        measure = rules.gift(quantity, every, self._most(body))
        return Rule(EffectKind.GIFT, None, Step(self.version.step), said, measure)

    def _discount(self, name: str, body: Mapping[str, Any]) -> Rule:
        said, measure = self._discounted(name, body)
        return Rule(EffectKind.DISCOUNT, None, Step(self.version.step), said, measure)

    def _discounted(self, name: str, body: Mapping[str, Any]) -> tuple[dict[str, Any], Measure]:
        match, most = read_match(body.get("match"), ("match",)), self._most(body)
        if name in ("cheapestOff", "nthItemOff"):
            share = Decimal(str(body.get("percent") or WHOLE))
            said = {part: body[part] for part in ("group", "free", "n") if part in body} | {"percent": str(share)}
            if name == "nthItemOff":
                return said, rules.nth_item_off(body["n"], share, match, most)
            return said, rules.cheapest_off(body["group"], body["free"], share, match, most)
        if name in ("fixedPrice", "bundlePrice"):
            price = self.named.money(body, "price")
            if name == "fixedPrice":
                return {"price": price}, rules.fixed_price(price, match)
            said = {"quantity": body["quantity"], "price": price}
            return said, rules.bundle_price(body["quantity"], price, match, most)
        if name == "exchange":
            price, quantity = self.named.optional_money(body, "price") or 0, body.get("quantity") or 1
            return {"quantity": quantity, "price": price}, rules.fixed_price(price, match, quantity)
        return self._off(name, body, match, most)

    def _off(
        self, name: str, body: Mapping[str, Any], match: Match, most: int | None
    ) -> tuple[dict[str, Any], Measure]:
        """Return what is said and measured of what is taken off lines as a whole."""
        named = self.named
        match name:
            case "percentOff":
                share = Decimal(str(body["percent"]))
                rounding, cap = Rounding(body.get("rounding") or "HALF_UP"), named.optional_money(body, "cap")
                said = {"percent": str(share), "rounding": rounding.value} | ({} if cap is None else {"cap": cap})
                return said, rules.percent_off(share, match, rounding, cap)
            case "amountOff":
                each, every = named.money(body, "amount"), named.optional_money(body, "every")
                least = {} if every is None else {"every": every}
                return {"each": each} | least, rules.amount_off(each, match, every, most)
            case "amountOffStaged":
                brackets = [(named.money(row, "from"), named.money(row, "amount")) for row in body["brackets"]]
                return {}, rules.amount_off_staged(brackets, match)
            case _:
                raise ValueError(f"there is no effect {name}")

    def _most(self, body: Mapping[str, Any]) -> int | None:
        """Return how often the effect repeats at most: as the form says, and as the campaign's limit per order does."""
        return rules.bounded(body.get("times"), (self.version.limits or {}).get("perOrder"))

    def _minor(self, body: Mapping[str, Any], name: str, asset: AssetRow) -> int:
        return to_minor(Decimal(str(body[name])), asset.scale, (name,))


def _goods(form: Mapping[str, Any] | None) -> list[Match]:
    """Return the goods that the form of a condition asks for, alone or beside other conditions."""
    ((name, body),) = form.items() if form else (("none", {}),)
    if name == "all":
        return [match for part in body for match in _goods(part)]
    match = read_match(body.get("match") if name == "matchingLines" else None, ("match",))
    return [] if match.everything else [match]

"""From the stored form of a rule to the rule, checking every part of it.

The stored form is the one of the API's `@oneOf` inputs: an object with one key, which names the rule.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.amounts import Rounding, to_minor
from domain.assets import Asset
from domain.conditions.base import Condition
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.minimum_spend import MinimumSpend
from domain.conditions.tier import TierIs
from domain.conditions.weekday import DAYS, Weekday
from domain.effects.base import EffectRule
from domain.effects.earn import EarnPerAmount
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.refusals import InvalidInput

DEPTH_MAX = 8
PARTS_MAX = 50
FACTOR_MAX = Decimal(100)

Path = tuple[str, ...]


class RuleReader:
    """Reads rules against one program's assets and tier codes."""

    def __init__(self, assets: tuple[Asset, ...], tier_codes: frozenset[str], currency_scale: int) -> None:
        self.assets = {asset.code: asset for asset in assets}
        self.tier_codes = tier_codes
        self.currency_scale = currency_scale

    def condition(self, form: Mapping[str, Any], path: Path = ("conditions",)) -> Condition:
        """Return the condition that `form` spells. Raises `InvalidInput` naming the part at fault."""
        if len(path) > 2 * DEPTH_MAX:
            raise InvalidInput(f"Conditions nest deeper than {DEPTH_MAX} levels.", field=path)
        name, body = _only(form, path)
        readers: dict[str, Callable[[Any, Path], Condition]] = {
            "all": lambda parts, at: All(self._parts(parts, at)),
            "any": lambda parts, at: AnyOf(self._parts(parts, at)),
            "not": lambda part, at: Not(self.condition(part, at)),
            "weekday": self._weekday,
            "minimumSpend": lambda b, at: MinimumSpend(self._money(b, "amount", at)),
            "tier": self._tier,
        }
        if name not in readers:
            raise InvalidInput(f"There is no condition `{name}`.", field=(*path, name))
        return readers[name](body, (*path, name))

    def effect(self, form: Mapping[str, Any], path: Path = ("effects",)) -> EffectRule:
        """Return the effect rule that `form` spells. Raises `InvalidInput` naming the part at fault."""
        name, body = _only(form, path)
        readers: dict[str, Callable[[Any, Path], EffectRule]] = {
            "earn": self._earn,
            "multiplyEarn": lambda b, at: MultiplyEarn(self._asset(b, at), _factor(b, at)),
            "multiplyEarnByTier": self._multiply_by_tier,
        }
        if name not in readers:
            raise InvalidInput(f"There is no effect `{name}`.", field=(*path, name))
        return readers[name](body, (*path, name))

    def _parts(self, forms: Any, path: Path) -> tuple[Condition, ...]:
        if not isinstance(forms, list) or not 1 <= len(forms) <= PARTS_MAX:
            raise InvalidInput(f"1 to {PARTS_MAX} conditions are needed.", field=path)
        return tuple(self.condition(form, (*path, str(index))) for index, form in enumerate(forms))

    def _weekday(self, body: Any, path: Path) -> Weekday:
        days = _part(body, "days", path)
        if not isinstance(days, list) or not days or not all(day in DAYS for day in days):
            raise InvalidInput(f"`days` lists one or more of {', '.join(DAYS)}.", field=(*path, "days"))
        return Weekday(frozenset(DAYS.index(day) for day in days))

    def _tier(self, body: Any, path: Path) -> TierIs:
        codes = _part(body, "codes", path)
        if not isinstance(codes, list) or not codes:
            raise InvalidInput("`codes` lists one or more tiers.", field=(*path, "codes"))
        for code in codes:
            self._known_tier(code, (*path, "codes"))
        return TierIs(frozenset(codes))

    def _earn(self, body: Any, path: Path) -> EarnPerAmount:
        asset = self._asset(body, path)
        points = to_minor(_decimal(body, "points", path), asset.scale, (*path, "points"))
        per = self._money(body, "per", path)
        if points <= 0 or per <= 0:
            raise InvalidInput("`points` and `per` must be more than 0.", field=path)
        rounding = _part(body, "rounding", path)
        if rounding not in list(Rounding):
            raise InvalidInput(f"`rounding` is one of {', '.join(Rounding)}.", field=(*path, "rounding"))
        return EarnPerAmount(asset, points, per, Rounding(rounding))

    def _multiply_by_tier(self, body: Any, path: Path) -> MultiplyEarnByTier:
        factors = _part(body, "factors", path)
        if not isinstance(factors, list) or not factors:
            raise InvalidInput("`factors` lists one or more tiers with their factor.", field=(*path, "factors"))
        by_tier = {}
        for index, row in enumerate(factors):
            at = (*path, "factors", str(index))
            by_tier[self._known_tier(_part(row, "tier", at), (*at, "tier"))] = _factor(row, at)
        return MultiplyEarnByTier(self._asset(body, path), by_tier)

    def _known_tier(self, code: Any, path: Path) -> str:
        if not isinstance(code, str) or code not in self.tier_codes:
            raise InvalidInput(f"The program has no tier `{code}`.", field=path)
        return code

    def _asset(self, body: Any, path: Path) -> Asset:
        code = _part(body, "asset", path)
        if not isinstance(code, str) or code not in self.assets:
            raise InvalidInput(f"The program has no asset `{code}`.", field=(*path, "asset"))
        return self.assets[code]

    def _money(self, body: Any, name: str, path: Path) -> int:
        return to_minor(_decimal(body, name, path), self.currency_scale, (*path, name))


def _only(form: Any, path: Path) -> tuple[str, Any]:
    if not isinstance(form, Mapping) or len(form) != 1:
        raise InvalidInput("A rule is an object with exactly one key, which names it.", field=path)
    return next(iter(form.items()))


def _part(body: Any, name: str, path: Path) -> Any:
    """Return the part `name` of a rule, None when it is missing."""
    if not isinstance(body, Mapping):
        raise InvalidInput("What a rule says is an object.", field=path)
    return body.get(name)


def _decimal(body: Any, name: str, path: Path) -> Decimal:
    try:
        value = Decimal(str(_part(body, name, path)))
    except InvalidOperation:
        raise InvalidInput(f"`{name}` must be a decimal.", field=(*path, name)) from None
    if not value.is_finite() or value < 0:
        raise InvalidInput(f"`{name}` must be a decimal of 0 or more.", field=(*path, name))
    return value


def _factor(body: Any, path: Path) -> Decimal:
    factor = _decimal(body, "factor", path)
    if not 1 <= factor <= FACTOR_MAX:
        raise InvalidInput(f"`factor` is between 1 and {FACTOR_MAX}.", field=(*path, "factor"))
    return factor

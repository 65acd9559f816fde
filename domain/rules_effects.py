"""From the stored form of an effect to the effect, checking every part of it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from domain import checks
from domain.amounts import Rounding, to_minor
from domain.assets import Asset, AssetKind
from domain.effects.add_tag import AddTag
from domain.effects.amount_off import AmountOff, AmountOffByTier, AmountOffStaged
from domain.effects.base import EffectRule
from domain.effects.brackets import Bracket
from domain.effects.by_tier import Rate
from domain.effects.earn import EarnPerAmount
from domain.effects.earn_basis import Basis, EarnBasis
from domain.effects.earn_fixed import AddProgress, EarnFixed, GrantChances
from domain.effects.earn_staged import EarnStaged
from domain.effects.gift import Gift
from domain.effects.issue_coupon import IssueCoupon
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.effects.percent_off import PercentOff, PercentOffByTier
from domain.effects.piece_percent import CheapestOff, NthItemOff
from domain.effects.piece_price import BundlePrice, Exchange, FixedPrice
from domain.effects.shipping_off import ShippingOff
from domain.forms import Path, decimal, integer, only, part, text
from domain.matching import Match
from domain.orders import QUANTITY_MAX
from domain.refusals import InvalidInput
from domain.rules_match import read_match

FACTOR_MAX = Decimal(100)
PERCENT_MAX = Decimal(100)
RATE_STEP = Decimal("0.0001")
"""Percentages and factors have at most four decimals."""
BRACKETS_MAX = 50
TIERS_MAX = 50
ISSUED_MAX = 100
BASIS = ("basis", "shipping", "match")


class EffectReader:
    """Reads effects against one program's assets, tier codes and ladders."""

    def __init__(
        self,
        assets: tuple[Asset, ...],
        tier_codes: frozenset[str],
        currency_scale: int,
        ladders: Mapping[str, Asset] | None = None,
    ) -> None:
        """Take what the program has; `ladders` is the qualifying asset of each ladder, by the ladder's code."""
        self.assets = {asset.code: asset for asset in assets}
        self.tier_codes = tier_codes
        self.currency_scale = currency_scale
        self.ladders = ladders or {}
        self.readers: dict[str, tuple[Callable[[Any, Path], EffectRule], tuple[str, ...]]] = {
            "percentOff": (self._percent_off, ("percent", "match", "cap", "rounding")),
            "percentOffByTier": (self._percent_off_by_tier, ("tiers", "match", "rounding")),
            "amountOff": (self._amount_off, ("amount", "match", "every", "times")),
            "amountOffStaged": (self._amount_off_staged, ("brackets", "match")),
            "amountOffByTier": (self._amount_off_by_tier, ("tiers", "match")),
            "cheapestOff": (self._cheapest_off, ("group", "free", "percent", "match", "times")),
            "nthItemOff": (self._nth_item_off, ("n", "percent", "match", "times")),
            "fixedPrice": (self._fixed_price, ("price", "match")),
            "exchange": (self._exchange, ("match", "quantity", "price")),
            "bundlePrice": (self._bundle_price, ("quantity", "price", "match", "times")),
            "shippingOff": (self._shipping_off, ("percent", "amount")),
            "gift": (self._gift, ("sku", "name", "quantity", "every", "times")),
            "earn": (self._earn, ("asset", "points", "per", "rounding", *BASIS)),
            "earnFixed": (self._earn_fixed, ("asset", "points")),
            "earnStaged": (self._earn_staged, ("asset", "brackets", *BASIS)),
            "multiplyEarn": (lambda b, at: MultiplyEarn(self._asset(b, at), _factor(b, at)), ("asset", "factor")),
            "multiplyEarnByTier": (self._multiply_by_tier, ("asset", "factors")),
            "issueCoupon": (self._issue_coupon, ("template", "count")),
            "addTag": (lambda b, at: AddTag(text(b, "tag", at, checks.CODE_MAX)), ("tag",)),
            "addProgress": (self._add_progress, ("ladder", "amount")),
            "grantChances": (self._grant_chances, ("asset", "count")),
        }

    def effect(self, form: Any, path: Path = ("effects",)) -> EffectRule:
        """Return the effect rule that `form` spells. Raises `InvalidInput` naming the part at fault.

        A part that the effect does not have is refused: a misspelt one would silently be without effect.
        """
        name, body = only(form, path)
        if name not in self.readers:
            raise InvalidInput(f"There is no effect `{name}`.", field=(*path, name))
        read, parts = self.readers[name]
        at = (*path, name)
        for key in body if isinstance(body, Mapping) else ():
            if key not in parts:
                raise InvalidInput(f"`{name}` has no `{key}`, but {', '.join(parts)}.", field=(*at, str(key)))
        return read(body, at)

    # ── discounts ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _percent_off(self, body: Any, path: Path) -> PercentOff:
        cap = self._optional_money(body, "cap", path)
        return PercentOff(_percent(body, path), _match(body, path), cap, _rounding(body, path, Rounding.HALF_UP))

    def _percent_off_by_tier(self, body: Any, path: Path) -> PercentOffByTier:
        percents = self._by_tier(body, "tiers", _percent, path)
        return PercentOffByTier(percents, _match(body, path), _rounding(body, path, Rounding.HALF_UP))

    def _amount_off(self, body: Any, path: Path) -> AmountOff:
        amount = self._positive_money(body, "amount", path)
        return AmountOff(amount, _match(body, path), *self._every(body, path))

    def _amount_off_staged(self, body: Any, path: Path) -> AmountOffStaged:
        return AmountOffStaged(self._brackets(body, "amount", self.currency_scale, path), _match(body, path))

    def _amount_off_by_tier(self, body: Any, path: Path) -> AmountOffByTier:
        amounts = self._by_tier(body, "tiers", lambda row, at: self._positive_money(row, "amount", at), path)
        return AmountOffByTier(amounts, _match(body, path))

    def _cheapest_off(self, body: Any, path: Path) -> CheapestOff:
        group = _whole(body, "group", path)
        free = _whole(body, "free", path, most=group)
        percent = PERCENT_MAX if part(body, "percent", path) is None else _percent(body, path)
        return CheapestOff(group, free, percent, _match(body, path), _times(body, path))

    def _nth_item_off(self, body: Any, path: Path) -> NthItemOff:
        return NthItemOff(_whole(body, "n", path), _percent(body, path), _match(body, path), _times(body, path))

    def _fixed_price(self, body: Any, path: Path) -> FixedPrice:
        return FixedPrice(self._money(body, "price", path), _match(body, path))

    def _exchange(self, body: Any, path: Path) -> Exchange:
        match = _match(body, path)
        if not (match.skus or match.categories or match.attributes):
            # Whoever forgets the item, or only says what it is not, would give the dearest of all other goods away.
            message = "`match` names what is exchanged, by `skus`, `categories` or `attributes`."
            raise InvalidInput(message, field=(*path, "match"))
        price = 0 if part(body, "price", path) is None else self._money(body, "price", path)
        return Exchange(match, _usual_quantity(body, path), price)

    def _bundle_price(self, body: Any, path: Path) -> BundlePrice:
        quantity, price = _whole(body, "quantity", path), self._money(body, "price", path)
        return BundlePrice(quantity, price, _match(body, path), _times(body, path))

    def _shipping_off(self, body: Any, path: Path) -> ShippingOff:
        percent, amount = part(body, "percent", path), part(body, "amount", path)
        if (percent is None) == (amount is None):
            raise InvalidInput("`shippingOff` has either `percent` or `amount`.", field=path)
        if percent is not None:
            return ShippingOff(percent=_percent(body, path))
        return ShippingOff(amount=self._positive_money(body, "amount", path))

    def _issue_coupon(self, body: Any, path: Path) -> IssueCoupon:
        count = 1 if part(body, "count", path) is None else integer(body, "count", path, 1, ISSUED_MAX)
        return IssueCoupon(text(body, "template", path, checks.CODE_MAX), count)

    def _gift(self, body: Any, path: Path) -> Gift:
        sku = text(body, "sku", path, checks.CODE_MAX)
        name = None if part(body, "name", path) is None else text(body, "name", path, checks.NAME_MAX)
        return Gift(sku, name, _usual_quantity(body, path), *self._every(body, path))

    def _every(self, body: Any, path: Path) -> tuple[int | None, int | None]:
        """Return for how much and how often at most something is given; without the one, the other means nothing."""
        every, times = self._optional_money(body, "every", path), _times(body, path)
        if every is None and times is not None:
            raise InvalidInput("`times` needs `every`: without it, it is given once.", field=(*path, "times"))
        return every, times

    # ── assets ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _earn(self, body: Any, path: Path) -> EarnPerAmount:
        asset = self._asset(body, path)
        points, per = _positive(body, "points", asset.scale, path), self._positive_money(body, "per", path)
        return EarnPerAmount(asset, points, per, _rounding(body, path), _basis(body, path))

    def _earn_fixed(self, body: Any, path: Path) -> EarnFixed:
        asset = self._asset(body, path)
        return EarnFixed(asset, _positive(body, "points", asset.scale, path))

    def _earn_staged(self, body: Any, path: Path) -> EarnStaged:
        asset = self._asset(body, path)
        return EarnStaged(asset, self._brackets(body, "points", asset.scale, path), _basis(body, path))

    def _multiply_by_tier(self, body: Any, path: Path) -> MultiplyEarnByTier:
        return MultiplyEarnByTier(self._asset(body, path), self._by_tier(body, "factors", _factor, path))

    def _add_progress(self, body: Any, path: Path) -> AddProgress:
        code = part(body, "ladder", path)
        if not isinstance(code, str) or code not in self.ladders:
            raise InvalidInput(f"The program has no ladder `{code}`.", field=(*path, "ladder"))
        asset = self.ladders[code]
        return AddProgress(code, asset, _positive(body, "amount", asset.scale, path))

    def _grant_chances(self, body: Any, path: Path) -> GrantChances:
        asset = self._asset(body, path)
        if asset.kind is not AssetKind.PASS:
            raise InvalidInput(f"{asset.code} is no pass, by which chances are counted.", field=(*path, "asset"))
        return GrantChances(asset, _whole(body, "count", path) * 10**asset.scale)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _by_tier(self, body: Any, name: str, rate: Callable[[Any, Path], Rate], path: Path) -> dict[str, Rate]:
        rows = part(body, name, path)
        if not isinstance(rows, list) or not 1 <= len(rows) <= TIERS_MAX:
            raise InvalidInput(f"`{name}` lists 1 to {TIERS_MAX} tiers, each with what it has.", field=(*path, name))
        found: dict[str, Rate] = {}
        for index, row in enumerate(rows):
            at = (*path, name, str(index))
            code = part(row, "tier", at)
            if not isinstance(code, str) or code not in self.tier_codes:
                raise InvalidInput(f"The program has no tier `{code}`.", field=(*at, "tier"))
            if code in found:
                raise InvalidInput(f"The tier `{code}` stands twice.", field=(*at, "tier"))
            found[code] = rate(row, at)
        return found

    def _brackets(self, body: Any, name: str, scale: int, path: Path) -> tuple[Bracket, ...]:
        """Return rows of `from`, in currency, and `name`, in units of `scale` decimals; the lowest first."""
        rows = part(body, "brackets", path)
        if not isinstance(rows, list) or not 1 <= len(rows) <= BRACKETS_MAX:
            raise InvalidInput(f"`brackets` lists 1 to {BRACKETS_MAX}.", field=(*path, "brackets"))
        found: dict[int, Bracket] = {}
        for index, row in enumerate(rows):
            at = (*path, "brackets", str(index))
            least = self._money(row, "from", at)
            if least in found:
                raise InvalidInput("Two brackets begin at the same amount.", field=(*at, "from"))
            found[least] = Bracket(least, _positive(row, name, scale, at))
        return tuple(found[least] for least in sorted(found))

    def _asset(self, body: Any, path: Path) -> Asset:
        code = part(body, "asset", path)
        if not isinstance(code, str) or code not in self.assets:
            raise InvalidInput(f"The program has no asset `{code}`.", field=(*path, "asset"))
        return self.assets[code]

    def _money(self, body: Any, name: str, path: Path) -> int:
        return to_minor(decimal(body, name, path), self.currency_scale, (*path, name))

    def _positive_money(self, body: Any, name: str, path: Path) -> int:
        return _positive(body, name, self.currency_scale, path)

    def _optional_money(self, body: Any, name: str, path: Path) -> int | None:
        return None if part(body, name, path) is None else self._positive_money(body, name, path)


def _positive(body: Any, name: str, scale: int, path: Path) -> int:
    amount = to_minor(decimal(body, name, path), scale, (*path, name))
    if amount <= 0:
        raise InvalidInput(f"`{name}` must be more than 0.", field=(*path, name))
    return amount


def _whole(body: Any, name: str, path: Path, most: int = QUANTITY_MAX) -> int:
    number = part(body, name, path)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
        raise InvalidInput(f"`{name}` is a whole number from 1 to {most}.", field=(*path, name))
    return number


def _usual_quantity(body: Any, path: Path) -> int:
    return 1 if part(body, "quantity", path) is None else _whole(body, "quantity", path)


def _times(body: Any, path: Path) -> int | None:
    return None if part(body, "times", path) is None else _whole(body, "times", path)


def _match(body: Any, path: Path) -> Match:
    return read_match(part(body, "match", path), (*path, "match"))


def _percent(body: Any, path: Path) -> Decimal:
    percent = decimal(body, "percent", path)
    if not 0 < percent <= PERCENT_MAX or percent != percent.quantize(RATE_STEP):
        limit = f"`percent` is more than 0 and at most {PERCENT_MAX}, with at most 4 decimals."
        raise InvalidInput(limit, field=(*path, "percent"))
    return percent


def _factor(body: Any, path: Path) -> Decimal:
    factor = decimal(body, "factor", path)
    if not 1 <= factor <= FACTOR_MAX or factor != factor.quantize(RATE_STEP):
        limit = f"`factor` is between 1 and {FACTOR_MAX}, with at most 4 decimals."
        raise InvalidInput(limit, field=(*path, "factor"))
    return factor


def _rounding(body: Any, path: Path, usual: Rounding | None = None) -> Rounding:
    rounding = part(body, "rounding", path)
    if rounding is None and usual is not None:
        return usual
    if rounding not in list(Rounding):
        raise InvalidInput(f"`rounding` is one of {', '.join(Rounding)}.", field=(*path, "rounding"))
    return Rounding(rounding)


def _basis(body: Any, path: Path) -> EarnBasis:
    of, shipping, match = part(body, "basis", path), part(body, "shipping", path), _match(body, path)
    if of is not None and of not in list(Basis):
        raise InvalidInput(f"`basis` is one of {', '.join(Basis)}.", field=(*path, "basis"))
    if shipping is None:
        shipping = match.everything  # who names some goods hardly means to reward their shipping
    if not isinstance(shipping, bool):
        raise InvalidInput("`shipping` is true or false.", field=(*path, "shipping"))
    return EarnBasis(Basis.PAID if of is None else Basis(of), shipping, match)

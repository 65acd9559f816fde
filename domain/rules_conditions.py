"""From the stored form of a condition, and of what says which lines are meant, to the rule."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from domain import checks, forms
from domain.campaigns import Trigger
from domain.conditions.attribute import AttributeIs, AttributeOf
from domain.conditions.base import Condition
from domain.conditions.birthday import BirthdayNear
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.coupon_presented import CouponPresented
from domain.conditions.days_since import DaysSinceEnrolment, DaysSinceLastOrder
from domain.conditions.event import EventIs
from domain.conditions.expression import Expression
from domain.conditions.hours import HOUR_MINUTES, Hours
from domain.conditions.matching_lines import MatchingLines
from domain.conditions.minimum_spend import MinimumSpend, SpendBasis
from domain.conditions.month_day import LAST_DAY, MonthDay
from domain.conditions.orders_before import FirstOrder, NthOrder
from domain.conditions.places import ChannelIs, StoreIs
from domain.conditions.segment import InSegment
from domain.conditions.tag import Tagged
from domain.conditions.tier import TierIs
from domain.conditions.weekday import DAYS, Weekday
from domain.expression_shapes import Shape
from domain.expressions import SHAPES, check_expression
from domain.forms import Path
from domain.refusals import InvalidInput
from domain.rules_match import read_match

DEPTH_MAX = 8
PARTS_MAX = 50
PIECES_MAX = 1_000_000
ORDER_NUMBER_MAX = 1_000_000
DAYS_MAX = 36_500
"""A hundred years."""
BIRTHDAY_DAYS_MAX = 180
"""Windows before and after a birthday do not meet the next one's."""
MONTH_DAY_MAX = 31
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


OF_ORDERS = frozenset({"minimumSpend", "matchingLines", "store", "channel", "nthOrder", "couponPresented"})
"""Conditions that do not hold without an order."""


def never_holds(name: str, body: Any, trigger: Trigger) -> str | None:
    """Return why the condition `name` never holds where `trigger` makes a campaign look; None when it may."""
    owner = body.get("of") if name == "attribute" and isinstance(body, dict) else None
    if trigger is Trigger.ORDER:
        if name == "event" or owner == AttributeOf.EVENT:
            return f"`{name}` is about what happened, and an order is no event."
    elif trigger is Trigger.ENROLLED and (name == "event" or owner == AttributeOf.EVENT):
        return f"`{name}` is about what happened, and an enrolment has no code and no attributes."
    elif name in OF_ORDERS or owner in {AttributeOf.ORDER, AttributeOf.LINE}:
        return f"`{name}` is about an order, and {trigger} comes with none."
    return None


def clock_minute(body: Any, name: str, path: Path) -> int:
    """Return a time of the day as minutes after 00:00. Raises `InvalidInput` naming it."""
    clock = forms.part(body, name, path)
    found = CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if found is None:
        raise InvalidInput(f"`{name}` is a time from 00:00 to 23:59, as in 09:30.", field=(*path, name))
    return int(found[1]) * HOUR_MINUTES + int(found[2])


class ConditionReader:
    """Reads conditions against one program's codes of tiers and segments and the decimals of its currency."""

    def __init__(
        self,
        tier_codes: frozenset[str],
        currency_scale: int,
        segment_codes: frozenset[str] = frozenset(),
        shapes: Mapping[str, Shape] = SHAPES,
    ) -> None:
        """Take what the program has; `shapes` is what expressions may name."""
        self.shapes = shapes
        self.tier_codes = tier_codes
        self.currency_scale = currency_scale
        self.segment_codes = segment_codes
        self.readers: dict[str, Callable[[Any, Path], Condition]] = {
            "all": lambda parts, at: All(self._parts(parts, at)),
            "any": lambda parts, at: AnyOf(self._parts(parts, at)),
            "not": lambda part, at: Not(self.condition(part, at)),
            "minimumSpend": self._minimum_spend,
            "matchingLines": self._matching_lines,
            "firstOrder": self._first_order,
            "nthOrder": self._nth_order,
            "tier": lambda body, at: TierIs(self._known(body, at, "tier", self.tier_codes)),
            "segment": lambda body, at: InSegment(self._known(body, at, "segment", self.segment_codes)),
            "tag": lambda body, at: Tagged(self._names(body, "anyOf", at)),
            "store": lambda body, at: StoreIs(self._names(body, "codes", at)),
            "channel": lambda body, at: ChannelIs(self._names(body, "codes", at)),
            "couponPresented": lambda body, at: CouponPresented(self._names(body, "templates", at)),
            "weekday": self._weekday,
            "hours": self._hours,
            "monthDay": self._month_day,
            "birthday": self._birthday,
            "daysSinceLastOrder": lambda body, at: DaysSinceLastOrder(*self._bounds(body, at)),
            "daysSinceEnrolment": lambda body, at: DaysSinceEnrolment(*self._bounds(body, at)),
            "attribute": self._attribute,
            "event": lambda body, at: EventIs(self._names(body, "codes", at)),
            "expression": self._expression,
        }

    def condition(self, form: Mapping[str, Any], path: Path = ("conditions",)) -> Condition:
        """Return the condition that `form` spells. Raises `InvalidInput` naming the part at fault."""
        if len(path) > 2 * DEPTH_MAX:
            raise InvalidInput(f"Conditions nest deeper than {DEPTH_MAX} levels.", field=path)
        name, body = forms.only(form, path)
        if name not in self.readers:
            raise InvalidInput(f"There is no condition `{name}`.", field=(*path, name))
        return self.readers[name](body, (*path, name))

    def _parts(self, found: Any, path: Path) -> tuple[Condition, ...]:
        if not isinstance(found, list) or not 1 <= len(found) <= PARTS_MAX:
            raise InvalidInput(f"1 to {PARTS_MAX} conditions are needed.", field=path)
        return tuple(self.condition(form, (*path, str(index))) for index, form in enumerate(found))

    def _names(self, body: Any, name: str, path: Path) -> frozenset[str]:
        forms.known_parts(body, (name,), path)
        return forms.names(body, name, path)

    def _minimum_spend(self, body: Any, path: Path) -> MinimumSpend:
        forms.known_parts(body, ("amount", "of"), path)
        amount = forms.minor(body, "amount", self.currency_scale, path)
        return MinimumSpend(amount, forms.choice(body, "of", SpendBasis, path, SpendBasis.PAYABLE))

    def _matching_lines(self, body: Any, path: Path) -> MatchingLines:
        forms.known_parts(body, ("match", "quantity", "amount"), path)
        lines = read_match(forms.part(body, "match", path), (*path, "match"))
        amount, quantity = 0, forms.optional_integer(body, "quantity", path, 1, PIECES_MAX)
        if forms.part(body, "amount", path) is not None:
            amount = forms.minor(body, "amount", self.currency_scale, path)
            if not amount:
                raise InvalidInput("`amount` must be more than 0.", field=(*path, "amount"))
        return MatchingLines(lines, (0 if amount else 1) if quantity is None else quantity, amount)

    def _first_order(self, body: Any, path: Path) -> FirstOrder:
        if not isinstance(body, Mapping):
            raise InvalidInput("`firstOrder` has no parts and is written `firstOrder: {}`.", field=path)
        forms.known_parts(body, (), path)
        return FirstOrder()

    def _nth_order(self, body: Any, path: Path) -> NthOrder:
        forms.known_parts(body, ("numbers", "every"), path)
        every = forms.optional_integer(body, "every", path, 2, ORDER_NUMBER_MAX)
        numbers = frozenset[int]()
        if forms.part(body, "numbers", path) is not None or every is None:
            rows = forms.rows(body, "numbers", path)
            numbers = frozenset(forms.whole(item, at, 1, ORDER_NUMBER_MAX) for item, at in rows)
        return NthOrder(numbers, every)

    def _known(self, body: Any, path: Path, noun: str, known: frozenset[str]) -> frozenset[str]:
        """Return codes of what the program has."""
        forms.known_parts(body, ("codes",), path)
        codes = forms.rows(body, "codes", path)
        for code, at in codes:
            if not isinstance(code, str) or code not in known:
                raise InvalidInput(f"The program has no {noun} `{code}`.", field=at)
        return frozenset(code for code, _ in codes)

    def _weekday(self, body: Any, path: Path) -> Weekday:
        forms.known_parts(body, ("days",), path)
        days = forms.part(body, "days", path)
        if not isinstance(days, list) or not 1 <= len(days) <= len(DAYS) or not all(day in DAYS for day in days):
            raise InvalidInput(f"`days` lists one or more of {', '.join(DAYS)}.", field=(*path, "days"))
        return Weekday(frozenset(DAYS.index(day) for day in days))

    def _hours(self, body: Any, path: Path) -> Hours:
        forms.known_parts(body, ("from", "until"), path)
        start, end = (clock_minute(body, name, path) for name in ("from", "until"))
        if start == end:
            raise InvalidInput("`from` and `until` must differ.", field=(*path, "until"))
        return Hours(start, end)

    def _month_day(self, body: Any, path: Path) -> MonthDay:
        forms.known_parts(body, ("days",), path)
        days = [
            (forms.whole(day, at, LAST_DAY, MONTH_DAY_MAX), at)
            for day, at in forms.rows(body, "days", path, MONTH_DAY_MAX + 1)
        ]
        for day, at in days:
            if day == 0:
                raise InvalidInput("Days are 1 to 31, or -1 for the last.", field=at)
        return MonthDay(frozenset(day for day, _ in days))

    def _birthday(self, body: Any, path: Path) -> BirthdayNear:
        forms.known_parts(body, ("daysBefore", "daysAfter", "wholeMonth"), path)
        before, after = (
            forms.optional_integer(body, name, path, 0, BIRTHDAY_DAYS_MAX) or 0 for name in ("daysBefore", "daysAfter")
        )
        whole_month = forms.flag(body, "wholeMonth", path)
        if whole_month and (before or after):
            raise InvalidInput("Days do not go with the whole month.", field=(*path, "wholeMonth"))
        return BirthdayNear(before, after, whole_month)

    def _bounds(self, body: Any, path: Path) -> tuple[int | None, int | None]:
        forms.known_parts(body, ("atLeast", "atMost"), path)
        least, most = (forms.optional_integer(body, name, path, 0, DAYS_MAX) for name in ("atLeast", "atMost"))
        if least is None and most is None:
            raise InvalidInput("`atLeast` or `atMost` is needed.", field=path)
        if least is not None and most is not None and least > most:
            raise InvalidInput(f"`atLeast` is {least} and `atMost` {most}: no day is both.", field=(*path, "atMost"))
        return least, most

    def _attribute(self, body: Any, path: Path) -> AttributeIs:
        forms.known_parts(body, ("of", "key", "values"), path)
        return AttributeIs(
            forms.choice(body, "of", AttributeOf, path),
            forms.text(body, "key", path, checks.CODE_MAX),
            forms.names(body, "values", path, checks.NAME_MAX),
        )

    def _expression(self, body: Any, path: Path) -> Expression:
        forms.known_parts(body, ("text",), path)
        text, at = forms.part(body, "text", path), (*path, "text")
        if not isinstance(text, str):
            raise InvalidInput("`text` is an expression.", field=at)
        check_expression(text, self.currency_scale, at, self.shapes)
        return Expression(text)

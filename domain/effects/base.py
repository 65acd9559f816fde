"""What an effect rule is: it decides one thing, with the arithmetic of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import UUID

from domain.allocation import spread
from domain.amounts import Rounding
from domain.campaigns import Stage
from domain.matching import Match
from domain.orders import LineContent, OrderContent
from domain.values import replace, value

if TYPE_CHECKING:
    from domain.assets import Asset
    from domain.conditions.base import Facts

__all__ = [
    "DISCOUNTS",
    "EARNINGS",
    "EffectKind",
    "EffectRule",
    "GiftLine",
    "Outcome",
    "Promotion",
    "Running",
    "RunningEarn",
    "RunningLine",
    "Settled",
    "Stage",
    "nothing",
]


class EffectKind(StrEnum):
    """What an effect does."""

    SPEND = "SPEND"
    EARN = "EARN"
    MULTIPLY_EARN = "MULTIPLY_EARN"
    DISCOUNT = "DISCOUNT"
    SHIPPING_DISCOUNT = "SHIPPING_DISCOUNT"
    GIFT = "GIFT"
    TAG = "TAG"
    ISSUE_COUPON = "ISSUE_COUPON"


DISCOUNTS = frozenset({EffectKind.DISCOUNT, EffectKind.SHIPPING_DISCOUNT})
EARNINGS = frozenset({EffectKind.EARN, EffectKind.MULTIPLY_EARN})
LEDGER = frozenset({EffectKind.SPEND, EffectKind.EARN, EffectKind.MULTIPLY_EARN})
"""Effects of an asset, which the ledger carries out; of the others the order itself tells."""

Parts = dict[str, int]
"""By the ref of a line: its share of a discount, or its weight in what was earned."""


@dataclass(slots=True)
class RunningEarn:
    """What was earned of one asset so far: the exact product, the whole number that it rounds to, and by which lines.

    `by_line` is what the base rules earned for each, before multipliers; None when all lines earn as they cost.
    """

    exact: Decimal
    total: int
    rounding: Rounding
    by_line: Mapping[str, Fraction] | None = None


@dataclass(slots=True)
class RunningLine:
    """A line of the order with what is left to pay for it so far, in minor units.

    Copies of `Running` share their lines, so nobody lowers the amount of one: another takes its place.
    """

    content: LineContent
    amount: int
    is_gift: bool = False
    """Whether a campaign added it."""

    @property
    def ref(self) -> str:
        """Its name within the order."""
        return self.content.ref


@value
class GiftLine:
    """Pieces that a campaign adds to an order at no price."""

    sku: str
    name: str | None
    quantity: int


@dataclass(slots=True)
class Running:
    """What the rules before this one decided. Belongs to one evaluation; all amounts in minor units of the currency.

    `shipping` is what is left to pay for it. `spent` is what points used as money are worth: they pay lines and
    shipping in proportion to what is left to pay for each.
    """

    lines: list[RunningLine] = field(default_factory=list)
    shipping: int = 0
    listed_shipping: int = 0
    spent: int = 0
    earn: dict[UUID, RunningEarn] = field(default_factory=dict)
    issued: dict[UUID, int] = field(default_factory=dict)
    """Coupons that are given, by their template."""
    most_times: int | None = None
    """How many times the effects of the present campaign may repeat within the order; None: as often as they do."""

    @classmethod
    def of(cls, order: OrderContent | None) -> "Running":
        """Return the amounts of an order before any rule."""
        if order is None:
            return cls()
        lines = [RunningLine(line, line.subtotal) for line in order.lines]
        return cls(lines=lines, shipping=order.shipping, listed_shipping=order.shipping)

    @classmethod
    def after(cls, settled: "Settled") -> "Running":
        """Return the amounts of an order of which it is settled what it costs."""
        lines = [RunningLine(content, amount, is_gift) for content, amount, is_gift in settled.lines]
        return cls(lines=lines, shipping=settled.shipping, listed_shipping=settled.shipping)

    def copy(self) -> "Running":
        """Return the amounts as they are, to come back to."""
        earn = {asset_id: replace(one) for asset_id, one in self.earn.items()}
        return replace(self, lines=self.lines[:], earn=earn, issued=dict(self.issued))

    def restore(self, before: "Running") -> None:
        """Come back to a copy."""
        for name in self.__slots__:
            setattr(self, name, getattr(before, name))

    @property
    def goods(self) -> int:
        """What is to be paid for all lines after the discounts so far, without shipping."""
        return sum(line.amount for line in self.lines)

    @property
    def payable(self) -> int:
        """What is to be paid in all."""
        return self.goods + self.shipping - self.spent

    def matching(self, match: Match) -> list[RunningLine]:
        """Return the lines that are meant; gifts of a campaign are never."""
        is_any = match.everything
        return [line for line in self.lines if not line.is_gift and (is_any or match.matches(line.content))]

    def of_goods(self, goods: Sequence[Match]) -> Parts | None:
        """Return what is to be paid for the lines that any of `goods` means; when they are free, how many they are.

        None when there are none, or nothing is named: then all lines count as they cost.
        """
        lines = {line.ref: line for match in goods for line in self.matching(match)}
        paid = {ref: line.amount for ref, line in lines.items() if line.amount}
        return paid or {ref: line.content.quantity for ref, line in lines.items()} or None

    def repeated(self, wanted: int, times: int | None) -> tuple[int, tuple[str, ...]]:
        """Return how often an effect repeats that could `wanted` times and may `times`, and the step if that is less.

        The limit per order of the present campaign bounds it too. None is no bound.
        """
        found = min(bound for bound in (wanted, times, self.most_times) if bound is not None)
        return found, () if found == wanted else (f"{wanted} times, at most {found} = {found}",)

    def take_off(self, parts: Parts) -> None:
        """Lower what is to be paid for lines, of each by its part, which is no more than there is."""
        lines = self.lines
        for place, line in enumerate(lines):
            part = parts.get(line.content.ref)
            if part:
                assert 0 < part <= line.amount, "no line costs less than nothing"
                lines[place] = RunningLine(line.content, line.amount - part, line.is_gift)

    def paid_parts(self) -> tuple[Parts, int]:
        """Return what is paid for each line and for shipping after points were used as money."""
        weights = {f"line:{line.ref}": line.amount for line in self.lines} | {"shipping": self.shipping}
        by_points = spread(self.spent, weights)
        lines = {line.ref: line.amount - by_points[f"line:{line.ref}"] for line in self.lines}
        return lines, self.shipping - by_points["shipping"]


@value
class Settled:
    """What an order costs that was decided before, when only what it earns is still to be decided."""

    lines: tuple[tuple[LineContent, int, bool], ...]
    """Each with what is to be paid for it, in minor units of the currency, and whether a campaign added it."""
    shipping: int
    """What is to be paid for it."""
    campaigns: frozenset[UUID]
    """Those that gave something then, and give nothing more."""
    groups: Mapping[str, tuple[UUID, str]] = field(default_factory=dict)
    """Who gave something then of each stacking group: the version, and the campaign's name."""
    presented: frozenset[str] = frozenset()
    """The templates, by code, of which it named coupons that it used."""


@value
class Outcome:
    """What a rule decided: `amount`, or with 0 nothing, and then what would have given something (`remedy`).

    `amount` is minor units of the asset, or for discounts of the program's currency; for gifts it is pieces, for a tag
    1. `parts` says how much of it belongs to which line: of discounts it adds up to the amount; of what is earned they
    are weights, and None means that all lines count by what is paid for them. `times` is how often the effect repeated.
    """

    kind: EffectKind
    asset_id: UUID | None
    amount: int
    text: str
    arithmetic: tuple[str, ...]
    facts: dict[str, Any]
    remedy: str | None = None
    parts: Parts | None = None
    times: int = 1
    gift: GiftLine | None = None


NO_ORDER = "there is no order."
NO_MEMBER = "the order names no member."
NAME_MEMBER = "Name the member of the order."


def nothing(kind: EffectKind, text: str, remedy: str | None = None, asset: "Asset | None" = None) -> Outcome:
    """Return that an effect gives nothing, and why."""
    return Outcome(kind, asset.id if asset else None, 0, text, (), {}, remedy)


class EffectRule(Protocol):
    """A typed effect. `apply` is pure but for `facts.running`, which it moves on when it gives something."""

    @property
    def stage(self) -> Stage:
        """When within an evaluation the rule is applied. Discounts of lines take the step of their campaign."""

    def apply(self, facts: "Facts") -> Outcome:
        """Decide."""


class Promotion(ABC):
    """An effect on what an order costs or brings along: a promotion, unless its campaign is the member price."""

    __slots__ = ()
    kind: ClassVar[EffectKind] = EffectKind.DISCOUNT

    @property
    def stage(self) -> Stage:
        """That of promotions, in place of which a campaign may have the member price's."""
        return Stage.PROMOTION

    def apply(self, facts: "Facts") -> Outcome:
        """Decide; of what happened without an order nothing."""
        return nothing(self.kind, NO_ORDER) if facts.order is None else self.give(facts)

    @abstractmethod
    def give(self, facts: "Facts") -> Outcome:
        """Decide for the order that there is."""

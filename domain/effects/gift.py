"""`gift`: pieces that come with the order at no price."""

from dataclasses import dataclass
from typing import Any

from domain.amounts import spelled
from domain.conditions.base import Facts
from domain.effects.base import EffectKind, GiftLine, Outcome, Promotion, nothing
from domain.effects.discounts import more
from domain.matching import EVERYTHING
from domain.orders import QUANTITY_MAX


@dataclass(frozen=True, slots=True)
class Gift(Promotion):
    """`quantity` pieces of `sku`; with `every`, for each so much (minor units of currency) left to pay for goods.

    At most `times` times, and no more pieces than a line can have.
    """

    sku: str
    name: str | None = None
    quantity: int = 1
    every: int | None = None
    times: int | None = None
    kind = EffectKind.GIFT

    def give(self, facts: Facts) -> Outcome:
        """Add the pieces."""
        times = 1
        arithmetic: tuple[str, ...] = ()
        details: dict[str, Any] = {"sku": self.sku, "quantity": self.quantity}
        if self.every is not None:
            money, scale, goods = facts.program.money, facts.program.currency_scale, facts.running.goods
            could = goods // self.every
            most = QUANTITY_MAX // self.quantity
            times, bounded = facts.running.repeated(could, most if self.times is None else min(most, self.times))
            if not times:
                text = f"goods cost {money(goods)}, and {money(self.every)} are needed."
                return nothing(EffectKind.GIFT, text, more(facts, self.every - goods, EVERYTHING))
            first = f"{spelled(goods, scale)} ÷ {spelled(self.every, scale)} rounded down = {could}"
            arithmetic = (first, *bounded)
            details |= {"basis": goods, "every": self.every, "times": times}
        pieces = self.quantity * times
        details["quantity"] = pieces
        words = self.name or self.sku
        return Outcome(
            kind=EffectKind.GIFT,
            asset_id=None,
            amount=pieces,
            text=f"{pieces} × {words} as a gift.",
            arithmetic=(*arithmetic, f"{self.quantity} × {times} = {pieces}"),
            facts=details,
            times=times,
            gift=GiftLine(self.sku, self.name, pieces),
        )

"""`shippingOff`: less to pay for shipping."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.amounts import Rounding, spelled
from domain.conditions.base import Facts
from domain.effects.base import NO_ORDER, EffectKind, Outcome, Stage, nothing
from domain.effects.discounts import least, percent_text, percentage


@dataclass(frozen=True, slots=True)
class ShippingOff:
    """`percent` of what is left to pay for shipping, or else `amount` minor units of currency off it."""

    percent: Decimal | None = None
    amount: int | None = None

    @property
    def stage(self) -> Stage:
        """Shipping benefits come after all discounts of lines."""
        return Stage.SHIPPING

    def apply(self, facts: Facts) -> Outcome:
        """Lower what is to be paid for shipping."""
        if facts.order is None:
            return nothing(EffectKind.SHIPPING_DISCOUNT, NO_ORDER)
        money, scale = facts.program.money, facts.program.currency_scale
        basis = facts.running.shipping
        details: dict[str, Any] = {"basis": basis}
        if self.percent is not None:
            total, arithmetic = percentage(basis, self.percent, Rounding.HALF_UP, scale)
            words, needed = percent_text(self.percent), least(self.percent, Rounding.HALF_UP)
            details["percent"] = str(self.percent)
        else:
            assert self.amount is not None, "the form has one of both: the reader checks it"
            total, words, needed = min(self.amount, basis), money(self.amount), 1
            arithmetic = (f"fixed = {spelled(total, scale)}",)
            details["each"] = self.amount
            if total < self.amount:
                words += ", cut to what is left to pay"
                arithmetic = (f"{spelled(self.amount, scale)}, cut to what is left to pay = {spelled(total, scale)}",)
        if not total:
            text = f"{money(basis)} are left to pay for shipping."
            return nothing(EffectKind.SHIPPING_DISCOUNT, text, f"{money(needed - basis)} more for shipping.")
        facts.running.shipping -= total
        text = f"{money(total)} off shipping: {words}."
        return Outcome(EffectKind.SHIPPING_DISCOUNT, None, total, text, arithmetic, details)

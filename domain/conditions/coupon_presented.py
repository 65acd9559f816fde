"""`couponPresented`: the order names a coupon of one of the named templates."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import listed, one_of
from domain.explanation import ConditionResult


@dataclass(frozen=True, slots=True)
class CouponPresented:
    """The order names a coupon of one of `templates`, by their codes; whether it can be used does not matter.

    Coupons that are chosen for an order are not named: else what is chosen would change what it is chosen by.
    """

    templates: frozenset[str]

    def met(self, facts: Facts) -> bool:
        """Whether there is one."""
        return not self.templates.isdisjoint(facts.presented)

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the templates required and those of which the order names coupons."""
        required, is_met = one_of(self.templates), self.met(facts)
        actual = listed(facts.presented, "no coupon") if facts.order else "no order"
        remedy = None if is_met else f"Name a coupon of {required}."
        return (ConditionResult("couponPresented", required, actual, is_met, remedy),)

    def follow(self, facts: Facts) -> bool:
        """Let copied facts be of an order that names one."""
        facts.presented |= {min(self.templates)}
        return True

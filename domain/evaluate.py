"""The one function that decides what an order costs and gives, and what an occasion does.

Preview, hold, commit, import, back-test and the tests' oracle all call it.
"""

from datetime import datetime
from uuid import UUID

from domain.campaigns import Trigger
from domain.conditions.base import Facts, MemberFacts, OccasionFacts
from domain.coupons import NO_COUPONS, CouponOffers
from domain.effects.base import Running, Settled
from domain.evaluation import Effect, Evaluation, Gift, parts_of
from domain.orders import OrderContent
from domain.program import Program
from domain.run import Run
from domain.usage import Reached, Usages

__all__ = ["Effect", "Evaluation", "Gift", "evaluate", "parts_of"]


def evaluate(
    program: Program,
    order: OrderContent | None,
    *,
    occurred_at: datetime,
    recorded_at: datetime,
    member: MemberFacts | None,
    usages: Usages | None = None,
    trigger: Trigger = Trigger.ORDER,
    occasion: OccasionFacts | None = None,
    settled: Settled | None = None,
    coupons: CouponOffers = NO_COUPONS,
) -> Evaluation:
    """Return what `program` decides for an order or an occasion, given what is known of the member (None: a guest).

    With `settled` what the order costs stays, nothing is paid, no coupon is used, and only what is earned by it is
    decided. The result depends on nothing else: not on the clock, the order of lines, or the order of campaigns in the
    database or of coupons. Raises `LimitReached`, and `InvalidInput` when more would be paid than there is to pay.
    """
    offers = NO_COUPONS if order is None or settled else coupons
    spent_up: dict[UUID, Reached] = {}
    while True:
        running = Running.after(settled) if settled else Running.of(order)
        facts = Facts(program, order, occasion, occurred_at, recorded_at, member, running)
        facts.presented = settled.presented if settled else offers.presented
        facts.usages = usages or {}
        run = Run(facts, usages or {}, spent_up, settled)
        run.apply(program.candidates(trigger, order, occasion, occurred_at), offers)
        # A campaign whose budget does not cover all that it would give gives nothing. One that has given a part before
        # that is seen is left out, and the others are decided anew: what came after it may have looked at amounts that
        # it changed. So may what is refused. The same goes for a coupon.
        if run.passed is None:
            if run.refusal is not None:
                raise run.refusal
            return run.evaluation()
        key, limit = run.passed
        spent_up[key] = limit

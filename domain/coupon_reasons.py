"""Why a coupon is left out of those that are chosen for an order."""

from domain.coupon_choice import Chosen
from domain.coupon_trials import Candidate, Trials
from domain.effects.base import DISCOUNTS
from domain.eligibility import not_applied
from domain.explanation import NotApplied, NotAppliedReason
from domain.remedies import of_effect

NAME_IT = "Give its code with the order."


def left_out(candidate: Candidate, found: Chosen, trials: Trials) -> NotApplied:
    """Return why a coupon is not used that may be: what it would leave to pay, beside what those leave that are."""
    source = candidate.source
    version, money = source.version, trials.base.facts.program.money
    if not candidate.gain:
        return _of_no_gain(candidate, trials)
    if any(one.key == source.key for one in found.beyond):
        assert version.coupon is not None, "a coupon is of a template"
        return trials.base.eligibility.beyond(source, version.coupon.per_order)
    alone = trials.alone(candidate)
    if alone is None:
        message = f"{version.name} takes nothing off by itself; what is used leaves {money(found.payable)} to pay."
    else:
        message = f"{version.name} by itself leaves {money(alone)} to pay; what is used leaves {money(found.payable)}."
    return not_applied(source, NotAppliedReason.NOT_BEST, message)


def _of_no_gain(candidate: Candidate, trials: Trials) -> NotApplied:
    source = candidate.source
    version = source.version
    given = trials.base.fork()
    outcomes = [(rule, rule.apply(given.facts)) for rule in (*candidate.rules, *candidate.shipping_rules)]
    discounts = [(rule, outcome) for rule, outcome in outcomes if outcome.kind in DISCOUNTS]
    if len(discounts) == len(version.effects):
        rule, outcome = discounts[0]
        message = f"{version.name} gives nothing: {outcome.text}"
        remedy = of_effect(version, rule, outcome.remedy)
        return not_applied(source, NotAppliedReason.NOTHING_TO_GIVE, message, remedy)
    message = f"{version.name} takes nothing off what is to be paid, so it is used when its code is given."
    return not_applied(source, NotAppliedReason.NOT_BEST, message, NAME_IT)

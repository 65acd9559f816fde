"""Claims: what is settled stays, and only what comes after payment is decided."""

from dataclasses import replace
from decimal import Decimal

from domain.campaigns import Audience, Limits
from domain.conditions.base import MemberFacts
from domain.conditions.minimum_spend import MinimumSpend
from domain.effects.add_tag import AddTag
from domain.effects.base import Settled
from domain.effects.gift import Gift
from domain.effects.multiply_earn import MultiplyEarn
from domain.effects.percent_off import PercentOff
from domain.evaluate import Evaluation, evaluate
from domain.explanation import NotAppliedReason
from domain.orders import OrderContent
from domain.program import CampaignVersion
from tests.domain.makers import MEMBER_ID, NOON, POINTS, earn, line, program, version

CONTENT = OrderContent("web", "1", MEMBER_ID, None, None, NOON, 10_00, (line("1", 100_00), line("2", 50_00)))
MEMBER = MemberFacts(id=MEMBER_ID)


def settled(*campaigns: CampaignVersion, first: int = 90_00, shipping: int = 4_00) -> Settled:
    """Return the order after discounts, and a gift in it."""
    lines = ((CONTENT.lines[0], first, False), (CONTENT.lines[1], 50_00, False), (line("gift-1", 0), 0, True))
    groups = {one.group: (one.id, one.name) for one in campaigns if one.group}
    return Settled(lines, shipping, frozenset(one.campaign_id for one in campaigns), groups)


def claimed(*campaigns: CampaignVersion, of: Settled) -> Evaluation:
    return evaluate(program(*campaigns), CONTENT, occurred_at=NOON, recorded_at=NOON, member=MEMBER, settled=of)


def test_it_earns_on_what_was_to_be_paid_and_takes_nothing_off() -> None:
    price = version("PRICE", PercentOff(Decimal(50)))
    cup = version("CUP", Gift("CUP"))
    found = claimed(version("BASE", earn()), price, cup, of=settled())
    assert [(effect.outcome.kind.value, effect.outcome.amount) for effect in found.effects] == [("EARN", 144)]
    assert (found.payable, found.discounts, found.gifts, found.not_applied) == (144_00, {}, (), ())


def test_multipliers_and_tags_follow() -> None:
    twice = version("TWICE", MultiplyEarn(POINTS, Decimal(2)), AddTag("buyer"))
    found = claimed(version("BASE", earn()), twice, of=settled())
    assert [(effect.step.value, effect.outcome.amount) for effect in found.effects] == [
        ("EARN", 144),
        ("EARN", 144),
        ("PROGRESS", 1),
    ]


def test_a_condition_looks_at_the_settled_amounts() -> None:
    rich = version("RICH", earn(), condition=MinimumSpend(150_00))
    found = claimed(rich, of=settled())
    assert [reason.reason for reason in found.not_applied] == [NotAppliedReason.CONDITION_NOT_MET]
    assert len(claimed(rich, of=settled(first=96_00)).effects) == 1


def test_what_gave_something_then_gives_nothing_more_and_counts_no_second_use() -> None:
    limits = Limits(per_member=1)
    both = version("BOTH", PercentOff(Decimal(10)), earn(), audience=Audience.EVERYONE, limits=limits)
    found = claimed(both, of=settled(both))
    assert (found.effects, found.not_applied, found.consumed) == ((), (), ())
    assert [one.campaign_id for one in claimed(both, of=settled()).consumed] == [both.campaign_id]


def test_of_a_group_of_which_one_gave_something_no_other_does() -> None:
    first = version("FIRST", PercentOff(Decimal(10)), group="SPRING")
    second = replace(version("SECOND", earn()), group="SPRING")
    found = claimed(first, second, of=settled(first))
    assert [reason.reason for reason in found.not_applied] == [NotAppliedReason.EXCLUDED]
    assert len(claimed(first, second, of=settled()).effects) == 1


def test_an_order_is_decided_as_before_when_nothing_is_settled() -> None:
    price = version("PRICE", PercentOff(Decimal(50)))
    found = evaluate(
        program(version("BASE", earn()), price), CONTENT, occurred_at=NOON, recorded_at=NOON, member=MEMBER
    )
    assert (found.payable, [effect.outcome.amount for effect in found.effects]) == (85_00, [75_00, 85])

"""Segments: who is in one, what one may be made of, and what campaigns give for entering one; each to the unit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.campaigns import Trigger
from domain.commands import Adjust, AmendMember, CommitOrder, EnrolMember, ReturnOrder
from domain.conditions.segment import InSegment
from domain.decide import decide
from domain.decisions.situation import Decision, OrderRecord
from domain.events import EventKind
from domain.explanation import ConditionResult
from domain.members import MemberState, MemberStatus
from domain.occasion_commands import RecordEvent, TagMember
from domain.program import CampaignVersion, Program
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.versions import VersionForm, read_version
from tests.domain.makers import (
    DAY,
    LADDER,
    LONG_AGO,
    MEMBER_ID,
    NOON,
    POINTS,
    PROGRAM_ID,
    QUALIFYING,
    TIERS,
    facts,
    member,
    member_facts,
    order,
    program,
    situation,
    state,
)

COMMON: dict[str, Any] = {"program_id": PROGRAM_ID, "actor": "key:test", "claim": None}
REGULAR: dict[str, Any] = {"not": {"firstOrder": {}}}
VIP: dict[str, Any] = {"tag": {"anyOf": ["vip"]}}
SILVER: dict[str, Any] = {"tier": {"codes": ["SILVER", "GOLD"]}}
SAVED = {"REGULAR": REGULAR, "VIP": VIP, "SILVER": SILVER, "NEW": {"firstOrder": {}}}
READER = RuleReader(
    (POINTS, QUALIFYING),
    frozenset(tier.code for tier in TIERS),
    2,
    {LADDER.code: QUALIFYING},
    frozenset(SAVED),
)
SEGMENTS = {code: READER.segment(code, code.title(), form) for code, form in SAVED.items()}
FIVE: dict[str, Any] = {"earnFixed": {"asset": "POINTS", "points": "5"}}
MARK = {"since": "2020-01-01T00:00:00+00:00", "by": "key:test"}


def waiting(*codes: str, effect: dict[str, Any] = FIVE, conditions: Any = None, **said: Any) -> CampaignVersion:
    """Return a campaign that waits for segments."""
    form = VersionForm(
        priority=1,
        starts_at=LONG_AGO,
        ends_at=NOON + DAY,
        conditions=conditions or {"segment": {"codes": [*codes]}},
        effects=[effect],
        trigger="SEGMENT_ENTERED",
        **said,
    )
    code = "-".join(codes) or "C"
    id = UUID(int=int.from_bytes(code.encode()))
    return read_version(READER, form, id=id, campaign_id=id, code=code, name=code, number=1)


def shop(*campaigns: CampaignVersion) -> Program:
    return program(*campaigns, segments=SEGMENTS)


def entered(decision: Decision) -> list[str | None]:
    return [row.code for row in decision.rows.occasions if row.trigger is Trigger.SEGMENT_ENTERED]


def tagged(of: Program, add: tuple[str, ...] = (), remove: tuple[str, ...] = (), start: Any = None) -> Decision:
    return decide(TagMember(**COMMON, member_id=MEMBER_ID, add=add, remove=remove), situation(of, start or state()))


def bought(of: Program, start: MemberState | None = None) -> Decision:
    command = CommitOrder(**COMMON, order_id=UUID(int=0x99), content=order(occurred_at=NOON))
    return decide(command, situation(of, start or state()))


def points(decision: Decision) -> int:
    (after,) = decision.states
    return after.accounts[POINTS.id].available if POINTS.id in after.accounts else 0


# ── the condition ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_condition_tells_which_of_the_named_segments_the_member_is_in() -> None:
    condition = InSegment(frozenset({"VIP", "REGULAR"}))

    def found(**known: Any) -> tuple[ConditionResult, ...]:
        return condition.results(replace(facts(), program=shop(), member=member_facts(**known)))

    assert found(orders=1) == (ConditionResult("segment", "REGULAR or VIP", "REGULAR", met=True),)
    assert found(orders=1, tags=frozenset({"vip"}))[0].actual == "REGULAR, VIP"
    assert found() == (ConditionResult("segment", "REGULAR or VIP", "none of them", met=False),)
    assert condition.met(replace(facts(), program=shop(), member=member_facts(orders=1)))
    assert not condition.met(replace(facts(), program=shop(), member=member_facts()))


def test_a_guest_is_in_no_segment() -> None:
    guest = replace(facts(), program=shop(), member=None)
    unmet = ConditionResult("segment", "NEW", "no member", met=False)
    assert InSegment(frozenset({"NEW"})).results(guest) == (unmet,)


def test_only_segments_that_the_program_has_are_named() -> None:
    assert READER.condition({"segment": {"codes": ["VIP"]}}) == InSegment(frozenset({"VIP"}))
    with pytest.raises(InvalidInput) as refused:
        READER.condition({"segment": {"codes": ["VIP", "LOST"]}})
    assert refused.value.message == "The program has no segment `LOST`."
    assert refused.value.field == ("conditions", "segment", "codes", "1")


# ── what a segment is made of ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "form",
    [
        {"all": [VIP, {"any": [SILVER, REGULAR]}]},
        {"nthOrder": {"every": 10}},
        {"birthday": {"wholeMonth": True}},
        {"daysSinceLastOrder": {"atLeast": 90}},
        {"daysSinceEnrolment": {"atMost": 30}},
        {"attribute": {"of": "MEMBER", "key": "size", "values": ["M"]}},
        {"expression": {"text": "member.orders > 3 && 'vip' in member.tags"}},
    ],
)
def test_a_segment_is_made_of_what_is_known_of_members(form: dict[str, Any]) -> None:
    assert READER.segment("X", "X", form).condition == READER.condition(form)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"minimumSpend": {"amount": "1"}}, ("minimumSpend",)),
        ({"store": {"codes": ["s"]}}, ("store",)),
        ({"hours": {"from": "09:00", "until": "10:00"}}, ("hours",)),
        ({"event": {"codes": ["VISIT"]}}, ("event",)),
        ({"segment": {"codes": ["VIP"]}}, ("segment",)),
        ({"all": [VIP, {"not": {"weekday": {"days": ["MONDAY"]}}}]}, ("all", "1", "not", "weekday")),
        ({"attribute": {"of": "EVENT", "key": "size", "values": ["M"]}}, ("attribute", "of")),
        ({"expression": {"text": "order.payable > 3"}}, ("expression", "text")),
        ({"expression": {"text": "member.known && event.code == 'VISIT'"}}, ("expression", "text")),
        ({"nothing": {}}, ("nothing",)),
    ],
)
def test_a_segment_is_made_of_nothing_else(form: dict[str, Any], field: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        READER.segment("X", "X", form)
    assert refused.value.field == ("conditions", *field)


def test_a_campaign_that_waits_for_segments_names_them() -> None:
    assert waiting("VIP", "SILVER").segments == {"VIP", "SILVER"}
    assert waiting(conditions={"all": [{"segment": {"codes": ["VIP"]}}, SILVER]}).segments == {"VIP"}
    for conditions in (SILVER, {"not": {"segment": {"codes": ["VIP"]}}}, {"any": [{"segment": {"codes": ["VIP"]}}]}):
        with pytest.raises(InvalidInput) as refused:
            waiting(conditions=conditions)
        assert refused.value.field == ("conditions",)


# ── entering ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_enters_a_segment_by_an_order_gets_what_campaigns_give_for_it() -> None:
    decision = bought(shop(waiting("REGULAR")))
    (occasion,) = decision.rows.occasions
    assert (occasion.trigger, occasion.code, occasion.occurred_at) == (Trigger.SEGMENT_ENTERED, "REGULAR", NOON)
    assert points(decision) == 5
    (effect,) = decision.rows.occasion_effects
    results = [(row["condition"], row["required"], row["actual"]) for row in effect.explanation["conditions"]]
    assert results == [("segment", "REGULAR", "REGULAR")]


def test_whoever_is_in_a_segment_already_does_not_enter_it() -> None:
    known = state(member=member(orders=1))
    assert entered(bought(shop(waiting("REGULAR")), known)) == []
    other = waiting("REGULAR", "VIP")
    assert entered(tagged(shop(other), ("other",), start=known)) == []


def test_entering_one_segment_answers_no_campaign_that_waits_for_another() -> None:
    of = shop(waiting("REGULAR"), waiting("VIP"))
    both = state(member=member(orders=1))
    decision = tagged(of, ("vip",), start=both)
    assert (entered(decision), points(decision)) == (["VIP"], 5)
    assert decision.rows.occasions[0].not_applied == []


def test_a_tag_by_hand_an_attribute_and_a_birthday_may_make_a_member_enter() -> None:
    assert entered(tagged(shop(waiting("VIP")), ("vip",))) == ["VIP"]
    segment = READER.segment("SMALL", "Small", {"attribute": {"of": "MEMBER", "key": "size", "values": ["S"]}})
    reader = RuleReader((POINTS,), frozenset(), 2, segment_codes=frozenset({"SMALL"}))
    form = VersionForm(
        priority=1,
        starts_at=LONG_AGO,
        ends_at=NOON + DAY,
        conditions={"segment": {"codes": ["SMALL"]}},
        effects=[FIVE],
        trigger="SEGMENT_ENTERED",
    )
    version = read_version(reader, form, id=UUID(int=1), campaign_id=UUID(int=2), code="C", name="C", number=1)
    command = AmendMember(**COMMON, member_id=MEMBER_ID, changes={"attributes": {"size": "S"}})
    decision = decide(command, situation(program(version, segments={"SMALL": segment}), state()))
    assert (entered(decision), points(decision)) == (["SMALL"], 5)


def test_a_tier_that_is_reached_may_be_a_segment_that_is_entered() -> None:
    command = Adjust(**COMMON, member_id=MEMBER_ID, asset_id=QUALIFYING.id, amount=1_000_00, reason="moved")
    decision = decide(command, situation(shop(waiting("SILVER")), state()))
    assert (entered(decision), points(decision)) == (["SILVER"], 5)


def test_who_is_enrolled_enters_what_they_are_in() -> None:
    command = EnrolMember(**COMMON, member_id=MEMBER_ID, number="100000000001")
    decision = decide(command, situation(shop(waiting("NEW"), waiting("REGULAR"))))
    assert (entered(decision), points(decision)) == (["NEW"], 5)


def test_what_a_segment_gives_may_raise_a_tier_and_lead_into_another_segment_each_once() -> None:
    progress = {"addProgress": {"ladder": "STANDARD", "amount": "1000.00"}}
    of = shop(waiting("VIP", effect=progress), waiting("SILVER"), waiting("REGULAR"))
    decision = tagged(of, ("vip",))
    assert (entered(decision), points(decision)) == (["VIP", "SILVER"], 5)
    told = [row.kind for row in decision.rows.events]
    assert told.count(EventKind.TIER_CHANGED) == 1
    chain = shop(waiting("REGULAR", effect={"addTag": {"tag": "vip"}}), waiting("VIP"))
    assert entered(bought(chain)) == ["REGULAR", "VIP"]


def test_leaving_and_entering_again_gives_again() -> None:
    of = shop(waiting("VIP"))
    first = tagged(of, ("vip",))
    left = tagged(of, (), ("vip",), start=first.states[0])
    again = tagged(of, ("vip",), start=left.states[0])
    assert [points(one) for one in (first, left, again)] == [5, 5, 10]


def test_what_time_alone_does_is_not_entering() -> None:
    lapsed = READER.segment("VIP", "Lapsed", {"daysSinceLastOrder": {"atLeast": 90}})
    of = program(waiting("VIP"), segments={"VIP": lapsed})
    long_gone = state(member=member(orders=1, last_order_at=NOON - timedelta(days=100)))
    assert entered(tagged(of, ("other",), start=long_gone)) == []


def test_a_member_at_rest_enters_nothing() -> None:
    frozen = state(member=member(status=MemberStatus.FROZEN))
    assert entered(tagged(shop(waiting("VIP")), ("vip",), start=frozen)) == []


def test_an_event_whose_tag_leads_into_a_segment_is_followed_by_entering_it() -> None:
    form = VersionForm(
        priority=1,
        starts_at=LONG_AGO,
        ends_at=NOON + DAY,
        conditions=None,
        effects=[{"addTag": {"tag": "vip"}}],
        trigger="EVENT",
    )
    visit = read_version(READER, form, id=UUID(int=7), campaign_id=UUID(int=8), code="V", name="V", number=1)
    command = RecordEvent(**COMMON, member_id=MEMBER_ID, code="VISIT")
    decision = decide(command, situation(shop(visit, waiting("VIP")), state()))
    assert [row.code for row in decision.rows.occasions] == ["VISIT", "VIP"]
    assert decision.outcome["occasion"] == str(decision.rows.occasions[0].id)


def test_a_return_of_the_only_order_leads_back_into_the_segment_of_who_has_none() -> None:
    first = bought(shop())
    assert first.order is not None
    record = OrderRecord(first.lines, first.effects, tuple(first.rows.entries), tuple(first.rows.moves))
    command = ReturnOrder(
        **COMMON,
        order_id=first.order.id,
        source=first.order.source,
        external_id=first.order.external_id,
        member_id=MEMBER_ID,
        return_id=UUID(int=0x77),
        quantities=None,
        reason=None,
    )
    of = shop(waiting("NEW"))
    decision = decide(command, situation(of, first.states[0], order=first.order, record=record))
    assert entered(decision) == ["NEW"]

"""Occasions: what campaigns give for an enrolment, an event, a tier, a day; each to the unit."""

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID

import pytest

from domain.amounts import AMOUNT_MAX
from domain.assets import AssetKind
from domain.campaigns import EVER, Budget, Limits, Trigger
from domain.commands import Adjust, CommitOrder, EnrolMember
from domain.conditions.event import EventIs
from domain.decide import decide
from domain.decisions.situation import Decision
from domain.decisions.tags import set_tag, unset_tags
from domain.effects.add_tag import AddTag
from domain.effects.earn_fixed import AddProgress, EarnFixed
from domain.events import EventKind
from domain.instants import local_day
from domain.ledger import Contra, EntryKind, TransferKind
from domain.members import MemberStatus
from domain.occasion_commands import RecordEvent, RunSchedule, TagMember
from domain.program import CampaignVersion, Program
from domain.refusals import DuplicateEvent, InvalidInput, LimitReached, MemberNotActive
from domain.rules import RuleReader
from domain.schedules import Schedule
from domain.usage import Usage, Usages
from domain.versions import VersionForm, read_version
from tests.domain.makers import (
    DAY,
    LADDER_ID,
    MEMBER_ID,
    NOON,
    POINTS,
    PROGRAM_ID,
    QUALIFYING,
    SHANGHAI,
    TIERS,
    asset,
    book,
    earn,
    holding,
    lot,
    member,
    order,
    program,
    situation,
    standing,
    state,
    version,
)

MEMBER, SILVER, GOLD = TIERS
PASSES = asset(UUID(int=0x14), "PASSES", kind=AssetKind.PASS)
TODAY = local_day(NOON, SHANGHAI)
COMMON: dict[str, Any] = {"program_id": PROGRAM_ID, "actor": "key:test", "claim": None}
CHECK_IN = version("CHECK_IN", EarnFixed(POINTS, 5), condition=EventIs(frozenset({"CHECK_IN"})), trigger=Trigger.EVENT)


def event(code: str = "CHECK_IN", **facts: Any) -> RecordEvent:
    return RecordEvent(**COMMON, member_id=MEMBER_ID, code=code, **facts)


def told(decision: Decision) -> list[EventKind]:
    return [row.kind for row in decision.rows.events]


def points(decision: Decision) -> int:
    (after,) = decision.states
    return after.accounts[POINTS.id].available if POINTS.id in after.accounts else 0


def welcome(*effects: Any, **facts: Any) -> CampaignVersion:
    return version("WELCOME", *(effects or (EarnFixed(POINTS, 100),)), trigger=Trigger.ENROLLED, **facts)


def enrol(of: Program, **facts: Any) -> Decision:
    command = EnrolMember(**COMMON, member_id=MEMBER_ID, number="100000000001", **facts)
    return decide(command, situation(of))


# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_is_recorded_with_what_it_gave_and_posts_it_as_an_award() -> None:
    told_before = event(attributes=(("place", "north"),), name=("app", "e-1"), occurred_at=NOON - DAY)
    decision = decide(told_before, situation(program(CHECK_IN), state()))
    (occasion,), (effect,) = decision.rows.occasions, decision.rows.occasion_effects
    (transfer,), (entry,) = decision.rows.transfers, decision.rows.entries
    assert (occasion.trigger, occasion.code, occasion.attributes) == (Trigger.EVENT, "CHECK_IN", {"place": "north"})
    assert (occasion.source, occasion.external_id) == ("app", "e-1")
    assert (occasion.occurred_at, occasion.recorded_at) == (NOON - DAY, NOON)
    assert (occasion.transfer_id, occasion.consumed, occasion.not_applied) == (transfer.id, [], [])
    assert (transfer.kind, transfer.order_id, transfer.occurred_at) == (TransferKind.AWARD, None, NOON - DAY)
    assert (entry.kind, entry.contra, entry.change_available) == (EntryKind.EARN, Contra.ISSUANCE, 5)
    assert (entry.effect, entry.campaign_id) == (0, CHECK_IN.campaign_id)
    assert (effect.occasion_id, effect.ordinal, effect.kind, effect.amount) == (occasion.id, 0, "EARN", 5)
    assert (effect.campaign_version_id, effect.asset_id) == (CHECK_IN.id, POINTS.id)
    assert told(decision) == [EventKind.OCCASION_RECORDED, EventKind.BALANCE_CHANGED]
    assert decision.rows.events[0].occasion_id == occasion.id
    assert decision.outcome["occasion"] == str(occasion.id)
    assert decision.outcome["entries"] == [[str(entry.account_id), 1]]


def test_an_event_that_nothing_answers_is_recorded_all_the_same() -> None:
    decision = decide(event("SHARED"), situation(program(CHECK_IN), state()))
    (occasion,) = decision.rows.occasions
    assert (occasion.code, occasion.transfer_id, occasion.not_applied) == ("SHARED", None, [])
    assert (decision.rows.transfers, decision.rows.entries) == ([], [])
    assert told(decision) == [EventKind.OCCASION_RECORDED]


def test_a_campaign_of_orders_answers_no_event_and_one_of_events_no_order() -> None:
    shop = program(CHECK_IN, version("ORDERS", EarnFixed(POINTS, 7)))
    assert points(decide(event(), situation(shop, state()))) == 5
    bought = CommitOrder(**COMMON, order_id=UUID(int=0x99), content=order(occurred_at=NOON))
    assert points(decide(bought, situation(shop, state()))) == 7


@pytest.mark.parametrize("status", [MemberStatus.FROZEN, MemberStatus.CLOSED])
def test_no_event_is_recorded_of_a_member_at_rest(status: MemberStatus) -> None:
    resting = state(member=member(status=status))
    with pytest.raises(MemberNotActive) as refused:
        decide(event(), situation(program(CHECK_IN), resting))
    assert refused.value.facts == {"status": status.value}


def test_an_event_that_is_known_by_its_name_is_answered_as_the_first_time() -> None:
    said = event(name=("app", "e-1"), attributes=(("place", "north"),))
    first = decide(said, situation(program(CHECK_IN), state()))
    entries = [(row.account_id, row.seq) for row in first.rows.entries]
    known: dict[str, Any] = {"occasion": first.rows.occasions[0], "occasion_entries": entries}
    again = decide(said, situation(program(CHECK_IN), state(), **known, now=NOON + DAY))
    assert again.outcome == first.outcome | {"again": True}
    assert (again.states, again.rows.occasions, again.rows.events) == ((), [], [])
    for other in (
        replace(said, code="SHARED"),
        replace(said, attributes=()),
        replace(said, occurred_at=NOON - DAY),
        replace(said, member_id=UUID(int=0x31)),
    ):
        with pytest.raises(DuplicateEvent) as refused:
            decide(other, situation(program(CHECK_IN), state(), **known))
        assert refused.value.message == "Event e-1 of app is known already, with other content."
        assert refused.value.facts == {"occasion_id": str(first.rows.occasions[0].id)}


def test_what_an_account_cannot_hold_refuses_the_event_whole() -> None:
    full = holding(lot(1, AMOUNT_MAX - 4))
    with pytest.raises(LimitReached) as refused:
        decide(event(), situation(program(CHECK_IN), full))
    assert refused.value.field == ("code",)


# ── limits and budgets ───────────────────────────────────────────────────────────────────────────────────────────────


def used(of: CampaignVersion, owner: UUID, day: Any, uses: int, points: int = 0) -> Usages:
    usage = Usage(of.campaign_id, owner, day, PROGRAM_ID, uses, uses, 0, points)
    return {usage.key: usage}


def test_once_a_day_is_counted_by_the_day_on_which_it_happened() -> None:
    daily = replace(CHECK_IN, limits=Limits(per_member_day=1))
    shop = program(daily)
    before = used(daily, MEMBER_ID, TODAY, 1)
    late = decide(event(occurred_at=NOON - DAY), situation(shop, state(), usages=before))
    assert points(late) == 5
    assert [(key[2], row.uses) for key, row in late.rows.usages.items()] == [(local_day(NOON - DAY, SHANGHAI), 1)]
    second = decide(event(), situation(shop, state(), usages=before))
    assert (points(second), second.rows.usages) == (0, {})
    (reason,) = second.rows.occasions[0].not_applied
    assert reason["reason"] == "LIMIT_REACHED"
    assert reason["message"] == "Check_In: A member takes part 1 time a day, and this one did 1 that day."
    assert reason["remedy"] is None


def test_a_budget_of_points_is_counted_with_what_was_given_and_kept_with_the_occasion() -> None:
    rich = replace(CHECK_IN, budget=Budget(points=12, points_of=POINTS.id))
    before = used(rich, rich.campaign_id, EVER, 1, points=5)
    first = decide(event(), situation(program(rich), state(), usages=before))
    (usage,) = first.rows.usages.values()
    assert (usage.uses, usage.count, usage.points) == (2, 2, 10)
    (taken,) = first.rows.occasions[0].consumed
    assert (taken["points"], taken["bounds"]) == (5, {"points": 12})
    spent = decide(event(), situation(program(rich), state(), usages=first.rows.usages))
    assert (points(spent), spent.rows.usages) == (0, {})
    assert spent.rows.occasions[0].not_applied[0]["reason"] == "BUDGET_SPENT"


# ── enrolment ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_welcome_bonus_comes_with_the_enrolment() -> None:
    decision = enrol(program(welcome()))
    assert points(decision) == 100
    assert told(decision) == [EventKind.MEMBER_ENROLLED, EventKind.OCCASION_RECORDED, EventKind.BALANCE_CHANGED]
    assert [row.position for row in decision.rows.events] == [1, 2, 3]
    assert decision.rows.occasions[0].trigger is Trigger.ENROLLED


def test_an_enrolment_that_nothing_answers_is_no_occasion() -> None:
    decision = enrol(program(welcome(starts_at=NOON + DAY)))
    assert (told(decision), decision.rows.occasions) == ([EventKind.MEMBER_ENROLLED], [])


def test_a_tag_is_set_by_the_occasion_that_gave_it() -> None:
    decision = enrol(program(welcome(AddTag("new"))))
    (occasion,), (after,) = decision.rows.occasions, decision.states
    assert after.member.tags == {"new": {"since": NOON.isoformat(), "by": f"occasion:{occasion.id}"}}
    assert (occasion.transfer_id, decision.rows.transfers) == (None, [])


def test_attributes_come_with_the_enrolment() -> None:
    (after,) = enrol(program(), attributes=(("size", "L"),)).states
    assert after.member.attributes == {"size": "L"}


# ── tiers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def on_tier(code: str, *effects: Any, **facts: Any) -> CampaignVersion:
    condition = EventIs(frozenset({code}))
    return version(f"ON_{code}", *effects, condition=condition, trigger=Trigger.TIER_CHANGED, **facts)


SPEND = version("SPEND", earn(of=QUALIFYING, points=1_00), priority=900)


def test_an_order_that_raises_a_tier_gives_what_the_tier_gives_and_tells_its_own_lines_alone() -> None:
    shop = program(SPEND, on_tier("SILVER", EarnFixed(POINTS, 50)), on_tier("GOLD", EarnFixed(POINTS, 999)))
    bought = CommitOrder(**COMMON, order_id=UUID(int=0x99), content=order(1_000_00, occurred_at=NOON))
    decision = decide(bought, situation(shop, state()))
    assert points(decision) == 50
    assert [row.kind for row in decision.rows.transfers] == [TransferKind.ORDER, TransferKind.AWARD]
    (occasion,) = decision.rows.occasions
    assert (occasion.trigger, occasion.code, occasion.occurred_at) == (Trigger.TIER_CHANGED, "SILVER", NOON)
    assert told(decision)[-3:] == [EventKind.TIER_CHANGED, EventKind.OCCASION_RECORDED, EventKind.BALANCE_CHANGED]
    progress, _ = decision.rows.entries
    assert decision.outcome["entries"] == [[str(progress.account_id), 1]]


def test_a_late_order_raises_nobody_before_they_were_where_they_are_and_is_answered_as_of_then() -> None:
    start = state()
    start = replace(start, standings={LADDER_ID: replace(standing(), since=NOON - DAY)})
    shop = program(SPEND, on_tier("SILVER", EarnFixed(POINTS, 50)))
    raised = []
    for occurred_at in (NOON - 2 * DAY, NOON - DAY / 2):
        bought = CommitOrder(**COMMON, order_id=UUID(int=0x99), content=order(1_000_00, occurred_at=occurred_at))
        decision = decide(bought, situation(shop, start))
        (after,), (occasion,) = decision.states, decision.rows.occasions
        (event,) = (row for row in decision.rows.events if row.kind is EventKind.TIER_CHANGED)
        assert event.occurred_at == after.standings[LADDER_ID].since
        raised.append((event.occurred_at, occasion.occurred_at, occasion.recorded_at))
    assert raised == [(NOON - DAY, NOON - 2 * DAY, NOON), (NOON - DAY / 2, NOON - DAY / 2, NOON)]


def test_progress_for_a_new_tier_may_raise_another_and_ends_at_the_highest() -> None:
    shop = program(
        on_tier("SILVER", AddProgress("STANDARD", QUALIFYING, 4_000_00)),
        on_tier("GOLD", AddProgress("STANDARD", QUALIFYING, 4_000_00), EarnFixed(POINTS, 1)),
    )
    given = Adjust(**COMMON, member_id=MEMBER_ID, asset_id=QUALIFYING.id, amount=1_000_00, reason="a gift")
    decision = decide(given, situation(shop, state()))
    assert [row.code for row in decision.rows.occasions] == ["SILVER", "GOLD"]
    (after,) = decision.states
    assert [row.tier_id for row in after.standings.values()] == [GOLD.id]
    assert after.accounts[QUALIFYING.id].available == 9_000_00
    assert points(decision) == 1


def test_an_enrolment_may_raise_a_tier_and_the_tier_gives_too() -> None:
    head_start = welcome(AddProgress("STANDARD", QUALIFYING, 1_000_00))
    decision = enrol(program(head_start, on_tier("SILVER", EarnFixed(POINTS, 50))))
    assert ([row.trigger for row in decision.rows.occasions], points(decision)) == (
        [Trigger.ENROLLED, Trigger.TIER_CHANGED],
        50,
    )


def test_a_limit_of_a_tier_s_campaign_is_counted_beside_what_the_order_takes() -> None:
    counted = replace(SPEND, limits=Limits(total=10))
    once = on_tier("SILVER", EarnFixed(POINTS, 50), limits=Limits(total=1))
    bought = CommitOrder(**COMMON, order_id=UUID(int=0x99), content=order(1_000_00, occurred_at=NOON))
    first = decide(bought, situation(program(counted, once), state()))
    assert points(first) == 50
    counts = {key[0]: row.uses for key, row in first.rows.usages.items()}
    assert counts == {counted.campaign_id: 1, once.campaign_id: 1}
    second = decide(bought, situation(program(counted, once), state(), usages=first.rows.usages))
    assert (points(second), second.rows.occasions) == (0, [])
    assert {key[0]: row.uses for key, row in second.rows.usages.items()} == {counted.campaign_id: 2}


def test_a_frozen_member_whose_progress_is_corrected_is_given_nothing_for_the_tier() -> None:
    frozen = state(member=member(status=MemberStatus.FROZEN))
    given = Adjust(**COMMON, member_id=MEMBER_ID, asset_id=QUALIFYING.id, amount=1_000_00, reason="a gift")
    decision = decide(given, situation(program(on_tier("SILVER", EarnFixed(POINTS, 50))), frozen))
    assert told(decision) == [EventKind.BALANCE_CHANGED, EventKind.TIER_CHANGED]


# ── schedules ────────────────────────────────────────────────────────────────────────────────────────────────────────

MORNING = version("MORNING", EarnFixed(POINTS, 3), trigger=Trigger.SCHEDULE, schedule=Schedule(time(9)))
EVENING = version("EVENING", EarnFixed(POINTS, 4), trigger=Trigger.SCHEDULE, schedule=Schedule(time(21)))


def run(of: Program, status: MemberStatus = MemberStatus.ACTIVE) -> Decision:
    due = MORNING.schedule.due_at(TODAY, SHANGHAI) if MORNING.schedule else NOON
    command = RunSchedule(**COMMON, campaign_id=MORNING.campaign_id, member_id=MEMBER_ID, day=TODAY, due_at=due)
    return decide(command, situation(of, state(member=member(status=status))))


def test_a_schedule_gives_what_its_own_campaign_gives_as_of_when_it_was_due() -> None:
    decision = run(program(MORNING, EVENING))
    assert points(decision) == 3
    (occasion,) = decision.rows.occasions
    assert (occasion.trigger, occasion.code) == (Trigger.SCHEDULE, "MORNING")
    assert occasion.occurred_at.astimezone(SHANGHAI).strftime("%H:%M") == "09:00"


def test_a_schedule_that_stopped_or_meets_a_member_at_rest_gives_nothing() -> None:
    assert told(run(program(EVENING))) == []
    assert told(run(program(MORNING), MemberStatus.FROZEN)) == []


# ── what a version may say ───────────────────────────────────────────────────────────────────────────────────────────


def read(trigger: str, effect: dict[str, Any]) -> CampaignVersion:
    rules = RuleReader((POINTS, QUALIFYING, PASSES), frozenset(), 2, {"STANDARD": QUALIFYING})
    schedule = {"at": "09:00"} if trigger == "SCHEDULE" else None
    form = VersionForm(
        priority=1,
        starts_at=NOON,
        ends_at=NOON + DAY,
        conditions=None,
        effects=[effect],
        trigger=trigger,
        schedule=schedule,
    )
    return read_version(rules, form, id=UUID(int=1), campaign_id=UUID(int=2), code="C", name="C", number=1)


@pytest.mark.parametrize("trigger", ["ENROLLED", "EVENT", "SCHEDULE", "TIER_CHANGED"])
def test_only_what_needs_no_order_is_given_on_an_occasion(trigger: str) -> None:
    for effect in (
        {"earnFixed": {"asset": "POINTS", "points": "5"}},
        {"addTag": {"tag": "vip"}},
        {"addProgress": {"ladder": "STANDARD", "amount": "5.00"}},
        {"grantChances": {"asset": "PASSES", "count": 1}},
    ):
        assert read(trigger, effect).trigger == trigger
    for effect in (
        {"earn": {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}},
        {"multiplyEarn": {"asset": "POINTS", "factor": "2"}},
        {"percentOff": {"percent": "10"}},
        {"shippingOff": {"percent": "100"}},
        {"gift": {"sku": "CUP"}},
    ):
        with pytest.raises(InvalidInput) as refused:
            read(trigger, effect)
        assert refused.value.message == "This effect needs an order, so the trigger has to be ORDER."
        assert refused.value.field == ("effects", "0")
        assert read("ORDER", effect).trigger is Trigger.ORDER


# ── tags by hand ─────────────────────────────────────────────────────────────────────────────────────────────────────


def tag(start: Any, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> Decision:
    return decide(TagMember(**COMMON, member_id=MEMBER_ID, add=add, remove=remove), situation(start=start))


def test_tags_are_set_and_taken_away_and_one_that_is_there_stays_as_it_was() -> None:
    old = {"since": "2020-01-01T00:00:00+00:00", "by": "key:other"}
    decision = tag(state(member=member(tags={"vip": old, "gone": old})), ("vip", "new"), ("gone", "never"))
    (after,) = decision.states
    assert after.member.tags == {"vip": old, "new": {"since": NOON.isoformat(), "by": "key:test"}}
    assert [(row.kind, row.details) for row in decision.rows.events] == [
        (EventKind.MEMBER_AMENDED, {"fields": ["tags"]})
    ]


def test_a_tag_that_an_order_set_and_somebody_else_outlives_the_order() -> None:
    old = {"since": "2020-01-01T00:00:00+00:00", "by": "order:1"}
    (after,) = tag(state(member=member(tags={"vip": old})), ("vip",)).states
    assert after.member.tags == {"vip": old | {"also": ["key:test"]}}
    own = book(start=after)
    for again in ("key:test", "order:1", "order:2", "key:other"):
        set_tag(own, "vip", again)  # it is somebody's by hand, and stays whatever comes back
    assert own.member.tags["vip"]["also"] == ["key:test"]
    unset_tags(own, "order:1")
    unset_tags(own, "order:2")
    assert own.member.tags == {"vip": {"since": "2020-01-01T00:00:00+00:00", "by": "key:test"}}


def test_a_tag_of_two_orders_goes_with_the_last_of_them() -> None:
    own = book()
    set_tag(own, "vip", "order:1")
    set_tag(own, "vip", "order:2")
    unset_tags(own, "order:1")
    assert own.member.tags == {"vip": {"since": NOON.isoformat(), "by": "order:2"}}
    unset_tags(own, "order:2")
    assert own.member.tags == {}


def test_tags_that_change_nothing_tell_nothing() -> None:
    assert told(tag(state(), (), ("never",))) == []


def test_a_member_has_at_most_fifty_tags_that_were_set_by_hand() -> None:
    full = state(member=member(tags={f"t{n}": {"since": "", "by": "key"} for n in range(50)}))
    with pytest.raises(LimitReached) as refused:
        tag(full, ("one-more",))
    assert (refused.value.field, refused.value.facts) == (("add",), {"limit": "50"})
    assert len(tag(full, ("one-more",), ("t0",)).states[0].member.tags) == 50

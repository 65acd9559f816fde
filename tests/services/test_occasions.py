"""Enrolments, behaviour events and new tiers through the writer: once, whole, and no budget overdrawn."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import models
from domain.refusals import DuplicateEvent, IdempotencyKeyReused, InvalidInput, LimitReached, MemberNotActive, NotFound
from services import members, occasions, programs, tags
from services.engine import Engine
from services.members import Enrolment, MemberRef
from services.occasions import EventRequest
from services.templates import Template
from services.writer.answers import Outcome
from tests.factories import NOON, World, campaign, new_key, world
from tests.services.test_order_life import capture, hold
from tests.services.test_writer_parallel import writers

FIVE: list[dict[str, Any]] = [{"earnFixed": {"asset": "POINTS", "points": "5"}}]
CHECK_IN: dict[str, Any] = {"event": {"codes": ["CHECK_IN"]}}


async def tell(shop: World, member: UUID, code: str = "CHECK_IN", **facts: Any) -> Outcome:
    key, engine = facts.pop("key", None) or new_key(), facts.pop("engine", shop.engine)
    return await occasions.record_event(engine, shop.actor, EventRequest(MemberRef(id=member), code, **facts), key=key)


async def check_in(shop: World, **version: Any) -> models.Campaign:
    return await campaign(shop.program.id, "CHECK_IN", FIVE, CHECK_IN, trigger="EVENT", **version)


async def counts() -> list[int]:
    tables: tuple[Any, ...] = (models.Occasion, models.OccasionEffect, models.Transfer, models.Event)
    return [await table.all().count() for table in tables]


async def reasons(outcome: Outcome) -> list[Any]:
    return [reason["reason"] for reason in (await models.Occasion.get(id=outcome.occasion_id)).not_applied]


# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_event_is_recorded_and_gives_what_campaigns_give_for_it(house: Engine) -> None:
    shop = await world(house)
    made = await check_in(shop)
    member = await shop.enrol()
    outcome = await tell(shop, member, attributes=[("place", "north")], occurred_at=NOON - timedelta(hours=1))
    assert (outcome.replayed, outcome.member_id, len(outcome.entries)) == (False, member, 1)
    row = await models.Occasion.get(id=outcome.occasion_id)
    assert (row.trigger, row.code, row.attributes, row.not_applied) == ("EVENT", "CHECK_IN", {"place": "north"}, [])
    assert (row.occurred_at, row.recorded_at) == (NOON - timedelta(hours=1), NOON)
    effect = await models.OccasionEffect.get(occasion_id=row.id)
    assert (effect.ordinal, effect.kind, effect.amount, effect.campaign_id) == (0, "EARN", 5, made.id)
    transfer = await models.Transfer.get(id=row.transfer_id)
    assert (transfer.kind, transfer.actor, transfer.order_id) == ("AWARD", "key:TEST", None)
    event = await models.Event.get(kind="OCCASION_RECORDED")
    assert (event.member_id, event.occasion_id) == (member, row.id)
    assert await shop.balance(member) == 5


async def test_the_same_key_answers_the_first_event_and_other_content_is_refused(house: Engine) -> None:
    shop = await world(house)
    await check_in(shop)
    member = await shop.enrol()
    first = await tell(shop, member, key="once")
    before = await counts()
    again = await tell(shop, member, key="once")
    assert (again.replayed, again.occasion_id, again.entries) == (True, first.occasion_id, first.entries)
    with pytest.raises(IdempotencyKeyReused):
        await tell(shop, member, "SHARED", key="once")
    assert (await counts(), await shop.balance(member)) == (before, 5)


async def test_a_named_event_is_recorded_once_for_ever(house: Engine) -> None:
    shop = await world(house)
    await check_in(shop)
    member, other = await shop.enrol(), await shop.enrol()
    first = await tell(shop, member, identity=("app", "e-1"))
    before = await counts()
    again = await tell(shop, member, identity=("app", "e-1"))
    assert (again.replayed, again.occasion_id, again.entries) == (True, first.occasion_id, first.entries)
    for changed in (tell(shop, other, identity=("app", "e-1")), tell(shop, member, "SHARED", identity=("app", "e-1"))):
        with pytest.raises(DuplicateEvent) as refused:
            await changed
        assert refused.value.facts == {"occasion_id": str(first.occasion_id)}
    assert await counts() == before
    await tell(shop, member, identity=("till", "e-1"))
    assert await shop.balance(member) == 10


async def test_an_event_that_cannot_be_recorded_changes_nothing(house: Engine) -> None:
    shop = await world(house)
    await check_in(shop)
    member = await shop.enrol()
    await members.amend(house, shop.actor, MemberRef(id=member), {"status": "FROZEN"}, key=new_key())
    before = await counts()
    with pytest.raises(MemberNotActive):
        await tell(shop, member)
    with pytest.raises(NotFound):
        await tell(shop, UUID(int=1))
    for facts, field in (
        ({"code": "no code"}, ("code",)),
        ({"attributes": [("a", "1"), ("a", "2")]}, ("attributes", "1", "key")),
        ({"occurred_at": NOON + timedelta(hours=1)}, ("occurredAt",)),
        ({"identity": ("#phone", "1")}, ("identity", "source")),
    ):
        with pytest.raises(InvalidInput) as refused:
            await tell(shop, member, **facts)
        assert refused.value.field == field
    assert await counts() == before


async def test_checking_in_counts_once_a_day_of_the_program(house: Engine) -> None:
    shop = await world(house)
    await check_in(shop, limits={"perMemberDay": 1})
    member = await shop.enrol()
    midnight = datetime(2026, 3, 2, 16, tzinfo=UTC)  # in Shanghai
    at = [midnight - timedelta(minutes=1), midnight, NOON]
    told = [await tell(shop, member, occurred_at=instant) for instant in at]
    assert [await reasons(outcome) for outcome in told] == [[], [], ["LIMIT_REACHED"]]
    assert await shop.balance(member) == 10


# ── budgets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def given(shop: World, engines: Sequence[Engine], budget: dict[str, Any]) -> tuple[int, models.CampaignUsage]:
    """Let fifty members check in at once, at several servers; return how many got something, and what was counted."""
    made = await check_in(shop, budget=budget)
    people = [await shop.enrol() for _ in range(50)]
    told = [tell(shop, member, engine=engines[n % len(engines)]) for n, member in enumerate(people)]
    outcomes = await asyncio.gather(*told)
    usage = await models.CampaignUsage.get(campaign_id=made.id)
    refused = [row for outcome in outcomes for row in await reasons(outcome)]
    got = await models.OccasionEffect.all().count()
    assert refused == ["BUDGET_SPENT"] * (50 - got)
    assert await models.Occasion.all().count() == 50
    assert sum([await shop.balance(member) for member in people]) == 5 * got
    return got, usage


async def test_of_a_budget_of_ten_exactly_ten_of_fifty_get_it(house: Engine) -> None:
    shop = await world(house)
    got, usage = await given(shop, [house], {"count": 10})
    assert (got, usage.uses, usage.count) == (10, 10, 10)


async def test_several_servers_do_not_overdraw_a_budget_together(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    async with writers(postgres_house, 3) as several:
        got, usage = await given(
            shop, [engine for _, engine in several], {"points": {"asset": "POINTS", "amount": "54"}}
        )
    assert (got, usage.uses, usage.points) == (10, 10, 50)


async def test_one_name_at_several_servers_is_one_event(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await check_in(shop)
    people = [await shop.enrol() for _ in range(4)]
    async with writers(postgres_house, 4) as several:
        told = [
            tell(shop, member, engine=engine, identity=("app", "e-1"))
            for (_, engine), member in zip(several, people, strict=True)
        ]
        answers = await asyncio.gather(*told, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["DuplicateEvent"] * 3 + ["Outcome"]
    assert await models.Occasion.all().count() == 1


async def test_a_tier_s_budget_holds_for_orders_at_several_servers(postgres_house: Engine) -> None:
    shop = await world(postgres_house, Template.STANDARD)
    on_silver = {"event": {"codes": ["SILVER"]}}
    made = await campaign(shop.program.id, "SILVER", FIVE, on_silver, trigger="TIER_CHANGED", limits={"total": 3})
    people = [await shop.enrol() for _ in range(12)]
    async with writers(postgres_house, 3) as several:
        shops = [World(engine, shop.program, shop.actor) for _, engine in several]
        await asyncio.gather(*(shops[n % 3].buy(member, "1000.00") for n, member in enumerate(people)))
    assert [await shop.tier(member) for member in people] == ["SILVER"] * 12
    assert await models.Occasion.filter(trigger="TIER_CHANGED", code="SILVER").count() == 3
    assert (await models.CampaignUsage.get(campaign_id=made.id)).uses == 3
    assert sum([await shop.balance(member) for member in people]) == 12 * 1000 + 3 * 5


# ── enrolments and tiers ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_welcome_bonus_is_given_to_the_first_members_only(house: Engine) -> None:
    shop = await world(house)
    welcome = [*FIVE, {"addTag": {"tag": "early"}}]
    await campaign(shop.program.id, "WELCOME", welcome, trigger="ENROLLED", limits={"total": 2})
    people = await asyncio.gather(*(shop.enrol() for _ in range(5)))
    rows = [await models.Member.get(id=member) for member in people]
    assert sorted([await shop.balance(member) for member in people]) == [0, 0, 0, 5, 5]
    assert sorted(list(row.tags) for row in rows) == [[], [], [], ["early"], ["early"]]
    assert await models.Occasion.filter(trigger="ENROLLED").count() == 2


async def test_an_enrolment_repeated_welcomes_once(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "WELCOME", FIVE, trigger="ENROLLED")
    request = Enrolment(name="Li Lei", attributes=[("size", "L")])
    first, again = [await members.enrol(house, shop.actor, request, key="k") for _ in range(2)]
    assert (again.replayed, again.member_id) == (True, first.member_id)
    assert first.member_id is not None
    assert (await shop.balance(first.member_id), await models.Occasion.all().count()) == (5, 1)
    assert (await models.Member.get(id=first.member_id)).attributes == {"size": "L"}


async def test_a_tier_that_a_capture_raises_counts_on_the_day_of_the_order(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    on_silver = {"event": {"codes": ["SILVER"]}}
    made = await campaign(shop.program.id, "SILVER", FIVE, on_silver, trigger="TIER_CHANGED", limits={"perDay": 1})
    held = [await hold(shop, await shop.enrol(), "1000.00", seconds=86_400) for _ in range(2)]
    await programs.set_clock(shop.program.id, NOON + timedelta(hours=23))
    for one in held:
        assert one.order_id is not None
        await capture(shop, one.order_id)
    rows = await models.CampaignUsage.filter(campaign_id=made.id)
    assert [(row.owner_id, row.day, row.uses) for row in rows] == [(made.id, NOON.date(), 1)]
    assert await models.Occasion.filter(trigger="TIER_CHANGED").count() == 1


async def test_a_return_leaves_what_the_tier_gave_that_the_order_raised(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await campaign(shop.program.id, "SILVER", FIVE, {"event": {"codes": ["SILVER"]}}, trigger="TIER_CHANGED")
    member = await shop.enrol()
    bought = await shop.buy(member, "1000.00")
    assert len(bought.entries) == 2, "points and progress; what the tier gave is no line of the order"
    assert await shop.balance(member) == 1005


# ── attributes and tags ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_attributes_are_replaced_as_a_whole_and_cleared_by_null(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol(attributes=[("size", "L"), ("pet", "cat")])
    ref = MemberRef(id=member)
    await members.amend(house, shop.actor, ref, {"attributes": [("pet", "dog")]}, key=new_key())
    assert (await models.Member.get(id=member)).attributes == {"pet": "dog"}
    await members.amend(house, shop.actor, ref, {"attributes": None}, key=new_key())
    assert (await models.Member.get(id=member)).attributes == {}
    assert await models.Event.filter(kind="MEMBER_AMENDED").values_list("details", flat=True) == [
        {"fields": ["attributes"]},
        {"fields": ["attributes"]},
    ]


async def test_an_enrolment_without_attributes_is_known_by_the_key_it_always_had(house: Engine) -> None:
    shop = await world(house)
    program = await house.program(shop.program.id)
    plain = await members.enrolment_command(program, shop.actor, Enrolment(name="Li Lei"), key="k")
    with_some = await members.enrolment_command(
        program, shop.actor, Enrolment(name="Li Lei", birthday=date(1990, 1, 1), attributes=[("a", "b")]), key="k"
    )
    assert plain.claim is not None
    assert with_some.claim is not None
    assert plain.claim.hash != with_some.claim.hash


async def test_tags_by_hand_are_set_once_under_their_key(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    ref = MemberRef(id=member)
    first = await tags.tag(house, shop.actor, ref, ["vip", "vip "], [], key="k")
    again = await tags.tag(house, shop.actor, ref, ["vip"], [], key="k")
    assert (first.replayed, again.replayed) == (False, True)
    assert (await models.Member.get(id=member)).tags == {"vip": {"since": NOON.isoformat(), "by": "key:TEST"}}
    await tags.tag(house, shop.actor, ref, [], ["vip"], key=new_key())
    assert (await models.Member.get(id=member)).tags == {}
    with pytest.raises(InvalidInput) as nothing:
        await tags.tag(house, shop.actor, ref, [], [], key=new_key())
    assert nothing.value.message == "`add` or `remove` names a tag."
    with pytest.raises(InvalidInput) as both:
        await tags.tag(house, shop.actor, ref, ["vip"], ["vip"], key=new_key())
    assert both.value.message == "The tag 'vip' is to be set and taken away."
    await tags.tag(house, shop.actor, ref, [f"t{n}" for n in range(50)], [], key=new_key())
    with pytest.raises(LimitReached):
        await tags.tag(house, shop.actor, ref, ["one-more"], [], key=new_key())

"""The life of a campaign, on both databases: what each step does, what it is refused, and when it decides orders."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import models
from domain.refusals import (
    ApprovalRequired,
    CampaignNotInState,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    OwnDraft,
    Refusal,
)
from services import campaigns, programs
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import CampaignOutcome, NewCampaign
from services.database.config import Database
from services.engine import Engine, engine
from services.publishing import version_hash
from services.snapshots import Snapshots
from services.templates import Template
from services.transaction import transaction
from services.verify import verify
from tests.factories import NOON, World, new_key, world

CODE = "EXTRA"
EXTRA = CampaignRef(code=CODE)
STEPS: dict[str, Callable[..., Awaitable[CampaignOutcome]]] = {
    "publish": campaigns.publish,
    "pause": campaigns.pause,
    "resume": campaigns.resume,
    "end": campaigns.end,
}


def says(points: int = 7, **facts: Any) -> VersionRequest:
    """Return a version that gives so many points to each order."""
    effects = [{"earnFixed": {"asset": "POINTS", "points": str(points)}}]
    return VersionRequest(**({"effects": effects} | facts))


async def drafted(shop: World, request: VersionRequest | None = None, *, again: bool = False, key: str = "") -> Any:
    target = EXTRA if again else NewCampaign(CODE, "Seven more")
    return await campaigns.draft(shop.engine, shop.actor, target, request or says(), key=key or new_key())


async def step(shop: World, name: str, **facts: Any) -> CampaignOutcome:
    if name == "publish":
        facts |= {"version": facts.get("version")}
    return await STEPS[name](shop.engine, shop.actor, EXTRA, **({"key": new_key()} | facts))


async def running(shop: World, request: VersionRequest | None = None) -> None:
    await drafted(shop, request)
    await step(shop, "publish")


async def earned(shop: World, at: Engine | None = None) -> int:
    """Return what an order over 10 yuan brings a new member, of which 10 points are base earning."""
    there = shop if at is None else replace(shop, engine=at)
    member = await there.enrol()
    await there.buy(member, "10.00")
    return await there.balance(member)


async def state(program_id: Any) -> Any:
    """Return all of the set-up that a step may change, and the keys."""
    rows = await models.Campaign.filter(program_id=program_id).order_by("code").values()
    versions = await models.CampaignVersion.filter(program_id=program_id).order_by("id").values()
    config = await models.Program.filter(id=program_id).values_list("config_version", flat=True)
    return rows, versions, config


async def refused(shop: World, kind: type[Refusal], call: Awaitable[Any]) -> Refusal:
    """Return the refusal of a call, which changed nothing."""
    before = await state(shop.program.id)
    with pytest.raises(kind) as caught:
        await call
    assert await state(shop.program.id) == before
    return caught.value


async def change(rows: Any, **columns: Any) -> None:
    async with transaction():
        await rows.update(**columns)


async def row() -> models.Campaign:
    return await models.Campaign.get(code=CODE)


async def test_a_draft_decides_nothing_until_it_is_published(house: Engine) -> None:
    shop = await world(house)
    made = await drafted(shop)
    campaign = await row()
    assert (made.campaign_id, made.version, made.replayed) == (campaign.id, 1, False)
    assert (campaign.name, campaign.state, campaign.published_version) == ("Seven more", "DRAFT", None)
    assert await earned(shop) == 10
    assert (await step(shop, "publish")).version == 1
    assert await earned(shop) == 17
    campaign = await row()
    assert (campaign.state, campaign.published_version) == ("RUNNING", 1)


async def test_a_version_stores_what_was_asked_for_and_who_drafted_it(house: Engine) -> None:
    shop = await world(house)
    starts, ends = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    request = says(
        3,
        conditions={"minimumSpend": {"amount": "50.00"}},
        priority=7,
        starts_at=starts,
        ends_at=ends,
        step="MEMBER_PRICE",
        calendar={"weekday": {"days": ["FRIDAY"]}},
        stacking_group=" SPRING ",
        limits={"perMember": 2},
        budget={"points": {"asset": "POINTS", "amount": "900"}},
        holdout_percent=Decimal("12.5"),
    )
    await drafted(shop, request)
    version = await models.CampaignVersion.get(campaign_id=(await row()).id)
    assert (version.number, version.drafted_by, version.recorded_at) == (1, "key:TEST", NOON)
    assert (version.priority, version.starts_at, version.ends_at, version.step) == (7, starts, ends, "MEMBER_PRICE")
    assert (version.conditions, version.calendar) == (request.conditions, request.calendar)
    assert (version.effects, version.limits, version.budget) == (request.effects, request.limits, request.budget)
    assert (version.stacking_group, version.holdout) == ("SPRING", 1250)
    assert version.hash == version_hash(version)


async def test_what_is_left_out_has_its_usual_value(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    version = await models.CampaignVersion.get(campaign_id=(await row()).id)
    assert (version.priority, version.starts_at, version.ends_at.year) == (100, NOON, 9999)
    assert (version.trigger, version.step, version.audience, version.holdout) == ("ORDER", "PROMOTION", "MEMBERS", 0)
    assert (version.conditions, version.calendar, version.schedule, version.stacking_group) == (None,) * 4
    assert (version.limits, version.budget) == (None, None)


async def test_an_edit_without_a_start_decides_what_its_campaign_decided_before(house: Engine) -> None:
    shop = await world(house)
    january = datetime(2026, 1, 1, tzinfo=UTC)
    await running(shop, says(starts_at=january))
    await drafted(shop, says(9), again=True)
    await step(shop, "publish")
    versions = await models.CampaignVersion.filter(campaign_id=(await row()).id).order_by("number")
    assert [one.starts_at for one in versions] == [january, january]
    member = await shop.enrol()
    await shop.buy(member, "10.00", occurred_at=NOON - timedelta(hours=1))  # reported after the edit
    assert await shop.balance(member) == 19


async def test_an_edit_without_a_start_takes_none_from_a_draft_that_was_given_up(house: Engine) -> None:
    shop = await world(house)
    january = datetime(2026, 1, 1, tzinfo=UTC)
    later = NOON + timedelta(days=30)
    await drafted(shop, says(starts_at=january))
    await drafted(shop, again=True)  # none is published: that of the newest
    await step(shop, "publish")
    await drafted(shop, says(starts_at=later), again=True)
    await drafted(shop, says(9), again=True)
    await step(shop, "publish")
    versions = await models.CampaignVersion.filter(campaign_id=(await row()).id).order_by("number")
    assert [one.starts_at for one in versions] == [january, january, later, january]
    assert await earned(shop) == 19


BAD: dict[str, tuple[VersionRequest, tuple[str, ...]]] = {
    "no effect": (says(effects=[]), ("effects",)),
    "unknown effect": (says(effects=[{"give": {}}]), ("effects", "0", "give")),
    "unknown asset": (
        says(effects=[{"earnFixed": {"asset": "GOLD", "points": "1"}}]),
        ("effects", "0", "earnFixed", "asset"),
    ),
    "deep condition": (
        says(conditions={"all": [{"not": {"minimumSpend": {"amount": "0.001"}}}]}),
        ("conditions", "all", "0", "not", "minimumSpend", "amount"),
    ),
    "expression": (says(conditions={"expression": {"text": "member."}}), ("conditions", "expression", "text")),
    "priority": (says(priority=10_001), ("priority",)),
    "end before start": (says(ends_at=NOON), ("endsAt",)),
    "before 1900": (says(starts_at=datetime(1899, 12, 31, tzinfo=UTC)), ("startsAt",)),
    "calendar": (says(calendar={"weekday": {"days": ["SOMEDAY"]}}), ("calendar", "weekday", "days")),
    "group": (says(stacking_group=" "), ("stackingGroup",)),
    "limit": (says(limits={"perDay": 0}), ("limits", "perDay")),
    "budget": (says(budget={"points": {"asset": "X", "amount": "1"}}), ("budget", "points", "asset")),
    "money that nothing takes off": (says(budget={"money": "1"}), ("budget", "money")),
    "no money": (says(effects=[{"percentOff": {"percent": "5"}}], budget={"money": "0"}), ("budget", "money")),
    "points that nothing earns": (
        says(effects=[{"percentOff": {"percent": "5"}}], budget={"points": {"asset": "POINTS", "amount": "1"}}),
        ("budget", "points", "asset"),
    ),
    "points of something else": (
        says(budget={"points": {"asset": "TIER", "amount": "1"}}),
        ("budget", "points", "asset"),
    ),
    "no points": (says(budget={"points": {"asset": "POINTS", "amount": "0"}}), ("budget", "points", "amount")),
    "times per order without order": (says(trigger="ENROLLED", limits={"perOrder": 1}), ("limits", "perOrder")),
    "all held out and more": (says(holdout_percent=Decimal("100.01")), ("holdoutPercent",)),
    "three decimals": (says(holdout_percent=Decimal("0.001")), ("holdoutPercent",)),
    "no schedule": (says(trigger="SCHEDULE"), ("schedule",)),
    "discount without order": (
        says(trigger="ENROLLED", effects=[{"percentOff": {"percent": "5"}}]),
        ("effects", "0"),
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_version_that_cannot_be_carried_out_is_refused_by_its_part(house: Engine, name: str) -> None:
    shop = await world(house)
    request, path = BAD[name]
    error = await refused(shop, InvalidInput, drafted(shop, request, key="same"))
    assert error.field == ("version", *path)
    await drafted(shop, key="same")  # what was mended may have the same key


async def test_two_campaigns_have_two_codes(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    error = await refused(shop, InvalidInput, drafted(shop))
    assert (error.message, error.field) == (
        "There is a campaign or a template of coupons 'EXTRA' already.",
        ("campaign", "new", "code"),
    )
    for code in ("", "no code", "x" * 65):
        target = NewCampaign(code, "x")
        await refused(shop, InvalidInput, campaigns.draft(house, shop.actor, target, says(), key=new_key()))
    target = NewCampaign("OTHER", "x" * 201)
    await refused(shop, InvalidInput, campaigns.draft(house, shop.actor, target, says(), key=new_key()))


async def test_a_campaign_of_another_program_is_not_there(house: Engine) -> None:
    shop, rival = await world(house), await world(house, code="RIVAL")
    await running(shop)
    foreign = CampaignRef(id=(await row()).id)
    for name, call in STEPS.items():
        more = {"version": None} if name == "publish" else {}
        await refused(shop, NotFound, call(house, rival.actor, foreign, key=new_key(), **more))
    await refused(shop, NotFound, campaigns.draft(house, rival.actor, foreign, says(), key=new_key()))
    await refused(shop, NotFound, campaigns.approve(rival.actor, foreign, version=1, key=new_key()))


async def test_versions_never_change_and_the_next_has_the_next_number(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    (first,) = await models.CampaignVersion.filter(campaign_id=(await row()).id).values()
    assert (await drafted(shop, says(9), again=True)).version == 2
    assert await earned(shop) == 17
    await step(shop, "publish")
    assert await earned(shop) == 19
    assert await models.CampaignVersion.filter(id=first["id"]).values() == [first]


async def test_an_earlier_version_may_be_published_again(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    await drafted(shop, says(9), again=True)
    await step(shop, "publish")
    await step(shop, "publish", version=1)
    assert await earned(shop) == 17
    error = await refused(shop, InvalidInput, step(shop, "publish", version=3))
    assert (error.message, error.field) == ("EXTRA has no version 3.", ("version",))


async def test_an_order_keeps_the_version_that_decided_it(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    member = await shop.enrol()
    order = (await shop.buy(member, "10.00")).order_id
    before = await models.OrderEffect.filter(order_id=order).order_by("ordinal").values()
    assert {effect["explanation"]["ruleVersion"] for effect in before} == {"BASE v1", "EXTRA v1"}
    await drafted(shop, says(100), again=True)
    await step(shop, "publish")
    assert await models.OrderEffect.filter(order_id=order).order_by("ordinal").values() == before
    later = (await shop.buy(member, "10.00")).order_id
    labels = {effect.explanation["ruleVersion"] for effect in await models.OrderEffect.filter(order_id=later)}
    assert labels == {"BASE v1", "EXTRA v2"}


async def test_a_paused_campaign_does_nothing_until_it_is_resumed(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    await step(shop, "pause")
    assert await earned(shop) == 10
    await drafted(shop, says(9), again=True)
    await step(shop, "publish")
    assert ((await row()).state, (await row()).published_version) == ("PAUSED", 2)
    assert await earned(shop) == 10
    await step(shop, "resume")
    assert await earned(shop) == 19


async def test_an_ended_campaign_has_ended(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    await step(shop, "end")
    assert await earned(shop) == 10
    for name in STEPS:
        error = await refused(shop, CampaignNotInState, step(shop, name))
        assert error.facts == {"state": "ENDED", "campaign_id": str((await row()).id)}
    await refused(shop, CampaignNotInState, drafted(shop, again=True))
    await refused(shop, CampaignNotInState, campaigns.approve(shop.actor, EXTRA, version=1, key=new_key()))


async def test_a_campaign_whose_window_is_over_may_be_ended_for_good(house: Engine) -> None:
    shop = await world(house)
    hour = timedelta(hours=1)
    await running(shop, says(ends_at=NOON + hour))
    await programs.set_clock(shop.program.id, NOON + hour)
    error = await refused(shop, CampaignNotInState, step(shop, "pause"))
    assert error.facts["state"] == "ENDED"
    await step(shop, "end")
    assert (await row()).state == "ENDED"
    await refused(shop, CampaignNotInState, drafted(shop, again=True))
    await refused(shop, CampaignNotInState, step(shop, "end"))


async def test_a_budget_of_points_keeps_the_asset_that_it_counts(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)

    def bounded(asset: str) -> VersionRequest:
        effects = [{"earnFixed": {"asset": code, "points": "1"}} for code in ("POINTS", "TIER")]
        return says(effects=effects, budget={"points": {"asset": asset, "amount": "100"}})

    await drafted(shop, bounded("POINTS"))
    await drafted(shop, bounded("TIER"), again=True)  # nothing was published, so nothing is counted
    await step(shop, "publish", version=1)
    error = await refused(shop, InvalidInput, drafted(shop, bounded("TIER"), again=True))
    assert error.field == ("version", "budget", "points", "asset")
    assert error.message.startswith("The budget of this campaign counts POINTS, since an earlier version, and cannot")
    stale = await refused(shop, InvalidInput, step(shop, "publish", version=2))
    assert (stale.field, "EXTRA v2 does not fit" in stale.message) == (("version",), True)
    await drafted(shop, bounded("POINTS"), again=True)
    await drafted(shop, again=True)
    await step(shop, "publish", version=4)
    await drafted(shop, bounded("TIER"), again=True)  # without a budget, and nothing was counted before
    await step(shop, "publish", version=3)
    await earned(shop)
    await step(shop, "publish", version=4)
    await refused(shop, InvalidInput, drafted(shop, bounded("TIER"), again=True))
    await refused(shop, InvalidInput, step(shop, "publish", version=5))


async def test_each_step_needs_its_state(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    for name in ("pause", "resume"):
        error = await refused(shop, CampaignNotInState, step(shop, name))
        assert error.facts["state"] == "DRAFT"
    await step(shop, "publish")
    error = await refused(shop, CampaignNotInState, step(shop, "resume"))
    assert error.message == "EXTRA is RUNNING; to be RUNNING, it has to be PAUSED."
    await step(shop, "pause")
    await refused(shop, CampaignNotInState, step(shop, "pause"))
    await step(shop, "end")
    assert (await row()).state == "ENDED"


async def test_a_draft_may_be_given_up(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    await step(shop, "end")
    assert ((await row()).state, (await row()).published_version) == ("ENDED", None)


async def test_a_campaign_runs_in_its_window_only(house: Engine) -> None:
    shop = await world(house)
    hour = timedelta(hours=1)
    await running(shop, says(starts_at=NOON + hour, ends_at=NOON + 2 * hour))
    found = []
    for later in (0 * hour, hour, 2 * hour - timedelta(microseconds=1), 2 * hour):
        await programs.set_clock(shop.program.id, NOON + later)
        found.append(await earned(shop))
    assert found == [10, 17, 17, 10]
    await refused(shop, CampaignNotInState, step(shop, "pause"))  # its window is over


async def test_a_program_with_approval_publishes_only_what_somebody_else_approved(house: Engine) -> None:
    shop = await world(house)
    other = replace(shop.actor, credential="key:boss")
    await change(models.Program.filter(id=shop.program.id), approval=True)
    await drafted(shop)
    error: Refusal = await refused(shop, ApprovalRequired, step(shop, "publish", key="early"))
    assert error.facts == {"version": 1}
    error = await refused(shop, OwnDraft, campaigns.approve(shop.actor, EXTRA, version=1, key=new_key()))
    assert error.facts == {"version": 1}
    assert (await campaigns.approve(other, EXTRA, version=1, key=new_key())).version == 1
    assert ((await row()).approved_version, (await row()).approved_by) == (1, "key:boss")
    await refused(shop, ApprovalRequired, step(shop, "publish", key="early"))  # the same call has the same answer
    await step(shop, "publish")
    assert await earned(shop) == 17
    await drafted(shop, says(9), again=True)
    await refused(shop, ApprovalRequired, step(shop, "publish"))
    assert await earned(shop) == 17
    error = await refused(shop, InvalidInput, campaigns.approve(other, EXTRA, version=3, key=new_key()))
    assert error.message == "EXTRA has no version 3."


async def test_an_earlier_version_may_be_approved_again_and_published(house: Engine) -> None:
    shop = await world(house)
    other = replace(shop.actor, credential="key:boss")
    await change(models.Program.filter(id=shop.program.id), approval=True)
    await drafted(shop)
    await drafted(shop, says(9), again=True)
    for version, points in ((2, 19), (1, 17)):
        await campaigns.approve(other, EXTRA, version=version, key=new_key())
        await step(shop, "publish", version=version)
        assert await earned(shop) == points
    await refused(shop, ApprovalRequired, step(shop, "publish", version=2))  # one is approved at a time
    await refused(shop, OwnDraft, campaigns.approve(shop.actor, EXTRA, version=2, key=new_key()))


async def test_a_version_is_checked_again_when_it_is_published(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop, says(conditions={"tier": {"codes": ["MEMBER"]}}))
    await change(models.Tier.filter(program_id=shop.program.id, code="MEMBER"), code="FRIEND")
    await change(models.Program.filter(id=shop.program.id), config_version=100)
    error = await refused(shop, InvalidInput, step(shop, "publish"))
    assert error.message == "EXTRA v1 does not fit the program any more: The program has no tier `MEMBER`."
    assert error.field == ("version",)


async def test_a_repetition_has_the_same_answer_and_does_nothing(house: Engine) -> None:
    shop = await world(house)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("publish", {"version": 1}),
        ("pause", {}),
        ("resume", {}),
        ("end", {}),
    ]
    first = await drafted(shop, key="draft")
    assert await drafted(shop, key="draft") == replace(first, replayed=True)
    for name, facts in calls:
        done = await step(shop, name, key=name, **facts)
        before = await state(shop.program.id)
        assert await step(shop, name, key=name, **facts) == replace(done, replayed=True)
        assert await state(shop.program.id) == before
    assert await models.CampaignVersion.filter(campaign_id=first.campaign_id).count() == 1


async def test_a_key_stands_for_one_content(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop, key="one")
    await step(shop, "publish", key="one")  # of another operation it is another key
    others: list[Awaitable[Any]] = [drafted(shop, says(8), key="one"), step(shop, "publish", key="one", version=1)]
    for call in others:
        error = await refused(shop, IdempotencyKeyReused, call)
        assert error.field == ("idempotencyKey",)
    other = replace(shop.actor, credential="key:other")
    assert (await campaigns.draft(house, other, EXTRA, says(), key="one")).version == 2


async def test_a_refusal_is_remembered_and_bad_input_is_not(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    await refused(shop, CampaignNotInState, step(shop, "resume", key="early"))
    await step(shop, "publish")
    await step(shop, "pause")
    await refused(shop, CampaignNotInState, step(shop, "resume", key="early"))
    await refused(shop, InvalidInput, step(shop, "publish", version=2, key="next"))
    await drafted(shop, again=True)
    assert (await step(shop, "publish", version=2, key="next")).replayed is False


async def test_another_server_sees_a_published_campaign_at_its_next_order(house: Engine, database: Database) -> None:
    shop = await world(house)
    if database.dialect.value == "sqlite":  # one server only, by the lock of its file: another's eyes are its snapshots
        eyes = Snapshots()
        await eyes.load(house.reads, shop.program.id)
        await running(shop)
        labels = {version.label for version in (await eyes.load(house.reads, shop.program.id)).campaigns}
        assert "EXTRA v1" in labels
        return
    async with engine(database) as other:
        assert await earned(shop, other) == 10
        await running(shop)
        assert await earned(shop, other) == 17
        await step(shop, "pause")
        assert await earned(shop, other) == 10


async def test_one_of_two_publishers_at_once_is_the_last(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await running(shop)
    for points in (8, 9):
        await drafted(shop, says(points), again=True)
    (before,) = (await state(shop.program.id))[2]
    numbers = [1, 2, 3] * 4
    done = await asyncio.gather(*(step(shop, "publish", version=number) for number in numbers))
    assert [outcome.version for outcome in done] == numbers
    campaign = await row()
    assert (await state(shop.program.id))[2] == [before + len(numbers)]
    assert await earned(shop) == 10 + {1: 7, 2: 8, 3: 9}[campaign.published_version or 0]


async def test_drafts_at_once_have_numbers_of_their_own(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await drafted(shop)
    done = await asyncio.gather(*(drafted(shop, says(points), again=True) for points in range(1, 9)))
    assert sorted(outcome.version or 0 for outcome in done) == list(range(2, 10))


async def test_the_same_call_at_once_is_done_once(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    done = await asyncio.gather(*(drafted(shop, key="same") for _ in range(8)))
    assert {(outcome.campaign_id, outcome.version) for outcome in done} == {((await row()).id, 1)}
    assert sorted(outcome.replayed for outcome in done) == [False] + [True] * 7
    assert await models.CampaignVersion.filter(campaign_id=(await row()).id).count() == 1


async def test_one_of_pause_and_end_at_once_comes_first(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    await running(shop)
    answers = await asyncio.gather(*(step(shop, name) for name in ("end", "pause", "end")), return_exceptions=True)
    refusals = [answer for answer in answers if isinstance(answer, CampaignNotInState)]
    assert {refusal.facts["state"] for refusal in refusals} == {"ENDED"}
    assert (await row()).state == "ENDED"
    assert len(refusals) in {1, 2}


async def test_what_was_drafted_and_published_verifies(house: Engine) -> None:
    shop = await world(house)
    effects = [{"earn": {"asset": "POINTS", "points": "2", "per": "1", "rounding": "DOWN"}}]
    await running(shop, says(effects=effects, conditions={"weekday": {"days": ["TUESDAY"]}}, priority=3))
    assert await earned(shop) == 30
    assert (await verify(house.database)).findings == []

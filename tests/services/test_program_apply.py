"""Documents that are applied: all of it or nothing, once, and members keep what they have."""

import asyncio
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

import models
from domain.refusals import LimitReached
from services.engine import Engine
from services.program_apply import DRAFTER, PlanChanged
from services.program_plan import CannotChange
from services.program_yaml import Misread
from services.publishing import version_hash
from services.templates import Template
from services.transaction import transaction
from services.verify import verify
from tests.factories import NOON, World, world
from tests.services.program_documents import applied, everything, exported, planned
from tests.services.test_program_plan import SALE


async def shop_of(house: Engine) -> World:
    return await world(house, Template.STANDARD)


async def config_version(shop: World) -> int:
    return (await models.Program.get(id=shop.program.id)).config_version


async def versions(code: str) -> list[tuple[Any, ...]]:
    campaign = await models.Campaign.get(code=code)
    rows = await models.CampaignVersion.filter(campaign_id=campaign.id).order_by("number")
    return [(row.number, row.priority, row.drafted_by) for row in rows]


async def test_what_is_applied_decides_the_next_order(house: Engine) -> None:
    shop = await shop_of(house)
    member = await shop.enrol()
    await shop.buy(member, "100.00")
    assert await shop.balance(member) == 100
    said = (await exported(shop.program)).replace(
        "      points: '1'\n      rounding: DOWN\n- code: Q", "      points: 3\n      rounding: DOWN\n- code: Q"
    )
    before = await config_version(shop)
    made = await applied(shop.program, said)
    assert [(change.section, change.code) for change in made.changes] == [("campaigns", "BASE")]
    assert await config_version(shop) == before + 1
    await shop.buy(member, "100.00")
    assert await shop.balance(member) == 400
    assert await versions("BASE") == [(1, 100, None), (2, 100, DRAFTER)]
    newest = await models.CampaignVersion.get(number=2)
    assert newest.hash == version_hash(newest)
    assert newest.recorded_at == NOON


async def test_to_apply_twice_changes_once(house: Engine) -> None:
    shop = await shop_of(house)
    said = (await exported(shop.program)).replace("name: Points\n", "name: Leaves\n") + SALE
    assert len((await applied(shop.program, said)).changes) == 2
    before = await everything()
    assert (await applied(shop.program, said)).changes == ()
    assert await everything() == before


async def test_a_mistake_in_the_last_campaign_changes_nothing(house: Engine) -> None:
    shop = await shop_of(house)
    before = await everything()
    said = (await exported(shop.program)).replace("name: Points\n", "name: Leaves\n").replace("'1000.00'", "900") + SALE
    with pytest.raises(Misread, match="SALE: "):
        await applied(shop.program, said.replace("percent: 10", "percent: 101"))
    assert await everything() == before


async def test_a_fault_of_the_database_at_the_last_campaign_changes_nothing(house: Engine) -> None:
    shop = await shop_of(house)
    said = (await exported(shop.program)).replace("name: Points\n", "name: Leaves\n").replace("'1000.00'", "900") + SALE
    said += SALE.replace("SALE", "ZEBRA").replace("priority: 50", "priority: 9999")
    before = await everything()
    # A key that only this test has: the last of the campaigns ends when the one before it does.
    async with transaction() as connection:
        await connection.execute_script(
            "CREATE UNIQUE INDEX one_sale ON campaign_version (program_id, ends_at) WHERE ends_at < '2028-01-01'"
        )
    try:
        with pytest.raises(IntegrityError):
            await applied(shop.program, said)
        assert await everything() == before
    finally:
        async with transaction() as connection:
            await connection.execute_script("DROP INDEX one_sale")
    assert len((await applied(shop.program, said)).changes) == 4


async def test_members_keep_their_standing_when_tiers_come_between(house: Engine) -> None:
    shop = await shop_of(house)
    silver, gold, new = await shop.enrol(), await shop.enrol(), await shop.enrol()
    await shop.buy(silver, "1200.00")
    await shop.buy(gold, "6000.00")
    text = await exported(shop.program)
    said = text.replace("  - code: GOLD\n", "  - code: JADE\n    name: Jade\n    threshold: 1100\n  - code: GOLD\n")
    said = said.replace(
        "    name: Diamond\n    threshold: '20000.00'\n",
        "    name: Diamond\n    threshold: '20000.00'\n  - code: STAR\n    name: Star\n    threshold: 50000\n",
    )
    await applied(shop.program, said)
    ranks = await models.Tier.all().order_by("rank").values_list("code", "rank")
    assert ranks == [("MEMBER", 0), ("SILVER", 1), ("JADE", 2), ("GOLD", 3), ("DIAMOND", 4), ("STAR", 5)]
    assert (await shop.tier(silver), await shop.tier(gold)) == ("SILVER", "GOLD")
    await shop.buy(silver, "1.00")
    await shop.buy(new, "1100.00")
    assert (await shop.tier(silver), await shop.tier(gold), await shop.tier(new)) == ("JADE", "GOLD", "JADE")
    assert (await planned(shop.program, said)).changes == ()
    assert (await verify(house.database)).findings == []


async def test_a_tier_that_nobody_reached_goes(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    said = text.replace("  - code: GOLD\n    name: Gold\n    threshold: '5000.00'\n", "")
    said = said.replace("      - factor: '1.2'\n        tier: GOLD\n", "")
    await applied(shop.program, said)
    assert await models.Tier.all().order_by("rank").values_list("code", "rank") == [
        ("MEMBER", 0),
        ("SILVER", 1),
        ("DIAMOND", 2),
    ]


async def test_a_campaign_is_paused_resumed_and_ended_by_its_state(house: Engine) -> None:
    shop = await shop_of(house)
    member = await shop.enrol()
    text = await exported(shop.program)
    for state, points in (("PAUSED", 0), ("RUNNING", 10), ("ENDED", 10)):
        said = text.replace("  name: Base earning\n", f"  name: Base earning\n  state: {state}\n")
        await applied(shop.program, said)
        await shop.buy(member, "10.00")
        assert await shop.balance(member) == points
    assert await versions("BASE") == [(1, 100, None)]


async def test_a_draft_decides_nothing_until_it_runs(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    extra = (
        "- {code: MORE, name: More, state: DRAFT, priority: 1, effects: [{earnFixed: {asset: POINTS, points: 7}}]}\n"
    )
    await applied(shop.program, text + extra)
    campaign = await models.Campaign.get(code="MORE")
    assert (campaign.state, campaign.published_version) == ("DRAFT", None)
    await applied(shop.program, text + extra.replace("points: 7", "points: 8"))
    await applied(shop.program, text + extra.replace("points: 7", "points: 8").replace("DRAFT", "RUNNING"))
    campaign = await models.Campaign.get(code="MORE")
    assert (campaign.state, campaign.published_version) == ("RUNNING", 2)
    member = await shop.enrol()
    await shop.buy(member, "1.00")
    assert await shop.balance(member) == 9


async def test_pruning_ends_the_campaigns_that_the_document_does_not_have(house: Engine) -> None:
    shop = await shop_of(house)
    said = (await exported(shop.program)).partition("- code: TIER_MULTIPLIER")[0]
    await applied(shop.program, said)
    assert await models.Campaign.filter(state="ENDED").count() == 0
    await applied(shop.program, said, prune=True)
    assert await models.Campaign.filter(state="ENDED").values_list("code", flat=True) == ["TIER_MULTIPLIER"]
    assert (await applied(shop.program, said, prune=True)).changes == ()


async def test_steps_and_conversions_become_what_the_document_says(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    said = text.replace("kind: MONEY\n", "kind: MONEY\n  topUp: [{from: 500, bonus: 50}, {from: 100, bonus: 5%}]\n")
    said += "conversions:\n- {from: POINTS, to: VALUE, amount: 100, gives: 1}\n"
    await applied(shop.program, said)
    steps = await models.TopUpStep.all().order_by("threshold").values_list("threshold", "amount", "basis_points")
    assert steps == [(10_000, 0, 500), (50_000, 5_000, 0)]
    assert await models.Conversion.all().values_list("from_amount", "to_amount", "step") == [(100, 100, 1)]
    await applied(shop.program, said.replace("gives: 1", "gives: 2").replace(", {from: 100, bonus: 5%}", ""))
    assert await models.TopUpStep.all().values_list("threshold", flat=True) == [50_000]
    assert await models.Conversion.all().values_list("to_amount", flat=True) == [200]


# ── approval ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_where_campaigns_are_approved_a_document_drafts_and_later_publishes_what_was_approved(
    house: Engine,
) -> None:
    shop = await shop_of(house)
    text = (await exported(shop.program)).replace(
        "timeZone: Asia/Shanghai\n", "timeZone: Asia/Shanghai\n  approval: true\n"
    )
    await applied(shop.program, text)
    said = text.replace("  name: Base earning\n  priority: 100\n", "  name: Base earning\n  priority: 110\n") + SALE
    made = await applied(shop.program, said)
    assert made.waiting == ("BASE v2", "SALE v1")
    assert [change.note for change in made.changes] == [
        "v2 is drafted and not published: the program wants it approved first.",
        "v1 is drafted and not published: the program wants it approved first.",
    ]
    assert await models.Campaign.filter(code__in=["BASE", "SALE"]).order_by("code").values_list(
        "state", "published_version"
    ) == [("RUNNING", 1), ("DRAFT", None)]
    again = await applied(shop.program, said)
    assert (again.changes, again.waiting) == ((), ("BASE v2", "SALE v1"))
    async with transaction():
        await models.Campaign.filter(code="BASE").update(approved_version=2, approved_by="key:boss")
    published = await applied(shop.program, said)
    assert ([change.code for change in published.changes], published.waiting) == (["BASE"], ("SALE v1",))
    assert await versions("BASE") == [(1, 100, None), (2, 110, DRAFTER)]
    assert (await models.Campaign.get(code="BASE")).published_version == 2


async def test_turning_approval_off_publishes_nothing_in_the_same_breath(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    async with transaction():
        await models.Program.filter(id=shop.program.id).update(approval=True)
    made = await applied(shop.program, text + SALE)
    assert made.waiting == ("SALE v1",)
    assert (await models.Campaign.get(code="SALE")).published_version is None


# ── at the same time ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_plan_that_is_not_true_any_more_is_not_carried_out(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    said = text.replace("name: Points\n", "name: Leaves\n")
    shown = await planned(shop.program, said)
    await applied(shop.program, text.replace("name: Points\n", "name: Petals\n"))
    before = await everything()
    with pytest.raises(PlanChanged, match="look at it again"):
        await applied(shop.program, said, shown=shown)
    assert await everything() == before


async def test_of_two_that_apply_at_once_the_second_sees_what_the_first_did(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    text = await exported(shop.program)
    before = await config_version(shop)
    made = await asyncio.gather(*(applied(shop.program, text + SALE) for _ in range(6)))
    assert sorted(len(one.changes) for one in made) == [0, 0, 0, 0, 0, 1]
    assert await models.Campaign.filter(code="SALE").count() == 1
    assert await config_version(shop) == before + 1


async def test_documents_that_differ_and_are_applied_at_once_leave_one_of_them_whole(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house)
    text = await exported(shop.program)
    said = [
        text.replace("name: Points\n", f"name: P{number}\n").replace(
            "  name: Base earning\n  priority: 100\n", f"  name: Base earning\n  priority: {number}\n"
        )
        for number in range(1, 7)
    ]
    await asyncio.gather(*(applied(shop.program, one) for one in said))
    asset = await models.Asset.get(code="POINTS")
    campaign = await models.Campaign.get(code="BASE")
    assert campaign.published_version == 7
    newest = await models.CampaignVersion.get(campaign_id=campaign.id, number=7)
    assert asset.name == f"P{newest.priority}"


async def test_a_refused_change_leaves_all_as_it_was(house: Engine) -> None:
    shop = await shop_of(house)
    before = await everything()
    with pytest.raises(CannotChange):
        await applied(
            shop.program,
            (await exported(shop.program))
            .replace("name: Points\n", "name: Leaves\n")
            .replace("code: MEMBER\n", "code: X\n", 1)
            .replace("tier: MEMBER", "tier: X"),
        )
    assert await everything() == before


async def test_a_document_makes_no_more_assets_than_a_program_may_have(
    house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await shop_of(house)
    monkeypatch.setattr("services.program_apply.ASSETS_MAX", await models.Asset.all().count() + 1)
    one = "version: 1\nprogram: {code: TEST}\nassets:\n- {code: STARS, name: Stars, kind: POINTS}\n"
    before = await everything()
    with pytest.raises(LimitReached, match="would have more than 4 assets"):
        await applied(shop.program, one + "- {code: MOONS, name: Moons, kind: POINTS}\n")
    assert await everything() == before
    await applied(shop.program, one)
    assert await models.Asset.all().count() == 4

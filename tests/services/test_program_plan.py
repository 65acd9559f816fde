"""What a document would change, what it may not, and how much it touches."""

from datetime import timedelta

import pytest

import models
from domain.lint import lint
from services.engine import Engine
from services.program_plan import Action, CannotChange, FieldChange, TierInUse
from services.program_reach import ORDERS_MAX, reach_of
from services.templates import Template
from services.transaction import transaction
from tests.factories import NOON, World, world
from tests.services.program_documents import applied, everything, exported, planned

SALE = """- code: SALE
  name: Sale
  priority: 50
  endsAt: 2027-01-01
  conditions:
    all:
    - minimumSpend: {amount: 100}
    - tier: {codes: [SILVER]}
  effects:
  - percentOff: {percent: 10}
"""


async def shop_of(house: Engine) -> World:
    return await world(house, Template.STANDARD)


async def reached(shop: World, said: str) -> dict[tuple[str, str], dict[str, int]]:
    plan = await planned(shop.program, said)
    return {place: reach.numbers for place, reach in (await reach_of(plan, shop.engine.reads)).items()}


async def test_a_change_is_told_field_by_field_with_its_line(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    said = text.replace("name: Points\n", "name: Leaves\n").replace("'1000.00'", "800") + SALE
    plan = await planned(shop.program, said)
    asset, ladder, campaign = plan.changes
    assert (asset.action, asset.section, asset.code) == (Action.CHANGE, "assets", "POINTS")
    assert asset.fields == (FieldChange("name", "Points", "Leaves"),)
    assert (ladder.section, ladder.fields) == (
        "ladders",
        (
            FieldChange(
                "tiers.SILVER",
                {"name": "Silver", "threshold": "1000.00"},
                {"name": "Silver", "threshold": "800.00"},
            ),
        ),
    )
    assert (campaign.action, campaign.section, campaign.code) == (Action.CREATE, "campaigns", "SALE")
    assert {field.name: field.new for field in campaign.fields}["effects"] == [{"percentOff": {"percent": "10"}}]
    lines = said.splitlines()
    for change, words in ((asset, "- code: POINTS"), (ladder, "- code: STANDARD"), (campaign, "- code: SALE")):
        assert change.line is not None
        assert lines[change.line - 1] == words
    assert (plan.unchanged, plan.absent) == (5, ())


async def test_what_the_document_does_not_have_is_left_alone_but_campaigns_when_asked(house: Engine) -> None:
    shop = await shop_of(house)
    said = "version: 1\nprogram: {code: TEST}\n"
    plan = await planned(shop.program, said)
    assert plan.changes == ()
    assert plan.absent == (
        *(("assets", code) for code in ("POINTS", "TIER", "VALUE")),
        ("ladders", "STANDARD"),
        *(("campaigns", code) for code in ("BASE", "QUALIFYING", "TIER_MULTIPLIER")),
    )
    pruned = await planned(shop.program, said, prune=True)
    assert [(change.action, change.code, change.fields) for change in pruned.changes] == [
        (Action.END, code, (FieldChange("state", "RUNNING", "ENDED"),))
        for code in ("BASE", "QUALIFYING", "TIER_MULTIPLIER")
    ]
    assert len(pruned.absent) == 4


async def test_to_plan_changes_nothing(house: Engine) -> None:
    shop = await shop_of(house)
    before = await everything()
    plan = await planned(shop.program, (await exported(shop.program)).replace("Points", "Leaves") + SALE, prune=True)
    await reach_of(plan, house.reads)
    assert plan.changes
    assert await everything() == before


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: QUALIFYING", "kind: PASS", "`kind` of TIER stays QUALIFYING and does not become PASS"),
        ("kind: POINTS\n", "kind: POINTS\n  scale: 1\n", "`scale` of POINTS stays 0 and does not become 1"),
        ("shortfall: DEBT", "shortfall: WRITE_OFF", "`shortfall` of POINTS stays DEBT"),
        (
            "shortfall: DEBT",
            "shortfall: DEBT\n  debtLimit: 5",
            "`debtLimit` of POINTS stays without and does not become 5",
        ),
        ("kind: MONEY", "kind: MONEY\n  burnOrder: PRINCIPAL_FIRST", "`burnOrder` of VALUE stays BONUS_FIRST"),
        ("code: MEMBER\n", "code: FRIEND\n", "The lowest tier of STANDARD stays MEMBER"),
        (
            "- code: BASE\n  name: Base earning\n",
            "- code: BASE\n  name: Base earning\n  state: DRAFT\n",
            "BASE was published and is no draft any more",
        ),
    ],
)
async def test_what_never_changes_is_refused_with_its_reason(house: Engine, old: str, new: str, words: str) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program)
    said = text.replace(old, new, 1) if "QUALIFYING" not in old else text.replace(f"  {old}", f"  {new}", 1)
    if "kind: PASS" in new:  # a ladder that measures it would be refused before
        said = said.partition("ladders:")[0]
    said = said.replace("tier: MEMBER", "tier: FRIEND") if "FRIEND" in new else said
    with pytest.raises(CannotChange) as refused:
        await planned(shop.program, said)
    assert words in refused.value.message
    assert refused.value.message.startswith(f"program.yaml:{refused.value.facts['line']}: ")


async def test_a_ladder_keeps_the_asset_that_it_measures(house: Engine) -> None:
    shop = await shop_of(house)
    text = (await exported(shop.program)).replace(
        "- code: VALUE", "- {code: OTHER, name: Other, kind: QUALIFYING}\n- code: VALUE"
    )
    with pytest.raises(CannotChange, match="STANDARD measures TIER for good, not OTHER"):
        await planned(shop.program, text.replace("  asset: TIER\n  tiers", "  asset: OTHER\n  tiers"))


async def test_a_tier_that_somebody_reached_is_not_removed(house: Engine) -> None:
    shop = await shop_of(house)
    gold = "  - code: GOLD\n    name: Gold\n    threshold: '5000.00'\n"
    factor = "      - factor: '1.2'\n        tier: GOLD\n"
    text = await exported(shop.program)
    assert gold in text
    assert factor in text
    said = text.replace(gold, "").replace(factor, "")
    plan = await planned(shop.program, said)
    assert {change.code for change in plan.changes} == {"STANDARD", "TIER_MULTIPLIER"}
    await shop.buy(await shop.enrol(), "6000.00")
    with pytest.raises(TierInUse) as refused:
        await planned(shop.program, said)
    assert refused.value.facts == {"tier": "GOLD", "standings": 1, "events": 1}
    assert "1 members stand on it, and 1 events name it" in refused.value.message


async def test_a_tier_that_another_campaign_names_is_not_removed(house: Engine) -> None:
    shop = await shop_of(house)
    said = (await exported(shop.program)).partition("campaigns:")[0]
    said = said.replace("  - code: GOLD\n    name: Gold\n    threshold: '5000.00'\n", "")
    with pytest.raises(CannotChange, match="The campaign TIER_MULTIPLIER, which the document does not have, would not"):
        await planned(shop.program, said)


async def test_a_tier_is_removed_with_the_campaign_that_names_it(house: Engine) -> None:
    shop = await shop_of(house)
    text = (await exported(shop.program)).replace("  - code: GOLD\n    name: Gold\n    threshold: '5000.00'\n", "")
    head, _, tail = text.partition("- code: TIER_MULTIPLIER")
    said = head + "".join(tail.partition("\n- code: ")[1:])
    with pytest.raises(CannotChange, match="The campaign TIER_MULTIPLIER, which the document does not have, would not"):
        await planned(shop.program, said)
    plan = await planned(shop.program, said, prune=True)
    assert [(one.action, one.code) for one in plan.changes] == [
        (Action.CHANGE, "STANDARD"),
        (Action.END, "TIER_MULTIPLIER"),
    ]
    assert ("campaigns", "TIER_MULTIPLIER") in await reach_of(plan, shop.engine.reads)
    await applied(shop.program, said, prune=True)
    assert not await models.Tier.filter(code="GOLD").exists()
    await shop.buy(await shop.enrol(), "6000.00")
    assert (await planned(shop.program, said, prune=True)).changes == ()


async def test_an_ended_campaign_does_not_come_back(house: Engine) -> None:
    shop = await shop_of(house)
    text = await exported(shop.program) + SALE
    await applied(shop.program, text)
    await applied(shop.program, text.replace("  priority: 50\n", "  state: ENDED\n  priority: 50\n"))
    with pytest.raises(CannotChange, match="SALE has ended for good"):
        await planned(shop.program, text)
    with pytest.raises(CannotChange, match="BASE ends with this, so nothing else of it changes"):
        await planned(
            shop.program,
            text.replace(
                "  name: Base earning\n  priority: 100", "  name: Base earning\n  state: ENDED\n  priority: 1"
            ).partition("- code: SALE")[0],
        )


# ── blast radius ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_campaign_tells_whom_and_which_orders_it_would_have_touched(house: Engine) -> None:
    shop = await shop_of(house)
    silver, member = await shop.enrol(), await shop.enrol()
    await shop.buy(silver, "1200.00")
    await shop.buy(silver, "80.00")
    await shop.buy(silver, "150.00")
    await shop.buy(member, "500.00")
    await shop.buy(None, "500.00")
    said = await exported(shop.program) + SALE
    assert await reached(shop, said) == {
        ("campaigns", "SALE"): {"activeMembers": 2, "members": 1, "orders": 5, "ordersMet": 2}
    }
    everyone = said.replace("    - tier: {codes: [SILVER]}\n", "").replace(
        "  priority: 50\n", "  priority: 50\n  audience: EVERYONE\n"
    )
    assert (await reached(shop, everyone))["campaigns", "SALE"] == {
        "activeMembers": 2,
        "members": 2,
        "orders": 5,
        "ordersMet": 4,
    }
    lowest = said.replace("codes: [SILVER]", "codes: [MEMBER]")
    assert (await reached(shop, lowest))["campaigns", "SALE"]["members"] == 1
    tagged = said.replace("tier: {codes: [SILVER]}", "tag: {anyOf: [vip, staff]}")
    async with transaction():
        await models.Member.filter(id=member).update(tags={"vip": {"since": NOON.isoformat(), "by": "x"}})
    assert (await reached(shop, tagged))["campaigns", "SALE"] == {
        "activeMembers": 2,
        "members": 1,
        "orders": 5,
        "ordersMet": 1,
    }


OCCASION = "- code: GIFT\n  name: Gift\n  priority: 50\n  effects:\n  - earnFixed: {asset: POINTS, points: 1}\n"


async def test_occasions_are_counted_whether_or_not_something_was_given(house: Engine) -> None:
    shop = await shop_of(house)
    silver, _ = await shop.enrol(), await shop.enrol()
    await shop.enrol(occurred_at=NOON - timedelta(days=31))
    await shop.buy(silver, "1200.00")
    text = await exported(shop.program) + OCCASION
    assert await models.Occasion.all().count() == 0

    async def said(trigger: str, more: str = "") -> tuple[dict[str, int], str]:
        plan = await planned(shop.program, f"{text}  trigger: {trigger}\n{more}")
        found = (await reach_of(plan, shop.engine.reads))["campaigns", "GIFT"]
        return found.numbers, found.said[-1]

    everyone = {"activeMembers": 3, "members": 3}
    assert await said("ENROLLED") == (everyone | {"occasions": 2}, "Its trigger came 2 times in the last 30 days.")
    assert (await said("TIER_CHANGED"))[0] == everyone | {"occasions": 1}
    at_nine = "  schedule: {at: 09:00}\n"
    assert await said("SCHEDULE", at_nine) == (everyone, "It looks at each of the 3 active members once a day.")
    segments = "  conditions:\n    segment: {codes: [REGULAR]}\nsegments:\n- code: REGULAR\n  name: Regular\n"
    segments += "  conditions:\n    daysSinceLastOrder: {atMost: 9}\n"
    assert await said("SEGMENT_ENTERED", segments) == (everyone, "How many members entered its segments is not known.")


async def test_orders_of_more_than_thirty_days_ago_do_not_count(house: Engine) -> None:
    shop = await shop_of(house)
    await shop.buy(None, "200.00", occurred_at=NOON - timedelta(days=31))
    await shop.buy(None, "200.00", occurred_at=NOON - timedelta(days=29))
    said = (await exported(shop.program) + SALE).replace("    - tier: {codes: [SILVER]}\n", "")
    assert (await reached(shop, said))["campaigns", "SALE"]["orders"] == 1
    assert ORDERS_MAX == 2_000


async def test_another_threshold_tells_who_would_be_raised_and_who_stands_above_it(house: Engine) -> None:
    shop = await shop_of(house)
    for amount in ("700.00", "900.00", "1100.00", "1600.00"):
        await shop.buy(await shop.enrol(), amount)
    text = await exported(shop.program)
    lower = text.replace("'1000.00'", "'800.00'")
    assert await reached(shop, lower) == {("ladders", "STANDARD"): {"SILVER.raised": 1}}
    higher = text.replace("'1000.00'", "'1500.00'")
    assert await reached(shop, higher) == {("ladders", "STANDARD"): {"SILVER.above": 1}}
    between = text.replace(
        "  - code: GOLD\n", "  - code: BRONZE\n    name: Bronze\n    threshold: 1050\n  - code: GOLD\n"
    )
    assert await reached(shop, between) == {("ladders", "STANDARD"): {"BRONZE.raised": 2}}


async def test_an_asset_tells_how_many_accounts_count_it(house: Engine) -> None:
    shop = await shop_of(house)
    await shop.give(await shop.enrol(), "5")
    said = (await exported(shop.program)).replace("shortfall: DEBT", "shortfall: DEBT\n  reminderDays: 7")
    assert await reached(shop, said) == {("assets", "POINTS"): {"accounts": 1}}


async def test_a_budget_of_points_keeps_its_asset(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    gift = (
        "- code: GIFT\n  name: Gift\n  priority: 50\n  trigger: ENROLLED\n"
        "  budget: {points: {asset: POINTS, amount: 100}}\n"
        "  effects:\n  - earnFixed: {asset: POINTS, points: 1}\n  - earnFixed: {asset: TIER, points: 1}\n"
    )
    text = await exported(shop.program)
    draft = gift.replace("asset: POINTS, amount", "asset: TIER, amount") + "  state: DRAFT\n"
    await applied(shop.program, text + draft)
    await applied(shop.program, text + gift)  # the draft before it counted nothing
    with pytest.raises(CannotChange, match="The budget of this campaign counts POINTS, since an earlier") as refused:
        await planned(shop.program, text + gift.replace("points: {asset: POINTS", "points: {asset: TIER"))
    assert refused.value.field == ("campaigns", "GIFT", "budget", "points", "asset")
    await applied(shop.program, text + gift.replace("amount: 100", "amount: 200"))


async def test_what_is_pruned_is_not_looked_at_any_more(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    text = await exported(shop.program)
    await applied(shop.program, text + SALE.replace("  endsAt: 2027-01-01\n", ""))
    found = {prune: lint((await planned(shop.program, text, prune=prune)).after) for prune in (False, True)}
    assert [[one.code for one in found[prune]] for prune in (False, True)] == [["SALE"], []]

"""Segments through the writer: saved, named by campaigns, entered, and no budget overdrawn."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

import models
from domain.campaigns import EVER
from domain.refusals import IdempotencyKeyReused, InvalidInput
from services import campaigns, members, order_life, segments, tags
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.engine import Engine
from services.members import MemberRef
from services.order_life import OrderRef
from services.program_plan import CannotChange
from services.program_yaml import Misread
from services.templates import Template
from services.verify import verify
from tests.factories import World, campaign, new_key, world
from tests.services.program_documents import applied, exported, planned
from tests.services.test_writer_parallel import writers

FIVE: list[dict[str, Any]] = [{"earnFixed": {"asset": "POINTS", "points": "5"}}]
"""Beside a point for each yuan of an order."""
VIP: dict[str, Any] = {"tag": {"anyOf": ["vip"]}}
ENTERED = "SEGMENT_ENTERED"


async def save(shop: World, code: str, conditions: dict[str, Any], **facts: Any) -> Any:
    said = {"name": code.title(), "key": new_key()} | facts
    return await segments.save(shop.engine, shop.actor, code=code, conditions=conditions, **said)


async def waiting(shop: World, code: str, conditions: dict[str, Any], **version: Any) -> models.Campaign:
    """Save a segment and publish a campaign that waits for it."""
    await save(shop, code, conditions)
    named = {"segment": {"codes": [code]}}
    return await campaign(shop.program.id, f"ON_{code}", FIVE, named, trigger=ENTERED, **version)


async def tag(shop: World, member: UUID, add: list[str], remove: list[str] | None = None, **facts: Any) -> Any:
    engine = facts.get("engine", shop.engine)
    return await tags.tag(engine, shop.actor, MemberRef(id=member), add=add, remove=remove or [], key=new_key())


async def entered(member: UUID) -> list[str | None]:
    rows = await models.Occasion.filter(member_id=member, trigger=ENTERED).order_by("id")
    return [row.code for row in rows]


# ── saved ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_segment_is_saved_and_changed_and_campaigns_follow(house: Engine) -> None:
    shop = await world(house)
    await save(shop, "VIP", VIP)
    await campaign(shop.program.id, "MORE", FIVE, {"segment": {"codes": ["VIP"]}})
    member = await shop.enrol()
    await shop.buy(member, "10.00")
    assert await shop.balance(member) == 10
    before = await models.Segment.get(code="VIP")
    await save(shop, "VIP", {"not": {"firstOrder": {}}}, name="Regulars")
    row = await models.Segment.get(code="VIP")
    assert (row.id, row.name, row.conditions) == (before.id, "Regulars", {"not": {"firstOrder": {}}})
    assert row.recorded_at == before.recorded_at
    await shop.buy(member, "10.00")
    assert await shop.balance(member) == 10 + 10 + 5


async def test_the_same_key_saves_once_and_other_content_is_refused(house: Engine) -> None:
    shop = await world(house)
    assert not (await save(shop, "VIP", VIP, key="once")).replayed
    version = (await models.Program.get(id=shop.program.id)).config_version
    again = await save(shop, "VIP", VIP, key="once")
    assert (again.replayed, again.record) == (True, {"segment": "VIP"})
    assert (await models.Program.get(id=shop.program.id)).config_version == version
    with pytest.raises(IdempotencyKeyReused):
        await save(shop, "VIP", {"firstOrder": {}}, key="once")


async def test_what_is_no_segment_is_not_saved(house: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = await world(house)
    for facts, field in (
        ({"code": "no code", "conditions": VIP}, ("code",)),
        ({"code": "VIP", "conditions": VIP, "name": ""}, ("name",)),
        ({"code": "VIP", "conditions": {"tier": {"codes": ["LOST"]}}}, ("conditions", "tier", "codes", "0")),
        ({"code": "VIP", "conditions": {"store": {"codes": ["s"]}}}, ("conditions", "store")),
    ):
        with pytest.raises(InvalidInput) as refused:
            await save(shop, **facts)
        assert refused.value.field == field
    monkeypatch.setattr(segments, "SEGMENTS_MAX", 1)
    await save(shop, "VIP", VIP)
    with pytest.raises(InvalidInput, match="The program has 1 segments, as many as it may have"):
        await save(shop, "MORE", VIP)
    await save(shop, "VIP", {"firstOrder": {}})
    assert await models.Segment.all().values_list("code", flat=True) == ["VIP"]


# ── entered ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_third_order_leads_into_the_segment_of_who_has_three_and_the_fourth_does_not(house: Engine) -> None:
    shop = await world(house)
    await waiting(shop, "REGULAR", {"expression": {"text": "member.orders >= 3"}})
    member = await shop.enrol()
    balances = []
    for _ in range(4):
        await shop.buy(member, "10.00")
        balances.append(await shop.balance(member))
    assert (balances, await entered(member)) == ([10, 20, 30 + 5, 40 + 5], ["REGULAR"])
    assert (await verify(house.database)).findings == []


async def test_leaving_and_entering_again_gives_again_unless_it_is_limited(house: Engine) -> None:
    shop = await world(house)
    await waiting(shop, "VIP", VIP)
    limited = {"segment": {"codes": ["VIP"]}}
    await campaign(shop.program.id, "ONCE", FIVE, limited, trigger=ENTERED, limits={"perMember": 1})
    member = await shop.enrol()
    await tag(shop, member, ["vip"])
    assert await shop.balance(member) == 10
    await tag(shop, member, ["vip", "more"])
    assert await shop.balance(member) == 10
    await tag(shop, member, [], ["vip"])
    await tag(shop, member, ["vip"])
    assert (await shop.balance(member), await entered(member)) == (15, ["VIP", "VIP"])


async def test_a_tier_an_attribute_and_an_enrolment_lead_into_segments(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    await waiting(shop, "SILVERS", {"tier": {"codes": ["SILVER"]}})
    await waiting(shop, "SMALL", {"attribute": {"of": "MEMBER", "key": "size", "values": ["S"]}})
    await waiting(shop, "NEW", {"firstOrder": {}})
    member = await shop.enrol()
    await shop.buy(member, "1000.00")
    await members.amend(house, shop.actor, MemberRef(id=member), {"attributes": [("size", "S")]}, key=new_key())
    assert await entered(member) == ["NEW", "SILVERS", "SMALL"]


async def test_a_return_that_leads_into_a_segment_is_counted(house: Engine) -> None:
    shop = await world(house)
    made = await waiting(shop, "NEW", {"firstOrder": {}}, limits={"total": 2, "perMemberDay": 9})
    member = await shop.enrol()
    for uses in (2, 2):
        bought = await shop.buy(member, "10.00")
        assert bought.order_id is not None
        await order_life.return_(house, shop.actor, OrderRef(id=bought.order_id), None, reason=None, key=new_key())
        assert (await models.CampaignUsage.get(campaign_id=made.id, owner_id=made.id)).uses == uses
    assert (await entered(member), await shop.balance(member)) == (["NEW", "NEW"], 10)
    assert (await verify(house.database)).findings == []


async def test_a_change_of_a_segment_makes_nobody_enter_it(house: Engine) -> None:
    shop = await world(house)
    await waiting(shop, "VIP", VIP)
    member = await shop.enrol()
    await save(shop, "VIP", {"firstOrder": {}})
    await tag(shop, member, ["vip"])
    assert await entered(member) == []


async def test_a_budget_holds_for_whoever_enters_at_several_servers(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    made = await waiting(shop, "VIP", VIP, limits={"total": 3})
    people = [await shop.enrol() for _ in range(12)]
    async with writers(postgres_house, 3) as several:
        engines = [engine for _, engine in several]
        await asyncio.gather(*(tag(shop, one, ["vip"], engine=engines[n % 3]) for n, one in enumerate(people)))
    assert (await models.CampaignUsage.get(campaign_id=made.id)).uses == 3
    assert sum([await shop.balance(member) for member in people]) == 15


async def test_a_budget_holds_for_who_enters_by_orders_in_one_batch(house: Engine) -> None:
    shop = await world(house)
    made = await waiting(shop, "REGULAR", {"not": {"firstOrder": {}}}, budget={"count": 2})
    people = [await shop.enrol() for _ in range(5)]
    await asyncio.gather(*(shop.buy(member, "10.00") for member in people))
    assert (await models.CampaignUsage.get(campaign_id=made.id)).count == 2
    assert sum([await shop.balance(member) for member in people]) == 5 * 10 + 2 * 5


# ── as documents ─────────────────────────────────────────────────────────────────────────────────────────────────────

SECTION = """segments:
- code: VIP
  name: VIP
  conditions:
    tier: {codes: [SILVER]}
"""
WAITING = """- code: ZZZ
  name: Welcome among them
  trigger: SEGMENT_ENTERED
  priority: 50
  conditions:
    segment: {codes: [VIP]}
  effects:
  - earnFixed: {asset: POINTS, points: 5}
"""


async def test_a_document_makes_and_changes_segments_and_leaves_others_alone(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    bare = await exported(shop.program)
    said = bare.replace("campaigns:\n", f"{SECTION}campaigns:\n") + WAITING
    made = await applied(shop.program, said)
    assert [(change.action, change.section, change.code) for change in made.changes] == [
        ("CREATE", "segments", "VIP"),
        ("CREATE", "campaigns", "ZZZ"),
    ]
    text = await exported(shop.program)
    assert (await planned(shop.program, text)).changes == ()
    changed = await applied(shop.program, text.replace("name: VIP", "name: Silver"))
    assert [(one.action, one.section, [f.name for f in one.fields]) for one in changed.changes] == [
        ("CHANGE", "segments", ["name"])
    ]
    assert (await planned(shop.program, bare)).absent == (("segments", "VIP"), ("campaigns", "ZZZ"))
    member = await shop.enrol()
    await shop.buy(member, "1000.00")
    assert await entered(member) == ["VIP"]


async def test_a_document_cannot_name_what_there_is_not(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    bare = await exported(shop.program)
    with pytest.raises(Misread, match="The program has no segment `VIP`"):
        await planned(shop.program, bare + WAITING)
    wrong = SECTION.replace("tier: {codes: [SILVER]}", "store: {codes: [S]}")
    with pytest.raises(Misread, match="`store` is about something else"):
        await planned(shop.program, bare.replace("campaigns:\n", f"{wrong}campaigns:\n"))


async def test_a_tier_that_a_segment_names_is_not_removed(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    bare = await exported(shop.program)
    more = "  - code: JADE\n    name: Jade\n    threshold: 90000\n"
    await applied(shop.program, bare.replace("campaigns:\n", f"{more}campaigns:\n"))
    await save(shop, "TOP", {"tier": {"codes": ["JADE"]}})
    with pytest.raises(CannotChange, match="The segment TOP, which the document does not have, would not fit"):
        await planned(shop.program, bare)


async def test_a_return_gives_back_uses_of_a_campaign_that_waits_for_a_segment_since(house: Engine) -> None:
    shop = await world(house)
    await save(shop, "NEW", {"firstOrder": {}})
    five = [{"earnFixed": {"asset": "POINTS", "points": "5"}}]
    bounds = {"limits": {"total": 100}, "budget": {"count": 100}}
    made = await campaign(shop.program.id, "X", five, **bounds)
    member = await shop.enrol()
    bought = await shop.buy(member, "20.00")
    waiting = VersionRequest(
        effects=five, conditions={"segment": {"codes": ["NEW"]}}, trigger="SEGMENT_ENTERED", **bounds
    )
    ref = CampaignRef(code="X")
    await campaigns.draft(shop.engine, shop.actor, ref, waiting, key=new_key())
    await campaigns.publish(shop.engine, shop.actor, ref, version=None, key=new_key())
    await order_life.return_(shop.engine, shop.actor, OrderRef(id=bought.order_id), None, reason=None, key=new_key())
    # The return gives back the order's use, and takes the member into the segment of those who have not ordered yet.
    assert await models.Occasion.filter(member_id=member).values_list("trigger", flat=True) == ["SEGMENT_ENTERED"]
    used = await models.CampaignUsage.get(campaign_id=made.id, owner_id=made.id, day=EVER)
    assert (used.uses, used.count) == (1, 1)
    assert (await verify(house.database)).findings == []

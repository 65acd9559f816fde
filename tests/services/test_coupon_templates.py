"""Templates of coupons, on both databases: they live as campaigns do and are never taken for one."""

from collections.abc import Awaitable
from typing import Any

import pytest

import models
from domain.campaigns import CampaignKind, Stage
from domain.refusals import CampaignNotInState, InvalidInput, NotFound, Refusal
from services import campaign_reads, campaigns, listing, publishing, visible
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import CampaignOutcome, NewCampaign
from services.engine import Engine
from services.publishing import version_hash
from services.snapshots import Snapshots
from services.transaction import transaction
from services.verify import verify
from tests.factories import World, new_key, world

KIND = CampaignKind.COUPON
OFF = [{"amountOff": {"amount": "5"}}]
STEPS: dict[str, Any] = {"pause": campaigns.pause, "resume": campaigns.resume, "end": campaigns.end}


def says(coupon: dict[str, Any] | None = None, **facts: Any) -> VersionRequest:
    """Return a version of a template that takes 5 yuan off."""
    return VersionRequest(**({"effects": OFF, "coupon": coupon or {}} | facts))


async def drafted(
    shop: World, code: str = "SPRING", request: VersionRequest | None = None, *, again: bool = False, key: str = ""
) -> CampaignOutcome:
    target = CampaignRef(code=code) if again else NewCampaign(code, "Spring")
    return await campaigns.draft(shop.engine, shop.actor, target, request or says(), key=key or new_key(), kind=KIND)


async def published(shop: World, code: str = "SPRING", version: int | None = None) -> CampaignOutcome:
    ref = CampaignRef(code=code)
    return await campaigns.publish(shop.engine, shop.actor, ref, version=version, key=new_key(), kind=KIND)


async def running(
    shop: World, code: str = "SPRING", request: VersionRequest | None = None, *, again: bool = False
) -> None:
    await drafted(shop, code, request, again=again)
    await published(shop, code)


async def step(shop: World, name: str, code: str = "SPRING", **facts: Any) -> CampaignOutcome:
    said = {"key": new_key(), "kind": KIND} | facts
    outcome: CampaignOutcome = await STEPS[name](shop.engine, shop.actor, CampaignRef(code=code), **said)
    return outcome


async def state(program_id: Any) -> Any:
    rows = await models.Campaign.filter(program_id=program_id).order_by("code").values()
    return rows, await models.CampaignVersion.filter(program_id=program_id).order_by("id").values()


async def refused(shop: World, kind: type[Refusal], call: Awaitable[Any]) -> Refusal:
    """Return the refusal of a call, which changed nothing."""
    before = await state(shop.program.id)
    with pytest.raises(kind) as caught:
        await call
    assert await state(shop.program.id) == before
    return caught.value


async def templates(shop: World) -> dict[str, int]:
    """Return the templates of which coupons can be had, each with the number of its version."""
    program = await shop.engine.program(shop.program.id)
    assert all(version.coupon is None for version in program.campaigns)
    assert all(version.stage is Stage.COUPON for version in program.templates.values())
    assert all(key == version.campaign_id for key, version in program.templates.items())
    return {version.code: version.number for version in program.templates.values()}


async def test_a_template_is_there_from_when_it_is_published_until_it_is_paused_or_ended(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    assert await templates(shop) == {}
    await published(shop)
    assert await templates(shop) == {"SPRING": 1}
    program = await shop.engine.program(shop.program.id)
    found = program.template("SPRING")
    assert found is not None
    assert found.coupon is not None
    assert found.coupon.per_order == 1
    await running(shop, request=says({"perOrder": 3}), again=True)
    assert await templates(shop) == {"SPRING": 2}
    await step(shop, "pause")
    assert await templates(shop) == {}
    await step(shop, "resume")
    assert await templates(shop) == {"SPRING": 2}
    await step(shop, "end")
    assert await templates(shop) == {}
    error = await refused(shop, CampaignNotInState, drafted(shop, again=True))
    assert error.field == ("template",)


async def test_a_template_decides_no_order_by_itself(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await running(shop)
    before = await shop.engine.program(shop.program.id)
    outcome = await shop.buy(member, "100.00")
    assert await models.OrderEffect.filter(order_id=outcome.order_id, kind="DISCOUNT").count() == 0
    order = await models.Order.get(id=outcome.order_id)
    assert (order.payable, order.not_applied or []) == (10_000, [])
    assert [version.code for version in before.templates.values()] == ["SPRING"]


async def test_its_window_does_not_hide_a_template(house: Engine) -> None:
    shop = await world(house)
    now = (await shop.engine.program(shop.program.id)).now()
    await running(shop, request=says(starts_at=now.replace(year=now.year + 1)))
    assert await templates(shop) == {"SPRING": 1}


async def test_a_template_is_no_campaign_and_a_campaign_no_template(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    version = VersionRequest(effects=OFF)
    await campaigns.draft(shop.engine, shop.actor, NewCampaign("PROMO", "Promo"), version, key=new_key())
    template, promo = CampaignRef(code="SPRING"), CampaignRef(code="PROMO")
    for name, move in STEPS.items():
        error = await refused(shop, NotFound, move(shop.engine, shop.actor, template, key=new_key()))
        assert (error.message, error.field) == ("There is no such campaign.", ("campaign",))
        error = await refused(shop, NotFound, step(shop, name, "PROMO"))
        assert (error.message, error.field) == ("There is no such template.", ("template",))
    again = campaigns.draft(shop.engine, shop.actor, template, version, key=new_key())
    assert (await refused(shop, NotFound, again)).field == ("campaign", "existing")
    assert (await refused(shop, NotFound, drafted(shop, "PROMO", again=True))).field == ("template", "existing")
    await refused(shop, NotFound, campaigns.approve(shop.actor, template, version=1, key=new_key()))
    await refused(shop, NotFound, campaigns.approve(shop.actor, promo, version=1, key=new_key(), kind=KIND))
    row = await models.Campaign.get(program_id=shop.program.id, code="SPRING")
    assert row.kind == "COUPON"
    assert await campaign_reads.find(shop.actor, template) is None
    assert await campaign_reads.find(shop.actor, template, KIND) == row
    assert await campaign_reads.find(shop.actor, promo, KIND) is None
    assert await listing.campaigns_by_id(shop.actor, [row.id]) == [None]
    assert await visible.campaigns(shop.actor).filter(code="SPRING").count() == 0
    assert await visible.coupon_templates(shop.actor).values_list("code", flat=True) == ["SPRING"]
    kept = await models.CampaignVersion.get(campaign_id=row.id)
    assert await campaign_reads.version(shop.actor, kept.id) is None
    assert await campaign_reads.version(shop.actor, kept.id, KIND) == (kept, row)


async def test_both_kinds_share_their_codes(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop)
    version = VersionRequest(effects=OFF)
    taken = campaigns.draft(shop.engine, shop.actor, NewCampaign("SPRING", "x"), version, key=new_key())
    assert (await refused(shop, InvalidInput, taken)).field == ("campaign", "new", "code")
    assert (await refused(shop, InvalidInput, drafted(shop))).field == ("template", "new", "code")


async def test_the_same_key_drafts_a_template_once_and_a_campaign_beside_it(house: Engine) -> None:
    shop = await world(house)
    first = await drafted(shop, key="k")
    assert await drafted(shop, key="k") == CampaignOutcome(first.campaign_id, 1, replayed=True)
    other = await campaigns.draft(
        shop.engine, shop.actor, NewCampaign("PROMO", "Promo"), VersionRequest(effects=OFF), key="k"
    )
    assert not other.replayed


async def test_a_template_that_cannot_be_is_refused_by_the_part(house: Engine) -> None:
    shop = await world(house)
    for request, path in (
        (says({"perOrder": 21}), ("version", "perOrder")),
        (says({"validity": {"relative": {"days": -1}}}), ("version", "validity", "relative", "days")),
        (says(trigger="EVENT"), ("version", "trigger")),
        (says(effects=[]), ("version", "effects")),
        (says({"price": {"asset": "POINTS", "amount": "1"}}), ("version", "price")),
        (says({"bundle": [{"template": "NONE", "count": 1}]}, effects=[]), ("version", "bundle", "0", "template")),
    ):
        assert (await refused(shop, InvalidInput, drafted(shop, request=request))).field == path
    step_named = VersionRequest(effects=OFF, step="COUPON")
    call = campaigns.draft(shop.engine, shop.actor, NewCampaign("PROMO", "x"), step_named, key=new_key())
    assert (await refused(shop, InvalidInput, call)).field == ("version", "step")


async def test_a_shared_code_is_of_one_template_until_that_ends(house: Engine) -> None:
    shop = await world(house)
    await running(shop, "ONE", says({"sharedCode": "spring-20"}))
    two = says({"sharedCode": "SPRING-20"})
    error = await refused(shop, InvalidInput, drafted(shop, "TWO", two))
    assert (error.message, error.field) == ("SPRING-20 is the code of ONE already.", ("version", "sharedCode"))
    await running(shop, "ONE", says({"sharedCode": "Spring-20", "perOrder": 2}), again=True)
    await step(shop, "pause", "ONE")
    await refused(shop, InvalidInput, drafted(shop, "TWO", two))
    await step(shop, "end", "ONE")
    await running(shop, "TWO", two)
    assert await templates(shop) == {"TWO": 1}


async def test_two_drafts_may_want_a_code_of_which_one_is_published(house: Engine) -> None:
    shop = await world(house)
    for code in ("ONE", "TWO"):
        await drafted(shop, code, says({"sharedCode": "SPRING"}))
    await published(shop, "TWO")
    error = await refused(shop, InvalidInput, published(shop, "ONE"))
    assert error.message == "ONE v1 does not fit the program any more: SPRING is the code of TWO already."


async def test_a_bundle_is_made_of_published_templates_that_are_none(house: Engine) -> None:
    shop = await world(house)
    await drafted(shop, "PART")
    box = says({"bundle": [{"template": "PART", "count": 3}], "claimable": True}, effects=[])
    error = await refused(shop, InvalidInput, drafted(shop, "BOX", box))
    assert error.message == "No other template PART is published."
    await published(shop, "PART")
    await running(shop, "BOX", box)
    nested = says({"bundle": [{"template": "BOX", "count": 1}]}, effects=[])
    assert (await refused(shop, InvalidInput, drafted(shop, "NESTED", nested))).message == (
        "BOX is a bundle, which cannot be part of a bundle."
    )
    shared = says({"sharedCode": "SPRING"})
    assert (await refused(shop, InvalidInput, drafted(shop, "PART", shared, again=True))).field == (
        "version",
        "sharedCode",
    )
    assert await templates(shop) == {"PART": 1, "BOX": 1}


async def test_the_hash_of_a_template_is_over_its_terms_and_verifies(house: Engine) -> None:
    shop = await world(house)
    await running(shop, request=says({"validity": {"relative": {"days": 7}}, "claimable": True}))
    version = await models.CampaignVersion.get(program_id=shop.program.id, step="COUPON")
    assert version.hash == version_hash(version)
    version.coupon = {"validity": {"relative": {"days": 8}}, "claimable": True}
    assert version.hash != version_hash(version)
    assert (await verify(house.database)).findings == []


async def test_a_coupon_goes_by_the_version_that_it_pins(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    await running(shop, request=says({"perOrder": 2}), again=True)
    await drafted(shop, request=says({"perOrder": 3}), again=True)
    await step(shop, "end")
    rows = await models.CampaignVersion.filter(program_id=shop.program.id, step="COUPON").order_by("number")
    snapshots, session = Snapshots(), shop.engine.reads
    program = await snapshots.load(session, shop.program.id)
    found = await snapshots.versions(session, program, [row.id for row in rows])
    assert [found[row.id].coupon.per_order for row in rows if found[row.id].coupon] == [1, 2, 3]
    again = await snapshots.versions(session, program, [row.id for row in rows])
    assert all(again[row.id] is found[row.id] for row in rows)
    assert await snapshots.version(session, program, rows[0].id) is found[rows[0].id]
    assert await snapshots.version(session, program, shop.program.id) is None


async def test_a_pinned_version_that_cannot_be_read_is_left_out(house: Engine) -> None:
    shop = await world(house)
    await running(shop)
    row = await models.CampaignVersion.get(program_id=shop.program.id, step="COUPON")
    async with transaction():
        other = await publishing.publish(
            program_id=shop.program.id,
            campaign_id=row.campaign_id,
            number=2,
            priority=1,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            effects=OFF,
            step="COUPON",
            coupon={"price": {"asset": "GONE", "amount": "1"}, "claimable": True},
            recorded_at=row.recorded_at,
        )
    snapshots, session = Snapshots(), shop.engine.reads
    program = await snapshots.load(session, shop.program.id)
    assert list(await snapshots.versions(session, program, [row.id, other.id])) == [row.id]
    assert await snapshots.version(session, program, other.id) is None


async def test_who_gives_coupons_needs_their_template_to_be_published_when_drafted_and_when_published(
    house: Engine,
) -> None:
    shop = await world(house)
    effects = [*OFF, {"issueCoupon": {"template": "SPRING"}}]
    at = ("effects", "1", "issueCoupon", "template")

    async def thanks() -> CampaignOutcome:
        target = NewCampaign("THANKS", "Thanks")
        return await campaigns.draft(
            shop.engine, shop.actor, target, VersionRequest(effects=effects), key=new_key(), kind=CampaignKind.CAMPAIGN
        )

    await drafted(shop)  # is not enough
    found = await refused(shop, InvalidInput, thanks())
    assert (found.message, found.field) == ("No template of coupons SPRING is published.", ("version", *at))
    await published(shop)
    await thanks()
    await step(shop, "end")
    ref, said = CampaignRef(code="THANKS"), "THANKS v1 does not fit the program any more: No template of coupons SPRING"
    late = campaigns.publish(shop.engine, shop.actor, ref, version=None, key=new_key())
    assert (await refused(shop, InvalidInput, late)).message == f"{said} is published."
    assert await templates(shop) == {}

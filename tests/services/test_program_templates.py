"""Templates of coupons in program documents: they come and go as campaigns do, and a bundle finds its parts."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

import models
from domain.lint import lint
from domain.refusals import InvalidInput
from services.engine import Engine
from services.program_document import read
from services.program_plan import Action
from services.program_reach import reach_of
from services.program_yaml import Misread
from services.publishing import version_hash
from services.transaction import transaction
from tests.factories import coupon_template, world
from tests.services.program_documents import applied, everything, exported, planned

OFF = [{"amountOff": {"amount": "5"}}]


def document(*templates: dict[str, Any], campaigns: tuple[dict[str, Any], ...] = ()) -> str:
    """Return a document of the program TEST with these templates."""
    rows, others = (
        [{"name": one["code"].title(), "priority": 10, "effects": deepcopy(OFF), **one} for one in section]
        for section in (templates, campaigns)
    )
    return yaml.safe_dump(
        {"version": 1, "program": {"code": "TEST"}, "campaigns": others, "couponTemplates": rows}, sort_keys=False
    )


BOX: dict[str, Any] = {"code": "BOX", "effects": [], "bundle": [{"template": "PART", "count": 2}]}


async def test_a_template_is_made_changed_paused_and_ended_by_a_document(house: Engine) -> None:
    shop = await world(house)
    made = await applied(shop.program, document({"code": "SPRING", "perOrder": 2}))
    assert [(one.action, one.section, one.code) for one in made.changes] == [
        (Action.CREATE, "couponTemplates", "SPRING")
    ]
    row = await models.Campaign.get(program_id=shop.program.id, code="SPRING")
    assert (row.kind, row.state, row.published_version) == ("COUPON", "RUNNING", 1)
    version = await models.CampaignVersion.get(campaign_id=row.id)
    assert (version.step, version.coupon, version.trigger) == ("COUPON", {"perOrder": 2}, "ORDER")
    assert version.hash == version_hash(version)
    changed = await applied(shop.program, document({"code": "SPRING", "perOrder": 3, "state": "PAUSED"}))
    fields = [(one.name, one.old, one.new) for one in changed.changes[0].fields]
    assert fields == [("state", "RUNNING", "PAUSED"), ("perOrder", 2, 3)]
    await row.refresh_from_db()
    assert (row.state, row.published_version) == ("PAUSED", 2)
    pruned = await applied(shop.program, document(), prune=True)
    assert ("END", "couponTemplates", "SPRING") in {(one.action, one.section, one.code) for one in pruned.changes}
    await row.refresh_from_db()
    assert row.state == "ENDED"
    assert (await planned(shop.program, document())).absent == (
        *(("assets", code) for code in sorted(await models.Asset.all().values_list("code", flat=True))),
        *(("ladders", code) for code in sorted(await models.Ladder.all().values_list("code", flat=True))),
        *(
            ("campaigns", code)
            for code in sorted(await models.Campaign.filter(kind="CAMPAIGN").values_list("code", flat=True))
        ),
        ("couponTemplates", "SPRING"),
    )


async def test_what_the_api_stored_of_a_template_is_exported_in_one_way_and_unchanged(house: Engine) -> None:
    shop = await world(house)
    stored = {
        "validity": {"fixed": {"until": "2026-03-31T16:00:00Z"}},
        "perOrder": 1,
        "claimable": None,
        "sharedCode": None,
        "returnable": True,
        "graceDays": 0,
        "price": None,
        "bundle": None,
    }
    await coupon_template(shop.program.id, "FIXED", OFF, stored)
    await coupon_template(shop.program.id, "SHARED", OFF, {"sharedCode": " spring-20"})
    await coupon_template(
        shop.program.id,
        "UNIQUE",
        OFF,
        {"validity": {"relative": {"afterDays": 0, "months": 1}}, "prefix": "vip"},
    )
    await coupon_template(shop.program.id, "PLAIN", OFF, {"validity": {"relative": {"afterDays": 0}}})
    text = await exported(shop.program)
    assert (await planned(shop.program, text)).changes == ()
    rows = {one["code"]: one for one in yaml.safe_load(text)["couponTemplates"]}
    plain = {"priority": 10, "effects": [{"amountOff": {"amount": "5"}}]}
    assert rows == {
        "PLAIN": {"code": "PLAIN", "name": "PLAIN", **plain},
        "FIXED": {
            "code": "FIXED",
            "name": "FIXED",
            **plain,
            "validity": {"fixed": {"until": "2026-04-01T00:00:00+08:00"}},
        },
        "SHARED": {"code": "SHARED", "name": "SHARED", **plain, "sharedCode": "SPRING-20"},
        "UNIQUE": {
            "code": "UNIQUE",
            "name": "UNIQUE",
            **plain,
            "validity": {"relative": {"months": 1}},
            "prefix": "V1P",
        },
    }
    shorter = text.replace("2026-04-01T00:00:00+08:00", "2026-04-01")
    assert (await planned(shop.program, shorter)).changes == ()


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        ([{"code": "A", "trigger": "EVENT"}], "There is no part `trigger`"),
        ([{"code": "A", "holdout": "5%"}], "There is no part `holdout`"),
        ([{"code": "A", "perOrder": 21}], "`perOrder` is 21"),
        ([{"code": "A", "effects": []}], "A template has 1 to 20 effects."),
        ([{"code": "A", "validity": {"fixed": {"until": "soon"}}}], "is no instant"),
        ([{"code": "A", "validity": {"relative": {"days": 1, "months": 1}}}], "not both"),
        ([{"code": "A", "price": {"asset": "POINTS", "amount": "5"}}], "may claim"),
        ([{"code": "A", "sharedCode": "spring"}, {"code": "B", "sharedCode": "SPRING"}], "is the code of"),
        ([BOX], "No other template PART is published."),
        ([BOX, {"code": "PART", "state": "DRAFT"}], "No other template PART is published."),
        ([BOX, {"code": "PART", "sharedCode": "SPRING"}], "cannot be part of a bundle"),
        ([{"code": "BASE"}], "There is a campaign BASE already"),
    ],
)
async def test_a_template_that_cannot_be_is_refused_with_its_line(
    house: Engine, templates: list[dict[str, Any]], message: str
) -> None:
    shop = await world(house)
    before = await everything()
    with pytest.raises(Misread) as refused:
        await applied(shop.program, document(*templates))
    assert message in refused.value.message
    assert refused.value.field[0] == "couponTemplates"
    assert refused.value.line >= 5
    assert await everything() == before


async def test_a_campaign_does_not_take_the_code_of_a_template(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "SPRING", OFF)
    with pytest.raises(InvalidInput, match="There is a template of coupons SPRING already"):
        await planned(shop.program, document(campaigns=({"code": "SPRING"},)))


def giving(template: str, state: str = "RUNNING") -> dict[str, Any]:
    """Return a campaign of a document that gives two coupons of a template."""
    return {"code": "THANKS", "state": state, "effects": [{"issueCoupon": {"template": template, "count": 2}}]}


@pytest.mark.parametrize(
    ("templates", "campaigns"),
    [
        ([], (giving("PART"),)),
        ([], (giving("BASE"),)),
        ([], (giving("PART", "DRAFT"),)),
        ([{"code": "PART", "state": "DRAFT"}], (giving("PART"),)),
        ([{"code": "PART", "state": "ENDED"}], (giving("PART"),)),
    ],
)
async def test_who_gives_coupons_of_no_published_template_is_refused_with_the_line(
    house: Engine, templates: list[dict[str, Any]], campaigns: tuple[dict[str, Any], ...]
) -> None:
    shop = await world(house)
    before = await everything()
    with pytest.raises(Misread) as refused:
        await applied(shop.program, document(*templates, campaigns=campaigns))
    assert "No template of coupons " in refused.value.message
    assert refused.value.field[0] == "campaigns"
    assert refused.value.field[-4:] == ("effects", "0", "issueCoupon", "template")
    assert refused.value.line >= 5
    assert await everything() == before


async def test_coupons_that_give_coupons_are_refused_with_the_line(house: Engine) -> None:
    shop = await world(house)
    with pytest.raises(Misread, match="A coupon gives no coupons") as refused:
        await applied(shop.program, document({"code": "PART"}, {**giving("PART"), "code": "NEXT"}))
    assert refused.value.field[-2:] == ("effects", "0")


async def test_coupons_are_given_of_a_template_of_the_same_document_or_of_the_program(house: Engine) -> None:
    shop = await world(house)
    await applied(shop.program, document({"code": "PART"}, campaigns=(giving("PART"),)))
    await applied(shop.program, document(campaigns=({**giving("PART"), "code": "MORE"},)))
    program = await shop.engine.program(shop.program.id)
    assert {"THANKS", "MORE"} < {version.code for version in program.campaigns}
    assert {version.code for version in program.templates.values()} == {"PART"}
    async with transaction():
        await models.Campaign.filter(code="PART").update(state="ENDED")
    assert (await planned(shop.program, await exported(shop.program))).changes == ()


async def test_a_bundle_comes_with_its_parts_and_goes_on_when_one_ends(house: Engine) -> None:
    shop = await world(house)
    said = document(BOX, {"code": "PART"})
    await applied(shop.program, said)
    program = await shop.engine.program(shop.program.id)
    assert sorted(version.code for version in program.templates.values()) == ["BOX", "PART"]
    async with transaction():
        await models.Campaign.filter(code="PART").update(state="ENDED")
    text = await exported(shop.program)
    assert (await planned(shop.program, text)).changes == ()


async def test_two_templates_with_one_draft_code_are_unchanged_by_their_export(house: Engine) -> None:
    shop = await world(house)
    await coupon_template(shop.program.id, "ONE", OFF, {"sharedCode": "SPRING"})
    await coupon_template(shop.program.id, "TWO", OFF, {"sharedCode": "SPRING"}, state="ENDED")
    assert (await planned(shop.program, await exported(shop.program))).changes == ()


async def test_the_reach_of_a_template_is_the_orders_that_might_use_it(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await shop.buy(member, "10.00")
    await shop.buy(member, "200.00")
    plan = await planned(shop.program, document({"code": "SPRING", "conditions": {"minimumSpend": {"amount": 100}}}))
    numbers = (await reach_of(plan, shop.engine.reads))["couponTemplates", "SPRING"].numbers
    assert (numbers["orders"], numbers["ordersMet"]) == (2, 1)


def found(*templates: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return what the linter finds of templates in a document of their own, by rule, section and code."""
    rows = [{"name": "x", "priority": 10, "effects": OFF, **one} for one in templates]
    said = {
        "version": 1,
        "program": {"code": "TEST", "currency": "CNY"},
        "assets": [{"code": "POINTS", "name": "Points", "kind": "POINTS"}],
        "couponTemplates": rows,
    }
    wanted = read(yaml.safe_dump(said), name="x").wanted
    return [(one.rule, one.section, one.code) for one in lint(wanted)]


def test_the_linter_names_coupons_that_anybody_may_have_without_end() -> None:
    unbounded = [("UNBOUNDED_BUDGET", "couponTemplates", "A")]
    assert found({"code": "A"}) == []
    assert found({"code": "A", "claimable": True}) == unbounded
    assert found({"code": "A", "sharedCode": "SPRING"}) == unbounded
    assert found({"code": "A", "sharedCode": "SPRING", "limits": {"total": 5}}) == []
    assert found({"code": "A", "claimable": True, "state": "ENDED"}) == []
    assert found({"code": "A", "claimable": True, "price": {"asset": "POINTS", "amount": "5"}}) == []


def test_the_linter_names_a_template_whose_coupons_never_apply() -> None:
    never = {"all": [{"store": {"codes": ["A"]}}, {"store": {"codes": ["B"]}}]}
    assert found({"code": "A", "conditions": never}) == [("NEVER_HOLDS", "couponTemplates", "A")]
    double = [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}]
    assert found({"code": "A", "effects": double}) == [("MULTIPLIER_WITHOUT_BASE", "couponTemplates", "A")]

"""Program documents: what is written is read again, and a mistake is told with its line."""

from decimal import Decimal

import pytest
import yaml

import models
from domain.setup_forms import forms_of
from services import programs
from services.engine import Engine
from services.program_document import code_of, export, read
from services.program_setup import stored
from services.program_yaml import Misread
from services.program_yaml import read as read_yaml
from services.program_yaml import write as write_yaml
from services.templates import Template
from tests.factories import campaign, world
from tests.services.program_documents import applied, exported, planned, whole


@pytest.mark.parametrize("template", Template)
async def test_the_export_of_each_template_is_a_plan_of_nothing(house: Engine, template: Template) -> None:
    shop = await world(house, template)
    text = await exported(shop.program)
    assert text == await exported(shop.program)
    plan = await planned(shop.program, text)
    assert (plan.changes, plan.absent, plan.waiting) == ((), (), ())
    assert plan.unchanged == {Template.BARE: 5, Template.STANDARD: 7, Template.DEMO: 8}[template]
    assert export(read(text, name="x").wanted) == text


@pytest.mark.parametrize("template", [Template.BARE, Template.STANDARD])
async def test_a_document_with_everything_in_it_is_what_the_program_exports_afterwards(
    house: Engine, template: Template
) -> None:
    program = await programs.create(
        code="TEAHOUSE", name="Old", currency="CNY", time_zone="Asia/Shanghai", template=template
    )
    said = whole()
    made = await applied(program, said)
    assert {change.section for change in made.changes} == {
        "program",
        "assets",
        "conversions",
        "ladders",
        "segments",
        "campaigns",
        "couponTemplates",
    }
    after = await planned(program, said)
    assert (after.changes, after.waiting) == ((), ())
    text = await exported(program)
    assert forms_of(read(text, name="x").wanted) == forms_of(read(said, name="y").wanted)
    assert await models.Campaign.filter(code="GIFT_BOX").values_list("state", "published_version") == [("PAUSED", 1)]
    assert await models.Campaign.filter(code="EVERY_FIFTH").values_list("state", "published_version") == [
        ("DRAFT", None)
    ]
    version = await models.CampaignVersion.get(campaign_id=(await models.Campaign.get(code="SINGLES_DAY")).id)
    assert version.starts_at.isoformat() == "2026-11-10T16:00:00+00:00"
    assert (version.holdout, version.budget) == (500, {"money": "20000", "count": 5000})


async def test_what_the_api_stored_with_nulls_and_numbers_is_exported_and_unchanged(house: Engine) -> None:
    shop = await world(house)
    await campaign(
        shop.program.id,
        "API",
        [{"amountOff": {"every": "100", "amount": "5", "times": None, "match": {"skus": ["7"], "categories": None}}}],
        {"all": [{"nthOrder": {"every": 3, "numbers": None}}, {"minimumSpend": {"of": None, "amount": 30}}]},
        limits={"total": 5, "perDay": None},
        budget={"money": None},
    )
    text = await exported(shop.program)
    assert (await planned(shop.program, text)).changes == ()
    assert "null" not in text
    assert "amount: '30'" in text
    assert "every: 3" in text
    assert "every: '100'" in text
    assert "budget" not in text


async def test_exchanges_and_amounts_by_tier_are_exported_and_unchanged(house: Engine) -> None:
    shop = await world(house, Template.STANDARD)
    effects = [
        {"exchange": {"match": {"skus": ["7"]}, "quantity": 2, "price": 1}},
        {"exchange": {"match": {"categories": ["TEA"]}, "price": None}},
        {"amountOffByTier": {"tiers": [{"tier": "SILVER", "amount": "9.90"}, {"tier": "GOLD", "amount": 20}]}},
    ]
    await campaign(shop.program.id, "API", effects)
    text = await exported(shop.program)
    assert (await planned(shop.program, text)).changes == ()
    (said,) = (one["effects"] for one in yaml.safe_load(text)["campaigns"] if one["code"] == "API")
    assert said == [
        {"exchange": {"match": {"skus": ["7"]}, "quantity": 2, "price": "1"}},
        {"exchange": {"match": {"categories": ["TEA"]}}},
        {"amountOffByTier": {"tiers": [{"tier": "SILVER", "amount": "9.90"}, {"tier": "GOLD", "amount": "20"}]}},
    ]
    other = await planned(shop.program, text.replace("quantity: 2", "quantity: 3"))
    assert [change.code for change in other.changes] == ["API"]


async def test_the_export_leaves_out_what_goes_without_saying(house: Engine) -> None:
    shop = await world(house)
    lines = (await exported(shop.program)).splitlines()
    assert lines[1:8] == [
        "version: 1",
        "program:",
        "  code: TEST",
        "  name: Test",
        "  currency: CNY",
        "  timeZone: Asia/Shanghai",
        "assets:",
    ]
    assert lines[-10:] == [
        "campaigns:",
        "- code: BASE",
        "  name: Base earning",
        "  priority: 100",
        "  effects:",
        "  - earn:",
        "      asset: POINTS",
        "      per: '1'",
        "      points: '1'",
        "      rounding: DOWN",
    ]


HEAD = "version: 1\nprogram: {code: TEST, currency: CNY}\n"
ASSETS = "assets:\n- {code: POINTS, name: P, kind: POINTS}\n- {code: TIER, name: T, kind: QUALIFYING}\n"
LADDER = "ladders:\n- {code: L, name: L, asset: TIER, tiers: [{code: A, name: A, threshold: 0}]}\n"
CAMPAIGN = "campaigns:\n- code: C\n  name: C\n  priority: 1\n"
EARN = "  effects:\n  - earn: {asset: POINTS, points: 1, per: 1, rounding: DOWN}\n"
FIXED = "  effects:\n  - earnFixed: {asset: POINTS, points: 1}\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "The document is empty."),
        ("a: [1\n", 2, "This is no YAML"),
        ("version: 1\nversion: 1\n", 2, "`version` stands twice."),
        ("version: &a 1\nprogram: *a\n", 1, "Anchors"),
        ("&a version: 1\n", 1, "Anchors"),
        ("!!str version: 1\n", 1, "The tag"),
        ("version: !!float 1\n", 1, "The tag tag:yaml.org,2002:float is not read."),
        ("version: 1\n---\nversion: 1\n", 2, "a second begins"),
        ("- 1\n", 1, "is an object"),
        ("version: 2\nprogram: {code: TEST}\n", 1, "`version` is 1"),
        (f"{HEAD}coupons: []\n", 3, "There is no part `coupons`"),
        ("version: 1\nprogram:\n  code: OTHER CODE\n", 3, "is no code"),
        ("version: 1\nprogram:\n  code: TEST\n  currency: XYZ\n", 4, "'XYZ' is no ISO 4217 currency."),
        ("version: 1\nprogram:\n  code: TEST\n  timeZone: Mars\n", 4, "'Mars' is no time zone"),
        (f"{HEAD}assets:\n- code: A\n  name: A\n  kind: GOLD\n", 6, "`kind` is one of POINTS, MONEY"),
        (f"{HEAD}assets:\n- code: A\n  name: A\n  kind: POINTS\n  expiry: soon\n", 7, "'soon' is no expiry"),
        (f"{HEAD}assets:\n- code: A\n  name: A\n  kind: POINTS\n  scale: x\n", 7, "must be a whole number"),
        (f"{HEAD}assets:\n- code: A\n  name: A\n  kind: MONEY\n  scale: 3\n", 7, "Money has the 2 decimals of CNY"),
        (
            f"{HEAD}assets:\n- code: A\n  name: A\n  kind: POINTS\n  pays:\n    amount: 1\n    value: x\n",
            9,
            "a decimal",
        ),
        (f"{HEAD}assets:\n- code: A\n  name: A\n  kind: POINTS\n  topUp:\n  - {{from: 1, bonus: 1}}\n", 7, "not money"),
        (f"{HEAD}{ASSETS}- {{code: TIER, name: T, kind: POINTS}}\n", 6, "TIER: This stands twice."),
        (f"{HEAD}{ASSETS}conversions:\n- {{from: POINTS, to: X, amount: 1, gives: 1}}\n", 7, "an asset X."),
        (f"{HEAD}{ASSETS}conversions:\n- {{from: POINTS, to: POINTS, amount: 1, gives: 1}}\n", 7, "not into itself"),
        (f"{HEAD}{ASSETS}{LADDER.replace('asset: TIER', 'asset: POINTS')}", 7, "of the kind QUALIFYING"),
        (f"{HEAD}{ASSETS}{LADDER.replace('threshold: 0', 'threshold: 0.001')}", 7, "more than 2 decimal places"),
        (f"{HEAD}{ASSETS}{LADDER}- {LADDER.split('- ')[1].replace('L', 'M')}", 8, "L has a tier A already."),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}", 9, "C: `effects` lists one or more."),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}{EARN.replace('POINTS', 'MILES')}", 13, "C: The program has no asset"),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  conditions: {{tier: {{codes: [B]}}}}\n{EARN}", 12, "no tier `B`"),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  conditions: {{luck: {{}}}}\n{EARN}", 12, "There is no condition `luck`."),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  limits:\n    perYear: 1\n{EARN}", 13, "There is no limit `perYear`."),
        (
            f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  budget: {{points: 100}}\n{EARN}",
            12,
            "`points` of a `budget` is `{asset:",
        ),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  budget: {{money: 5}}\n{EARN}", 12, "`money` bounds discounts, and no"),
        (
            f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  calendar: {{monthDay: {{days: [32]}}}}\n{EARN}",
            12,
            "An item of `days` is 32",
        ),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  holdout: 5\n{EARN}", 12, "'5' is no share of members"),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  holdout: 0.001%\n{EARN}", 12, "finer than 0.01%"),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  startsAt: noon\n{EARN}", 12, "'noon' is no instant"),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  startsAt: 2026-02-01\n  endsAt: 2026-01-01\n{EARN}", 13, "ends after"),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  step: COUPON\n{EARN}", 12, "`step` is MEMBER_PRICE or PROMOTION."),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  state: OLD\n{EARN}", 12, "`state` is one of DRAFT"),
        (f"{HEAD}assets:\n- code: A\n  kind: POINTS\n", 4, "A: `name` must be a text."),
        (f"{HEAD}{ASSETS}{LADDER}{CAMPAIGN}  trigger: SCHEDULE\n{FIXED}", 9, "A schedule goes with the trigger"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Misread) as refused:
        read(text, name="program.yaml")
    assert refused.value.message.startswith(f"program.yaml:{line}: ")
    assert words in refused.value.message


async def test_a_document_is_for_the_program_that_it_names(house: Engine) -> None:
    shop = await world(house)
    base = (await stored(shop.program)).setup
    for said, words in (
        ("program: {code: OTHER}", "The document is of the program OTHER, not of TEST."),
        ("program: {code: TEST, currency: USD}", "`currency` of TEST is CNY for good, not USD."),
        ("program: {code: TEST, timeZone: UTC}", "`timeZone` of TEST is Asia/Shanghai for good, not UTC."),
    ):
        with pytest.raises(Misread, match=words):
            read(f"version: 1\n{said}\n", name="x", base=base)


def test_amounts_never_pass_through_a_binary_float() -> None:
    said = HEAD + ASSETS + LADDER + CAMPAIGN + "  effects:\n  - multiplyEarn: {asset: POINTS, factor: 1.10}\n"
    found = read(said, name="x").wanted.campaigns["C"]
    assert found.version.effects == [{"multiplyEarn": {"asset": "POINTS", "factor": "1.10"}}]
    long = "0.1000000000000000055511151231257827"
    assert read_yaml(f"a: {long}").said == {"a": long}
    assert Decimal(read_yaml("a: 1e-3").said["a"]) == Decimal("0.001")


def test_only_what_people_mean_by_them_are_numbers_and_truths() -> None:
    said = "[no, yes, on, NO, 007, 0x1F, 10:30, 1_000, 2026-11-11, .5, ~, null, true, false, 12, -1, '12']"
    texts = ["no", "yes", "on", "NO", "007", "0x1F", "10:30", "1_000", "2026-11-11", ".5"]
    assert read_yaml(said).said == [*texts, None, None, True, False, 12, -1, "12"]
    assert read_yaml(write_yaml({"a": [*texts, None, True, 12, "12", "", "é", "a: b"]})).said == {
        "a": [*texts, None, True, 12, "12", "", "é", "a: b"]
    }


def test_deep_and_long_texts_are_refused_in_words() -> None:
    for text, words in (("[" * 5_000, "nests deeper than 64 levels"), ("#" * 10_000_001, "10000001 characters")):
        with pytest.raises(Misread, match=words):
            read_yaml(text)


def test_the_program_of_a_document_is_found_before_the_rest_is_read() -> None:
    assert code_of("program: {code: 7}\n", name="x") == "7"
    assert code_of("program: {code: SHOP, more: [1]}\n", name="x") == "SHOP"
    for text in ("a: 1", "program: SHOP", "- 1"):
        with pytest.raises(Misread, match="x:1: The document names no program"):
            code_of(text, name="x")

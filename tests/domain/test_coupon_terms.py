"""What a template of coupons says beside its rules: each part is read, bounded, and refused where it does not fit."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.campaigns import Stage
from domain.coupon_terms import check_among, read_terms
from domain.coupons import BundlePart, CouponTerms, Price, Validity
from domain.instants import NEVER
from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from domain.versions import VersionForm, check_version, read_version
from tests.domain.campaigns import READER
from tests.domain.makers import LONG_AGO, NOON, POINTS_ID, VALUE_ID

OFF = {"amountOff": {"amount": "20", "every": "100", "times": 1}}
ID = UUID(int=1)


def read(by: Any = read_version, **said: Any) -> CampaignVersion:
    plain: dict[str, Any] = {
        "priority": 1,
        "starts_at": LONG_AGO,
        "ends_at": NEVER,
        "conditions": None,
        "effects": [OFF],
        "step": "COUPON",
        "coupon": {},
    }
    version: CampaignVersion = by(
        READER, VersionForm(**plain | said), id=ID, campaign_id=ID, code="C", name="C", number=1
    )
    return version


def test_a_template_that_says_nothing_gives_coupons_that_are_good_for_ever() -> None:
    version = read()
    assert (version.coupon, version.stage) == (CouponTerms(), Stage.COUPON)
    assert read(step="PROMOTION", coupon=None).coupon is None


def test_every_part_of_the_form_is_read() -> None:
    form = {
        "validity": {"relative": {"afterDays": 1, "days": 30}},
        "perOrder": 2,
        "claimable": True,
        "price": {"asset": "VALUE", "amount": "9.90"},
        "prefix": "spring",
        "transferable": True,
        "returnable": True,
        "graceDays": 7,
    }
    assert read_terms(READER, form) == CouponTerms(
        validity=Validity(after_days=1, days=30),
        per_order=2,
        claimable=True,
        price=Price(VALUE_ID, 990),
        prefix="SPR1NG",
        transferable=True,
        grace_days=7,
    )
    assert read_terms(READER, {"claimable": True, "price": {"asset": "POINTS", "amount": "500"}}).price == Price(
        POINTS_ID, 500
    )
    assert read_terms(READER, {"sharedCode": " spring-20 "}).shared_code == "SPRING-20"
    assert not read_terms(READER, {"returnable": False}).returnable
    parts = [{"template": "A", "count": 2}, {"template": "B", "count": 1}]
    assert read_terms(READER, {"bundle": parts}).bundle == (BundlePart("A", 2), BundlePart("B", 1))


@pytest.mark.parametrize(
    ("form", "validity"),
    [
        ({"relative": {"afterDays": 0, "months": 1}}, Validity(months=1)),
        ({"relative": {"days": 0}}, Validity(days=0)),
        ({"relative": {"afterDays": 3}}, Validity(after_days=3)),
        ({"fixed": {"until": "2026-03-31T16:00:00Z"}}, Validity(fixed_until=datetime(2026, 3, 31, 16, tzinfo=UTC))),
        (
            {"fixed": {"from": "2026-03-01T00:00:00+08:00", "until": "2026-04-01T00:00:00+08:00"}},
            Validity(
                fixed_from=datetime(2026, 2, 28, 16, tzinfo=UTC), fixed_until=datetime(2026, 3, 31, 16, tzinfo=UTC)
            ),
        ),
    ],
)
def test_a_validity_is_relative_or_fixed(form: dict[str, Any], validity: Validity) -> None:
    assert read_terms(READER, {"validity": form}).validity == validity


PARTS = [{"template": "A", "count": 1}]


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ({"colour": "red"}, ("colour",)),
        ({"validity": {}}, ("validity",)),
        ({"validity": {"rolling": {}}}, ("validity", "rolling")),
        ({"validity": {"relative": {}}}, ("validity", "relative")),
        ({"validity": {"relative": {"days": 36_501}}}, ("validity", "relative", "days")),
        ({"validity": {"relative": {"days": -1}}}, ("validity", "relative", "days")),
        ({"validity": {"relative": {"days": "7"}}}, ("validity", "relative", "days")),
        ({"validity": {"relative": {"months": 0}}}, ("validity", "relative", "months")),
        ({"validity": {"relative": {"months": 1_201}}}, ("validity", "relative", "months")),
        ({"validity": {"relative": {"days": 1, "months": 1}}}, ("validity", "relative", "months")),
        ({"validity": {"relative": {"afterDays": 36_501}}}, ("validity", "relative", "afterDays")),
        ({"validity": {"fixed": {}}}, ("validity", "fixed")),
        ({"validity": {"fixed": {"until": "tomorrow"}}}, ("validity", "fixed", "until")),
        ({"validity": {"fixed": {"until": "2026-03-31"}}}, ("validity", "fixed", "until")),
        ({"validity": {"fixed": {"until": 7}}}, ("validity", "fixed", "until")),
        ({"validity": {"fixed": {"until": "9999-12-31T00:00:00Z"}}}, ("validity", "fixed", "until")),
        ({"validity": {"fixed": {"until": "0001-01-01T00:00:00+14:00"}}}, ("validity", "fixed", "until")),
        (
            {"validity": {"fixed": {"from": "2026-03-01T00:00:00Z", "until": "2026-03-01T08:00:00+08:00"}}},
            ("validity", "fixed", "until"),
        ),
        ({"perOrder": 0}, ("perOrder",)),
        ({"perOrder": 21}, ("perOrder",)),
        ({"claimable": "yes"}, ("claimable",)),
        ({"price": {"asset": "POINTS", "amount": "5"}}, ("price",)),
        ({"claimable": True, "price": {"asset": "NONE", "amount": "5"}}, ("price", "asset")),
        ({"claimable": True, "price": {"asset": "TIER", "amount": "5"}}, ("price", "asset")),
        ({"claimable": True, "price": {"asset": "POINTS", "amount": "0"}}, ("price", "amount")),
        ({"claimable": True, "price": {"asset": "POINTS", "amount": "0.5"}}, ("price", "amount")),
        ({"sharedCode": "abc"}, ("sharedCode",)),
        ({"sharedCode": "A" * 33}, ("sharedCode",)),
        ({"sharedCode": 1234}, ("sharedCode",)),
        ({"sharedCode": "SPRING", "claimable": True}, ("claimable",)),
        ({"sharedCode": "SPRING", "prefix": "S"}, ("prefix",)),
        ({"sharedCode": "SPRING", "transferable": True}, ("transferable",)),
        ({"prefix": "A" * 13}, ("prefix",)),
        ({"prefix": "A-B"}, ("prefix",)),
        ({"prefix": "U"}, ("prefix",)),
        ({"graceDays": -1}, ("graceDays",)),
        ({"graceDays": 36_501}, ("graceDays",)),
        ({"graceDays": 1, "returnable": False}, ("graceDays",)),
        ({"bundle": []}, ("bundle",)),
        ({"bundle": PARTS * 21}, ("bundle",)),
        ({"bundle": PARTS * 2}, ("bundle", "1", "template")),
        ({"bundle": [{"template": "A", "count": 0}]}, ("bundle", "0", "count")),
        ({"bundle": [{"template": "A", "count": 101}]}, ("bundle", "0", "count")),
        ({"bundle": [{"template": "A"}]}, ("bundle", "0", "count")),
        ({"bundle": PARTS, "sharedCode": "SPRING"}, ("sharedCode",)),
        ({"bundle": PARTS, "prefix": "S"}, ("prefix",)),
        ({"bundle": PARTS, "perOrder": 2}, ("perOrder",)),
        ({"bundle": PARTS, "transferable": True}, ("transferable",)),
        ({"bundle": PARTS, "validity": {"relative": {"days": 1}}}, ("validity",)),
    ],
)
def test_a_part_that_cannot_be_is_refused_by_its_name(form: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_terms(READER, form)
    assert refused.value.field == path


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"step": "PROMOTION"}, ("step",)),
        ({"coupon": None}, ("step",)),
        ({"trigger": "EVENT"}, ("trigger",)),
        ({"holdout": 500}, ("holdout",)),
        ({"schedule": {"at": "09:00"}}, ("schedule",)),
        ({"effects": []}, ("effects",)),
        ({"effects": [OFF] * 21}, ("effects",)),
        ({"coupon": {"bundle": PARTS}}, ("effects",)),
        ({"coupon": {"bundle": PARTS}, "effects": [], "conditions": {"firstOrder": {}}}, ("conditions",)),
        ({"coupon": {"bundle": PARTS}, "effects": [], "calendar": {"monthDay": {"days": [1]}}}, ("calendar",)),
        ({"coupon": {"bundle": PARTS}, "effects": [], "stacking_group": "G"}, ("stackingGroup",)),
        ({"coupon": {"bundle": PARTS}, "effects": [], "budget": {"count": 1}}, ("budget",)),
    ],
)
def test_what_a_template_says_goes_with_its_terms(said: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(**said)
    assert refused.value.field == path


def test_a_template_has_limits_and_audience_as_a_campaign_does() -> None:
    version = read(
        check_version,
        limits={"perOrder": 2, "perMember": 1, "perMemberDay": 1, "perDay": 5, "total": 10},
        audience="EVERYONE",
        calendar={"monthDay": {"days": [1]}},
        stacking_group="G",
    )
    assert (version.limits.total, version.group, version.counted) == (10, "G", True)
    bundle = read(check_version, coupon={"bundle": PARTS, "claimable": True}, effects=[], limits={"total": 3})
    assert (bundle.effects, bundle.limits.total) == ((), 3)


def test_coupons_that_are_over_before_one_can_be_had_are_refused_and_stored_ones_go_on() -> None:
    def until(end: datetime) -> dict[str, Any]:
        return {"starts_at": NOON, "coupon": {"validity": {"fixed": {"until": end.isoformat()}}}}

    with pytest.raises(InvalidInput) as refused:
        read(check_version, **until(NOON))
    assert refused.value.field == ("validity", "fixed", "until")
    assert read(read_version, **until(NOON)).code == "C"
    assert read(check_version, **until(NOON + timedelta(seconds=1))).code == "C"


OTHERS: dict[str, dict[str, Any]] = {
    "PLAIN": {},
    "TYPED": {"sharedCode": "spring"},
    "BOX": {"bundle": [{"template": "PLAIN", "count": 2}]},
}


@pytest.mark.parametrize(
    ("code", "form", "path"),
    [
        ("NEW", {"sharedCode": "SPRING"}, ("sharedCode",)),
        ("NEW", {"bundle": [{"template": "NONE", "count": 1}]}, ("bundle", "0", "template")),
        ("NEW", {"bundle": [{"template": "NEW", "count": 1}]}, ("bundle", "0", "template")),
        ("NEW", {"bundle": [{"template": "BOX", "count": 1}]}, ("bundle", "0", "template")),
        (
            "NEW",
            {"bundle": [{"template": "PLAIN", "count": 1}, {"template": "TYPED", "count": 1}]},
            ("bundle", "1", "template"),
        ),
        ("PLAIN", {"bundle": [{"template": "OTHER", "count": 1}]}, ("bundle",)),
        ("PLAIN", {"sharedCode": "AUTUMN"}, ("sharedCode",)),
    ],
)
def test_templates_go_with_each_other(code: str, form: dict[str, Any], path: tuple[str, ...]) -> None:
    others = OTHERS | {"OTHER": {}}
    with pytest.raises(InvalidInput) as refused:
        check_among(code, read_terms(READER, form), others)
    assert refused.value.field == path


def test_a_template_may_keep_its_code_and_its_parts() -> None:
    for code, form in OTHERS.items():
        check_among(code, read_terms(READER, form), OTHERS)

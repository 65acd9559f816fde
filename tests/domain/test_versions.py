"""What is stored of a version: its bounds are such that its effects can reach them, and messages name the part."""

from typing import Any
from uuid import UUID

import pytest

from domain.instants import NEVER
from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from domain.versions import VersionForm, check_points_of, check_version, counted_assets, points_of, read_version
from tests.domain.campaigns import READER
from tests.domain.makers import LADDER, LONG_AGO

OFF = {"percentOff": {"percent": "5"}}
SHIPPING = {"shippingOff": {"percent": "5"}}
CUP = {"gift": {"sku": "CUP"}}
FIXED = {"earnFixed": {"asset": "POINTS", "points": "1"}}
DOUBLE = {"multiplyEarn": {"asset": "POINTS", "factor": "2"}}
PROGRESS = {"addProgress": {"ladder": LADDER.code, "amount": "1"}}
TAG = {"addTag": {"tag": "x"}}
ID = UUID(int=1)


def read(by: Any, effect: dict[str, Any], **said: Any) -> CampaignVersion:
    plain: dict[str, Any] = {"priority": 1, "starts_at": LONG_AGO, "ends_at": NEVER, "conditions": None}
    form = VersionForm(**plain | {"effects": [effect]} | said)
    version: CampaignVersion = by(READER, form, id=ID, campaign_id=ID, code="C", name="C", number=1)
    return version


def points(asset: Any, amount: Any = "10") -> dict[str, Any]:
    return {"points": {"asset": asset, "amount": amount}}


BUDGET = ("budget", "points", "asset")


@pytest.mark.parametrize(
    ("effect", "said", "path"),
    [
        (FIXED, {"trigger": "EVENT", "budget": {"money": "1"}}, ("budget", "money")),
        (CUP, {"budget": {"money": "1"}}, ("budget", "money")),
        (TAG, {"budget": {"money": "1"}}, ("budget", "money")),
        (OFF, {"budget": points("POINTS")}, BUDGET),
        (FIXED, {"budget": points("TIER")}, BUDGET),
        (TAG, {"budget": points("POINTS")}, BUDGET),
        (OFF, {"budget": {"money": "0"}}, ("budget", "money")),
        (FIXED, {"budget": points("POINTS", "0.0")}, ("budget", "points", "amount")),
        (FIXED, {"trigger": "EVENT", "limits": {"perOrder": 1}}, ("limits", "perOrder")),
    ],
)
def test_a_bound_that_nothing_reaches_is_refused_and_does_not_stop_what_is_stored(
    effect: dict[str, Any], said: dict[str, Any], path: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(check_version, effect, **said)
    assert refused.value.field == path
    assert f"`{path[-1]}`" in refused.value.message or "`points`" in refused.value.message
    assert read(read_version, effect, **said).code == "C"


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (OFF, {"budget": {"money": "1"}}),
        (SHIPPING, {"budget": {"money": "1"}}),
        (FIXED, {"budget": points("POINTS")}),
        (DOUBLE, {"budget": points("POINTS")}),
        (PROGRESS, {"budget": points("TIER")}),
        (CUP, {"budget": {"count": 1}}),
        (TAG, {"budget": {"count": 1}, "trigger": "ENROLLED", "limits": {"total": 1}}),
        (OFF, {"limits": {"perOrder": 1}}),
    ],
)
def test_a_bound_that_something_reaches_is_kept(effect: dict[str, Any], said: dict[str, Any]) -> None:
    assert read(check_version, effect, **said) == read(read_version, effect, **said)


@pytest.mark.parametrize(
    ("budget", "path", "words"),
    [
        ({"points": 100}, ("budget", "points"), "`points` of a `budget` is `{asset: POINTS, amount: 1000}`."),
        (points(["POINTS"]), BUDGET, "of which the `points` of a `budget` would be"),
        (points(None), BUDGET, "The program has no asset `None`, of which the `points` of a `budget` would be."),
        ({"points": {"asset": "POINTS", "count": 1}}, ("budget", "points", "count"), "There is no part `count`"),
    ],
)
def test_a_budget_of_another_form_is_told_by_its_name(budget: Any, path: tuple[str, ...], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(read_version, FIXED, budget=budget)
    assert refused.value.field == path
    assert words in refused.value.message


def test_drafts_fix_no_asset_but_what_may_have_counted_does() -> None:
    mine, theirs = points("POINTS"), points("MILES")
    for counted in (False, True):
        assert counted_assets(mine, [mine, theirs], counted=counted) == {"POINTS"}
    for published in (None, {"money": "1"}):
        assert counted_assets(published, [mine, theirs, None], counted=False) == frozenset()
        assert counted_assets(published, [mine, theirs, None], counted=True) == {"POINTS", "MILES"}


def test_a_budget_of_points_stays_of_one_asset() -> None:
    assert [points_of(one) for one in (None, {}, {"money": "1"}, points("POINTS"))] == [None, None, None, "POINTS"]
    for said in (None, {"money": "1"}, points("POINTS")):
        check_points_of(said, ["POINTS"])
    check_points_of(points("MILES"), [])
    with pytest.raises(
        InvalidInput, match="counts POINTS, since an earlier version, and cannot count MILES"
    ) as refused:
        check_points_of(points("MILES"), ["POINTS"])
    assert refused.value.field == BUDGET


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"monthDay": {"days": [32]}}, "An item of `days` is 32; -1 to 31 is allowed."),
        ({"monthDay": {"days": ["x"]}}, "An item of `days` must be a whole number."),
        ({"daysSinceLastOrder": {"atLeast": "1e1"}}, "`atLeast` must be a whole number."),
        ({"store": {"codes": [7]}}, "An item of `codes` must be a text."),
        ({"firstOrder": True}, "`firstOrder` has no parts and is written `firstOrder: {}`."),
    ],
)
def test_a_message_about_an_item_names_its_list(conditions: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        READER.condition(conditions)
    assert refused.value.message == words


EVENT_X = {"event": {"codes": ["X"]}}
ENROLLED = {"trigger": "ENROLLED"}
REACHED = {"trigger": "TIER_CHANGED"}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        (ENROLLED | {"conditions": EVENT_X}, ("conditions", "event")),
        (ENROLLED | {"conditions": {"all": [{"tag": {"anyOf": ["x"]}}, EVENT_X]}}, ("conditions", "all", "1", "event")),
        (
            ENROLLED | {"conditions": {"attribute": {"of": "EVENT", "key": "k", "values": ["v"]}}},
            ("conditions", "attribute"),
        ),
        (REACHED | {"conditions": EVENT_X}, ("conditions", "event", "codes", "0")),
        (
            REACHED | {"conditions": {"any": [{"not": {"event": {"codes": ["GOLD", "X"]}}}]}},
            ("conditions", "any", "0", "not", "event", "codes", "1"),
        ),
    ],
)
def test_an_occasion_that_never_comes_is_refused(said: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(check_version, FIXED, **said)
    assert refused.value.field == path


def test_a_tier_that_is_there_may_be_waited_for_and_what_is_stored_goes_on() -> None:
    read(check_version, FIXED, trigger="TIER_CHANGED", conditions={"event": {"codes": [" GOLD "]}})
    read(check_version, FIXED, trigger="EVENT", conditions=EVENT_X)
    read(read_version, FIXED, trigger="TIER_CHANGED", conditions=EVENT_X)


@pytest.mark.parametrize("factor", ["1.00001", "0.9999", "100.0001"])
def test_a_factor_has_bounds_and_four_decimals(factor: str) -> None:
    with pytest.raises(InvalidInput, match="`factor` is between 1 and 100, with at most 4 decimals"):
        READER.effect({"multiplyEarn": {"asset": "POINTS", "factor": factor}})
    READER.effect({"multiplyEarn": {"asset": "POINTS", "factor": "1.00010"}})

"""Rules in their stored form: what each becomes, and how each mistake in one is refused."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amounts import Rounding
from domain.conditions.combine import All, AnyOf, Not
from domain.conditions.minimum_spend import MinimumSpend
from domain.conditions.tier import TierIs
from domain.conditions.weekday import Weekday
from domain.effects.earn import EarnPerAmount
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.refusals import InvalidInput
from domain.rules import RuleReader
from domain.rules_conditions import DEPTH_MAX, PARTS_MAX
from tests.domain.campaigns import version_of
from tests.domain.makers import POINTS, QUALIFYING, TIERS, VALUE

rules = RuleReader((POINTS, QUALIFYING, VALUE), frozenset(tier.code for tier in TIERS), 2)
PRESENTED = {"couponPresented": {"templates": ["TEN"]}}
SPEND = {"minimumSpend": {"amount": "10"}}
EARN = {"asset": "POINTS", "points": "1", "per": "1", "rounding": "DOWN"}


@pytest.mark.parametrize(
    ("form", "condition"),
    [
        ({"weekday": {"days": ["WEDNESDAY"]}}, Weekday(frozenset({2}))),
        ({"weekday": {"days": ["SUNDAY", "MONDAY", "SUNDAY"]}}, Weekday(frozenset({0, 6}))),
        ({"minimumSpend": {"amount": "12.5"}}, MinimumSpend(12_50)),
        ({"minimumSpend": {"amount": 0}}, MinimumSpend(0)),
        ({"tier": {"codes": ["GOLD", "SILVER"]}}, TierIs(frozenset({"GOLD", "SILVER"}))),
        ({"all": [SPEND, SPEND]}, All((MinimumSpend(10_00), MinimumSpend(10_00)))),
        ({"any": [SPEND]}, AnyOf((MinimumSpend(10_00),))),
        ({"not": {"any": [{"not": SPEND}]}}, Not(AnyOf((Not(MinimumSpend(10_00)),)))),
    ],
)
def test_a_condition_is_read(form: dict[str, Any], condition: object) -> None:
    assert rules.condition(form) == condition


@pytest.mark.parametrize(
    ("form", "effect"),
    [
        ({"earn": EARN}, EarnPerAmount(POINTS, 1, 1_00, Rounding.DOWN)),
        (
            {"earn": {"asset": "VALUE", "points": "0.05", "per": "12.34", "rounding": "HALF_UP"}},
            EarnPerAmount(VALUE, 5, 12_34, Rounding.HALF_UP),
        ),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "1.25"}}, MultiplyEarn(POINTS, Decimal("1.25"))),
        ({"multiplyEarn": {"asset": "POINTS", "factor": 1}}, MultiplyEarn(POINTS, Decimal(1))),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "100"}}, MultiplyEarn(POINTS, Decimal(100))),
        (
            {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "2"}]}},
            MultiplyEarnByTier(POINTS, {"GOLD": Decimal(2)}),
        ),
    ],
)
def test_an_effect_is_read(form: dict[str, Any], effect: object) -> None:
    assert rules.effect(form) == effect


def nested(levels: int, name: str = "all") -> dict[str, Any]:
    """Return a leaf inside so many combinators."""
    form: dict[str, Any] = SPEND
    for _ in range(levels):
        form = {name: [form]}
    return form


@pytest.mark.parametrize(
    ("form", "path"),
    [
        (None, ()),
        ([], ()),
        ("weekday", ()),
        ({}, ()),
        ({**SPEND, "weekday": {"days": ["MONDAY"]}}, ()),
        ({"weather": {}}, ("weather",)),
        ({"all": []}, ("all",)),
        ({"all": SPEND}, ("all",)),
        ({"any": None}, ("any",)),
        ({"any": [SPEND] * (PARTS_MAX + 1)}, ("any",)),
        ({"all": [SPEND, None]}, ("all", "1")),
        ({"all": [SPEND, {"any": [{"nothing": {}}]}]}, ("all", "1", "any", "0", "nothing")),
        ({"not": None}, ("not",)),
        ({"not": [SPEND]}, ("not",)),
        ({"not": {"minimumSpend": {"amount": "-1"}}}, ("not", "minimumSpend", "amount")),
        ({"weekday": None}, ("weekday",)),
        ({"weekday": ["MONDAY"]}, ("weekday",)),
        ({"weekday": {}}, ("weekday", "days")),
        ({"weekday": {"days": []}}, ("weekday", "days")),
        ({"weekday": {"days": "MONDAY"}}, ("weekday", "days")),
        ({"weekday": {"days": ["monday"]}}, ("weekday", "days")),
        ({"weekday": {"days": [0]}}, ("weekday", "days")),
        ({"weekday": {"days": [["MONDAY"]]}}, ("weekday", "days")),
        ({"weekday": {"days": [{}]}}, ("weekday", "days")),
        ({"minimumSpend": "10"}, ("minimumSpend",)),
        ({"minimumSpend": None}, ("minimumSpend",)),
        ({"minimumSpend": {}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": None}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "ten"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": True}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": ["10"]}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "NaN"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "sNaN"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "Infinity"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "-0.01"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "0.001"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "1E+99"}}, ("minimumSpend", "amount")),
        ({"minimumSpend": {"amount": "1E+99999999999999999999"}}, ("minimumSpend", "amount")),
        ({"tier": None}, ("tier",)),
        ({"tier": {}}, ("tier", "codes")),
        ({"tier": {"codes": []}}, ("tier", "codes")),
        ({"tier": {"codes": "GOLD"}}, ("tier", "codes")),
        ({"tier": {"codes": ["GOLD", "PLATINUM"]}}, ("tier", "codes", "1")),
        ({"tier": {"codes": [None]}}, ("tier", "codes", "0")),
        ({"tier": {"codes": [["GOLD"]]}}, ("tier", "codes", "0")),
        (nested(DEPTH_MAX), ("all", "0") * DEPTH_MAX),
    ],
)
def test_a_malformed_condition_is_refused_naming_the_part(form: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.condition(form)
    assert refused.value.field == ("conditions", *path)
    assert refused.value.message


@pytest.mark.parametrize(
    ("form", "path"),
    [
        (None, ()),
        ([], ()),
        ({}, ()),
        ({"earn": EARN, "multiplyEarn": {}}, ()),
        ({"discount": {}}, ("discount",)),
        ({"earn": None}, ("earn",)),
        ({"earn": [EARN]}, ("earn",)),
        ({"earn": {**EARN, "asset": "GEMS"}}, ("earn", "asset")),
        ({"earn": {**EARN, "asset": None}}, ("earn", "asset")),
        ({"earn": {**EARN, "asset": ["POINTS"]}}, ("earn", "asset")),
        ({"earn": {**EARN, "asset": {}}}, ("earn", "asset")),
        ({"earn": {**EARN, "points": None}}, ("earn", "points")),
        ({"earn": {**EARN, "points": "0.5"}}, ("earn", "points")),  # points have no decimals
        ({"earn": {**EARN, "points": "-1"}}, ("earn", "points")),
        ({"earn": {**EARN, "points": "0"}}, ("earn", "points")),
        ({"earn": {**EARN, "per": "0"}}, ("earn", "per")),
        ({"earn": {**EARN, "per": "-0"}}, ("earn", "per")),
        ({"earn": {**EARN, "per": "0.001"}}, ("earn", "per")),
        ({"earn": {**EARN, "per": "1e400"}}, ("earn", "per")),
        ({"earn": {**EARN, "rounding": None}}, ("earn", "rounding")),
        ({"earn": {**EARN, "rounding": "down"}}, ("earn", "rounding")),
        ({"earn": {**EARN, "rounding": ["DOWN"]}}, ("earn", "rounding")),
        ({"multiplyEarn": None}, ("multiplyEarn",)),
        ({"multiplyEarn": {"asset": "POINTS"}}, ("multiplyEarn", "factor")),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "0.99"}}, ("multiplyEarn", "factor")),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "100.01"}}, ("multiplyEarn", "factor")),
        ({"multiplyEarn": {"asset": "POINTS", "factor": "NaN"}}, ("multiplyEarn", "factor")),
        ({"multiplyEarn": {"asset": "GEMS", "factor": "2"}}, ("multiplyEarn", "asset")),
        ({"multiplyEarnByTier": None}, ("multiplyEarnByTier",)),
        ({"multiplyEarnByTier": {"asset": "POINTS"}}, ("multiplyEarnByTier", "factors")),
        ({"multiplyEarnByTier": {"asset": "POINTS", "factors": []}}, ("multiplyEarnByTier", "factors")),
        ({"multiplyEarnByTier": {"asset": "POINTS", "factors": {}}}, ("multiplyEarnByTier", "factors")),
        ({"multiplyEarnByTier": {"asset": "POINTS", "factors": [None]}}, ("multiplyEarnByTier", "factors", "0")),
        ({"multiplyEarnByTier": {"asset": "POINTS", "factors": ["GOLD"]}}, ("multiplyEarnByTier", "factors", "0")),
        (
            {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "IRON", "factor": "2"}]}},
            ("multiplyEarnByTier", "factors", "0", "tier"),
        ),
        (
            {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": ["GOLD"], "factor": "2"}]}},
            ("multiplyEarnByTier", "factors", "0", "tier"),
        ),
        (
            {"multiplyEarnByTier": {"asset": "POINTS", "factors": [{"tier": "GOLD", "factor": "0"}]}},
            ("multiplyEarnByTier", "factors", "0", "factor"),
        ),
        (
            {"multiplyEarnByTier": {"asset": "GEMS", "factors": [{"tier": "GOLD", "factor": "2"}]}},
            ("multiplyEarnByTier", "asset"),
        ),
    ],
)
def test_a_malformed_effect_is_refused_naming_the_part(form: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.effect(form)
    assert refused.value.field == ("effects", *path)
    assert refused.value.message


def test_conditions_nest_to_the_limit_and_no_deeper() -> None:
    assert rules.condition(nested(DEPTH_MAX - 1))
    with pytest.raises(InvalidInput, match="deeper than 8 levels"):
        rules.condition(nested(DEPTH_MAX))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["GOLD", "1", "2"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "all",
                    "any",
                    "not",
                    "weekday",
                    "tier",
                    "minimumSpend",
                    "earn",
                    "multiplyEarn",
                    "multiplyEarnByTier",
                    "days",
                    "codes",
                    "amount",
                    "asset",
                    "points",
                    "per",
                    "rounding",
                    "factor",
                    "factors",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_whatever_is_stored_is_read_or_refused_with_a_path(form: Any) -> None:
    for read, root in ((rules.condition, "conditions"), (rules.effect, "effects")):
        refused = None
        try:
            assert read(form)
        except InvalidInput as refusal:
            refused = refusal.field[0]
        assert refused in {None, root}


@pytest.mark.parametrize(
    ("trigger", "form", "path", "message"),
    [
        ("EVENT", SPEND, (), "`minimumSpend` is about an order, and EVENT comes with none."),
        ("ENROLLED", {"store": {"codes": ["S"]}}, (), "`store` is about an order, and ENROLLED comes with none."),
        ("EVENT", PRESENTED, (), "`couponPresented` is about an order, and EVENT comes with none."),
        ("EVENT", {"all": [{"nthOrder": {"every": 2}}]}, ("all", "0"), "`nthOrder` is about an order"),
        ("ORDER", {"event": {"codes": ["E"]}}, (), "`event` is about what happened, and an order is no event."),
        (
            "ORDER",
            {"attribute": {"of": "EVENT", "key": "k", "values": ["v"]}},
            (),
            "`attribute` is about what happened, and an order is no event.",
        ),
        ("EVENT", {"attribute": {"of": "LINE", "key": "k", "values": ["v"]}}, (), "`attribute` is about an order"),
    ],
)
def test_what_can_never_hold_for_its_trigger_is_refused(
    trigger: str, form: dict[str, Any], path: tuple[str, ...], message: str
) -> None:
    effects = [{"addTag": {"tag": "made"}}]
    name = next(iter(form)) if not path else "nthOrder"
    with pytest.raises(InvalidInput) as refused:
        version_of("C", trigger=trigger, conditions=form, effects=effects)
    assert refused.value.message.startswith(f"Never applies: {message}")
    assert refused.value.field == ("conditions", *path, name)
    may = {"any": [form, {"tag": {"anyOf": ["vip"]}}]}  # beside another it does no harm
    assert version_of("C", trigger=trigger, conditions=may, effects=effects).condition is not None

"""Budgets that do not cover what their campaigns would give."""

from typing import Any

import pytest

from domain import run as module
from domain.campaigns import EVER
from domain.explanation import NotAppliedReason
from domain.program import CampaignVersion
from domain.usage import Usage, UsageKey
from tests.domain.campaigns import shop, version_of
from tests.domain.test_engine_laws import content, decided

CART = content([(40_00, 1, "CD", None)], shipping=0)


def earning(code: str, points: str, priority: int, **form: Any) -> CampaignVersion:
    fixed = {"earnFixed": {"asset": "POINTS", "points": points}}
    return version_of(code, priority=priority, effects=[fixed, *form.pop("further", ())], **form)


def doubling(code: str, priority: int, budget: str) -> CampaignVersion:
    effects = [{"multiplyEarn": {"asset": "POINTS", "factor": "2"}}]
    return version_of(
        code, priority=priority, effects=effects, budget={"points": {"asset": "POINTS", "amount": budget}}
    )


def given(*versions: CampaignVersion, usages: dict[UsageKey, Usage] | None = None) -> dict[str, int]:
    found = decided(shop(*versions), CART, usages=usages or {})
    return {effect.version.code: effect.outcome.amount for effect in found.effects if effect.version}


def test_what_a_campaign_without_budget_would_have_earned_counts_against_nobody_elses() -> None:
    # A would earn 1,000 and has 500: so B doubles the 100 of BASE alone, for which its 600 are enough.
    a = earning("A", "1000", 1, budget={"points": {"asset": "POINTS", "amount": "500"}})
    assert given(a, earning("BASE", "100", 2), doubling("B", 3, "600")) == {"BASE": 100, "B": 100}


def test_a_campaign_that_is_left_out_after_it_gave_a_part_left_no_trace_in_others() -> None:
    # B earns 100 and then sets a tag, twice in all, and has 1: A would double 110 with a budget of 50, but doubles 10.
    b = earning("B", "100", 2, further=[{"addTag": {"tag": "new"}}], budget={"count": 1})
    assert given(earning("BASE", "10", 1), b, doubling("A", 3, "50")) == {"BASE": 10, "A": 10}


def test_budgets_that_fall_short_cost_one_pass_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []
    apply = module.Run.apply
    monkeypatch.setattr(module.Run, "apply", lambda run, *what: (passes.append(run), apply(run, *what)))
    off = [{"amountOff": {"amount": "1"}}]
    versions = [version_of(f"C{n}", effects=off, budget={"money": "5"}) for n in range(50)]
    usages = {}
    for version in versions:
        usage = Usage(version.campaign_id, version.campaign_id, EVER, version.campaign_id, 1, 1, 4_50, 0)
        usages[usage.key] = usage
    found = decided(shop(*versions), CART, usages=usages)
    assert (len(passes), found.payable, found.effects) == (1, 40_00, ())
    assert {reason.reason for reason in found.not_applied} == {NotAppliedReason.BUDGET_SPENT}
    said = "C0: Of its budget of 5.00 CNY 0.50 CNY are left; this would take 1.00 CNY."
    assert found.not_applied[0].message == said

"""Of reasons that are too many, those are kept that can be mended."""

from uuid import UUID

from domain.conditions.base import TRIES_MAX
from domain.explanation import REASONS_MAX, NotApplied, NotAppliedReason, kept_reasons
from tests.domain.campaigns import shop, version_of
from tests.domain.test_engine_laws import content, decided


def reason(number: int, remedy: str | None = None) -> NotApplied:
    return NotApplied(UUID(int=number), NotAppliedReason.CONDITION_NOT_MET, f"C{number}", remedy)


def test_reasons_are_kept_in_their_order_as_long_as_they_are_not_too_many() -> None:
    reasons = [reason(n, "more" if n % 2 else None) for n in range(REASONS_MAX)]
    assert kept_reasons(reasons) == [one.record() for one in reasons]


def test_of_too_many_those_without_a_remedy_go_first_and_the_order_stays() -> None:
    reasons = [reason(n, "more" if n % 3 == 0 else None) for n in range(3 * REASONS_MAX // 2)]
    kept = [record["message"] for record in kept_reasons(reasons)]
    assert len(kept) == REASONS_MAX
    assert kept == [f"C{n}" for n in sorted(int(name[1:]) for name in kept)]
    assert {f"C{n}" for n in range(0, 3 * REASONS_MAX // 2, 3)} <= set(kept)
    assert "C1" in kept
    assert "C149" not in kept


def test_the_search_for_remedies_has_an_end() -> None:
    percent, fifty = [{"percentOff": {"percent": "5"}}], {"minimumSpend": {"amount": "50"}}
    versions = [version_of(f"C{n}", effects=percent, conditions=fifty) for n in range(TRIES_MAX + 10)]
    found = decided(shop(*versions), content([(20_00, 1, "CD", None)], shipping=0))
    assert len(found.not_applied) == TRIES_MAX + 10
    assert [one.remedy for one in found.not_applied] == ["30.00 CNY more."] * TRIES_MAX + [None] * 10

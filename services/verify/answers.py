"""What every occasion is and why it was decided so: the grounds of its effects, and what did nothing for it."""

from collections.abc import Callable
from typing import Any

from domain.effects.base import EffectKind
from domain.occasions import Occasion, OccasionEffect
from services.verify.basket import Basket
from services.verify.check import Scope
from services.verify.decided import fault_of_consumed, fault_of_pieces, rule_of
from services.verify.parts import Findings, Part, side_by_side, tried
from services.verify.reasons import Asked, fault_of_explanation, fault_of_not_applied, fault_of_version
from services.verify.report import Finding
from services.verify.setup import SetUp
from services.verify.source import Row, Source
from services.verify.uses import Uses
from services.verify.versions import Version
from services.writer.tables import OCCASION_EFFECTS, OCCASIONS

CHECKS = {
    "occasion.effects": "occasion",
    "occasion.consumed": "occasion",
    "occasion.not_applied": "occasion",
    "occasion_effect.occasion": "occasion_effect",
    "occasion_effect.facts": "occasion_effect",
    "occasion_effect.explanation": "occasion_effect",
}
"""Check → the table whose rows it looks at."""
GIVEN = frozenset({EffectKind.EARN, EffectKind.TAG, EffectKind.ISSUE_COUPON})
"""What needs no order."""


class Answers:
    """One pass over all occasions, in the order of their ids, each with its effects."""

    def __init__(self, source: Source, scope: Scope, limit: int, set_up: SetUp, uses: Uses) -> None:
        self._source = source
        self._set_up = set_up
        self._uses = uses
        self._findings = found = Findings(limit)
        self._heads = Part(source, OCCASIONS, scope, found)
        self._effects = Part(
            source, OCCASION_EFFECTS, scope, found, column="occasion_id", check="occasion_effect.occasion"
        )

    async def findings(self, progress: Callable[[int], None]) -> list[Finding]:
        """Return what is broken, the rows of each check by occasion; tell as it goes how many were looked at."""
        await side_by_side(self._heads, (self._effects,), self._check, progress)
        return await self._findings.named(self._source)

    def _check(self, record: Row) -> None:
        raw = self._effects.take(record[0])
        heads, effects = self._heads.rows([record]), self._effects.rows(raw)
        for one in raw:
            if one["program_id"] != record["program_id"]:
                self._effects.strange(one, "program")
        if heads and len(effects) == len(raw):
            self._look_at(record, heads[0], raw, effects)

    def _look_at(self, record: Row, occasion: Occasion, raw: list[Row], effects: list[OccasionEffect]) -> None:
        gave = {one.campaign_id: version for one in effects if (version := self._version(one))}
        asked = Asked(
            occasion.program_id, occasion.member_id, occasion.occurred_at, occasion.trigger, tuple(gave.values())
        )
        checks: tuple[tuple[str, str, Callable[[], str | None]], ...] = (
            ("occasion.effects", "The effects are not all of an occasion", lambda: _fault_of_effects(effects)),
            (
                "occasion.consumed",
                "Of campaigns it did not take so much",
                lambda: fault_of_consumed(
                    occasion.consumed,
                    effects,
                    self._set_up.day(occasion.program_id, occasion.occurred_at),
                    self._set_up,
                ),
            ),
            (
                "occasion.not_applied",
                "The list of campaigns that did nothing is not one",
                lambda: fault_of_not_applied(occasion.not_applied, asked, self._set_up),
            ),
        )
        for check, message, fault in checks:
            if found := tried(fault):
                self._findings.add(check, "occasion", record, f"{message}: {found}.")
        tried(lambda: self._uses.occasion(occasion))
        for row, effect in zip(raw, effects, strict=True):
            if version := self._version(effect):
                self._check_effect(row, effect, version, asked)

    def _version(self, effect: OccasionEffect) -> Version | None:
        return self._set_up.versions.get(effect.campaign_version_id)

    def _check_effect(self, row: Row, effect: OccasionEffect, version: Version, asked: Asked) -> None:
        def fault_of_facts() -> str | None:
            fault = fault_of_version(version, asked) or rule_of(effect, version, Basket(None, []), None)[1]
            return fault or fault_of_pieces(effect, self._set_up)

        if fault := tried(fault_of_facts):
            self._findings.add("occasion_effect.facts", "occasion_effect", row, f"The facts do not hold: {fault}.")
        if fault := tried(lambda: fault_of_explanation(effect, version, self._set_up)):
            message = f"The explanation is not one of this effect: {fault}."
            self._findings.add("occasion_effect.explanation", "occasion_effect", row, message)


def _fault_of_effects(effects: list[Any]) -> str | None:
    if [effect.ordinal for effect in effects] != list(range(len(effects))):
        return f"they are numbered {', '.join(str(effect.ordinal) for effect in effects)}"
    strange = [effect.kind for effect in effects if effect.kind not in GIVEN]
    return f"{strange[0]} needs an order" if strange else None

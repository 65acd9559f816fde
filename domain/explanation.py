"""Reasons: why an effect came out as it did, and why something did not apply."""

from collections.abc import Sequence
from dataclasses import field
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.values import value


@value
class ConditionResult:
    """One condition with what it requires and what it found, as text. `remedy` is the nearest change that meets it."""

    condition: str
    required: str
    actual: str
    met: bool
    remedy: str | None = None
    gap: int = field(default=0, compare=False)
    """How much money the remedy asks for, in minor units: the nearest of several is the one that asks for least."""
    failed: bool = field(default=False, compare=False)
    """Whether it could not be told: then neither it holds nor its opposite."""
    wait: int = field(default=0, compare=False)
    """How many days the remedy asks to wait."""
    has: str | None = field(default=None, compare=False)
    """Who has what was found: `the member has`; None for what the campaign looks at, the order or the event."""
    opposite: str | None = field(default=None, compare=False)
    """What `not` of it requires, where `not` before what it requires itself would be odd."""

    def record(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        return {"condition": self.condition, "required": self.required, "actual": self.actual, "met": self.met}


@value
class Explanation:
    """Why a number is what it is: one sentence, the rule version, the conditions met, the arithmetic line by line."""

    text: str
    rule_version: str | None
    conditions: tuple[ConditionResult, ...]
    arithmetic: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        return {
            "text": self.text,
            "ruleVersion": self.rule_version,
            "conditions": [result.record() for result in self.conditions],
            "arithmetic": list(self.arithmetic),
        }


class NotAppliedReason(StrEnum):
    """Why a campaign or a coupon did nothing for an order."""

    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    OUTSIDE_CALENDAR = "OUTSIDE_CALENDAR"
    CONDITION_NOT_MET = "CONDITION_NOT_MET"
    NO_MEMBER = "NO_MEMBER"
    NOTHING_TO_GIVE = "NOTHING_TO_GIVE"
    EXCLUDED = "EXCLUDED"
    LIMIT_REACHED = "LIMIT_REACHED"
    BUDGET_SPENT = "BUDGET_SPENT"
    HELD_OUT = "HELD_OUT"
    NOT_BEST = "NOT_BEST"
    """Of a coupon: other coupons leave less to pay. Those that take nothing off are used when their code is given."""


@value
class NotApplied:
    """A campaign or coupon that did not apply: why, in words with the numbers, and the nearest change that mends it."""

    campaign_id: UUID
    reason: NotAppliedReason
    message: str
    remedy: str | None
    rule_version: str | None = None
    conditions: tuple[ConditionResult, ...] = ()
    """For a condition that does not hold: all that were looked at."""
    coupon_id: UUID | None = None
    """The coupon, if it is one; `campaign_id` is its template then."""

    def record(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "campaign": str(self.campaign_id),
            "reason": self.reason.value,
            "message": self.message,
            "remedy": self.remedy,
            "ruleVersion": self.rule_version,
            "conditions": [result.record() for result in self.conditions],
            **({"coupon": str(self.coupon_id)} if self.coupon_id else {}),
        }


REASONS_MAX = 100
"""So many reasons are kept of one order or occasion."""


def kept_reasons(reasons: Sequence[NotApplied]) -> list[dict[str, Any]]:
    """Return the reasons that are stored and shown, as JSON values: of too many those that can be mended come first."""
    kept = reasons
    if len(reasons) > REASONS_MAX:
        near = sorted(range(len(reasons)), key=lambda place: reasons[place].remedy is None)[:REASONS_MAX]
        kept = [reasons[place] for place in sorted(near)]
    return [reason.record() for reason in kept]

"""From the stored form of a segment to the segment: a condition over what is known of a member, and nothing else."""

from collections.abc import Mapping
from typing import Any

from domain import forms
from domain.conditions.attribute import AttributeIs, AttributeOf
from domain.conditions.base import Condition
from domain.forms import Path
from domain.refusals import InvalidInput
from domain.rules_conditions import ConditionReader

OF_MEMBERS = (
    "all",
    "any",
    "not",
    "firstOrder",
    "nthOrder",
    "tier",
    "tag",
    "birthday",
    "daysSinceLastOrder",
    "daysSinceEnrolment",
    "attribute",
    "expression",
)
"""The conditions that a segment may be made of."""


class SegmentReader(ConditionReader):
    """Reads the conditions of segments against one program's tier codes and the decimals of its currency."""

    def condition(self, form: Mapping[str, Any], path: Path = ("conditions",)) -> Condition:
        """Return the condition that `form` spells. Raises `InvalidInput` naming the part at fault."""
        found = super().condition(form, path)
        name, _ = forms.only(form, path)
        if name not in OF_MEMBERS:
            message = f"A segment has conditions about members alone, and `{name}` is about something else."
            raise InvalidInput(message, field=(*path, name))
        return found

    def _attribute(self, body: Any, path: Path) -> AttributeIs:
        found = super()._attribute(body, path)
        if found.of is not AttributeOf.MEMBER:
            message = f"A segment is about members alone: `of` is MEMBER, not {found.of.value}."
            raise InvalidInput(message, field=(*path, "of"))
        return found

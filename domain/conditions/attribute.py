"""`attribute`: an attribute of the order, a line, the member or the event has one of the named values."""

from dataclasses import dataclass
from enum import StrEnum

from domain.conditions.base import Facts, ordered_lines
from domain.conditions.following import add_goods
from domain.conditions.wording import has_of, listed, one_of
from domain.explanation import ConditionResult


class AttributeOf(StrEnum):
    """What has the attribute; for `LINE` any line of the order may have it."""

    ORDER = "ORDER"
    LINE = "LINE"
    MEMBER = "MEMBER"
    EVENT = "EVENT"


@dataclass(frozen=True, slots=True)
class AttributeIs:
    """The attribute `key` of what is named has one of `values`. What is not there has no attributes."""

    of: AttributeOf
    key: str
    values: frozenset[str]

    def met(self, facts: Facts) -> bool:
        """Whether one of the values is there."""
        return not self.values.isdisjoint(self._found(facts))

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the values required and those found. More goods may mend it; nobody changes what they are for it."""
        found, is_met = self._found(facts), self.met(facts)
        required = f"{self.key} {one_of(self.values)}"
        actual = f"{self.key} {listed(found, '')}" if found else f"no {self.key}"
        mends = self.of is AttributeOf.LINE and facts.order is not None and not is_met
        remedy = f"Add goods with {required}." if mends else None
        has = {AttributeOf.MEMBER: has_of(facts), AttributeOf.LINE: "the order has goods with"}.get(self.of)
        return (ConditionResult("attribute", required, actual, is_met, remedy, has=has),)

    def follow(self, facts: Facts) -> bool:
        """Add such goods to copied facts."""
        add_goods(facts, 1, attributes=((self.key, min(self.values)),))
        return True

    def _found(self, facts: Facts) -> frozenset[str]:
        match self.of:
            case AttributeOf.ORDER:
                pairs = facts.order.attributes if facts.order else ()
            case AttributeOf.LINE:
                pairs = tuple(pair for line in ordered_lines(facts) for pair in line.content.attributes)
            case AttributeOf.MEMBER:
                pairs = tuple(facts.member.attributes.items()) if facts.member else ()
            case AttributeOf.EVENT:
                pairs = facts.occasion.attributes if facts.occasion else ()
        return frozenset(value for key, value in pairs if key == self.key)

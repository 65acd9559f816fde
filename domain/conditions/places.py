"""`store` and `channel`: where and how an order was bought."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import one_of
from domain.explanation import ConditionResult
from domain.finding import Anchor, Anchors
from domain.values import replace


@dataclass(frozen=True, slots=True)
class StoreIs:
    """The order was bought in one of the stores `codes`."""

    codes: frozenset[str]

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """One of the stores must be there."""
        return ((Anchor.STORE, self.codes),)

    def met(self, facts: Facts) -> bool:
        """Whether it was one of them."""
        return facts.store in self.codes

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the stores required and the one of the order."""
        required, is_met = one_of(self.codes), self.met(facts)
        remedy = None if is_met else f"Order at {required}."
        return (ConditionResult("store", required, facts.store or "no store", is_met, remedy),)

    def follow(self, facts: Facts) -> bool:
        """Let copied facts be of an order that is bought there."""
        assert facts.order is not None, "only orders have remedies"
        facts.order = replace(facts.order, store=min(self.codes))
        return True


@dataclass(frozen=True, slots=True)
class ChannelIs:
    """The order was bought through one of the channels `codes`."""

    codes: frozenset[str]

    @property
    def anchors(self) -> tuple[Anchors, ...]:
        """One of the channels must be there."""
        return ((Anchor.CHANNEL, self.codes),)

    def met(self, facts: Facts) -> bool:
        """Whether it was one of them."""
        return facts.channel in self.codes

    def results(self, facts: Facts) -> tuple[ConditionResult, ...]:
        """Return the channels required and the one of the order."""
        required, is_met = one_of(self.codes), self.met(facts)
        remedy = None if is_met else f"Order through {required}."
        return (ConditionResult("channel", required, facts.channel or "no channel", is_met, remedy),)

    def follow(self, facts: Facts) -> bool:
        """Let copied facts be of an order that is bought so."""
        assert facts.order is not None, "only orders have remedies"
        facts.order = replace(facts.order, channel=min(self.codes))
        return True

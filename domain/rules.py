"""From the stored form of a rule to the rule, checking every part of it.

The stored form is the one of the API's `@oneOf` inputs: an object with one key, which names the rule.
"""

from collections.abc import Mapping
from typing import Any

from domain.assets import Asset
from domain.campaigns import Trigger
from domain.conditions.base import Condition
from domain.conditions.combine import leaves
from domain.conditions.expression import Expression
from domain.effects.base import EffectRule
from domain.expression_costs import SEGMENT_STEPS_MAX, VERSION_STEPS_MAX
from domain.expressions import SHAPES, check_steps, reading, shapes_of
from domain.forms import Path
from domain.program import Segment
from domain.rules_conditions import ConditionReader
from domain.rules_effects import EffectReader
from domain.rules_segments import SegmentReader


class RuleReader:
    """Reads rules against one program's assets, tier codes, ladders and segments."""

    def __init__(
        self,
        assets: tuple[Asset, ...],
        tier_codes: frozenset[str],
        currency_scale: int,
        ladders: Mapping[str, Asset] | None = None,
        segment_codes: frozenset[str] = frozenset(),
    ) -> None:
        """Take what the program has; `ladders` is the qualifying asset of each ladder, by the ladder's code."""
        self.assets = {asset.code: asset for asset in assets}
        self.tier_codes = tier_codes
        self.currency_scale = currency_scale
        self.conditions = {
            trigger: ConditionReader(tier_codes, currency_scale, segment_codes, shapes_of(trigger))
            for trigger in Trigger
        }
        self.segments = SegmentReader(tier_codes, currency_scale, segment_codes, {"member": SHAPES["member"]})
        self.effects = EffectReader(assets, tier_codes, currency_scale, ladders)

    def condition(
        self, form: Mapping[str, Any], path: Path = ("conditions",), trigger: Trigger = Trigger.ORDER
    ) -> Condition:
        """Return the condition that `form` spells, for what `trigger` brings along.

        Raises `InvalidInput` naming the part at fault, or the whole when its expressions take too long together.
        """
        condition = self.conditions[trigger].condition(form, path)
        self._check_steps(condition, VERSION_STEPS_MAX, path)
        return condition

    def _check_steps(self, condition: Condition, most: int, path: Path) -> None:
        texts = [leaf.text for leaf in leaves(condition) if isinstance(leaf, Expression)]
        check_steps(sum(reading(text, self.currency_scale).steps for text in texts), most, path)

    def effect(self, form: Mapping[str, Any], path: Path = ("effects",)) -> EffectRule:
        """Return the effect rule that `form` spells. Raises `InvalidInput` naming the part at fault."""
        return self.effects.effect(form, path)

    def segment(self, code: str, name: str, form: Mapping[str, Any]) -> Segment:
        """Return the segment whose condition `form` spells. Raises `InvalidInput` naming the part at fault."""
        condition = self.segments.condition(form)
        self._check_steps(condition, SEGMENT_STEPS_MAX, ("conditions",))
        return Segment(code, name, condition)

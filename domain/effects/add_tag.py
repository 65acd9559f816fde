"""`addTag`: a word by which the member is known from now on."""

from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.effects.base import NAME_MEMBER, NO_MEMBER, EffectKind, Outcome, Stage, nothing


@dataclass(frozen=True, slots=True)
class AddTag:
    """Give the member a tag that they do not have."""

    tag: str

    @property
    def stage(self) -> Stage:
        """Tags come last, with all that is kept of the member."""
        return Stage.PROGRESS

    def apply(self, facts: Facts) -> Outcome:
        """Add the tag."""
        if facts.member is None:
            return nothing(EffectKind.TAG, NO_MEMBER, NAME_MEMBER)
        if self.tag in facts.member.tags:
            return nothing(EffectKind.TAG, f"the member has the tag {self.tag} already.")
        return Outcome(EffectKind.TAG, None, 1, f"The tag {self.tag}.", ("1 tag = 1",), {"tag": self.tag})

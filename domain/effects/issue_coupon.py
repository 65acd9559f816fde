"""`issueCoupon`: coupons that the member gets."""

from collections.abc import Container
from dataclasses import dataclass

from domain.conditions.base import Facts
from domain.conditions.wording import counted
from domain.effects.base import NAME_MEMBER, NO_MEMBER, EffectKind, Outcome, Stage, nothing
from domain.having import having_bounds, needed_templates, said, terms_of
from domain.instants import local_day
from domain.program import CampaignVersion
from domain.refusals import InvalidInput
from domain.usage import Reached, reached


@dataclass(frozen=True, slots=True)
class IssueCoupon:
    """Give the member `count` coupons of a template, named by its code; of a bundle, so many of all its parts.

    All or none: when the limits of the template leave fewer, none is given.
    """

    template: str
    count: int = 1

    @property
    def stage(self) -> Stage:
        """Coupons are given last: the order that gives them cannot use them."""
        return Stage.ISSUE_COUPON

    def apply(self, facts: Facts) -> Outcome:
        """Give the coupons."""
        kind = EffectKind.ISSUE_COUPON
        if facts.member is None:
            return nothing(kind, NO_MEMBER, NAME_MEMBER)
        version = facts.program.template(self.template)
        if version is None or terms_of(version).shared_code is not None:
            return nothing(kind, f"no coupons of {self.template} are given now.")
        needed = needed_templates(facts.program, version, facts.recorded_at)
        if needed is None:
            return nothing(kind, f"{version.name}, or a part of it, is not given now.")
        for one, pieces in needed.values():
            short = self._short(facts, one, pieces * self.count)
            if short is not None:
                more = counted(pieces * self.count, "coupon")
                return nothing(kind, f"{said(one, short)[:-1]}; {more} would be given.")
        issued = facts.running.issued
        for one, pieces in needed.values():
            issued[one.campaign_id] = issued.get(one.campaign_id, 0) + pieces * self.count
        return Outcome(
            kind=kind,
            asset_id=None,
            amount=self.count,
            text=f"{self.count} × {version.name}.",
            arithmetic=(f"{counted(self.count, 'coupon')} = {self.count}",),
            facts={
                "template": self.template,
                "name": version.name,
                "counts": {str(one.campaign_id): pieces for one, pieces in needed.values()},
                "versions": {str(one.campaign_id): str(one.id) for one, _ in needed.values()},
            },
            parts=facts.running.of_goods(facts.goods),
        )

    def _short(self, facts: Facts, version: CampaignVersion, pieces: int) -> Reached | None:
        """Return the limit of having a coupon that leaves fewer than `pieces`, if there is one."""
        before = facts.running.issued.get(version.campaign_id, 0)
        assert facts.member is not None, "who is given something is known"
        return reached(
            having_bounds(version),
            facts.usages,
            campaign_id=version.campaign_id,
            member_id=facts.member.id,
            day=local_day(facts.occurred_at, facts.program.zone),
            wanted={"uses": before + pieces},
        )


def check_issued(version: CampaignVersion, published: Container[str]) -> None:
    """Refuse a version that gives coupons of a template that is not among the codes of those that are published.

    Raises `InvalidInput` naming the part.
    """
    for index, effect in enumerate(version.effects):
        if isinstance(effect, IssueCoupon) and effect.template not in published:
            message = f"No template of coupons {effect.template} is published."
            raise InvalidInput(message, field=("effects", str(index), "issueCoupon", "template"))

"""Inputs of campaigns: a version and its rules, made from the same tables as what is read."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry

from schema import ids
from schema.payloads.inputs import KEY, NOBODY
from schema.types.condition_forms import CONDITIONS
from schema.types.effect_forms import EFFECTS
from schema.types.forms import INPUTS, Form, stored
from schema.types.rule_enums import Audience, CampaignState, CampaignStep, Trigger
from schema.types.version_forms import BUDGET, CALENDAR, LIMITS, SCHEDULE
from services.campaign_forms import PRIORITY_DEFAULT, VersionRequest
from services.campaign_rows import CampaignRef
from services.campaigns import NewCampaign


def _one_of(name: str, description: str, forms: Iterable[Form], **more: tuple[Any, str]) -> Any:
    """Return a `@oneOf` input with a branch for each form, which is `true` where a form has no parts."""
    branches = dict(more)
    for form in forms:
        kind = INPUTS.of(form) if form.parts else bool
        branches[form.name] = (kind, form.description if form.parts else f"True. {form.description}")
    attributes: dict[str, Any] = {"__annotations__": {}, "__doc__": description, "__module__": __name__}
    for branch, (kind, said) in branches.items():
        attributes["__annotations__"][f"{branch}_"] = strawberry.Maybe[kind]  # type: ignore[misc,valid-type]  # of tables
        attributes[f"{branch}_"] = strawberry.field(name=branch, description=said, default=None)
    return strawberry.input(type(name, (), attributes), one_of=True, description=description)


if TYPE_CHECKING:  # made from tables, which the type checker does not follow
    ConditionInput: TypeAlias = Any
    EffectInput: TypeAlias = Any
    CampaignBudgetInput: TypeAlias = Any
    CampaignCalendarInput: TypeAlias = Any
    CampaignLimitsInput: TypeAlias = Any
    CampaignScheduleInput: TypeAlias = Any
else:
    ConditionInput = _one_of(
        "ConditionInput",
        "A condition: exactly one of them. They nest up to 8 levels deep.",
        CONDITIONS,
        all=(list["ConditionInput"], "Met when all of these are, 1 to 50."),
        any=(list["ConditionInput"], "Met when any of these is, 1 to 50."),
        **{"not": ("ConditionInput", "Met when this is not.")},
    )
    EffectInput = _one_of("EffectInput", "An effect: exactly one of them.", EFFECTS)
    CampaignBudgetInput, CampaignCalendarInput = INPUTS.of(BUDGET), INPUTS.of(CALENDAR)
    CampaignLimitsInput, CampaignScheduleInput = INPUTS.of(LIMITS), INPUTS.of(SCHEDULE)


@strawberry.input(one_of=True, description="Names a campaign in one way.")
class CampaignBy:
    """A campaign reference."""

    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Id.", default=None)
    code: strawberry.Maybe[str] = strawberry.field(description="Code.", default=None)

    def ref(self) -> CampaignRef:
        """Return the reference of the use cases."""
        if self.id is not None:
            return CampaignRef(id=ids.decode(ids.CAMPAIGN, self.id.value) or NOBODY)
        assert self.code is not None, "exactly one of the fields is given"
        return CampaignRef(code=self.code.value)


@strawberry.input(description="Which campaigns a list shows; what is left out does not narrow it.")
class CampaignFilter:
    """A filter."""

    states: list[CampaignState] | None = strawberry.field(description="Only in one of these states.", default=None)
    trigger: Trigger | None = strawberry.field(description="Only with this trigger.", default=None)
    codes: list[str] | None = strawberry.field(description="Only with one of these codes, up to 100.", default=None)


@strawberry.input(description="A campaign that does not exist yet.")
class CampaignNewInput:
    """A name."""

    code: str = strawberry.field(
        description="Short name, unique in the program: 1 to 64 letters, digits, hyphens and underscores."
    )
    name: str = strawberry.field(description="Name for people, 1 to 200 characters.")


@strawberry.input(one_of=True, description="Of which campaign a version is drafted.")
class CampaignDraftOf:
    """A new campaign or one that exists."""

    new: strawberry.Maybe[CampaignNewInput] = strawberry.field(description="Of a new one.", default=None)
    existing: strawberry.Maybe[CampaignBy] = strawberry.field(
        description="Of this one, as its next version.", default=None
    )

    def target(self) -> NewCampaign | CampaignRef:
        """Return what the use case drafts for."""
        if self.new is not None:
            return NewCampaign(self.new.value.code, self.new.value.name)
        assert self.existing is not None, "exactly one of the fields is given"
        return self.existing.value.ref()


@strawberry.input(description="What a version of a campaign is to say.")
class CampaignVersionInput:
    """A version."""

    effects: list[EffectInput] = strawberry.field(description="What it does, 1 to 20 effects.")
    conditions: ConditionInput | None = strawberry.field(
        description="When it applies; left out, always. Combine several by `all` or `any`.", default=None
    )
    priority: int = strawberry.field(
        description="Its place within a step, 0 to 10,000, the lowest first; then by code.", default=PRIORITY_DEFAULT
    )
    starts_at: datetime | None = strawberry.field(
        description="From when it runs; left out, from when the published version does, or while none is published the "
        "newest; of a new campaign from now.",
        default=None,
    )
    ends_at: datetime | None = strawberry.field(description="Until when it runs; left out, for ever.", default=None)
    trigger: Trigger = strawberry.field(description="What makes it look whether it applies.", default=Trigger.ORDER)
    step: CampaignStep = strawberry.field(
        description="When its discounts of goods are taken.", default=CampaignStep.PROMOTION
    )
    audience: Audience = strawberry.field(description="For whose orders it is.", default=Audience.MEMBERS)
    calendar: CampaignCalendarInput | None = strawberry.field(
        description="Days and hours within its window; left out, all.", default=None
    )
    schedule: CampaignScheduleInput | None = strawberry.field(
        description="When it runs: for the trigger SCHEDULE, and only for it.", default=None
    )
    stacking_group: str | None = strawberry.field(
        description="Of the campaigns of one group only one applies to an order: the first that gives something. "
        "1 to 64 characters.",
        default=None,
    )
    limits: CampaignLimitsInput | None = strawberry.field(description="How often it applies at most.", default=None)
    budget: CampaignBudgetInput | None = strawberry.field(description="How much it gives at most.", default=None)
    holdout_percent: Decimal = strawberry.field(
        description="The share of members whom it leaves out, always the same ones: 0 to 100, at most two decimals.",
        default=Decimal(0),
    )

    def request(self) -> VersionRequest:
        """Return what the use case stores."""
        return VersionRequest(
            effects=stored(self.effects),
            conditions=stored(self.conditions),
            priority=self.priority,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            trigger=self.trigger.value,
            step=self.step.value,
            audience=self.audience.value,
            calendar=stored(self.calendar),
            schedule=stored(self.schedule),
            stacking_group=self.stacking_group,
            limits=stored(self.limits) or None,
            budget=stored(self.budget) or None,
            holdout_percent=self.holdout_percent,
        )


WHICH = "Which campaign."


@strawberry.input(description="What `campaignDraft` takes.")
class CampaignDraftInput:
    """A draft."""

    idempotency_key: str = strawberry.field(description=KEY)
    campaign: CampaignDraftOf = strawberry.field(description="Of which campaign.")
    version: CampaignVersionInput = strawberry.field(description="What it says.")


@strawberry.input(description="What `segmentSave` takes.")
class SegmentSaveInput:
    """A segment."""

    idempotency_key: str = strawberry.field(description=KEY)
    code: str = strawberry.field(
        description="Short name, unique in the program: 1 to 64 letters, digits, hyphens and underscores. The segment "
        "that has it is changed."
    )
    name: str = strawberry.field(description="Name for people, 1 to 200 characters.")
    conditions: ConditionInput = strawberry.field(
        description="Who is in it. Only what is known of the member counts: `minimumSpend`, `store`, `event` and other "
        "conditions about something else are refused."
    )


@strawberry.input(description="What `campaignApprove` takes.")
class CampaignApproveInput:
    """An approval."""

    idempotency_key: str = strawberry.field(description=KEY)
    campaign: CampaignBy = strawberry.field(description=WHICH)
    version: int = strawberry.field(description="Number of the version that was looked at.")


@strawberry.input(description="What `campaignPublish` takes.")
class CampaignPublishInput:
    """A publication."""

    idempotency_key: str = strawberry.field(description=KEY)
    campaign: CampaignBy = strawberry.field(description=WHICH)
    version: int | None = strawberry.field(description="Number of the version; left out, the newest.", default=None)


@strawberry.input(description="What `campaignPause` takes.")
class CampaignPauseInput:
    """A pause."""

    idempotency_key: str = strawberry.field(description=KEY)
    campaign: CampaignBy = strawberry.field(description=WHICH)


@strawberry.input(description="What `campaignResume` takes.")
class CampaignResumeInput:
    """The end of a pause."""

    idempotency_key: str = strawberry.field(description=KEY)
    campaign: CampaignBy = strawberry.field(description=WHICH)


@strawberry.input(description="What `campaignEnd` takes.")
class CampaignEndInput:
    """The end."""

    idempotency_key: str = strawberry.field(description=KEY)
    campaign: CampaignBy = strawberry.field(description=WHICH)

"""Payloads and errors of campaigns."""

from typing import Annotated, Self

import strawberry

from domain.refusals import Refusal
from schema.payloads.errors import (
    ErrorCode,
    IdempotencyKeyReusedError,
    InvalidInputError,
    NotFoundError,
    UserError,
    error_union,
)
from schema.payloads.results import ERRORS
from schema.types.campaign import Campaign, CampaignVersion
from schema.types.rule_enums import CampaignState
from schema.types.segment import Segment

REPLAYED = "Whether this is the answer to an earlier call with the same key."
CAMPAIGN = "The campaign as it is now, also when replayed."


@strawberry.type(description="Returned when the campaign is in a state in which this cannot be done.")
class CampaignStateError(UserError):
    """Too early or too late."""

    CODE: strawberry.Private[str] = "CAMPAIGN_STATE"
    state: CampaignState = strawberry.field(description="The campaign's state.")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Return the error with the state."""
        path = ["input", *refusal.field] if refusal.field else None
        state = CampaignState(refusal.facts["state"])
        return cls(code=ErrorCode[refusal.code], message=refusal.message, field=path, state=state)


@strawberry.type(description="Returned when the program publishes only what was approved, and this version was not.")
class ApprovalRequiredError(UserError):
    """Not approved."""

    CODE: strawberry.Private[str] = "APPROVAL_REQUIRED"
    version: int = strawberry.field(description="Number of the version.")


@strawberry.type(description="Returned when the version was drafted with the credential that is to approve it.")
class OwnDraftError(UserError):
    """Four eyes are needed."""

    CODE: strawberry.Private[str] = "OWN_DRAFT"
    version: int = strawberry.field(description="Number of the version.")


CampaignDraftError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CampaignDraftError", "Why nothing was drafted."),
]
CampaignApproveError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | OwnDraftError | IdempotencyKeyReusedError,
    error_union("CampaignApproveError", "Why nothing was approved."),
]
CampaignPublishError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | ApprovalRequiredError | IdempotencyKeyReusedError,
    error_union("CampaignPublishError", "Why nothing was published."),
]
CampaignPauseError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CampaignPauseError", "Why a campaign was not paused."),
]
CampaignResumeError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CampaignResumeError", "Why a campaign was not resumed."),
]
CampaignEndError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CampaignEndError", "Why a campaign was not ended."),
]


SegmentSaveError = Annotated[
    InvalidInputError | IdempotencyKeyReusedError,
    error_union("SegmentSaveError", "Why a segment was not saved."),
]


@strawberry.type(description="What `segmentSave` answers.")
class SegmentSavePayload:
    """An answer about a segment."""

    segment: Segment | None = strawberry.field(
        description="The segment as it is now, also when replayed.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[SegmentSaveError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `campaignDraft` answers.")
class CampaignDraftPayload:
    """A draft's answer."""

    campaign: Campaign | None = strawberry.field(description=CAMPAIGN, default=None)
    version: CampaignVersion | None = strawberry.field(description="The version that was drafted.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CampaignDraftError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `campaignApprove` answers.")
class CampaignApprovePayload:
    """An approval's answer."""

    campaign: Campaign | None = strawberry.field(description=CAMPAIGN, default=None)
    version: CampaignVersion | None = strawberry.field(description="The version that was approved.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CampaignApproveError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `campaignPublish` answers.")
class CampaignPublishPayload:
    """A publication's answer."""

    campaign: Campaign | None = strawberry.field(description=CAMPAIGN, default=None)
    version: CampaignVersion | None = strawberry.field(description="The version that was published.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CampaignPublishError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `campaignPause` answers.")
class CampaignPausePayload:
    """A pause's answer."""

    campaign: Campaign | None = strawberry.field(description=CAMPAIGN, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CampaignPauseError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `campaignResume` answers.")
class CampaignResumePayload:
    """A resumption's answer."""

    campaign: Campaign | None = strawberry.field(description=CAMPAIGN, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CampaignResumeError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `campaignEnd` answers.")
class CampaignEndPayload:
    """An end's answer."""

    campaign: Campaign | None = strawberry.field(description=CAMPAIGN, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CampaignEndError] = strawberry.field(description=ERRORS, default_factory=list)

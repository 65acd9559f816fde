"""Payloads and errors of templates of coupons, and how one is named."""

from typing import Annotated

import strawberry

from schema import ids
from schema.payloads.campaigns import REPLAYED, ApprovalRequiredError, CampaignStateError, OwnDraftError
from schema.payloads.errors import IdempotencyKeyReusedError, InvalidInputError, NotFoundError, error_union
from schema.payloads.inputs import NOBODY
from schema.payloads.results import ERRORS
from schema.types.coupon_template import CouponTemplate, CouponTemplateVersion
from services.campaign_rows import CampaignRef

TEMPLATE = "The template as it is now, also when replayed."


@strawberry.input(one_of=True, description="Names a template of coupons in one way.")
class CouponTemplateBy:
    """A template reference."""

    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Id.", default=None)
    code: strawberry.Maybe[str] = strawberry.field(description="Code.", default=None)

    def ref(self) -> CampaignRef:
        """Return the reference of the use cases."""
        if self.id is not None:
            return CampaignRef(id=ids.decode(ids.COUPON_TEMPLATE, self.id.value) or NOBODY)
        assert self.code is not None, "exactly one of the fields is given"
        return CampaignRef(code=self.code.value)


CouponTemplateDraftError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CouponTemplateDraftError", "Why nothing was drafted."),
]
CouponTemplateApproveError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | OwnDraftError | IdempotencyKeyReusedError,
    error_union("CouponTemplateApproveError", "Why nothing was approved."),
]
CouponTemplatePublishError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | ApprovalRequiredError | IdempotencyKeyReusedError,
    error_union("CouponTemplatePublishError", "Why nothing was published."),
]
CouponTemplatePauseError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CouponTemplatePauseError", "Why a template was not paused."),
]
CouponTemplateResumeError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CouponTemplateResumeError", "Why a template was not resumed."),
]
CouponTemplateEndError = Annotated[
    InvalidInputError | NotFoundError | CampaignStateError | IdempotencyKeyReusedError,
    error_union("CouponTemplateEndError", "Why a template was not ended."),
]


@strawberry.type(description="What `couponTemplateDraft` answers.")
class CouponTemplateDraftPayload:
    """A draft's answer."""

    template: CouponTemplate | None = strawberry.field(description=TEMPLATE, default=None)
    version: CouponTemplateVersion | None = strawberry.field(description="The version that was drafted.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponTemplateDraftError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponTemplateApprove` answers.")
class CouponTemplateApprovePayload:
    """An approval's answer."""

    template: CouponTemplate | None = strawberry.field(description=TEMPLATE, default=None)
    version: CouponTemplateVersion | None = strawberry.field(description="The version that was approved.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponTemplateApproveError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponTemplatePublish` answers.")
class CouponTemplatePublishPayload:
    """A publication's answer."""

    template: CouponTemplate | None = strawberry.field(description=TEMPLATE, default=None)
    version: CouponTemplateVersion | None = strawberry.field(
        description="The version that was published.", default=None
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponTemplatePublishError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponTemplatePause` answers.")
class CouponTemplatePausePayload:
    """A pause's answer."""

    template: CouponTemplate | None = strawberry.field(description=TEMPLATE, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponTemplatePauseError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponTemplateResume` answers.")
class CouponTemplateResumePayload:
    """A resumption's answer."""

    template: CouponTemplate | None = strawberry.field(description=TEMPLATE, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponTemplateResumeError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `couponTemplateEnd` answers.")
class CouponTemplateEndPayload:
    """An end's answer."""

    template: CouponTemplate | None = strawberry.field(description=TEMPLATE, default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[CouponTemplateEndError] = strawberry.field(description=ERRORS, default_factory=list)

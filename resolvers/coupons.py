"""Coupons: found, issued, claimed, given away, made void, extended."""

from typing import Annotated

import strawberry

from domain.coupons import CouponChangeKind
from domain.refusals import InvalidInput, TooManyAttempts
from resolvers.members import entries_of, member_of
from schema.context import Context, Info
from schema.errors import PublicError, RequestErrorCode
from schema.payloads.coupons import (
    CouponBy,
    CouponClaimInput,
    CouponClaimPayload,
    CouponExtendInput,
    CouponExtendPayload,
    CouponGiftInput,
    CouponGiftPayload,
    CouponIssueInput,
    CouponIssuePayload,
    CouponVoidInput,
    CouponVoidPayload,
)
from schema.payloads.inputs import MemberBy
from schema.permissions import Needs
from schema.refusals import Refusals
from schema.types.coupon import Coupon, found_coupon, found_coupons
from schema.types.member import Member
from schema.types.order import found_member
from services import coupons
from services.actors import Scope
from services.members import MemberRef
from services.writer.answers import Outcome


@strawberry.field(
    description="A coupon; null when there is none, or the caller may not see it. A member sees its own. Who gives too "
    "many codes that are none is refused with RATE_LIMITED until the instant `retryAt`.",
    extensions=[Needs(Scope.COUPONS_READ, member=True)],
)
async def coupon(
    info: Info, by: Annotated[CouponBy, strawberry.argument(description="Which coupon.")]
) -> Coupon | None:
    """Return the coupon."""
    try:
        row = await coupons.find(info.context.actor, by.ref())
    except TooManyAttempts as refusal:
        facts = {"retryAt": refusal.facts["retry_at"]}
        raise PublicError(RequestErrorCode.RATE_LIMITED, refusal.message, **facts) from refusal
    return Coupon.of(row) if row else None


@strawberry.mutation(
    description="Gives a member coupons of the version of a template that is published.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE)],
)
async def coupon_issue(
    info: Info, input: Annotated[CouponIssueInput, strawberry.argument(description="Who gets what.")]
) -> CouponIssuePayload:
    """Issue."""
    context = info.context
    outcome = await coupons.issue(
        context.engine,
        context.actor,
        input.member.ref(),
        input.template.ref(),
        count=input.count,
        reason=input.reason,
        key=input.idempotency_key,
    )
    made = await found_coupons(info, list(outcome.coupon_ids))
    return CouponIssuePayload(coupons=made, member=await member_of(info, outcome), replayed=outcome.replayed)


@strawberry.mutation(
    description="Takes a coupon of a template that members may take, at its price if it has one, or the coupon with a "
    "code that nobody has yet.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE, member=True)],
)
async def coupon_claim(
    info: Info, input: Annotated[CouponClaimInput, strawberry.argument(description="Who takes what.")]
) -> CouponClaimPayload:
    """Claim."""
    context = info.context
    if (input.template is None) == (input.code is None):
        raise InvalidInput("Give either a template or a code.", field=("template" if input.code is None else "code",))
    outcome = await coupons.claim(
        context.engine,
        context.actor,
        _claimant(context, input.member),
        input.template.ref() if input.template else None,
        input.code,
        key=input.idempotency_key,
    )
    entries = await entries_of(info, outcome)
    return CouponClaimPayload(
        coupons=await found_coupons(info, list(outcome.coupon_ids)),
        member=await member_of(info, outcome),
        entry=entries[0] if entries else None,
        replayed=outcome.replayed,
    )


def _claimant(context: Context, by: MemberBy | None) -> MemberRef:
    """Return for whom a coupon is claimed: for whom is said, or for the member who calls."""
    if by is not None:
        return by.ref()
    if context.actor.member_id is None:
        raise InvalidInput("Say for whom: only a member claims for itself.", field=("member",))
    return MemberRef(id=context.actor.member_id)


@strawberry.mutation(
    description="Gives a coupon to another member, if its template allows it. Its expiry stays.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE, member=True)],
)
async def coupon_gift(
    info: Info, input: Annotated[CouponGiftInput, strawberry.argument(description="What is given to whom.")]
) -> CouponGiftPayload:
    """Give away."""
    context = info.context
    outcome = await coupons.gift(
        context.engine, context.actor, input.coupon.ref(), input.to.ref(), key=input.idempotency_key
    )
    given = await _coupon(info, outcome)
    return CouponGiftPayload(
        coupon=given,
        member=await _giver(info, given, outcome),
        to=await member_of(info, outcome),
        replayed=outcome.replayed,
    )


async def _giver(info: Info, given: Coupon | None, outcome: Outcome) -> Member | None:
    """Return who gave a coupon to the member of an outcome; who does not see it any more is its giver."""
    if given is None:
        return await found_member(info, info.context.actor.member_id)
    changes = await info.context.loaders.coupons.history.load(given.row)
    gifts = [one for one in changes if one.kind is CouponChangeKind.GIFTED and one.member_id == outcome.member_id]
    return await found_member(info, gifts[-1].from_member_id) if gifts else None


@strawberry.mutation(
    description="Makes a coupon void that no order holds or used.", extensions=[Refusals(), Needs(Scope.COUPONS_WRITE)]
)
async def coupon_void(
    info: Info, input: Annotated[CouponVoidInput, strawberry.argument(description="Which coupon, and why.")]
) -> CouponVoidPayload:
    """Make void."""
    context = info.context
    outcome = await coupons.void(
        context.engine, context.actor, input.coupon.ref(), reason=input.reason, key=input.idempotency_key
    )
    found = await _coupon(info, outcome)
    return CouponVoidPayload(coupon=found, member=await member_of(info, outcome), replayed=outcome.replayed)


@strawberry.mutation(
    description="Lets a coupon be good for longer that no order holds or used; one that expired is good again.",
    extensions=[Refusals(), Needs(Scope.COUPONS_WRITE)],
)
async def coupon_extend(
    info: Info, input: Annotated[CouponExtendInput, strawberry.argument(description="Which coupon, until when.")]
) -> CouponExtendPayload:
    """Extend."""
    context = info.context
    outcome = await coupons.extend(
        context.engine,
        context.actor,
        input.coupon.ref(),
        until=input.until,
        reason=input.reason,
        key=input.idempotency_key,
    )
    found = await _coupon(info, outcome)
    return CouponExtendPayload(coupon=found, member=await member_of(info, outcome), replayed=outcome.replayed)


async def _coupon(info: Info, outcome: Outcome) -> Coupon | None:
    """Return the one coupon of an outcome, as it is now."""
    (coupon_id,) = outcome.coupon_ids
    return await found_coupon(info, coupon_id)

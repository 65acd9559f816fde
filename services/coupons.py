"""Coupons: issued, claimed, given away, extended, taken back, found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.campaigns import CampaignKind
from domain.codes import CodeMaker, checked_prefix, looks_unique, read_code, unique_hash
from domain.commands import Claim
from domain.coupon_commands import ExtendCoupon, GiftCoupon, IssueCoupons, TakeCoupon, VoidCoupon
from domain.coupons import CODE_PURPOSE, CouponOrigin
from domain.digest import content_hash
from domain.having import taking_limits
from domain.instants import NEVER
from domain.program import CampaignVersion, Program
from domain.refusals import CouponNotAvailable, CouponNotInState, InvalidInput, NotFound
from services import code_attempts, members, visible
from services.actors import Actor, ActorKind
from services.campaign_rows import CampaignRef
from services.engine import Engine
from services.idempotency import answered
from services.members import Answered, MemberRef
from services.writer.answers import Outcome

ISSUED_MAX = 100
"""Coupons that one call gives."""


@dataclass(frozen=True, slots=True)
class CouponRef:
    """How a caller names a coupon: exactly one of the fields."""

    id: UUID | None = None
    code: str | None = None

    @property
    def said(self) -> tuple[Any, ...]:
        """What was said, for the hash of a command: however a code was typed, it is the same."""
        if self.code is None:
            return ("id", self.id)
        return ("code", read_code(self.code) if looks_unique(self.code) else self.code)


# ── what is done ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def issue(
    engine: Engine,
    actor: Actor,
    ref: MemberRef,
    template: CampaignRef,
    *,
    count: int,
    reason: str | None,
    key: str,
) -> Outcome:
    """Give a member coupons of a template, or of a bundle all that is in it, `count` times.

    Raises `InvalidInput`, `NotFound`, `CouponNotAvailable`, `LimitReached`, `MemberNotActive` or
    `IdempotencyKeyReused`; then nothing is given.
    """
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    checks.integer(count, ("count",), 1, ISSUED_MAX)
    return await _issue(engine, actor, ref, template, CouponOrigin.STAFF, count, why, "couponIssue", key)


async def claim(
    engine: Engine, actor: Actor, ref: MemberRef, template: CampaignRef | None, code: str | None, *, key: str
) -> Outcome:
    """Let a member take a coupon: one of a template that is claimable, for its price, or a code that nobody has.

    Raises `InvalidInput`, `NotFound`, `CouponNotAvailable`, `LimitReached`, `InsufficientBalance`,
    `MemberNotActive`, `TooManyAttempts` or `IdempotencyKeyReused`; then nothing is taken.
    """
    if template is not None:
        return await _issue(engine, actor, ref, template, CouponOrigin.CLAIM, 1, None, "couponClaim", key)
    assert code is not None, "it is one of the two"
    program, idempotency = await _begun(engine, actor, "couponClaim", key, (CouponRef(code=code).said, _spelled(ref)))
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), idempotency)
    except Answered as before:
        return before.outcome
    if (outcome := await answered(program, idempotency)) is not None:
        return outcome
    tried = await code_attempts.begin(program.id, actor, member_id)
    coupon = await _by_code(actor, code)
    if coupon is None or coupon.member_id not in {None, member_id}:
        await tried.failed()
    if coupon is None or coupon.member_id is not None:  # of one that is used or over the decision says the same
        raise NotFound("There is no such code.", field=("code",))
    version = await version_of(engine, program, coupon)
    command = TakeCoupon(
        **_common(program, actor, idempotency),
        coupon_id=coupon.id,
        owner_id=None,
        member_id=member_id,
        campaign_id=coupon.campaign_id,
        limits=taking_limits(version),
    )
    return await engine.writer.post(command)


async def gift(engine: Engine, actor: Actor, ref: CouponRef, to: MemberRef, *, key: str) -> Outcome:
    """Give a coupon of one member to another.

    Raises `InvalidInput`, `NotFound`, `CouponNotInState`, `CouponNotAvailable`, `MemberNotActive` or
    `IdempotencyKeyReused`.
    """
    program, idempotency = await _begun(engine, actor, "couponGift", key, (ref.said, _spelled(to)))
    if (outcome := await answered(program, idempotency)) is not None:
        return outcome
    coupon = await _named(actor, ref)
    to_id = await members.resolve(_beyond(actor, to), program, to, ("to",))
    if to_id == coupon.member_id:
        raise InvalidInput("A member cannot give to themselves.", field=("to",))
    if coupon.member_id is None:
        message = "Nobody has this code yet: who gives its text away has given it."
        raise CouponNotInState(message, field=("coupon",), state=coupon.state, coupon_id=str(coupon.id))
    command = GiftCoupon(
        **_common(program, actor, idempotency), coupon_id=coupon.id, owner_id=coupon.member_id, to_id=to_id
    )
    return await engine.writer.post(command)


async def void(engine: Engine, actor: Actor, ref: CouponRef, *, reason: str, key: str) -> Outcome:
    """Take a coupon back that was not used. Raises `InvalidInput`, `NotFound`, `CouponNotInState` or `…KeyReused`."""
    why = checks.text(reason, ("reason",), checks.REASON_MAX)
    return await _change(engine, actor, ref, VoidCoupon, "couponVoid", key, {"reason": why})


async def extend(
    engine: Engine, actor: Actor, ref: CouponRef, *, until: datetime, reason: str | None, key: str
) -> Outcome:
    """Let a coupon be good until another instant, also one that has expired.

    Raises `InvalidInput`, `NotFound`, `CouponNotInState` or `IdempotencyKeyReused`.
    """
    if not checks.EARLIEST <= until < NEVER:
        raise InvalidInput(f"`until` lies before {NEVER.year}.", field=("until",))
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    return await _change(engine, actor, ref, ExtendCoupon, "couponExtend", key, {"until": until, "reason": why})


# ── what is read ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def find(actor: Actor, ref: CouponRef) -> models.Coupon | None:
    """Return the coupon that `ref` names, if the actor can see it. Raises `TooManyAttempts`."""
    if ref.id is not None:
        return await visible.coupons(actor).get_or_none(id=ref.id)
    assert ref.code is not None, "a reference names its coupon in one way"
    assert actor.program_id is not None, "the field asked for a credential"
    tried = await code_attempts.begin(actor.program_id, actor)
    found = await _by_code(actor, ref.code)
    if found is not None and actor.member_id not in {None, found.member_id}:
        found = None
    if found is None:
        await tried.failed()
    else:
        tried.check_again()
    return found


async def coupons_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.Coupon | None]:
    """Return each coupon, or None when the actor cannot see it."""
    found = {row.id: row for row in await visible.coupons(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


def code_of(engine: Engine, coupon: models.Coupon, terms: Mapping[str, Any]) -> str | None:
    """Return the code of a coupon, given the stored terms of its version.

    None for one that a shared code made, and when the server's secret is not the one any more by which it was made.
    """
    if coupon.origin == CouponOrigin.SHARED_CODE:
        return None
    prefix = terms.get("prefix")
    maker = CodeMaker(engine.secret_key, CODE_PURPOSE, checked_prefix(prefix) if prefix else "")
    return maker.code_of(coupon.id) if maker.hash_of(coupon.id) == bytes(coupon.code_hash) else None


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _issue(  # noqa: PLR0917  (each has a type of its own)
    engine: Engine,
    actor: Actor,
    ref: MemberRef,
    template: CampaignRef,
    origin: CouponOrigin,
    count: int,
    reason: str | None,
    operation: str,
    key: str,
) -> Outcome:
    said = (_spelled(ref), str(template.id) if template.id else None, template.code, count, reason)
    program, idempotency = await _begun(engine, actor, operation, key, said)
    try:
        member_id = await members.resolve(actor, program, ref, ("member",), idempotency)
    except Answered as before:
        return before.outcome
    found = await _template(actor, template)
    if found is None:
        if (outcome := await answered(program, idempotency)) is not None:
            return outcome
        raise NotFound("There is no such template.", field=("template",))
    version = program.templates.get(found.id)
    price = None
    if origin is CouponOrigin.CLAIM and version is not None and version.coupon and version.coupon.price:
        price = (version.coupon.price.asset_id, version.coupon.price.amount)
    return await engine.writer.post(
        IssueCoupons(
            **_common(program, actor, idempotency),
            member_id=member_id,
            campaign_id=found.id,
            coupon_ids=tuple(uuid7() for _ in range(count)),
            origin=origin,
            reason=reason,
            price=price,
        )
    )


async def _change(  # noqa: PLR0917  (each has a type of its own)
    engine: Engine,
    actor: Actor,
    ref: CouponRef,
    command: type[VoidCoupon | ExtendCoupon],
    operation: str,
    key: str,
    said: dict[str, Any],
) -> Outcome:
    program, idempotency = await _begun(engine, actor, operation, key, (ref.said, *said.values()))
    if (outcome := await answered(program, idempotency)) is not None:
        return outcome
    if said.get("until", NEVER) <= program.now():
        raise InvalidInput("`until` lies ahead.", field=("until",))
    coupon = await _named(actor, ref)
    return await engine.writer.post(
        command(**_common(program, actor, idempotency), coupon_id=coupon.id, owner_id=coupon.member_id, **said)
    )


async def _begun(
    engine: Engine, actor: Actor, operation: str, key: str, said: tuple[Any, ...]
) -> tuple[Program, Claim]:
    assert actor.program_id is not None, "the field asked for a credential"
    program = await engine.program(actor.program_id)
    claim = Claim(f"{actor.credential}:{operation}", checks.idempotency_key(key), content_hash(said))
    return program, claim


def _common(program: Program, actor: Actor, claim: Claim) -> dict[str, Any]:
    return {"program_id": program.id, "actor": actor.credential, "claim": claim}


def _beyond(actor: Actor, ref: MemberRef) -> Actor:
    """Return who looks for the taker of a gift: a member sees nobody else, and finds others by what is hard to guess.

    By a phone number they would learn who is a member. Raises `InvalidInput`.
    """
    if actor.kind is not ActorKind.MEMBER:
        return actor
    if ref.id is None and ref.number is None:
        raise InvalidInput("Members name each other by their number.", field=("to",))
    return Actor(kind=ActorKind.SYSTEM, program_id=actor.program_id, credential=actor.credential)


def _spelled(ref: MemberRef) -> tuple[str, ...]:
    """Return what a reference says, for the hash of a command."""
    return tuple(str(part) for part in (ref.id, ref.number, ref.phone, *(ref.identity or ())) if part)


async def _template(actor: Actor, ref: CampaignRef) -> models.Campaign | None:
    rows = models.Campaign.filter(program_id=actor.program_id, kind=CampaignKind.COUPON)
    if ref.id is not None:
        return await rows.get_or_none(id=ref.id)
    return await rows.get_or_none(code=checks.sought(ref.code or "", checks.CODE_MAX) or "")


async def _named(actor: Actor, ref: CouponRef) -> models.Coupon:
    """Return the coupon of a command. Raises `NotFound` or `TooManyAttempts`."""
    found = await find(actor, ref)
    if found is None:
        raise NotFound("There is no such coupon.", field=("coupon",))
    return found


async def _by_code(actor: Actor, code: str) -> models.Coupon | None:
    """Return the coupon of the program that has a code, whoever has it."""
    if not looks_unique(code):
        return None
    return await models.Coupon.get_or_none(program_id=actor.program_id, code_hash=unique_hash(read_code(code)))


async def version_of(engine: Engine, program: Program, coupon: models.Coupon) -> CampaignVersion:
    """Return what holds for a coupon. Raises `CouponNotAvailable` when it cannot be read any more."""
    version = await engine.snapshots.version(engine.reads, program, coupon.version_id)
    if version is None:
        message = "What the coupon says names what the program does not have any more."
        raise CouponNotAvailable(message, field=("coupon",), reason="NOT_PUBLISHED")
    return version

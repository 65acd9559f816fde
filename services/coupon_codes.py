"""The codes that orders name: read, and found."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.codes import looks_unique, normal_shared_code, read_code, unique_hash
from domain.coupons import NamedCoupon
from domain.having import taking_limits, terms_of
from domain.program import Program
from domain.refusals import CouponNotUsable, InvalidInput
from services import code_attempts
from services.actors import Actor
from services.engine import Engine

CODES_MAX = 20
"""Codes that one order names."""


def checked_codes(codes: Sequence[str] | None, path: checks.Path) -> tuple[str, ...] | None:
    """Return codes in their one form, sorted: however they are typed, the order says the same.

    A text that can be no code stays what it is, as no more is said of it than of one that is unknown. Raises
    `InvalidInput` for too many, or one that stands twice.
    """
    if codes is None:
        return None
    checks.count(len(codes), path, 0, CODES_MAX)
    found: dict[str, int] = {}
    for index, code in enumerate(codes):
        text = checks.text(code, (*path, str(index)), checks.NAME_MAX)
        normal = _normal(text) or text
        if normal in found:
            raise InvalidInput("The code stands twice.", field=(*path, str(index)))
        found[normal] = index
    return tuple(sorted(found))


def _normal(code: str) -> str | None:
    return read_code(code) if looks_unique(code) else _shared(code)


def _shared(code: str) -> str | None:
    """Return what a code is if it is one that many share: by chance it may look like a unique one too."""
    try:
        return normal_shared_code(code)
    except InvalidInput:
        return None


def content_named(named: Sequence[NamedCoupon]) -> tuple[str, ...]:
    """Return what the hash of an order's content has of the coupons that it names, in one order.

    It is what the rows tell too, as codes are not stored. Each use of a shared code is a new coupon, so that one stands
    for itself.
    """
    return tuple(sorted(_shared(one.code) or one.code if one.is_shared else str(one.coupon_id) for one in named))


async def named_coupons(
    engine: Engine, program: Program, member_id: UUID | None, codes: Sequence[str]
) -> tuple[NamedCoupon, ...]:
    """Return what the codes of an order name, each as it was given.

    Whether they may be used is seen when the order is decided, by which a repeated order is known again: one that is
    unknown stands for a shared code of no template.
    """
    hashes = {code: unique_hash(read_code(code)) for code in codes if looks_unique(code)}
    rows = {}
    if hashes:
        found = await models.Coupon.filter(program_id=program.id, code_hash__in=list(hashes.values()))
        rows = {bytes(row.code_hash): row for row in found}
    versions = await engine.snapshots.versions(engine.reads, program, {row.version_id for row in rows.values()})
    shared = {terms_of(version).shared_code: version for version in program.templates.values()}
    named = []
    for code in codes:
        row = rows.get(hashes.get(code, b""))
        if row is not None:
            version = versions.get(row.version_id)
            limits = taking_limits(version) if version and row.member_id is None and member_id else ()
            is_guess = row.member_id not in {None, member_id}
            named.append(NamedCoupon(code, row.id, row.campaign_id, limits=limits, is_guess=is_guess))
            continue
        said = _shared(code)
        version = shared.get(said) if said else None
        if version is None:
            named.append(NamedCoupon(code, uuid7(), program.id, is_shared=True, is_guess=True))
            continue
        limits = taking_limits(version, is_shared=True)
        named.append(NamedCoupon(code, uuid7(), version.campaign_id, is_shared=True, limits=limits))
    return tuple(named)


@asynccontextmanager
async def naming(
    engine: Engine,
    actor: Actor,
    program: Program,
    member_id: UUID | None,
    codes: Sequence[str] | None,
    *,
    writes: bool = True,
) -> AsyncIterator[tuple[NamedCoupon, ...]]:
    """Decide an order within that names these codes: what they name is found, and it counts when one was guessed.

    What is only looked at, and writes nothing, is refused too when others were guessed meanwhile. Raises
    `TooManyAttempts`.
    """
    if not codes:
        yield ()
        return
    tried = await code_attempts.begin(program.id, actor, member_id)
    named = await named_coupons(engine, program, member_id, codes)
    try:
        yield named
    except CouponNotUsable as refusal:
        if is_guess(named, refusal):
            await tried.failed()
        raise
    if not writes:
        tried.check_again()


def is_guess(named: Sequence[NamedCoupon], refusal: CouponNotUsable) -> bool:
    """Whether an order was refused for a code that is unknown, or another's."""
    return named[int(refusal.field[-1])].is_guess

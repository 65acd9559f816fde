"""Batches of unique codes of a template: asked for, cancelled, resumed, read. `services.coupon_making` makes the codes.

The stock of the template is reserved for a whole batch when it is asked for. What of it is not made is given back when
the batch is cancelled, and reserved again when it is resumed.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import F
from tortoise.queryset import QuerySet
from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.campaigns import EVER, CampaignKind
from domain.commands import Claim
from domain.coupons import BatchState
from domain.digest import content_hash
from domain.having import terms_of
from domain.instants import NEVER
from domain.program import CampaignVersion, Program
from domain.refusals import CouponBatchNotInState, CouponNotAvailable, InvalidInput, LimitReached, NotFound
from services import keyed, visible, watching
from services.actors import Actor
from services.campaign_rows import CampaignRef, named
from services.engine import Engine
from services.hub import batch_stream, template_stream
from services.keyed import Record
from services.transaction import locked_program

SIZE_MAX = 10_000_000
TEMPLATE: checks.Path = ("template",)
BATCH: checks.Path = ("batch",)


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """Which batch it was."""

    batch_id: UUID
    replayed: bool


async def generate(
    engine: Engine, actor: Actor, template: CampaignRef, *, size: int, reason: str | None, key: str
) -> BatchOutcome:
    """Ask for so many codes of the version that is published now, and reserve the template's stock for all of them.

    Raises `InvalidInput`, `NotFound`, `CouponNotAvailable`, `LimitReached` or `IdempotencyKeyReused`.
    """
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)
    if not 1 <= size <= SIZE_MAX:
        raise InvalidInput(f"`size` is {size}; 1 to {SIZE_MAX:,} is allowed.", field=("size",))

    async def act() -> Record:
        program = await _program(engine, actor)
        campaign = await template_named(actor, template)
        if campaign is None:
            raise NotFound("There is no such template of coupons.", field=TEMPLATE)
        version = _available(program, campaign)
        _check_terms(version, program.now())
        if version.limits.total is not None:
            await _reserve(campaign, size, version.limits.total, ("size",))
        batch = models.CouponBatch(
            id=uuid7(),
            program_id=program.id,
            campaign_id=campaign.id,
            version_id=version.id,
            size=size,
            made=0,
            state=BatchState.RUNNING.value,
            actor=actor.credential,
            reason=why,
            recorded_at=program.now(),
        )
        await batch.save(force_create=True)
        return _record(batch)

    content = (str(template.id) if template.id else None, template.code, size, why)
    return await _once(engine, actor, act, operation="couponBatchGenerate", key=key, content=content)


async def cancel(engine: Engine, actor: Actor, batch_id: UUID, *, key: str) -> BatchOutcome:
    """Make no more codes of a batch, and give back the stock of those that were not made. Those that were stay good.

    Raises `InvalidInput`, `NotFound`, `CouponBatchNotInState` or `IdempotencyKeyReused`.
    """

    async def act() -> Record:
        found = await _found(actor, batch_id)
        program = await _program(engine, actor)
        version = await models.CampaignVersion.get(id=found.version_id)  # even if it does not fit the program any more
        usage = _usage(found.campaign_id)
        await usage.select_for_update()  # first, as everybody locks counts before coupons
        batch = await visible.coupon_batches(actor).filter(id=batch_id).select_for_update().get()
        _check_state(batch, BatchState.RUNNING, "be cancelled")
        if (version.limits or {}).get("total") is not None:
            await usage.update(uses=F("uses") - (batch.size - batch.made))
        batch.state, batch.finished_at = BatchState.CANCELLED.value, program.now()
        await batch.save(update_fields=["state", "finished_at"])
        return _record(batch)

    return await _once(engine, actor, act, operation="couponBatchCancel", key=key, content=str(batch_id))


async def resume(engine: Engine, actor: Actor, batch_id: UUID, *, key: str) -> BatchOutcome:
    """Go on with a batch that was cancelled, of the version of which it is, and reserve the stock of what is missing.

    The template must give coupons now, as for `generate`, and has the stock that its published version says. Raises
    `InvalidInput`, `NotFound`, `CouponBatchNotInState`, `CouponNotAvailable`, `LimitReached` or `IdempotencyKeyReused`.
    """

    async def act() -> Record:
        program = await _program(engine, actor)
        batch = await _found(actor, batch_id)
        _check_state(batch, BatchState.CANCELLED, "be resumed")  # nobody else changes it while the program is locked
        campaign = await models.Campaign.get(id=batch.campaign_id)
        published, version = _available(program, campaign), await _version_of(engine, program, batch)
        if version.ends_at <= program.now():
            raise _outside(version)
        _check_terms(version, program.now())
        if version.limits.total is not None:  # else it was not counted, and is not
            await _reserve(campaign, batch.size - batch.made, published.limits.total, BATCH)
        batch.state, batch.finished_at = BatchState.RUNNING.value, None
        await batch.save(update_fields=["state", "finished_at"])
        return _record(batch)

    return await _once(engine, actor, act, operation="couponBatchResume", key=key, content=str(batch_id))


async def template_named(actor: Actor, ref: CampaignRef) -> models.Campaign | None:
    """Return the template of coupons that a reference names, None when there is none that the actor can see."""
    return await named(actor, CampaignKind.COUPON, ref).first()


async def batches_by_id(actor: Actor, ids: Sequence[UUID]) -> list[models.CouponBatch | None]:
    """Return each batch, or None when the actor cannot see it."""
    found = {row.id: row for row in await visible.coupon_batches(actor).filter(id__in=list(ids))}
    return [found.get(key) for key in ids]


async def find(actor: Actor, batch_id: UUID) -> models.CouponBatch | None:
    """Return a batch, or None when there is none that the actor can see."""
    return await visible.coupon_batches(actor).get_or_none(id=batch_id)


async def page(
    actor: Actor, template: CampaignRef | None, *, limit: int, before: UUID | None
) -> list[models.CouponBatch]:
    """Return up to `limit` batches, of one template or of all, the newest first, older than `before`."""
    rows = visible.coupon_batches(actor)
    if template is not None:
        campaign = await template_named(actor, template)
        if campaign is None:
            return []
        rows = rows.filter(campaign_id=campaign.id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return await rows.order_by("-id").limit(limit)


async def progress(
    engine: Engine, actor: Actor, batch_id: UUID, *, pause: watching.Pause = watching.paused
) -> AsyncGenerator[models.CouponBatch, None]:
    """Yield a batch at once, after progress, and a last time when it is cancelled or done: see `watching.newest`.

    Yields nothing when there is none that the actor can see.
    """
    assert actor.program_id is not None, "the field asked for a credential"

    async def read() -> tuple[int, str, models.CouponBatch] | None:
        row = await find(actor, batch_id)
        return (row.made, row.state, row) if row else None  # rows of one batch are equal: the others tell of progress

    def is_last(seen: tuple[int, str, models.CouponBatch]) -> bool:
        return seen[1] != BatchState.RUNNING

    key = batch_stream(actor.program_id, batch_id)
    async with aclosing(watching.newest(engine.hub, key, read, is_last=is_last, pause=pause)) as stream:
        async for _, _, row in stream:
            yield row


async def version_of(engine: Engine, program: Program, batch: models.CouponBatch) -> CampaignVersion | None:
    """Return the version of a template of which a batch is; None when it does not fit the program any more."""
    return await engine.snapshots.version(engine.reads, program, batch.version_id)


def window_of(program: Program, version: CampaignVersion, asked_at: datetime) -> tuple[datetime, datetime]:
    """Return from when to before when the codes of a batch are good that nobody has yet.

    A validity that is relative begins when somebody takes the code into their wallet: until then, or without a wallet,
    it is good for as long as the version runs.
    """
    validity = terms_of(version).validity
    if validity.fixed_from is not None or validity.fixed_until is not None:
        return validity.window(asked_at, program.zone)
    return asked_at, version.ends_at


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _once(
    engine: Engine, actor: Actor, act: Callable[[], Awaitable[Record]], *, operation: str, key: str, content: Any
) -> BatchOutcome:
    """Do `act` once for its key, behind the program's lock, and wake who watches the batch and the template."""
    assert actor.program_id is not None, "the field asked for a credential"
    program_id = actor.program_id

    async def alone() -> Record:
        await locked_program(program_id)
        return await act()

    claim = Claim(f"{actor.credential}:{operation}", checks.idempotency_key(key), content_hash(content))
    answer = await keyed.once(program_id, claim, alone)
    batch_id, campaign_id = UUID(answer.record["batch"]), UUID(answer.record["campaign"])
    if not answer.replayed:
        engine.wake((batch_stream(program_id, batch_id), template_stream(program_id, campaign_id)))
    return BatchOutcome(batch_id, answer.replayed)


def _record(batch: models.CouponBatch) -> Record:
    return {"batch": str(batch.id), "campaign": str(batch.campaign_id)}


async def _program(engine: Engine, actor: Actor) -> Program:
    assert actor.program_id is not None, "the field asked for a credential"
    return await engine.program(actor.program_id)


def _available(program: Program, campaign: models.Campaign) -> CampaignVersion:
    """Return the published version of a template that gives coupons now. Raises `CouponNotAvailable`."""
    version = program.templates.get(campaign.id)
    if version is None:
        message = f"{campaign.code} is {campaign.state}: only of a template that is published and runs codes are made."
        raise CouponNotAvailable(message, field=TEMPLATE, reason="NOT_PUBLISHED")
    if not version.runs_at(program.now()):
        raise _outside(version)
    return version


def _outside(version: CampaignVersion) -> CouponNotAvailable:
    until = "" if version.ends_at >= NEVER else f" until before {version.ends_at.isoformat()}"
    message = f"{version.label} gives coupons from {version.starts_at.isoformat()}{until}."
    return CouponNotAvailable(message, field=TEMPLATE, reason="OUTSIDE_WINDOW")


def _check_terms(version: CampaignVersion, now: datetime) -> None:
    """Refuse terms of which no unique codes are made that could still be used. Raises `CouponNotAvailable`."""
    terms = terms_of(version)
    if terms.bundle or terms.shared_code is not None:
        what = "is a bundle" if terms.bundle else "has a code that many share"
        message = f"{version.label} {what}: no codes are made of it."
        raise CouponNotAvailable(message, field=TEMPLATE, reason="NOT_ISSUED")
    until = terms.validity.fixed_until
    if until is not None and until <= now:
        message = f"The coupons of {version.label} were good until before {until.isoformat()}."
        raise CouponNotAvailable(message, field=TEMPLATE, reason="OUTSIDE_WINDOW")


async def _version_of(engine: Engine, program: Program, batch: models.CouponBatch) -> CampaignVersion:
    """Return the version of which a batch is. Raises `CouponNotAvailable`."""
    version = await version_of(engine, program, batch)
    if version is None:
        message = "What the template said when the batch was asked for does not fit the program any more."
        raise CouponNotAvailable(message, field=BATCH, reason="NOT_PUBLISHED")
    return version


def _usage(campaign_id: UUID) -> QuerySet[models.CampaignUsage]:
    """Return what everybody ever had of a template."""
    return models.CampaignUsage.filter(campaign_id=campaign_id, owner_id=campaign_id, day=EVER)


async def _reserve(campaign: models.Campaign, size: int, stock: int | None, path: checks.Path) -> None:
    """Take so many coupons out of the stock, under the lock of its count. Raises `LimitReached`."""
    usage = _usage(campaign.id)
    count = await usage.select_for_update().first()
    _check_stock(campaign, size, stock, count.uses if count else 0, path)
    if count is None:  # somebody else may make it meanwhile, and what does not exist cannot be locked
        row = models.CampaignUsage(
            campaign_id=campaign.id,
            owner_id=campaign.id,
            day=EVER,
            program_id=campaign.program_id,
            **dict.fromkeys(("uses", "count", "money", "points"), 0),
        )
        await models.CampaignUsage.bulk_create([row], ignore_conflicts=True)
        count = await usage.select_for_update().get()
        _check_stock(campaign, size, stock, count.uses, path)
    await usage.update(uses=F("uses") + size)


def _check_stock(campaign: models.Campaign, size: int, stock: int | None, used: int, path: checks.Path) -> None:
    if stock is not None and used + size > stock:
        left = max(stock - used, 0)
        message = f"{campaign.code} has {left:,} of {stock:,} coupons left; {size:,} are asked for."
        raise LimitReached(message, field=path, limit=str(stock))


async def _found(actor: Actor, batch_id: UUID) -> models.CouponBatch:
    found = await find(actor, batch_id)
    if found is None:
        raise NotFound("There is no such batch of codes.", field=BATCH)
    return found


def _check_state(batch: models.CouponBatch, needed: BatchState, what: str) -> None:
    if batch.state != needed:
        message = f"The batch is {batch.state}, with {batch.made:,} of {batch.size:,} codes; to {what} it is {needed}."
        raise CouponBatchNotInState(message, field=BATCH, state=batch.state, batch_id=str(batch.id))

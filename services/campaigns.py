"""The life of a campaign: drafted, approved, published, paused, resumed, ended.

That of a template of coupons is the same: what is said here of campaigns holds for what `kind` names.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.campaigns import CampaignKind, CampaignState, state_at
from domain.checks import NAME_MAX
from domain.commands import Claim
from domain.coupon_terms import check_among
from domain.digest import content_hash
from domain.effects.issue_coupon import check_issued
from domain.program import Program
from domain.refusals import ApprovalRequired, CampaignNotInState, InvalidInput, OwnDraft
from domain.versions import VersionForm, check_points_of, check_version
from services import keyed
from services.actors import Actor
from services.campaign_forms import VersionRequest, columns_of, content_of, form_of
from services.campaign_rows import (
    NOUNS,
    CampaignRef,
    assets_counted,
    found,
    newest_of,
    save,
    templates_in_force,
    version_of,
    versions_of,
)
from services.engine import Engine
from services.keyed import Record
from services.publishing import publish as insert_version
from services.snapshots import rules_of
from services.transaction import locked_program

OPERATIONS = {CampaignKind.CAMPAIGN: "campaign", CampaignKind.COUPON: "couponTemplate"}
"""What the names of the commands begin with."""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to be made with its first version."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """Which campaign it was, and the number of the version that was drafted, approved or published, if one was."""

    campaign_id: UUID
    version: int | None
    replayed: bool


async def draft(
    engine: Engine,
    actor: Actor,
    target: NewCampaign | CampaignRef,
    request: VersionRequest,
    *,
    key: str,
    kind: CampaignKind = CampaignKind.CAMPAIGN,
) -> CampaignOutcome:
    """Store a new version of a campaign, which decides nothing until it is published.

    It is checked against the program as it is. Without a start it takes over that of the published version, or of the
    newest while none is published; of a new campaign it starts now. Raises `InvalidInput`, `NotFound`,
    `CampaignNotInState` or `IdempotencyKeyReused`.
    """
    assert (request.coupon is None) is (kind is CampaignKind.CAMPAIGN), "only a template says something of coupons"
    new = target if isinstance(target, NewCampaign) else None
    at = (NOUNS[kind], "new")
    name = "" if new is None else checks.text(new.name, (*at, "name"), NAME_MAX)
    if new is not None:
        checks.code(new.code, (*at, "code"))
    form = columns_of(request)

    async def act() -> Record:
        program = await _program(engine, actor)
        if new is None:
            assert isinstance(target, CampaignRef), "it is one of the two"
            campaign = await found(actor, kind, target, ("existing",))
            _check_not_ended(campaign, "draft a version of it")
        else:
            campaign = models.Campaign(
                id=uuid7(), program_id=program.id, code=new.code, name=name, kind=kind, state=CampaignState.DRAFT
            )
            await campaign.save(force_create=True)
        before = await versions_of(campaign)
        number = before[0].number + 1 if before else 1
        # Who edits a campaign means the same time: an order of this morning that is reported late is still decided.
        # A draft that was given up means nothing: its start would stop what runs.
        shown = next((one for one in before if one.number == campaign.published_version), before[0] if before else None)
        said = form | {"starts_at": form["starts_at"] or (shown.starts_at if shown else program.now())}
        await _check(program, campaign, number, VersionForm(**said), before)
        await insert_version(
            program_id=program.id,
            campaign_id=campaign.id,
            number=number,
            drafted_by=actor.credential,
            recorded_at=program.now(),
            **said,
        )
        return {"campaign": str(campaign.id), "version": number}

    whose = (new.code, name) if new is not None else _named(target)
    try:
        return await _once(actor, f"{OPERATIONS[kind]}Draft", key, (new is not None, whose, content_of(form)), act)
    except IntegrityError:
        if new is None:
            raise
        taken = f"There is a campaign or a template of coupons {new.code!r} already."
        raise InvalidInput(taken, field=(*at, "code")) from None


async def approve(
    actor: Actor, ref: CampaignRef, *, version: int, key: str, kind: CampaignKind = CampaignKind.CAMPAIGN
) -> CampaignOutcome:
    """Let a version be published, in place of any that was approved before; who drafted it may not.

    Raises `InvalidInput`, `NotFound`, `OwnDraft`, `CampaignNotInState` or `IdempotencyKeyReused`.
    """

    async def act() -> Record:
        campaign = await found(actor, kind, ref)
        _check_not_ended(campaign, "approve a version of it")
        row = await version_of(campaign, version)
        if row.drafted_by == actor.credential:
            message = f"{campaign.code} v{version} was drafted with this credential; another one has to approve it."
            raise OwnDraft(message, field=("version",), version=version)
        if campaign.approved_version != version:
            campaign.approved_version, campaign.approved_by = version, actor.credential
            await save(campaign)
        return {"campaign": str(campaign.id), "version": version}

    return await _once(actor, f"{OPERATIONS[kind]}Approve", key, (_named(ref), version), act)


async def publish(
    engine: Engine,
    actor: Actor,
    ref: CampaignRef,
    *,
    version: int | None,
    key: str,
    kind: CampaignKind = CampaignKind.CAMPAIGN,
) -> CampaignOutcome:
    """Let a version decide from now on, the newest if none is named. A paused campaign stays paused with it.

    It is checked again, as the program may have changed. Raises `InvalidInput`, `NotFound`, `ApprovalRequired`,
    `CampaignNotInState` or `IdempotencyKeyReused`.
    """

    async def act() -> Record:
        program = await _program(engine, actor)
        campaign = await found(actor, kind, ref)
        _check_not_ended(campaign, "publish a version of it")
        number = await newest_of(campaign) if version is None else version
        row = await version_of(campaign, number)
        needed = await models.Program.filter(id=program.id, approval=True).exists()
        if needed and campaign.approved_version != number:
            message = f"{campaign.code} v{number} is not approved, and the program publishes only what is."
            raise ApprovalRequired(message, field=("version",), version=number)
        try:
            # What was drafted before another version was published may count another asset than that one.
            await _check(program, campaign, number, form_of(row), await versions_of(campaign))
        except InvalidInput as wrong:
            message = f"{campaign.code} v{number} does not fit the program any more: {wrong.message}"
            raise InvalidInput(message, field=("version",)) from None
        campaign.published_version = number
        if campaign.state != CampaignState.PAUSED:
            campaign.state = CampaignState.RUNNING
        await save(campaign)
        return {"campaign": str(campaign.id), "version": number}

    return await _once(actor, f"{OPERATIONS[kind]}Publish", key, (_named(ref), version), act)


async def pause(
    engine: Engine, actor: Actor, ref: CampaignRef, *, key: str, kind: CampaignKind = CampaignKind.CAMPAIGN
) -> CampaignOutcome:
    """Let a campaign that runs, or will, do nothing until it is resumed."""
    may = (CampaignState.RUNNING, CampaignState.SCHEDULED)
    return await _move(engine, actor, kind, ref, operation="Pause", key=key, may=may, to=CampaignState.PAUSED)


async def resume(
    engine: Engine, actor: Actor, ref: CampaignRef, *, key: str, kind: CampaignKind = CampaignKind.CAMPAIGN
) -> CampaignOutcome:
    """Let a paused campaign run again."""
    may = (CampaignState.PAUSED,)
    return await _move(engine, actor, kind, ref, operation="Resume", key=key, may=may, to=CampaignState.RUNNING)


async def end(
    engine: Engine, actor: Actor, ref: CampaignRef, *, key: str, kind: CampaignKind = CampaignKind.CAMPAIGN
) -> CampaignOutcome:
    """End a campaign for good."""
    may = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
    return await _move(engine, actor, kind, ref, operation="End", key=key, may=may, to=CampaignState.ENDED)


async def _move(
    engine: Engine,
    actor: Actor,
    kind: CampaignKind,
    ref: CampaignRef,
    *,
    operation: str,
    key: str,
    may: tuple[CampaignState, ...],
    to: CampaignState,
) -> CampaignOutcome:
    """Change the state. Raises `NotFound`, `CampaignNotInState` or `IdempotencyKeyReused`."""

    async def act() -> Record:
        program = await _program(engine, actor)
        campaign = await found(actor, kind, ref)
        shown = await models.CampaignVersion.get_or_none(
            program_id=program.id, campaign_id=campaign.id, number=campaign.published_version or 0
        )
        state = state_at(campaign.state, (shown.starts_at, shown.ends_at) if shown else None, program.now())
        # One whose window is over may be ended for good: its next version, or a clock set back, would let it run again.
        if (CampaignState(campaign.state) if to is CampaignState.ENDED else state) not in may:
            raise _not_in_state(campaign, state, f"be {to.value}, it has to be {' or '.join(may)}")
        campaign.state = to
        await save(campaign)
        return {"campaign": str(campaign.id)}

    return await _once(actor, f"{OPERATIONS[kind]}{operation}", key, _named(ref), act)


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _once(
    actor: Actor, operation: str, key: str, content: Any, act: Callable[[], Awaitable[Record]]
) -> CampaignOutcome:
    """Do `act` once for its key, behind the program's lock: what it reads of the set-up stays true until it is done."""
    assert actor.program_id is not None, "the field asked for a credential"
    program_id = actor.program_id

    async def alone() -> Record:
        await locked_program(program_id)
        return await act()

    claim = Claim(f"{actor.credential}:{operation}", checks.idempotency_key(key), content_hash(content))
    answer = await keyed.once(program_id, claim, alone)
    return CampaignOutcome(UUID(answer.record["campaign"]), answer.record.get("version"), answer.replayed)


async def _program(engine: Engine, actor: Actor) -> Program:
    assert actor.program_id is not None, "the field asked for a credential"
    return await engine.program(actor.program_id)


def _named(ref: Any) -> tuple[str | None, str | None]:
    return (str(ref.id) if ref.id else None, ref.code)


def _check_not_ended(campaign: models.Campaign, what: str) -> None:
    if campaign.state == CampaignState.ENDED:
        raise _not_in_state(campaign, CampaignState.ENDED, f"{what}, it must not have ended")


def _not_in_state(campaign: models.Campaign, state: CampaignState, needed: str) -> CampaignNotInState:
    message = f"{campaign.code} is {state.value}; to {needed}."
    return CampaignNotInState(
        message, field=(NOUNS[CampaignKind(campaign.kind)],), state=state.value, campaign_id=str(campaign.id)
    )


async def _check(
    program: Program,
    campaign: models.Campaign,
    number: int,
    form: VersionForm,
    versions: Sequence[models.CampaignVersion],
) -> None:
    """Refuse a version that the program cannot carry out, or that counts other assets than its `versions` do.

    Raises `InvalidInput` naming the part in `version`.
    """
    said = {"id": campaign.id, "campaign_id": campaign.id, "code": campaign.code, "name": campaign.name}
    try:
        version = check_version(rules_of(program), form, **said, number=number)
        check_points_of(form.budget, await assets_counted(campaign, versions))
        others = await templates_in_force(program.id)
        check_issued(version, others)
        if version.coupon is not None:
            check_among(campaign.code, version.coupon, others)
    except InvalidInput as wrong:
        raise InvalidInput(wrong.message, field=("version", *wrong.field)) from None

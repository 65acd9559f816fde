"""The life of a campaign: drafted, approved, published, paused, resumed, ended."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.queryset import QuerySet
from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.campaigns import CampaignState, state_at
from domain.checks import CODE_MAX, NAME_MAX, Path
from domain.commands import Claim
from domain.digest import content_hash
from domain.program import Program
from domain.refusals import ApprovalRequired, CampaignNotInState, InvalidInput, NotFound, OwnDraft
from domain.versions import VersionForm, check_points_of, check_version, counted_assets
from services import keyed, visible
from services.actors import Actor
from services.campaign_forms import VersionRequest, columns_of, content_of, form_of
from services.engine import Engine
from services.keyed import Record
from services.publishing import publish as insert_version
from services.publishing import with_points
from services.snapshots import rule_reader
from services.transaction import locked_program

NOWHERE: Path = ("campaign",)


@dataclass(frozen=True, slots=True)
class CampaignRef:
    """How a caller names a campaign: exactly one of the fields."""

    id: UUID | None = None
    code: str | None = None


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
    engine: Engine, actor: Actor, target: NewCampaign | CampaignRef, request: VersionRequest, *, key: str
) -> CampaignOutcome:
    """Store a new version of a campaign, which decides nothing until it is published.

    It is checked against the program as it is. Without a start it takes over that of the published version, or of the
    newest while none is published; of a new campaign it starts now. Raises `InvalidInput`, `NotFound`,
    `CampaignNotInState` or `IdempotencyKeyReused`.
    """
    new = target if isinstance(target, NewCampaign) else None
    name = "" if new is None else checks.text(new.name, (*NOWHERE, "new", "name"), NAME_MAX)
    if new is not None:
        checks.code(new.code, (*NOWHERE, "new", "code"))
    form = columns_of(request)

    async def act() -> Record:
        program = await _program(engine, actor)
        if new is None:
            assert isinstance(target, CampaignRef), "it is one of the two"
            campaign = await _found(actor, target, (*NOWHERE, "existing"))
            _check_not_ended(campaign, "draft a version of it")
        else:
            campaign = models.Campaign(id=uuid7(), program_id=program.id, code=new.code, name=name, state="DRAFT")
            await campaign.save(force_create=True)
        before = await _versions(campaign)
        number = before[0].number + 1 if before else 1
        # Who edits a campaign means the same time: an order of this morning that is reported late is still decided.
        # A draft that was given up means nothing: its start would stop what runs.
        shown = next((one for one in before if one.number == campaign.published_version), before[0] if before else None)
        said = form | {"starts_at": form["starts_at"] or (shown.starts_at if shown else program.now())}
        _check(program, campaign, number, VersionForm(**said), await _counted(campaign, before))
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
        return await _once(actor, "campaignDraft", key, (new is not None, whose, content_of(form)), act)
    except IntegrityError:
        if new is None:
            raise
        taken = f"There is a campaign {new.code!r} already."
        raise InvalidInput(taken, field=(*NOWHERE, "new", "code")) from None


async def approve(actor: Actor, ref: CampaignRef, *, version: int, key: str) -> CampaignOutcome:
    """Let a version be published, in place of any that was approved before; who drafted it may not.

    Raises `InvalidInput`, `NotFound`, `OwnDraft`, `CampaignNotInState` or `IdempotencyKeyReused`.
    """

    async def act() -> Record:
        campaign = await _found(actor, ref)
        _check_not_ended(campaign, "approve a version of it")
        row = await _version(campaign, version)
        if row.drafted_by == actor.credential:
            message = f"{campaign.code} v{version} was drafted with this credential; another one has to approve it."
            raise OwnDraft(message, field=("version",), version=version)
        if campaign.approved_version != version:
            campaign.approved_version, campaign.approved_by = version, actor.credential
            await _save(campaign)
        return {"campaign": str(campaign.id), "version": version}

    return await _once(actor, "campaignApprove", key, (_named(ref), version), act)


async def publish(engine: Engine, actor: Actor, ref: CampaignRef, *, version: int | None, key: str) -> CampaignOutcome:
    """Let a version decide from now on, the newest if none is named. A paused campaign stays paused with it.

    It is checked again, as the program may have changed. Raises `InvalidInput`, `NotFound`, `ApprovalRequired`,
    `CampaignNotInState` or `IdempotencyKeyReused`.
    """

    async def act() -> Record:
        program = await _program(engine, actor)
        campaign = await _found(actor, ref)
        _check_not_ended(campaign, "publish a version of it")
        number = await _newest(campaign) if version is None else version
        row = await _version(campaign, number)
        needed = await models.Program.filter(id=program.id, approval=True).exists()
        if needed and campaign.approved_version != number:
            message = f"{campaign.code} v{number} is not approved, and the program publishes only what is."
            raise ApprovalRequired(message, field=("version",), version=number)
        try:
            # What was drafted before another version was published may count another asset than that one.
            _check(program, campaign, number, form_of(row), await _counted(campaign, await _versions(campaign)))
        except InvalidInput as wrong:
            message = f"{campaign.code} v{number} does not fit the program any more: {wrong.message}"
            raise InvalidInput(message, field=("version",)) from None
        campaign.published_version = number
        if campaign.state != CampaignState.PAUSED:
            campaign.state = CampaignState.RUNNING
        await _save(campaign)
        return {"campaign": str(campaign.id), "version": number}

    return await _once(actor, "campaignPublish", key, (_named(ref), version), act)


async def pause(engine: Engine, actor: Actor, ref: CampaignRef, *, key: str) -> CampaignOutcome:
    """Let a campaign that runs, or will, do nothing until it is resumed."""
    may = (CampaignState.RUNNING, CampaignState.SCHEDULED)
    return await _move(engine, actor, ref, operation="campaignPause", key=key, may=may, to=CampaignState.PAUSED)


async def resume(engine: Engine, actor: Actor, ref: CampaignRef, *, key: str) -> CampaignOutcome:
    """Let a paused campaign run again."""
    return await _move(
        engine, actor, ref, operation="campaignResume", key=key, may=(CampaignState.PAUSED,), to=CampaignState.RUNNING
    )


async def end(engine: Engine, actor: Actor, ref: CampaignRef, *, key: str) -> CampaignOutcome:
    """End a campaign for good."""
    may = (CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
    return await _move(engine, actor, ref, operation="campaignEnd", key=key, may=may, to=CampaignState.ENDED)


async def _move(
    engine: Engine,
    actor: Actor,
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
        campaign = await _found(actor, ref)
        shown = await models.CampaignVersion.get_or_none(
            program_id=program.id, campaign_id=campaign.id, number=campaign.published_version or 0
        )
        state = state_at(campaign.state, (shown.starts_at, shown.ends_at) if shown else None, program.now())
        # One whose window is over may be ended for good: its next version, or a clock set back, would let it run again.
        if (CampaignState(campaign.state) if to is CampaignState.ENDED else state) not in may:
            raise _not_in_state(campaign, state, f"be {to.value}, it has to be {' or '.join(may)}")
        campaign.state = to
        await _save(campaign)
        return {"campaign": str(campaign.id)}

    return await _once(actor, operation, key, _named(ref), act)


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


def named(actor: Actor, ref: CampaignRef) -> QuerySet[models.Campaign]:
    """Return the campaign that a reference names, among those that the actor can see."""
    rows = visible.campaigns(actor)
    if ref.id is not None:
        return rows.filter(id=ref.id)
    return rows.filter(code=checks.sought(ref.code or "", CODE_MAX) or "")


async def _found(actor: Actor, ref: CampaignRef, path: Path = NOWHERE) -> models.Campaign:
    """Return the campaign, which nobody else changes while the program is locked."""
    found = await named(actor, ref).first()
    if found is None:
        raise NotFound("There is no such campaign.", field=path)
    return found


async def _save(campaign: models.Campaign) -> None:
    """Store the campaign and tell every server that the program changed."""
    await campaign.save(update_fields=["state", "published_version", "approved_version", "approved_by"])
    await models.Program.filter(id=campaign.program_id).update(config_version=F("config_version") + 1)


async def _versions(campaign: models.Campaign) -> list[models.CampaignVersion]:
    """Return all versions, the newest first."""
    rows = models.CampaignVersion.filter(program_id=campaign.program_id, campaign_id=campaign.id)
    return await rows.order_by("-number")


async def _newest(campaign: models.Campaign) -> int:
    """Return the number of the newest version, 0 when there is none."""
    rows = models.CampaignVersion.filter(program_id=campaign.program_id, campaign_id=campaign.id)
    newest = await rows.order_by("-number").first()
    return newest.number if newest else 0


async def _version(campaign: models.Campaign, number: int) -> models.CampaignVersion:
    row = await models.CampaignVersion.get_or_none(
        program_id=campaign.program_id, campaign_id=campaign.id, number=number
    )
    if row is None:
        raise InvalidInput(f"{campaign.code} has no version {number}.", field=("version",))
    return row


async def _counted(campaign: models.Campaign, versions: Sequence[models.CampaignVersion]) -> list[str]:
    """Return the assets of which the campaign may have counted points."""
    published = next((row.budget for row in versions if row.number == campaign.published_version), None)
    counted = await with_points(campaign.program_id).filter(campaign_id=campaign.id).exists()
    return sorted(counted_assets(published, [row.budget for row in versions], counted=counted))


def _check_not_ended(campaign: models.Campaign, what: str) -> None:
    if campaign.state == CampaignState.ENDED:
        raise _not_in_state(campaign, CampaignState.ENDED, f"{what}, it must not have ended")


def _not_in_state(campaign: models.Campaign, state: CampaignState, needed: str) -> CampaignNotInState:
    message = f"{campaign.code} is {state.value}; to {needed}."
    return CampaignNotInState(message, field=NOWHERE, state=state.value, campaign_id=str(campaign.id))


def _check(
    program: Program,
    campaign: models.Campaign,
    number: int,
    form: VersionForm,
    counted: Iterable[str],
) -> None:
    """Refuse a version that the program cannot carry out, or that counts other assets; names the part in `version`."""
    reader = rule_reader(program.assets, program.ladders, program.tiers, program.segments, program.currency_scale)
    said = {"id": campaign.id, "campaign_id": campaign.id, "code": campaign.code, "name": campaign.name}
    try:
        check_version(reader, form, **said, number=number)
        check_points_of(form.budget, counted)
    except InvalidInput as wrong:
        raise InvalidInput(wrong.message, field=("version", *wrong.field)) from None

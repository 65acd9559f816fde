"""Orders: commit, import, preview."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.amounts import AMOUNT_MAX, to_minor
from domain.commands import Claim, CommitOrder
from domain.decide import Decision, Situation, decide
from domain.digest import content_hash
from domain.orders import LINES_MAX, QUANTITY_MAX, LineContent, OrderContent
from domain.program import ItemPolicy, Program
from domain.refusals import InvalidInput, NotFound, Refusal
from services import members
from services.actors import Actor
from services.engine import Engine
from services.members import Enrolment, Identity, MemberRef
from services.writer.batch import Outcome
from services.writer.load import load

IMPORT_MAX = 500
PREVIEW_YEARS_MAX = 10


@dataclass(frozen=True, slots=True)
class LineRequest:
    """A line as a caller reports it, unchecked."""

    ref: str
    sku: str
    quantity: int
    unit_price: Decimal
    name: str | None = None
    category: str | None = None
    attributes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order as a caller reports it, unchecked. Amounts are in units of the program's currency."""

    source: str
    external_id: str
    lines: Sequence[LineRequest]
    member: MemberRef | None = None
    store: str | None = None
    channel: str | None = None
    occurred_at: datetime | None = None
    currency: str | None = None
    shipping: Decimal | None = None
    attributes: Sequence[tuple[str, str]] = ()


def checked_content(program: Program, request: OrderRequest, member_id: UUID | None, path: checks.Path) -> OrderContent:
    """Return the order in minor units. Raises `InvalidInput` naming the field under `path`."""
    checks.count(len(request.lines), (*path, "lines"), 1, LINES_MAX)
    if request.currency is not None and request.currency != program.currency:
        raise InvalidInput(
            f"The program's currency is {program.currency}, not {request.currency!r}.", field=(*path, "currency")
        )
    occurred_at = request.occurred_at
    if occurred_at is not None:
        occurred_at = checks.past_instant(occurred_at, program.now(), (*path, "occurredAt"))
    content = OrderContent(
        source=checks.source(request.source, (*path, "source")),
        external_id=checks.text(request.external_id, (*path, "externalId"), checks.EXTERNAL_ID_MAX),
        member_id=member_id,
        store=checks.optional_text(request.store, (*path, "store"), checks.CODE_MAX),
        channel=checks.optional_text(request.channel, (*path, "channel"), checks.CODE_MAX),
        occurred_at=occurred_at,
        shipping=_price(request.shipping or Decimal(0), program, (*path, "shipping")),
        lines=tuple(_line(program, line, (*path, "lines", str(i))) for i, line in enumerate(request.lines)),
        attributes=checks.attributes(request.attributes, (*path, "attributes")),
    )
    refs: dict[str, int] = {}
    for index, line in enumerate(content.lines):
        if line.ref in refs:
            raise InvalidInput(f"Two lines have the ref {line.ref!r}.", field=(*path, "lines", str(index), "ref"))
        refs[line.ref] = index
    if content.subtotal + content.shipping > AMOUNT_MAX:
        raise InvalidInput("The order's total is outside the range of amounts.", field=(*path, "lines"))
    return content


def _line(program: Program, line: LineRequest, path: checks.Path) -> LineContent:
    return LineContent(
        ref=checks.text(line.ref, (*path, "ref"), checks.CODE_MAX),
        sku=checks.text(line.sku, (*path, "sku"), checks.CODE_MAX),
        name=checks.optional_text(line.name, (*path, "name"), checks.NAME_MAX),
        category=checks.optional_text(line.category, (*path, "category"), checks.CODE_MAX),
        quantity=checks.integer(line.quantity, (*path, "quantity"), 1, QUANTITY_MAX),
        unit_price=_price(line.unit_price, program, (*path, "unitPrice")),
        attributes=checks.attributes(line.attributes, (*path, "attributes")),
    )


def _price(amount: Decimal, program: Program, path: checks.Path) -> int:
    minor = to_minor(amount, program.currency_scale, path)
    if minor < 0:
        raise InvalidInput(f"`{path[-1]}` must not be negative: {amount}.", field=path)
    return minor


async def _unlisted(program: Program, contents: Sequence[OrderContent]) -> set[str]:
    """Return the SKUs that the program does not list, if it accepts only listed ones."""
    if program.item_policy is ItemPolicy.OPEN:
        return set()
    wanted = {line.sku for content in contents for line in content.lines}
    rows = await models.Item.filter(program_id=program.id, sku__in=list(wanted)).values_list("sku", flat=True)
    return wanted - set(rows)


def _check_listed(content: OrderContent, unlisted: set[str], path: checks.Path) -> None:
    for index, line in enumerate(content.lines):
        if line.sku in unlisted:
            at = (*path, "lines", str(index), "sku")
            raise InvalidInput(f"The program lists no item {line.sku!r}.", field=at)


async def _content(
    engine: Engine, actor: Actor, request: OrderRequest, path: checks.Path
) -> tuple[Program, OrderContent]:
    assert actor.program_id is not None, "the field asked for a credential"
    program = await engine.program(actor.program_id)
    member_id = None
    if request.member is not None:
        member_id = await members.resolve(actor, program, request.member, (*path, "member"))
    content = checked_content(program, request, member_id, path)
    _check_listed(content, await _unlisted(program, [content]), path)
    return program, content


async def commit(engine: Engine, actor: Actor, request: OrderRequest, *, key: str) -> Outcome:
    """Evaluate an order and commit it.

    Raises `InvalidInput`, `NotFound`, `MemberNotActive`, `DuplicateOrder` or `IdempotencyKeyReused`; then nothing is
    written.
    """
    key = checks.idempotency_key(key)
    program, content = await _content(engine, actor, request, ("order",))
    return await engine.writer.post(
        CommitOrder(
            program_id=program.id,
            actor=actor.credential,
            claim=Claim(f"{actor.credential}:orderCommit", key, content.hash()),
            order_id=uuid7(),
            content=content,
        )
    )


async def preview(engine: Engine, actor: Actor, request: OrderRequest, *, at: datetime | None) -> Decision:
    """Return what `commit` would do now, or at `at`: the same function decides, and nothing is written.

    A preview at a past instant starts from today's balances and standing.
    """
    program, content = await _content(engine, actor, request, ("order",))
    now = program.now()
    if at is not None:
        if not checks.EARLIEST <= at <= now.replace(year=now.year + PREVIEW_YEARS_MAX, day=1):
            raise InvalidInput("`at` lies outside 1900 to ten years from now.", field=("at",))
        now = at
        content = replace(content, occurred_at=content.occurred_at or at)
    command = CommitOrder(program_id=program.id, actor=actor.credential, claim=None, order_id=uuid7(), content=content)
    loaded = await load(engine.reads, engine.snapshots, [command], now=now)
    state = loaded.members.get(content.member_id) if content.member_id else None
    return decide(command, Situation(program, now, uuid7, state))


# ── import ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def import_orders(
    engine: Engine, actor: Actor, requests: Sequence[OrderRequest], *, key: str, enrol_unknown: bool
) -> list[Outcome | Refusal]:
    """Commit up to 500 orders, each by itself; return one answer for each, in their order.

    With `enrol_unknown`, a member named by an identity that is not known is enrolled with it, as of its first order
    here. A second call with the same key must have the same orders.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    key = checks.idempotency_key(key)
    checks.count(len(requests), ("orders",), 1, IMPORT_MAX)
    program = await engine.program(actor.program_id)
    answers: list[Outcome | Refusal | None] = [None] * len(requests)
    contents: dict[int, OrderContent] = {}
    for index, request in enumerate(requests):
        try:
            contents[index] = _checked_import(program, request, ("orders", str(index)), enrol_unknown=enrol_unknown)
        except InvalidInput as refusal:
            answers[index] = refusal
    unlisted = await _unlisted(program, list(contents.values()))
    for index, content in list(contents.items()):
        try:
            _check_listed(content, unlisted, ("orders", str(index)))
        except InvalidInput as refusal:
            answers[index] = refusal
            del contents[index]
    # Members are enrolled for orders that passed every check: a refused order leaves nothing behind.
    passed = [requests[index] for index in contents]
    known = await _importing_members(engine, actor, program, passed, enrol_unknown=enrol_unknown)
    for index, content in list(contents.items()):
        ref = requests[index].member
        if ref is None:
            continue
        if ref in known:
            contents[index] = replace(content, member_id=known[ref])
        else:
            answers[index] = NotFound("There is no such member.", field=("orders", str(index), "member"))
            del contents[index]
    # Not of the orders that passed: what was refused at first may pass when the same call is sent again.
    whole = content_hash(tuple(requests))
    commands = [
        CommitOrder(
            program_id=program.id,
            actor=actor.credential,
            claim=Claim(f"{actor.credential}:ordersImport", f"{key}:{index}", content_hash((whole, index))),
            order_id=uuid7(),
            content=content,
        )
        for index, content in contents.items()
    ]
    for index, answer in zip(contents, await engine.writer.post_all(commands), strict=True):
        if isinstance(answer, Refusal) and answer.field[:1] == ("order",):
            answer.field = ("orders", str(index), *answer.field[1:])
        answers[index] = answer
    return [answer for answer in answers if answer is not None]


def _checked_import(program: Program, request: OrderRequest, path: checks.Path, *, enrol_unknown: bool) -> OrderContent:
    """Return the order without its member, whose identity must be one that can be enrolled if it is to be."""
    if enrol_unknown and request.member is not None and request.member.identity is not None:
        members.checked_identity(request.member.identity, (*path, "member", "identity"))
    return checked_content(program, request, None, path)


async def _importing_members(
    engine: Engine, actor: Actor, program: Program, requests: Sequence[OrderRequest], *, enrol_unknown: bool
) -> dict[MemberRef, UUID]:
    """Return the member of each reference; one query for all identities, and one batch for all new members."""
    known: dict[MemberRef, UUID] = {}
    named: dict[Identity, OrderRequest] = {}
    for request in requests:
        ref = request.member
        if ref is None or ref in known:
            continue
        if ref.identity is not None:
            named.setdefault(ref.identity, request)
        elif member := await members.find(actor, program, ref):
            known[ref] = member.id
    known |= await members.by_identities(actor, list(named))
    missing: dict[Identity, OrderRequest] = {}
    for identity, request in named.items():
        stored = members.stored_identity(identity)
        if stored is not None and request.member not in known:
            missing.setdefault(stored, request)
    if enrol_unknown and missing:
        await _enrol_missing(engine, actor, program, missing)
        known |= await members.by_identities(actor, list(named))
    return known


async def _enrol_missing(engine: Engine, actor: Actor, program: Program, missing: dict[Identity, OrderRequest]) -> None:
    """Enrol a member for each identity. Refused is one that someone else enrolled a moment ago: it is there then."""
    commands = []
    for identity, request in missing.items():
        enrolment = Enrolment(
            identities=[identity], channel=request.channel, store=request.store, occurred_at=request.occurred_at
        )
        key = content_hash(identity).hex()
        commands.append(
            await members.enrolment_command(program, actor, enrolment, key=key, operation="ordersImport:enroll")
        )
    await engine.writer.post_all(commands)

"""Import of orders: up to 500 at once, each committed by itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from domain import checks
from domain.commands import BeginImport, Claim, CommitOrder, EnrolMember
from domain.decisions.orders import duplicate
from domain.digest import content_hash
from domain.orders import OrderContent
from domain.program import Program
from domain.refusals import CouponNotUsable, IdempotencyKeyReused, InvalidInput, NotFound, Refusal
from services import members
from services.actors import Actor
from services.code_attempts import Attempt, bounds_of
from services.coupon_codes import is_guess, named_coupons
from services.engine import Engine
from services.idempotency import answered, answers
from services.members import Enrolment, Identity, MemberRef
from services.orders import OrderRequest, check_listed, checked_content, unlisted_skus, with_coupons
from services.writer.answers import Outcome
from services.writer.tables import ORDERS

IMPORT_MAX = 500

Orders = Mapping[int, tuple[OrderRequest, OrderContent]]
"""Orders that passed every check, by their index in the call."""


@dataclass(slots=True)
class PreparedImport:
    """Orders that were checked and whose members are there, and the answers that are known already."""

    answers: list[Outcome | Refusal | None]
    commands: dict[int, CommitOrder]
    members_enrolled: int = 0


async def import_orders(
    engine: Engine, actor: Actor, requests: Sequence[OrderRequest], *, key: str, enrol_unknown: bool
) -> list[Outcome | Refusal]:
    """Commit up to 500 orders, each by itself; return one answer for each, in their order.

    With `enrol_unknown`, a member named by an identity that is not known is enrolled with it, as of its first order
    here. A second call with the same key must have the same orders; it is answered as the first was, and completes it
    if it was interrupted. Raises `InvalidInput`.
    """
    prepared = await prepare_import(engine, actor, requests, key=key, enrol_unknown=enrol_unknown)
    return await commit_import(engine, prepared)


async def prepare_import(
    engine: Engine, actor: Actor, requests: Sequence[OrderRequest], *, key: str | None, enrol_unknown: bool
) -> PreparedImport:
    """Do what `import_orders` does before the first order is committed: check the orders, find and enrol members.

    Without a key, nothing but their names keeps the orders from being committed twice, and refusals are not remembered.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    if key is not None:
        key = checks.idempotency_key(key)
    checks.count(len(requests), ("orders",), 1, IMPORT_MAX)
    program = await engine.program(actor.program_id)
    prepared = PreparedImport([None] * len(requests), {})
    call = _Call.of(actor, program, requests, key, enrol_unknown=enrol_unknown) if key is not None else None
    if call:
        try:
            before = await call.answers(program)
        except IdempotencyKeyReused as refusal:
            prepared.answers = [refusal for _ in requests]
            return prepared
        prepared.answers = before
    # What was answered before is answered the same, whatever has become of what it names, and has no effect again.
    todo = {index: request for index, request in enumerate(requests) if prepared.answers[index] is None}
    passed = await _checked(program, todo, prepared, enrol_unknown=enrol_unknown)
    known, unknown = await _members_named(actor, program, passed)
    enrolments = (
        await _enrolments(engine, actor, program, passed, unknown=unknown, prepared=prepared) if enrol_unknown else []
    )
    if call and (enrolments or any(_missing(request, known) is None for request, _ in passed.values())):
        try:
            await engine.writer.post(call.begin)
        except IdempotencyKeyReused as refusal:
            prepared.answers = [refusal for _ in requests]
            return prepared
    if enrolments:
        # Refused is an identity that someone else enrolled a moment ago: it is there then. So no key is needed.
        answered = await engine.writer.post_all(enrolments)
        prepared.members_enrolled = sum(1 for answer in answered if isinstance(answer, Outcome))
        known |= await members.by_identities(actor, list(unknown))
    for index, (request, content) in passed.items():
        if field := _missing(request, known):
            missing = NotFound("There is no such member.", field=("orders", str(index), field))
            prepared.answers[index] = prepared.answers[index] or missing
            continue
        ref, payer = request.member, request.payer
        whole = content if ref is None else content.of(known[ref], known[payer] if payer else None)
        named = await named_coupons(engine, program, whole.member_id, request.coupon_codes or ())
        prepared.answers[index] = None
        prepared.commands[index] = CommitOrder(
            program_id=program.id,
            actor=actor.credential,
            claim=call.claims[index] if call else None,
            order_id=uuid7(),
            content=with_coupons(whole, named),
            named=named,
        )
    return prepared


@dataclass(frozen=True, slots=True)
class _Call:
    """The keys of a call: its own, and one for each order."""

    begin: BeginImport
    claims: list[Claim]

    @classmethod
    def of(
        cls, actor: Actor, program: Program, requests: Sequence[OrderRequest], key: str, *, enrol_unknown: bool
    ) -> "_Call":
        """Return the keys, which stand for exactly these orders."""
        scope = f"{actor.credential}:ordersImport"
        whole = content_hash((enrol_unknown, [canonical(program, request) for request in requests]))
        begin = BeginImport(
            program_id=program.id, actor=actor.credential, claim=Claim(scope, key, whole), orders=len(requests)
        )
        return cls(begin, [Claim(f"{scope}:order", f"{key}:{index}", whole) for index in range(len(requests))])

    async def answers(self, program: Program) -> list[Outcome | Refusal | None]:
        """Return what each order was answered before, None for those that were not. Raises `IdempotencyKeyReused`."""
        if await answered(program, self.begin.claim) is None:
            return [None] * len(self.claims)
        found = await answers(program, self.claims)
        return [answer and _of_call(answer, index) for index, answer in enumerate(found)]


async def _checked(
    program: Program, requests: Mapping[int, OrderRequest], prepared: PreparedImport, *, enrol_unknown: bool
) -> Orders:
    """Return the orders that pass every check; answer the others."""
    contents: dict[int, OrderContent] = {}
    for index, request in requests.items():
        try:
            contents[index] = _checked_import(program, request, ("orders", str(index)), enrol_unknown=enrol_unknown)
        except InvalidInput as refusal:
            prepared.answers[index] = refusal
    unlisted = await unlisted_skus(program, contents.values())
    for index, content in list(contents.items()):
        try:
            check_listed(content, unlisted, ("orders", str(index)))
        except InvalidInput as refusal:
            prepared.answers[index] = refusal
            del contents[index]
    return {index: (requests[index], content) for index, content in contents.items()}


def canonical(program: Program, request: OrderRequest) -> Any:
    """Return what a request says in one form, right or wrong, whenever it is asked: 5.0 and 5.00 are the same."""
    return (
        *map(_same_text, (request.source, request.external_id, request.store, request.channel, request.currency)),
        members.canonical(program, request.member),
        *((members.canonical(program, request.payer),) if request.payer else ()),
        request.occurred_at,
        _same_number(request.shipping),
        [(_same_text(key), _same_text(value)) for key, value in request.attributes],
        [(_same_text(code), _same_number(amount)) for code, amount in request.spend],
        *([] if request.coupon_codes is None else [("coupons", [_same_text(code) for code in request.coupon_codes])]),
        [
            (
                *map(_same_text, (line.ref, line.sku, line.name, line.category)),
                str(line.quantity),
                _same_number(line.unit_price),
                [(_same_text(key), _same_text(value)) for key, value in line.attributes],
            )
            for line in request.lines
        ],
    )


def _same_text(value: str | None) -> str | None:
    return None if value is None else checks.sought(value, len(value)) or value


def _same_number(value: Decimal | None) -> str | None:
    return None if value is None else str(value.normalize() if value.is_finite() else value)


def _of_call(answer: Outcome | Refusal, index: int) -> Outcome | Refusal:
    """Let a refusal name its field within the call."""
    if isinstance(answer, Refusal) and answer.field[:1] == ("order",):
        answer.field = ("orders", str(index), *answer.field[1:])
    return answer


async def commit_import(engine: Engine, prepared: PreparedImport) -> list[Outcome | Refusal]:
    """Commit the orders; return an answer for each, in their order. All are queued before the first await."""
    found = prepared.answers.copy()
    for index, answer in zip(prepared.commands, await engine.writer.post_all(prepared.commands.values()), strict=True):
        if isinstance(answer, CouponNotUsable) and is_guess(prepared.commands[index].named, answer):
            command = prepared.commands[index]
            bounds = bounds_of(command.actor, command.content.member_id)
            await Attempt(command.program_id, bounds, datetime.now(UTC)).failed()
        found[index] = _of_call(answer, index)
    return [answer for answer in found if answer is not None]


def _checked_import(program: Program, request: OrderRequest, path: checks.Path, *, enrol_unknown: bool) -> OrderContent:
    """Return the order without its member, whose identity must be one that can be enrolled if it is to be."""
    if enrol_unknown and request.member is not None and request.member.identity is not None:
        members.checked_identity(request.member.identity, (*path, "member", "identity"))
    return checked_content(program, request, path)


def _missing(request: OrderRequest, known: Mapping[MemberRef, UUID]) -> str | None:
    """Return which field of an order names nobody who is known; None when there is none."""
    named = (("payer", request.payer), ("member", request.member))
    return next((field for field, ref in named if ref is not None and ref not in known), None)


async def _members_named(
    actor: Actor, program: Program, orders: Orders
) -> tuple[dict[MemberRef, UUID], dict[Identity, list[int]]]:
    """Return the member of each reference, and the orders of each identity that nobody has.

    An order whose payer is not known enrols nobody, so it is not among them.
    """
    known: dict[MemberRef, UUID] = {}
    identities: list[Identity] = []
    for request, _ in orders.values():
        for ref in (request.member, request.payer):
            if ref is None or ref in known:
                continue
            if ref.identity is not None:
                identities.append(ref.identity)
            elif member := await members.find(actor, program, ref):
                known[ref] = member.id
    known |= await members.by_identities(actor, identities)
    unknown: dict[Identity, list[int]] = defaultdict(list)
    for index, (request, _) in orders.items():
        ref = request.member
        if ref is not None and ref.identity is not None and _missing(request, known) == "member":
            unknown[ref.identity].append(index)
    return known, unknown


async def _enrolments(
    engine: Engine,
    actor: Actor,
    program: Program,
    orders: Orders,
    *,
    unknown: Mapping[Identity, list[int]],
    prepared: PreparedImport,
) -> list[EnrolMember]:
    """Return the enrolment of each identity, as of the first of its orders.

    An order whose name another has, in the ledger or before it in the call, is refused and enrols nobody.
    """
    if not unknown:
        return []
    taken = await _names_taken(engine, program, [orders[index][1] for found in unknown.values() for index in found])
    first: dict[tuple[str, str], int] = {}
    for index, (_, content) in orders.items():
        first.setdefault((content.source, content.external_id), index)
    missing: dict[Identity, OrderRequest] = {}
    for identity, found in unknown.items():
        for index in found:
            request, content = orders[index]
            name = (content.source, content.external_id)
            if name in taken:
                prepared.answers[index] = duplicate(content, taken[name], ("orders", str(index)))
            elif first[name] == index and (stored := members.stored_identity(identity)):
                missing.setdefault(stored, request)
    return [
        await members.enrolment_command(
            program,
            actor,
            Enrolment(
                identities=[identity], channel=request.channel, store=request.store, occurred_at=request.occurred_at
            ),
            key=None,
        )
        for identity, request in missing.items()
    ]


async def _names_taken(
    engine: Engine, program: Program, contents: Sequence[OrderContent]
) -> dict[tuple[str, str], UUID]:
    """Return the ids of the orders that have these names already."""
    names = sorted({(content.source, content.external_id) for content in contents})
    found = await engine.reads.named(ORDERS, program.id, names)
    return {(order.source, order.external_id): order.id for order in found}

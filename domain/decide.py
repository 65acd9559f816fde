"""From a locked state and a command to a decision. Pure: the same arguments give the same rows, byte for byte."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.book import Book, Cause, Rows
from domain.commands import Adjust, AmendMember, Command, CommitOrder, EnrolMember, Mature
from domain.evaluate import Effect, Evaluation, evaluate
from domain.events import EventKind
from domain.ledger import Contra, EntryKind, TransferKind
from domain.mature import mature
from domain.members import PHONE_SOURCE, Identity, Member, MemberState, MemberStatus, Standing
from domain.orders import Order, OrderEffect, OrderLine, OrderState
from domain.program import Program, tier_for
from domain.refusals import (
    DuplicateOrder,
    IdentityTaken,
    InvalidInput,
    MemberNotActive,
    NotFound,
    PhoneTaken,
    Refusal,
)

IDENTITIES_MAX = 20


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a decision may look at beside the command. What is absent was not found."""

    program: Program
    now: datetime
    new_id: Callable[[], UUID]
    state: MemberState | None = None
    order: Order | None = None
    owners: Mapping[tuple[str, str], UUID] = field(default_factory=dict)
    """Whose each identity wanted by the command is, this member's own claims included."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command does: rows to insert, the member's state after it, and the outcome to store and answer.

    A refusal carries no decision at all.
    """

    outcome: dict[str, Any]
    state: MemberState | None = None
    rows: Rows = field(default_factory=Rows)
    order: Order | None = None
    lines: tuple[OrderLine, ...] = ()
    effects: tuple[OrderEffect, ...] = ()
    identities: tuple[Identity, ...] = ()
    """Identities gained."""
    freed: tuple[tuple[str, str], ...] = ()
    """Identities given up."""


def decide(command: Command, situation: Situation) -> Decision:
    """Return what `command` does in `situation`, or raise the `Refusal` that answers it."""
    match command:
        case EnrolMember():
            return _enrol(command, situation)
        case CommitOrder():
            return _commit(command, situation)
        case AmendMember():
            return _amend(command, situation)
        case Adjust():
            return _adjust(command, situation)
        case Mature():
            book = _opened(command, situation)
            return Decision({"member": str(book.member.id)}, book.close(), book.rows)
    raise TypeError(f"no decision for {type(command).__name__}")


def _opened(command: Command, situation: Situation) -> Book:
    """Return the member's book, matured to now."""
    if situation.state is None:
        raise NotFound("There is no such member.", field=("member",))
    book = Book(situation.program, situation.state, now=situation.now, actor=command.actor, new_id=situation.new_id)
    mature(book)
    return book


# ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _claimed(command: EnrolMember | AmendMember, member_id: UUID, situation: Situation) -> tuple[Identity, ...]:
    """Return the identities that the member gains, or refuse the first that is another's."""
    for source, external_id in command.identities:
        if situation.owners.get((source, external_id), member_id) == member_id:
            continue
        if source == PHONE_SOURCE:
            raise PhoneTaken(f"{external_id} belongs to another member.", field=("phone",))
        raise IdentityTaken(
            f"The identity {external_id} of {source} belongs to another member.",
            field=("identities",),
            source=source,
            external_id=external_id,
        )
    return tuple(
        Identity(situation.new_id(), situation.program.id, source, external_id, member_id, situation.now)
        for source, external_id in command.identities
    )


def _enrol(command: EnrolMember, situation: Situation) -> Decision:
    program, now = situation.program, situation.now
    identities = _claimed(command, command.member_id, situation)
    enrolled_at = command.occurred_at or now
    member = Member(
        id=command.member_id,
        program_id=program.id,
        number=command.number,
        name=command.name,
        phone=command.phone,
        email=command.email,
        birthday=command.birthday,
        status=MemberStatus.ACTIVE,
        channel=command.channel,
        store=command.store,
        referred_by_id=command.referred_by_id,
        position=0,
        enrolled_at=enrolled_at,
        recorded_at=now,
    )
    book = Book(program, MemberState(member), now=now, actor=command.actor, new_id=situation.new_id)
    book.tell(EventKind.MEMBER_ENROLLED, enrolled_at)
    for ladder in program.ladders:
        lowest = program.tiers[ladder.id][0]
        book.standings[ladder.id] = Standing(
            situation.new_id(), program.id, member.id, ladder.id, lowest.id, enrolled_at, None
        )
    return Decision({"member": str(member.id)}, book.close(), book.rows, identities=identities)


def _amend(command: AmendMember, situation: Situation) -> Decision:
    book = _opened(command, situation)
    member = book.member
    if member.status is MemberStatus.CLOSED:
        raise MemberNotActive(
            "The member is closed; nothing of it changes any more.", field=("member",), status=member.status.value
        )
    changes = {name: value for name, value in command.changes.items() if getattr(member, name) != value}
    identities: tuple[Identity, ...] = ()
    freed: tuple[tuple[str, str], ...] = ()
    if "phone" in changes:
        identities = _claimed(command, member.id, situation)
        freed = ((PHONE_SOURCE, member.phone),) if member.phone else ()
    if changes:
        book.member = replace(member, **changes)
        book.tell(EventKind.MEMBER_AMENDED, situation.now, details={"fields": sorted(changes)})
    return Decision({"member": str(member.id)}, book.close(), book.rows, identities=identities, freed=freed)


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _commit(command: CommitOrder, situation: Situation) -> Decision:
    content, now = command.content, situation.now
    if situation.order is not None:
        return _same_again(command, situation.order)
    if content.member_id is None:
        occurred_at = content.occurred_at or now
        evaluation = evaluate(situation.program, content, occurred_at=occurred_at, recorded_at=now, standings={})
        order = _order(command, situation, evaluation, transfer_id=None)
        return Decision(_order_outcome(order, ()), order=order, lines=_lines(order, content))
    book = _opened(command, situation)
    if book.member.status is not MemberStatus.ACTIVE:
        status = book.member.status.value
        raise MemberNotActive(f"The member is {status.lower()}.", field=("order", "member"), status=status)
    occurred_at = content.occurred_at or now
    tiers = {ladder_id: situation.program.tier_by_id(s.tier_id) for ladder_id, s in book.standings.items()}
    evaluation = evaluate(situation.program, content, occurred_at=occurred_at, recorded_at=now, standings=tiers)
    matured = len(book.rows.entries)
    book.tell(EventKind.ORDER_COMMITTED, occurred_at, order_id=command.order_id)
    transfer_id = _earn(book, command.order_id, evaluation, occurred_at)
    _raise_tiers(book, occurred_at)
    order = _order(command, situation, evaluation, transfer_id)
    entries = tuple((str(e.account_id), e.seq) for e in book.rows.entries[matured:])
    return Decision(
        _order_outcome(order, entries),
        book.close(),
        book.rows,
        order=order,
        lines=_lines(order, content),
        effects=_effects(order, evaluation.effects),
    )


def _same_again(command: CommitOrder, order: Order) -> Decision:
    """Answer a known (source, external id): the first order when the content is the same, else a refusal."""
    if order.content_hash == command.content.hash():
        return Decision(_order_outcome(order, ()) | {"again": True})
    raise DuplicateOrder(
        f"Order {order.external_id} of {order.source} was committed before, with other content.",
        field=("order", "externalId"),
        order_id=str(order.id),
    )


def _earn(book: Book, order_id: UUID, evaluation: Evaluation, occurred_at: datetime) -> UUID | None:
    """Post what the order earns; return the transfer's id, or None when there was nothing to post."""
    with book.open(TransferKind.ORDER, occurred_at, order_id=order_id) as transfer:
        for ordinal, effect in enumerate(evaluation.effects):
            asset = book.program.asset_by_id(effect.outcome.asset_id)
            cause = Cause(ordinal, effect.version.campaign_id)
            transfer.credit(asset, effect.outcome.amount, EntryKind.EARN, Contra.ISSUANCE, cause=cause)
    return transfer.transfer.id if transfer.entries else None


def _raise_tiers(book: Book, occurred_at: datetime) -> None:
    """Raise each standing to the tier that progress has reached. Tiers fall at review only."""
    program = book.program
    for ladder in program.ladders:
        tiers = program.tiers[ladder.id]
        standing = book.standings.get(ladder.id)
        current = program.tier_by_id(standing.tier_id) if standing else tiers[0]
        account = book.accounts.get(ladder.asset_id)
        earned = tier_for(tiers, account.available if account else 0)
        if standing is None:
            standing = Standing(
                book.new_id(), program.id, book.member.id, ladder.id, current.id, book.member.enrolled_at, None
            )
            book.standings[ladder.id] = standing
        if earned.rank > current.rank:
            book.standings[ladder.id] = replace(standing, tier_id=earned.id, since=occurred_at)
            evidence = {"progress": account.available if account else 0, "threshold": earned.threshold}
            book.tell(
                EventKind.TIER_CHANGED,
                occurred_at,
                ladder_id=ladder.id,
                from_tier_id=current.id,
                to_tier_id=earned.id,
                details=evidence,
            )


def _order(command: CommitOrder, situation: Situation, evaluation: Evaluation, transfer_id: UUID | None) -> Order:
    content, program = command.content, situation.program
    return Order(
        id=command.order_id,
        program_id=program.id,
        member_id=content.member_id,
        source=content.source,
        external_id=content.external_id,
        state=OrderState.COMMITTED,
        content_hash=content.hash(),
        store=content.store,
        channel=content.channel,
        currency=program.currency,
        subtotal=evaluation.subtotal,
        discount_total=evaluation.discount_total,
        shipping=content.shipping,
        payable=evaluation.payable,
        attributes=dict(content.attributes),
        not_applied=[reason.record() for reason in evaluation.not_applied],
        transfer_id=transfer_id,
        occurred_at=content.occurred_at or situation.now,
        recorded_at=situation.now,
    )


def _lines(order: Order, content: Any) -> tuple[OrderLine, ...]:
    return tuple(
        OrderLine(
            order_id=order.id,
            ordinal=ordinal,
            program_id=order.program_id,
            ref=line.ref,
            sku=line.sku,
            name=line.name,
            category=line.category,
            quantity=line.quantity,
            returned_quantity=0,
            unit_price=line.unit_price,
            discount=0,
            payable=line.subtotal,
            attributes=dict(line.attributes),
        )
        for ordinal, line in enumerate(content.lines)
    )


def _effects(order: Order, effects: tuple[Effect, ...]) -> tuple[OrderEffect, ...]:
    return tuple(
        OrderEffect(
            order_id=order.id,
            ordinal=ordinal,
            program_id=order.program_id,
            kind=effect.outcome.kind.value,
            campaign_id=effect.version.campaign_id,
            campaign_version_id=effect.version.id,
            asset_id=effect.outcome.asset_id,
            amount=effect.outcome.amount,
            facts=effect.outcome.facts,
            explanation=effect.explanation.record(),
        )
        for ordinal, effect in enumerate(effects)
    )


def _order_outcome(order: Order, entries: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    return {
        "order": str(order.id),
        "member": str(order.member_id) if order.member_id else None,
        "entries": [list(entry) for entry in entries],
    }


# ── balances ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _adjust(command: Adjust, situation: Situation) -> Decision:
    book = _opened(command, situation)
    if book.member.status is MemberStatus.CLOSED:
        raise MemberNotActive("The member is closed.", field=("member",), status=book.member.status.value)
    asset = book.program.asset_by_id(command.asset_id)
    try:
        with book.open(TransferKind.ADJUSTMENT, situation.now, reason=command.reason) as transfer:
            if command.amount > 0:
                transfer.credit(asset, command.amount, EntryKind.ADJUST, Contra.ADJUSTMENT)
            elif command.amount < 0:
                transfer.debit(asset, -command.amount, EntryKind.ADJUST, Contra.ADJUSTMENT)
            else:
                raise InvalidInput("An adjustment of 0 changes nothing.")
    except Refusal as refusal:
        refusal.field = ("amount",)
        raise
    _raise_tiers(book, situation.now)
    (entry,) = transfer.entries
    outcome = {"member": str(book.member.id), "entries": [[str(entry.account_id), entry.seq]]}
    return Decision(outcome, book.close(), book.rows)

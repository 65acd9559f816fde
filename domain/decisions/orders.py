"""Orders: committed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from domain.book import Book
from domain.commands import CommitOrder
from domain.decisions.situation import Decision, Situation, opened
from domain.decisions.tiers import raise_tiers
from domain.evaluate import Effect, Evaluation, evaluate
from domain.events import EventKind
from domain.ledger import Contra, EntryKind, TransferKind
from domain.members import MemberStatus
from domain.orders import Order, OrderContent, OrderEffect, OrderLine, OrderState
from domain.posting import Cause
from domain.refusals import (
    DuplicateOrder,
    LimitReached,
    MemberNotActive,
)


def commit(command: CommitOrder, situation: Situation) -> Decision:
    """Return what an order earns, and the tiers that it raises.

    Raises `DuplicateOrder`, `MemberNotActive` or `LimitReached`.
    """
    content, now = command.content, situation.now
    if situation.order is not None:
        return _same_again(command, situation.order, situation)
    if content.member_id is None:
        occurred_at = content.occurred_at or now
        evaluation = evaluate(situation.program, content, occurred_at=occurred_at, recorded_at=now, standings={})
        order = _order(command, situation, evaluation, transfer_id=None)
        return Decision(_order_outcome(order, ()), order=order, lines=_lines(order, content))
    book = opened(command, situation)
    if book.member.status is not MemberStatus.ACTIVE:
        status = book.member.status.value
        raise MemberNotActive(f"The member is {status.lower()}.", field=("order", "member"), status=status)
    occurred_at = content.occurred_at or now
    tiers = {ladder_id: situation.program.tier_by_id(s.tier_id) for ladder_id, s in book.standings.items()}
    matured = len(book.rows.entries)
    try:
        evaluation = evaluate(situation.program, content, occurred_at=occurred_at, recorded_at=now, standings=tiers)
        book.tell(EventKind.ORDER_COMMITTED, occurred_at, order_id=command.order_id)
        transfer_id = _earn(book, command.order_id, evaluation, occurred_at)
    except LimitReached as refusal:
        refusal.field = ("order", "lines")
        raise
    raise_tiers(book, occurred_at)
    order = _order(command, situation, evaluation, transfer_id)
    entries = tuple((str(e.account_id), e.seq) for e in book.rows.entries[matured:])
    return Decision(
        _order_outcome(order, entries),
        (book.close(),),
        book.rows,
        order=order,
        lines=_lines(order, content),
        effects=_effects(order, evaluation.effects),
    )


def _same_again(command: CommitOrder, order: Order, situation: Situation) -> Decision:
    """Answer a known (source, external id): the first order when the content is the same, else a refusal."""
    if order.content_hash == command.content.hash():
        entries = tuple((str(account_id), seq) for account_id, seq in situation.order_entries)
        return Decision(_order_outcome(order, entries) | {"again": True})
    raise duplicate(command.content, order.id, ("order",))


def duplicate(content: OrderContent, order_id: UUID, path: tuple[str, ...]) -> DuplicateOrder:
    """Return the refusal of an order whose name another has."""
    return DuplicateOrder(
        f"Order {content.external_id} of {content.source} was committed before, with other content.",
        field=(*path, "externalId"),
        order_id=str(order_id),
    )


def _earn(book: Book, order_id: UUID, evaluation: Evaluation, occurred_at: datetime) -> UUID | None:
    """Post what the order earns; return the transfer's id, or None when there was nothing to post."""
    with book.open(TransferKind.ORDER, occurred_at, order_id=order_id) as transfer:
        for ordinal, effect in enumerate(evaluation.effects):
            asset = book.program.asset_by_id(effect.outcome.asset_id)
            cause = Cause(ordinal, effect.version.campaign_id)
            transfer.credit(asset, effect.outcome.amount, EntryKind.EARN, Contra.ISSUANCE, cause=cause)
    return transfer.transfer.id if transfer.entries else None


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

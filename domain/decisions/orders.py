"""Orders: committed and held."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.book import Rows
from domain.commands import CommitOrder, HoldOrder
from domain.decisions.parties import Parties
from domain.decisions.situation import Decision, Situation
from domain.decisions.tiers import raise_tiers
from domain.effects.base import EffectKind
from domain.evaluate import Effect, Evaluation, evaluate
from domain.events import EventKind
from domain.holding import set_aside
from domain.ledger import Contra, EntryKind, TransferKind
from domain.orders import Order, OrderContent, OrderEffect, OrderLine, OrderState
from domain.posting import Cause, OpenTransfer
from domain.program import Tier
from domain.refusals import (
    DuplicateOrder,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    OrderNotInState,
    Refusal,
)
from domain.values import replace, value

NOT_COMMITTED = frozenset({OrderState.HELD, OrderState.CANCELLED, OrderState.EXPIRED})


def commit(command: CommitOrder, situation: Situation) -> Decision:
    """Return what an order is paid with and earns, and the tiers that it raises.

    Raises `DuplicateOrder`, `OrderNotInState`, `MemberNotActive`, `NotAgent`, `InsufficientBalance`, `LimitReached`
    or `InvalidInput`.
    """
    if situation.order is not None:
        return _same_again(command, situation.order, situation)
    evaluated = _evaluated(command, situation)
    parties, order = evaluated.parties, evaluated.order
    if parties is None:
        return _decision(evaluated, command, order)
    book = parties.buyer
    matured = len(book.rows.entries)
    try:
        book.tell(EventKind.ORDER_COMMITTED, order.occurred_at, order_id=order.id)
        with book.open(TransferKind.ORDER, order.occurred_at, order_id=order.id) as transfer:
            paying = parties.paying(transfer, order)
            for effect in evaluated.effects:
                post_effect(paying if effect.kind == EffectKind.SPEND else transfer, effect)
    except (LimitReached, InsufficientBalance) as refusal:
        refusal.field = _blamed(refusal)
        raise
    raise_tiers(book, order.occurred_at)
    transfer_id = transfer.transfer.id if transfer.entries else None
    return _decision(evaluated, command, replace(order, transfer_id=transfer_id), matured)


def hold(command: HoldOrder, situation: Situation) -> Decision:
    """Return what an order reserves of what it is to be paid with. What it is to earn is written down, not posted.

    Raises what `commit` does.
    """
    if situation.order is not None:
        return _same_again(command, situation.order, situation)
    evaluated = _evaluated(command, situation)
    until = situation.now + timedelta(seconds=command.seconds)
    order = replace(evaluated.order, state=OrderState.HELD, held_until=until)
    parties = evaluated.parties
    if parties is None:
        return _decision(evaluated, command, order)
    book = parties.buyer
    matured = len(book.rows.entries)
    try:
        book.tell(EventKind.ORDER_HELD, order.occurred_at, order_id=order.id)
        with book.open(TransferKind.HOLD, situation.now, order_id=order.id) as transfer:
            paying = parties.paying(transfer, order)
            for effect in evaluated.effects:
                if effect.kind == EffectKind.SPEND:
                    asset = book.program.asset_by_id(effect.asset_id)
                    set_aside(paying, asset, effect.amount, order.id, until, cause=Cause(effect.ordinal))
    except InsufficientBalance as refusal:
        refusal.field = _blamed(refusal)
        raise
    return _decision(evaluated, command, order, matured)


@value
class _Evaluated:
    """An order as it would be stored, and the books of its member and of who pays; a guest's has none."""

    order: Order
    effects: tuple[OrderEffect, ...]
    parties: Parties | None


def _evaluated(command: CommitOrder, situation: Situation) -> _Evaluated:
    content, now = command.content, situation.now
    occurred_at = content.occurred_at or now
    parties = None
    standings: dict[UUID, Tier] = {}
    if content.member_id is not None:
        parties = Parties.of(command, situation)
        parties.check_active(("order", "member"), ("order", "payer"))
        held = parties.buyer.standings
        standings = {ladder_id: situation.program.tier_by_id(row.tier_id) for ladder_id, row in held.items()}
    elif content.spend:
        raise InvalidInput("Only members have balances to pay with; the order names none.", field=("order", "spend"))
    try:
        evaluation = evaluate(situation.program, content, occurred_at=occurred_at, recorded_at=now, standings=standings)
    except LimitReached as refusal:
        refusal.field = _blamed(refusal)
        raise
    order = _order(command, situation, evaluation)
    effects = _effects(order, evaluation.effects)
    if parties is not None:
        parties.authorise(order, effects, ("order", "payer"))
    return _Evaluated(order, effects, parties)


def _blamed(refusal: Refusal) -> tuple[str, ...]:
    return ("order", "spend" if isinstance(refusal, InsufficientBalance) else "lines")


def post_effect(transfer: OpenTransfer, effect: OrderEffect) -> None:
    """Carry an effect out. Raises `InsufficientBalance` or `LimitReached`."""
    asset = transfer.book.program.asset_by_id(effect.asset_id)
    cause = Cause(effect.ordinal, effect.campaign_id)
    if effect.kind == EffectKind.SPEND:
        transfer.debit(asset, effect.amount, EntryKind.SPEND, Contra.REDEMPTION, cause=cause)
    else:
        transfer.credit(asset, effect.amount, EntryKind.EARN, Contra.ISSUANCE, cause=cause)


def _decision(evaluated: _Evaluated, command: CommitOrder, order: Order, matured: int = 0) -> Decision:
    """Return the decision; the entries before `matured` are not the order's."""
    parties = evaluated.parties
    rows = parties.buyer.rows if parties else Rows()
    rows.orders[order.id] = order
    entries = tuple((str(entry.account_id), entry.seq) for entry in rows.entries[matured:])
    return Decision(
        order_outcome(order, entries),
        parties.close() if parties else (),
        rows,
        lines=_lines(order, command.content),
        effects=evaluated.effects,
    )


def _same_again(command: CommitOrder, order: Order, situation: Situation) -> Decision:
    """Answer a known (source, external id): the first order when the content is the same, else a refusal."""
    if order.content_hash != command.content.hash():
        raise duplicate(command.content, order.id, ("order",))
    state = order.at(situation.now).state
    again = state is OrderState.HELD if isinstance(command, HoldOrder) else state not in NOT_COMMITTED
    if not again:
        raise not_in_state(order.at(situation.now), ("order", "externalId"))
    entries = tuple((str(account_id), seq) for account_id, seq in situation.order_entries)
    return Decision(order_outcome(order, entries) | {"again": True})


def not_in_state(order: Order, path: tuple[str, ...]) -> OrderNotInState:
    """Return the refusal of what cannot be done in the order's state."""
    return OrderNotInState(
        f"Order {order.external_id} of {order.source} is {order.state.value.lower().replace('_', ' ')}.",
        field=path,
        state=order.state.value,
        order_id=str(order.id),
    )


def duplicate(content: OrderContent, order_id: UUID, path: tuple[str, ...]) -> DuplicateOrder:
    """Return the refusal of an order whose name another has."""
    return DuplicateOrder(
        f"Order {content.external_id} of {content.source} is known already, with other content.",
        field=(*path, "externalId"),
        order_id=str(order_id),
    )


def _order(command: CommitOrder, situation: Situation, evaluation: Evaluation) -> Order:
    content, program = command.content, situation.program
    return Order(
        id=command.order_id,
        program_id=program.id,
        member_id=content.member_id,
        payer_id=content.payer_id,
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
        spent=evaluation.spent,
        payable=evaluation.payable,
        paid=evaluation.paid,
        released=0,
        attributes=dict(content.attributes),
        not_applied=[reason.record() for reason in evaluation.not_applied],
        transfer_id=None,
        held_until=None,
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
            released_quantity=0,
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
            campaign_id=effect.version.campaign_id if effect.version else None,
            campaign_version_id=effect.version.id if effect.version else None,
            asset_id=effect.outcome.asset_id,
            amount=effect.outcome.amount,
            facts=effect.outcome.facts,
            explanation=effect.explanation.record(),
        )
        for ordinal, effect in enumerate(effects)
    )


def order_outcome(order: Order, entries: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    """Return what is remembered of a command about an order."""
    return {
        "order": str(order.id),
        "member": str(order.member_id) if order.member_id else None,
        "entries": [list(entry) for entry in entries],
    }

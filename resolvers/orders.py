"""Mutations of orders."""

from typing import Annotated, Any

import strawberry

from domain.refusals import Refusal
from resolvers.members import entries_of, member_of
from schema.context import Info
from schema.payloads.inputs import OrderCommitInput, OrdersImportInput
from schema.payloads.order_life import (
    HOLD_SECONDS,
    OrderCancelInput,
    OrderCancelPayload,
    OrderCaptureInput,
    OrderCapturePayload,
    OrderClaimInput,
    OrderClaimPayload,
    OrderHoldInput,
    OrderHoldPayload,
    OrderReturnInput,
    OrderReturnPayload,
)
from schema.payloads.results import OrderCommitPayload, OrderImportResult, OrdersImportPayload
from schema.permissions import Needs, require
from schema.refusals import Refusals, error_for
from schema.types.order import Order, OrderReturn
from services import order_life, orders
from services.actors import Scope
from services.orders_import import import_orders
from services.writer.answers import Outcome


async def order_of(info: Info, outcome: Outcome) -> Order | None:
    """Return the order of an outcome."""
    row = await info.context.loaders.order.load(outcome.order_id) if outcome.order_id else None
    return Order.of(row) if row else None


@strawberry.mutation(
    description="Decides an order and commits it at once: points, tier and events follow in the same transaction.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def order_commit(
    info: Info, input: Annotated[OrderCommitInput, strawberry.argument(description="The order.")]
) -> OrderCommitPayload:
    """Commit."""
    context = info.context
    outcome = await orders.commit(context.engine, context.actor, input.order.request(), key=input.idempotency_key)
    return OrderCommitPayload(**await _of_order(info, outcome))


@strawberry.mutation(
    description="Decides an order and reserves what it is to be paid with, for a limited time. What it is to earn is "
    "written down and posted when it is captured.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def order_hold(
    info: Info, input: Annotated[OrderHoldInput, strawberry.argument(description="The order.")]
) -> OrderHoldPayload:
    """Hold."""
    context = info.context
    seconds = HOLD_SECONDS if input.hold_seconds is None else input.hold_seconds
    outcome = await orders.hold(
        context.engine, context.actor, input.order.request(), seconds=seconds, key=input.idempotency_key
    )
    return OrderHoldPayload(**await _of_order(info, outcome))


@strawberry.mutation(
    description="Commits a held order, or some pieces of it, at the terms at which it was held; what the others had "
    "reserved is available again. When the hold has run out, what it had reserved is reserved again if it is still "
    "there.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def order_capture(
    info: Info, input: Annotated[OrderCaptureInput, strawberry.argument(description="What is captured.")]
) -> OrderCapturePayload:
    """Capture."""
    context = info.context
    lines = None if input.lines is None else [(line.ref, line.quantity) for line in input.lines]
    outcome = await order_life.capture(
        context.engine, context.actor, input.order.ref(), lines, key=input.idempotency_key
    )
    return OrderCapturePayload(**await _of_order(info, outcome))


@strawberry.mutation(
    description="Gives a held order up: what it had reserved is available again.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def order_cancel(
    info: Info, input: Annotated[OrderCancelInput, strawberry.argument(description="Which order.")]
) -> OrderCancelPayload:
    """Cancel."""
    context = info.context
    outcome = await order_life.cancel(context.engine, context.actor, input.order.ref(), key=input.idempotency_key)
    return OrderCancelPayload(**await _of_order(info, outcome))


@strawberry.mutation(
    description="Takes back some of an order, or all of it: their share of what was spent is given back, with the "
    "expiry that it had, and their share of what was earned is taken back.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def order_return(
    info: Info, input: Annotated[OrderReturnInput, strawberry.argument(description="What comes back.")]
) -> OrderReturnPayload:
    """Return."""
    context = info.context
    lines = None if input.lines is None else [(line.ref, line.quantity) for line in input.lines]
    outcome = await order_life.return_(
        context.engine, context.actor, input.order.ref(), lines, reason=input.reason, key=input.idempotency_key
    )
    answer = await _of_order(info, outcome)
    assert outcome.order_id is not None, "a return is of an order"
    rows = await context.loaders.returns.load(outcome.order_id)
    scale = (await context.loaders.program.load(context.program_id)).currency_scale
    row = next(row for row in rows if row.id == outcome.return_id)
    return OrderReturnPayload(**answer, return_=OrderReturn.of(row, scale))


@strawberry.mutation(
    description="Makes a guest's order that of a member, once. What it costs stays; what it earns is decided by the "
    "campaigns of when it was bought, and is the member's. An order of which something came back is not claimed.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def order_claim(
    info: Info, input: Annotated[OrderClaimInput, strawberry.argument(description="What is claimed, and for whom.")]
) -> OrderClaimPayload:
    """Claim."""
    context = info.context
    outcome = await order_life.claim(
        context.engine, context.actor, input.order.ref(), input.member.ref(), key=input.idempotency_key
    )
    return OrderClaimPayload(**await _of_order(info, outcome))


async def _of_order(info: Info, outcome: Outcome) -> dict[str, Any]:
    return {
        "order": await order_of(info, outcome),
        "member": await member_of(info, outcome),
        "entries": await entries_of(info, outcome),
        "replayed": outcome.replayed,
    }


@strawberry.mutation(
    description="Commits up to 500 orders, each by itself: a refusal of one does not touch the others.",
    extensions=[Refusals(), Needs(Scope.ORDERS_WRITE)],
)
async def orders_import(
    info: Info, input: Annotated[OrdersImportInput, strawberry.argument(description="The orders.")]
) -> OrdersImportPayload:
    """Import."""
    context = info.context
    if input.enroll_unknown:
        require(context, Scope.MEMBERS_WRITE)  # as `memberEnroll` does, also when nobody turns out to be unknown
    answers = await import_orders(
        context.engine,
        context.actor,
        [order.request() for order in input.orders],
        key=input.idempotency_key,
        enrol_unknown=input.enroll_unknown,
    )
    ids = [answer.order_id for answer in answers if isinstance(answer, Outcome) and answer.order_id]
    rows = {row.id: row for row in await context.loaders.order.load_many(ids) if row}
    return OrdersImportPayload(
        results=[
            OrderImportResult(index=index, user_errors=[error_for(OrderImportResult, answer)])
            if isinstance(answer, Refusal)
            else OrderImportResult(
                index=index,
                order=Order.of(rows[answer.order_id]) if answer.order_id else None,
                replayed=answer.replayed,
            )
            for index, answer in enumerate(answers)
        ]
    )

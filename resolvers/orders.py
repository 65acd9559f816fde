"""Mutations of orders."""

from typing import Annotated

import strawberry

from domain.refusals import Refusal
from resolvers.members import entries_of, member_of
from schema.context import Info
from schema.payloads.inputs import OrderCommitInput, OrdersImportInput
from schema.payloads.results import OrderCommitPayload, OrderImportResult, OrdersImportPayload
from schema.permissions import Needs, require
from schema.refusals import Refusals, error_for
from schema.types.order import Order
from services import orders
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
    return OrderCommitPayload(
        order=await order_of(info, outcome),
        member=await member_of(info, outcome),
        entries=await entries_of(info, outcome),
        replayed=outcome.replayed,
    )


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

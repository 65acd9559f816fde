"""An order with its lines and effects as they are stored, from what was evaluated."""

from domain.commands import CommitOrder
from domain.decisions.situation import Situation
from domain.evaluate import Effect, Evaluation, parts_of
from domain.explanation import kept_reasons
from domain.orders import LineContent, Order, OrderContent, OrderEffect, OrderLine, OrderState


def order_row(command: CommitOrder, situation: Situation, evaluation: Evaluation) -> Order:
    """Return the order as it is stored, committed: who holds it says so."""
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
        shipping_discount=evaluation.shipping_discount,
        spent=evaluation.spent,
        payable=evaluation.payable,
        paid=evaluation.paid,
        released=0,
        attributes=dict(content.attributes),
        not_applied=kept_reasons(evaluation.not_applied),
        consumed=[one.record() for one in evaluation.consumed],
        counted=bool(evaluation.consumed),
        transfer_id=None,
        held_until=None,
        claimed_at=None,
        occurred_at=content.occurred_at or situation.now,
        recorded_at=situation.now,
    )


def line_rows(order: Order, content: OrderContent, evaluation: Evaluation) -> tuple[OrderLine, ...]:
    """Return the lines as they are stored: those of the content, and after them the gifts."""
    gifts = [
        (LineContent(gift.ref, gift.line.sku, gift.line.name, None, gift.line.quantity, 0), gift.campaign_id)
        for gift in evaluation.gifts
    ]
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
            discount=(discount := evaluation.discounts.get(line.ref, 0)),
            payable=line.subtotal - discount,
            attributes=dict(line.attributes),
            campaign_id=campaign_id,
        )
        for ordinal, (line, campaign_id) in enumerate([*((line, None) for line in content.lines), *gifts])
    )


def effect_rows(order: Order, effects: tuple[Effect, ...], first: int = 0) -> tuple[OrderEffect, ...]:
    """Return the effects as they are stored, numbered from `first`."""
    return tuple(
        OrderEffect(
            order_id=order.id,
            ordinal=ordinal,
            program_id=order.program_id,
            kind=effect.outcome.kind.value,
            campaign_id=effect.version.campaign_id if effect.version else None,
            campaign_version_id=effect.version.id if effect.version else None,
            step=effect.step.value,
            asset_id=effect.outcome.asset_id,
            amount=effect.outcome.amount,
            parts=parts_of(effect.outcome),
            facts=effect.outcome.facts | ({"coupon": str(effect.coupon_id)} if effect.coupon_id else {}),
            explanation=effect.explanation.record(),
        )
        for ordinal, effect in enumerate(effects, first)
    )

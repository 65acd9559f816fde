"""What becomes of an order after it was held or committed: captured, cancelled, returned, claimed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

import models
from domain import checks
from domain.claim_commands import ClaimOrder
from domain.commands import CancelOrder, CaptureOrder, Claim, ReturnOrder
from domain.decisions.consumption import consumed_by
from domain.digest import content_hash
from domain.orders import LINES_MAX, QUANTITY_MAX, LineContent, OrderContent
from domain.refusals import InvalidInput, NotFound
from services import listing, members, visible
from services.actors import Actor
from services.engine import Engine
from services.members import Answered, MemberRef
from services.writer.answers import Outcome, Outdated


@dataclass(frozen=True, slots=True)
class OrderRef:
    """Names an order by its id, or by its source and its name there."""

    id: UUID | None = None
    name: tuple[str, str] | None = None

    @property
    def said(self) -> tuple[Any, ...]:
        """What was said, for the hash of a command."""
        return (self.id, self.name)


async def capture(
    engine: Engine, actor: Actor, ref: OrderRef, lines: Sequence[tuple[str, int]] | None = None, *, key: str
) -> Outcome:
    """Commit a held order at the terms at which it was held: so many pieces of each line, or with None all of it.

    What is not named is released: it was never delivered, is not to be paid, and what it reserved is available again.
    Raises `InvalidInput`, `NotFound`, `OrderNotInState`, `HoldExpired`, `MemberNotActive`, `NotAgent`, `LimitReached`
    or `IdempotencyKeyReused`; then nothing is written.
    """
    quantities = None if lines is None else _checked_lines(lines)
    # Without lines the content is what it was before there were any, so that keys from then are known again.
    said = ref.said if quantities is None else (*ref.said, quantities)
    common = await _command(actor, ref, "orderCapture", key, said)
    return await engine.writer.post(CaptureOrder(**common, quantities=quantities))


async def cancel(engine: Engine, actor: Actor, ref: OrderRef, *, key: str) -> Outcome:
    """Give a held order up; what it had reserved is available again.

    Raises `InvalidInput`, `NotFound`, `OrderNotInState`, `MemberNotActive` or `IdempotencyKeyReused`.
    """
    common = await _command(actor, ref, "orderCancel", key, ref.said)
    return await engine.writer.post(CancelOrder(**common))


async def return_(
    engine: Engine,
    actor: Actor,
    ref: OrderRef,
    lines: Sequence[tuple[str, int]] | None,
    *,
    reason: str | None,
    key: str,
) -> Outcome:
    """Take back so many pieces of each line, or with None all that is left.

    Raises `InvalidInput`, `NotFound`, `OrderNotInState`, `AlreadyReturned`, `InsufficientBalance`, `MemberNotActive`,
    `LimitReached` or `IdempotencyKeyReused`; then nothing is written.
    """
    quantities = None if lines is None else _checked_lines(lines)
    why = checks.optional_text(reason, ("reason",), checks.REASON_MAX)

    async def command() -> ReturnOrder:
        common = await _command(actor, ref, "orderReturn", key, (*ref.said, quantities, why))
        return ReturnOrder(**common, return_id=uuid7(), quantities=quantities, reason=why)

    try:
        return await engine.writer.post(await command())
    except Outdated:  # a member claimed it meanwhile, which happens once
        return await engine.writer.post(await command())


async def claim(engine: Engine, actor: Actor, ref: OrderRef, member: MemberRef, *, key: str) -> Outcome:
    """Make a guest's order that of a member, who earns by it as if they had been named when it was committed.

    Raises `InvalidInput`, `NotFound`, `OrderClaimed`, `OrderNotInState`, `MemberNotActive`, `LimitReached` or
    `IdempotencyKeyReused`; then nothing is written.
    """
    assert actor.program_id is not None, "the field asked for a credential"
    program = await engine.program(actor.program_id)
    said = (*ref.said, members.canonical(program, member))
    common = await _command(actor, ref, "orderClaim", key, said)
    try:
        member_id = await members.resolve(actor, program, member, ("member",), common["claim"])
    except Answered as before:
        return before.outcome
    content = await _content(common["order_id"], member_id)
    return await engine.writer.post(ClaimOrder(**common | {"member_id": member_id, "payer_id": None}, content=content))


async def _content(order_id: UUID, member_id: UUID) -> OrderContent:
    """Return a committed order as it was reported, and as if this member had bought it. None of that ever changes."""
    order = await models.Order.get(id=order_id)
    lines = await models.OrderLine.filter(order_id=order_id, campaign_id=None).order_by("ordinal")
    return OrderContent(
        source=order.source,
        external_id=order.external_id,
        member_id=member_id,
        store=order.store,
        channel=order.channel,
        occurred_at=order.occurred_at,
        shipping=order.shipping,
        lines=tuple(
            LineContent(
                line.ref,
                line.sku,
                line.name,
                line.category,
                line.quantity,
                line.unit_price,
                tuple(sorted(line.attributes.items())),
            )
            for line in lines
        ),
        attributes=tuple(sorted(order.attributes.items())),
    )


def _checked_lines(lines: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    checks.count(len(lines), ("lines",), 1, LINES_MAX)
    found: dict[str, int] = {}
    for index, (ref, quantity) in enumerate(lines):
        at = ("lines", str(index))
        name = checks.text(ref, (*at, "ref"), checks.CODE_MAX)
        if name in found:
            raise InvalidInput(f"The line {name!r} stands twice.", field=(*at, "ref"))
        found[name] = checks.integer(quantity, (*at, "quantity"), 1, QUANTITY_MAX)
    return tuple(found.items())


async def _command(actor: Actor, ref: OrderRef, operation: str, key: str, said: Any) -> dict[str, Any]:
    """Return what the command has in common with others about an order. Raises `InvalidInput` or `NotFound`."""
    key = checks.idempotency_key(key)
    row = await _found(actor, ref)
    if row is None:
        raise NotFound("There is no such order.", field=("order",))
    return {
        "program_id": row.program_id,
        "actor": actor.credential,
        "claim": Claim(f"{actor.credential}:{operation}", key, content_hash(said)),
        "order_id": row.id,
        "source": row.source,
        "external_id": row.external_id,
        "member_id": row.member_id,
        "payer_id": row.payer_id,
        "consumed": consumed_by(row),
        "occurred_at": row.occurred_at,
    }


async def _found(actor: Actor, ref: OrderRef) -> models.Order | None:
    if ref.name is not None:
        return await listing.order_named(actor, *ref.name)
    return await visible.orders(actor).get_or_none(id=ref.id)

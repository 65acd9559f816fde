"""What makes the demo's live part livelier than its data: points pay, discs come back, cards are given, people listen.

What they do with coupons is in `app.demo_coupons`.

Which ones follows from the orders' names alone, so that a demo that goes on, or is repeated, does the same.
"""

from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from zlib import crc32

import models
from app.demo_campaigns import CHECK_IN
from domain.amounts import from_minor
from domain.refusals import CouponNotUsable, Refusal
from services import balances, gift_cards, listing, members, occasions, order_life, orders
from services.actors import Actor
from services.engine import Engine
from services.occasions import EventRequest
from services.order_life import OrderRef
from services.orders import OrderRequest

PAID_OF = 3
"""One of so many orders is paid with points, if the member has enough."""
RETURNED_OF = 8
"""One of so many orders comes back."""
SOLD_OUT_OF = 4
"""Of one of so many orders that are held, a piece is not captured: it was sold out."""
GIFT_OF = 9
"""Of so many customers who buy, one finds a gift card among their discs, and claims it."""
GIFT = Decimal(10)
LISTEN_OF = 5
"""Of so many customers who buy, one came to listen first, and twice."""
STEP = 100
"""Points are used by the hundred: so many pay one dollar."""
HOLD_SECONDS = 900
ASSET = "POINTS"


def picked(request: OrderRequest, one_of: int, purpose: str) -> bool:
    """Whether an order is one of those that are chosen for a purpose: one of so many."""
    return crc32(f"{purpose} {request.source} {request.external_id}".encode()) % one_of == 0


async def buy(engine: Engine, actor: Actor, request: OrderRequest, code: str | None) -> None:
    """Commit the order: paid with points, or with the coupon of a code, or with the best that its customer has.

    A code that cannot be used is left out. Nothing happens when the order was committed before. Raises what the
    services do.
    """
    name = f"{request.source}:{request.external_id}"
    if await listing.order_named(actor, request.source, request.external_id):
        return
    if code is not None:
        try:
            named = replace(request, coupon_codes=[code])
            await orders.commit(engine, actor, named, key=f"demo:order:{name}:{code}")
        except CouponNotUsable:
            pass  # the customer has used it before, or the goods are not dear enough
        else:
            return
    if not await pay_with_points(engine, actor, request):
        await orders.commit(engine, actor, request, key=f"demo:order:{name}")


async def pay_with_points(engine: Engine, actor: Actor, request: OrderRequest) -> bool:
    """Hold the order, paid with the member's points as far as they go, and capture it; False when it is none such.

    Raises what the services do.
    """
    if not picked(request, PAID_OF, "pay"):
        return False
    assert actor.program_id is not None, "the demo has a program"
    assert request.member is not None, "every order of the demo is a member's"
    program = await engine.program(actor.program_id)
    member_id = await members.resolve(actor, program, request.member, ("member",))
    points = program.asset(ASSET)
    assert points is not None, "every template has points"
    amounts = (await balances.balances(engine, program, [member_id])).get(member_id, {}).get(points.id)
    before = await orders.preview(engine, actor, request, at=None)  # what is left to pay after every discount
    price = from_minor(before.order.payable, program.currency_scale)
    most = min(amounts.available if amounts else 0, int(price.to_integral_value(ROUND_DOWN)) * STEP)
    if most < STEP:
        return False
    paid = replace(request, spend=[(ASSET, Decimal(most - most % STEP))])
    name = f"{request.source}:{request.external_id}"
    held = await orders.hold(engine, actor, paid, seconds=HOLD_SECONDS, key=f"demo:hold:{name}")
    lines = None
    if picked(request, SOLD_OUT_OF, "sold out") and request.lines[0].quantity > 1:
        first, *others = [(line.ref, line.quantity) for line in request.lines]
        lines = [(first[0], first[1] - 1), *others]
    await order_life.capture(engine, actor, OrderRef(id=held.order_id), lines, key=f"demo:capture:{name}")
    return True


async def give(engine: Engine, actor: Actor, request: OrderRequest) -> None:
    """Let the customer claim a gift card if theirs is an order that has one. Nothing happens when they have."""
    if not picked(request, GIFT_OF, "gift"):
        return
    assert request.member is not None, "every order of the demo is a member's"
    name = f"{request.source}:{request.external_id}"
    try:
        issued = await gift_cards.issue(
            engine,
            actor,
            None,
            asset="VALUE",
            amount=GIFT,
            message="With love",
            reason=None,
            key=f"demo:gift:{name}",
        )
        card = await models.GiftCard.get(member_id=issued.card_id)
        code = gift_cards.code_of(engine, card)
        if code is not None:  # else the server's secret was changed since the card was issued
            await gift_cards.claim(engine, actor, code, request.member, key=f"demo:claim:{name}")
    except Refusal:
        return  # the member is frozen, say: the show goes on


async def listen(engine: Engine, actor: Actor, request: OrderRequest) -> None:
    """Let the customer come to listen, twice on one day: a campaign gives points for the first time."""
    if not picked(request, LISTEN_OF, "listen"):
        return
    assert request.member is not None, "every order of the demo is a member's"
    for turn in (1, 2):
        key = f"demo:listen:{turn}:{request.source}:{request.external_id}"
        event = EventRequest(member=request.member, code=CHECK_IN, attributes=[("turn", str(turn))])
        try:
            await occasions.record_event(engine, actor, event, key=key)
        except Refusal:
            return  # the member is frozen, say: the show goes on


async def bring_back(engine: Engine, actor: Actor, request: OrderRequest) -> None:
    """Return the order if it is one that comes back. Nothing happens when it has, or was never committed."""
    if not picked(request, RETURNED_OF, "return"):
        return
    name = (request.source, request.external_id)
    key = f"demo:return:{request.source}:{request.external_id}"
    try:
        await order_life.return_(engine, actor, OrderRef(name=name), None, reason="Scratched disc", key=key)
    except Refusal:
        return  # somebody else has seen to it meanwhile: the show goes on

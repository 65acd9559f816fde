"""Orders that are held, and orders that come back, in the town that the verifier's tests tamper with."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import models
from services import balances, order_life, orders, programs
from services.order_life import OrderRef
from services.orders import LineRequest
from tests.factories import World, new_key, order

LINES = [LineRequest("1", "CD", 2, Decimal("100.00")), LineRequest("2", "LP", 1, Decimal("40.00"))]
SPEND = [("POINTS", Decimal(200))]


async def _held(shop: World, member: UUID, seconds: int = 25 * 86_400) -> UUID:
    request = order(member, lines=LINES, spend=SPEND)
    outcome = await orders.hold(shop.engine, shop.actor, request, seconds=seconds, key=new_key())
    assert outcome.order_id is not None
    return outcome.order_id


async def _back(shop: World, order_id: UUID, *lines: tuple[str, int]) -> UUID:
    ref = OrderRef(id=order_id)
    outcome = await order_life.return_(shop.engine, shop.actor, ref, lines or None, reason="broken", key=new_key())
    assert outcome.return_id is not None
    return outcome.return_id


async def _wait(shop: World, **time: int) -> None:
    program = await shop.engine.program(shop.program.id)
    await programs.set_clock(program.id, program.now() + timedelta(**time))
    while await balances.sweep(shop.engine, await shop.engine.program(program.id), 100):
        pass


async def build(shop: World) -> dict[str, Any]:
    """Let one more member keep and give back, and return the ids that the cases tamper with."""
    holder = await shop.enrol(name="Holder")
    await shop.give(holder, "2000")
    ran_out, late = await _held(shop, holder, 60), await _held(shop, holder, 60)
    await _wait(shop, minutes=2)
    captured, given_up, still = [await _held(shop, holder) for _ in range(3)]
    for order_id in (captured, late):
        await order_life.capture(shop.engine, shop.actor, OrderRef(id=order_id), key=new_key())
    await order_life.cancel(shop.engine, shop.actor, OrderRef(id=given_up), key=new_key())
    first, second = await _back(shop, captured, ("1", 1)), await _back(shop, captured)
    free = (await shop.buy(holder, "0.00")).order_id
    guests = (await shop.buy(None, "20.00")).order_id
    holds = {row.order_id: row for row in await models.Hold.filter(member_id=holder)}
    returns = {row.id: row for row in await models.OrderReturn.filter(order_id=captured)}
    earned = await models.OrderEffect.get(order_id=still, kind="EARN", asset_id=holds[still].asset_id)
    reserved = await models.Entry.get(order_id=captured, kind="HOLD")
    told = await models.Event.get(order_id=captured, kind="ORDER_HELD")
    guests_return = await _back(shop, guests)
    used = await models.Idempotency.filter(scope__endswith=":orderReturn")
    return {
        "holder": holder,
        "holder_account": holds[captured].account_id,
        "ran_out": ran_out,
        "late": late,
        "captured": captured,
        "captured_seq": reserved.seq,
        "captured_position": told.position,
        "given_up": given_up,
        "still": still,
        "still_earns": earned.ordinal,
        "captured_hold": holds[captured].id,
        "given_up_hold": holds[given_up].id,
        "ran_out_hold": holds[ran_out].id,
        "first_return": first,
        "second_return": second,
        "first_return_transfer": returns[first].transfer_id,
        "second_return_transfer": returns[second].transfer_id,
        "free": free,
        "free_return": await _back(shop, free),
        "guests": guests,
        "guests_return": guests_return,
        "guests_key": next(row.key for row in used if (row.outcome or {}).get("return") == str(guests_return)),
        "return_scope": used[0].scope,
    }


OWNED = {"program_id": "{program}", "member_id": "{holder}"}
CAPTURED_HOLD = OWNED | {"account_id": "{holder_account}", "order_id": "{captured}"}
GIVEN_UP_HOLD = CAPTURED_HOLD | {"order_id": "{given_up}"}
CAPTURED = OWNED | {"id": "{captured}"}
TRANSFER = OWNED | {"order_id": "{captured}", "id": "{first_return_transfer}"}
OF_HOLD = "WHERE id = '{captured_hold}'"
OF_RETURN = "WHERE id = '{first_return}'"
TWICE_BACK = "UPDATE order_line SET returned_quantity = 1 WHERE order_id = '{captured}' AND ordinal = 0"
RETURN_KEY = {"program_id": "{program}", "scope": "{return_scope}", "key": "{guests_key}"}

CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    # holds that are over
    ("a captured hold is deleted", (f"DELETE FROM hold {OF_HOLD}",), "hold.entries", CAPTURED_HOLD, True),
    *(
        (
            f"a hold that was {name} is deleted",
            (f"DELETE FROM hold WHERE id = '{{{name}_hold}}'",),
            "hold.entries",
            CAPTURED_HOLD | {"order_id": f"{{{name}}}"},
            True,
        )
        for name in ("given_up", "ran_out")
    ),
    *(
        (f"a captured hold {name}", (f"UPDATE hold SET {change} {OF_HOLD}",), "hold.entries", CAPTURED_HOLD, is_alone)
        for name, change, is_alone in (
            ("is said to have been larger", "amount = amount + 1, captured = captured + 1", False),
            ("is said to have been released", "captured = 0, released = amount", True),
            ("is said to have been released in part", "captured = captured - 1, released = 1", True),
            ("is of another order", "order_id = '{guests}'", False),
            ("is of another account", "account_id = '{keeper_account}'", False),
        )
    ),
    (
        "a hold that was given up is said to have been captured, and its order too",
        (
            "UPDATE hold SET captured = amount, released = 0 WHERE id = '{given_up_hold}'",
            "UPDATE orders SET state = 'COMMITTED' WHERE id = '{given_up}'",
        ),
        "hold.entries",
        GIVEN_UP_HOLD,
        False,
    ),
    *(
        (
            f"a hold that is over has another {column}",
            (f"UPDATE hold SET {column} = '2027-01-01 00:00:00+00:00' {OF_HOLD}",),
            "hold.order",
            CAPTURED_HOLD | {"id": "{captured_hold}"},
            True,
        )
        for column in ("expires_at", "recorded_at")
    ),
    (
        "an order's hold ran out at another time, by both that say so",
        (
            "UPDATE hold SET expires_at = '2027-04-07 04:01:30+00:00' WHERE id = '{ran_out_hold}'",
            "UPDATE orders SET held_until = '2027-04-07 04:01:30+00:00' WHERE id = '{ran_out}'",
        ),
        "order.told",
        OWNED | {"id": "{ran_out}"},
        True,
    ),
    # what was decided for an order that is not committed
    (
        "what pays for an order that is held is another effect",
        (
            "UPDATE order_effect SET ordinal = 7 WHERE order_id = '{still}' AND ordinal = 0",
            "UPDATE order_effect SET ordinal = 0 WHERE order_id = '{still}' AND ordinal = 1",
            "UPDATE order_effect SET ordinal = 1 WHERE order_id = '{still}' AND ordinal = 7",
        ),
        "effect.hold",
        OWNED | {"order_id": "{still}", "ordinal": 1},
        False,
    ),
    (
        "what an order that is held is to earn is deleted",
        ("DELETE FROM order_effect WHERE order_id = '{still}' AND ordinal = {still_earns}",),
        "order.effects",
        OWNED | {"id": "{still}"},
        False,
    ),
    # payments, which no campaign decides
    *(
        (
            f"a payment of an order that is {state} is put down to a {name}",
            (f"UPDATE order_effect SET {column} WHERE order_id = '{{{order_id}}}' AND kind = 'SPEND'",),
            "effect.version",
            OWNED | {"order_id": f"{{{order_id}}}", "ordinal": 0},
            is_alone,
        )
        for state, order_id, name, column, is_alone in (
            ("held", "still", "campaign", "campaign_id = '{campaign}'", True),
            ("held", "still", "version", "campaign_version_id = '{version}'", True),
            ("committed", "captured", "version", "campaign_version_id = '{version}'", True),
            ("committed", "captured", "campaign", "campaign_id = '{campaign}'", False),
        )
    ),
    (
        "a line that pays is put down to a campaign",
        ("UPDATE entry SET campaign_id = '{campaign}' WHERE order_id = '{captured}' AND kind = 'HOLD'",),
        "entry.campaign",
        CAPTURED_HOLD | {"seq": "{captured_seq}"},
        False,
    ),
    *(
        (
            f"what pays for an order that is {state} is called earned",
            (f"UPDATE order_effect SET kind = 'EARN' WHERE order_id = '{{{order_id}}}' AND ordinal = 0",),
            "effect.hold",
            OWNED | {"order_id": f"{{{order_id}}}", "ordinal": 0},
            False,
        )
        for state, order_id in (("held", "still"), ("committed", "captured"))
    ),
    # the lives of orders, by their events
    *(
        (
            f"an order that {name} is said to be {state}",
            (f"UPDATE orders SET state = '{state}' WHERE id = '{{{order_id}}}'",),
            "order.told",
            OWNED | {"id": f"{{{order_id}}}"},
            True,
        )
        for name, order_id, state in (("ran out", "ran_out", "CANCELLED"), ("was given up", "given_up", "EXPIRED"))
    ),
    (
        "an event of an order names a tier",
        ("UPDATE event SET to_tier_id = '{diamond}' WHERE order_id = '{captured}' AND kind = 'ORDER_HELD'",),
        "event.kind",
        OWNED | {"order_id": "{captured}", "position": "{captured_position}"},
        True,
    ),
    # what came back
    *(
        (
            f"a return's {column} is {name}",
            (f"UPDATE order_return SET {column} = {value} {OF_RETURN}",),
            "transfer.return",
            TRANSFER,
            is_alone,
        )
        for column, name, value, is_alone in (
            ("transfer_id", "no transfer's", "'{nobody}'", False),
            ("transfer_id", "none", "NULL", False),
            ("transfer_id", "another return's", "'{second_return_transfer}'", False),
            ("member_id", "another", "'{member}'", False),
            ("actor", "another", "'key:B'", True),
            ("reason", "another", "'none'", True),
            ("reason", "none", "NULL", True),
            ("recorded_at", "another", "'2027-01-01 00:00:00+00:00'", False),
        )
    ),
    (
        "a guest's return is given to a member",
        ("UPDATE order_return SET member_id = '{holder}' WHERE id = '{guests_return}'",),
        "order_return.member",
        OWNED | {"order_id": "{guests}", "id": "{guests_return}"},
        False,
    ),
    (
        "a return is deleted, its order set back",
        (
            "DELETE FROM order_return WHERE id = '{second_return}'",
            "UPDATE order_line SET returned_quantity = 0 WHERE order_id = '{captured}' AND ordinal = 1",
            TWICE_BACK,
            "UPDATE orders SET state = 'PARTIALLY_RETURNED' WHERE id = '{captured}'",
        ),
        "transfer.return",
        TRANSFER | {"id": "{second_return_transfer}"},
        False,
    ),
    (
        "a return that moved nothing is deleted, its order set back",
        (
            "DELETE FROM order_return WHERE id = '{free_return}'",
            "UPDATE order_line SET returned_quantity = 0 WHERE order_id = '{free}'",
            "UPDATE orders SET state = 'COMMITTED' WHERE id = '{free}'",
        ),
        "order.told",
        OWNED | {"id": "{free}"},
        False,
    ),
    (
        "a guest's return is deleted, its order set back",
        (
            "DELETE FROM order_return WHERE id = '{guests_return}'",
            "UPDATE order_line SET returned_quantity = 0 WHERE order_id = '{guests}'",
            "UPDATE orders SET state = 'COMMITTED' WHERE id = '{guests}'",
        ),
        "idempotency.return",
        RETURN_KEY,
        True,
    ),
    (
        "a return that moved nothing is of another time",
        ("UPDATE order_return SET recorded_at = '2027-01-01 00:00:00+00:00' WHERE id = '{free_return}'",),
        "order.told",
        OWNED | {"id": "{free}"},
        True,
    ),
    (
        "less came back, by its return and its lines",
        (
            "UPDATE order_return SET quantities = '{{\"1\": 1}}' WHERE id = '{second_return}'",
            "UPDATE order_line SET returned_quantity = 0 WHERE order_id = '{captured}' AND ordinal = 1",
            "UPDATE orders SET state = 'PARTIALLY_RETURNED' WHERE id = '{captured}'",
        ),
        "order.returned",
        CAPTURED,
        False,
    ),
    (
        "two returns exchange what came back",
        (
            "UPDATE order_return SET quantities = '{{\"1\": 1, \"2\": 1}}' WHERE id = '{first_return}'",
            "UPDATE order_return SET quantities = '{{\"1\": 1}}' WHERE id = '{second_return}'",
        ),
        "order.returned",
        CAPTURED,
        True,
    ),
    (
        "two returns exchange what is to be paid back",
        (
            "UPDATE order_return SET refund = refund + 1 WHERE id = '{first_return}'",
            "UPDATE order_return SET refund = refund - 1 WHERE id = '{second_return}'",
        ),
        "order.returned",
        CAPTURED,
        True,
    ),
    (
        "a return is of a line of which nothing came back",
        ("UPDATE order_return SET quantities = '{{\"1\": 1, \"2\": 0}}' WHERE id = '{first_return}'",),
        "order.returned",
        CAPTURED,
        True,
    ),
    (
        "what was given back is put down to another campaign",
        (
            (
                "UPDATE entry SET campaign_id = '{unused_campaign}' WHERE transfer_id = '{first_return_transfer}' "
                "AND campaign_id IS NOT NULL"
            ),
        ),
        "order.returned",
        CAPTURED,
        False,
    ),
    (
        "a return undoes another transfer than its order's",
        ("UPDATE transfer SET original_id = '{gift}' WHERE id = '{first_return_transfer}'",),
        "transfer.order",
        TRANSFER,
        False,
    ),
]
"""What `Case` takes."""

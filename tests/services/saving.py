"""Stored value in the town that the verifier's tests tamper with: who uses it, and what may be wrong with it."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import models
from services import spending, value_terms, values
from services.members import MemberRef
from services.value_terms import Step
from services.writer.answers import Outcome
from tests.factories import World, new_key


async def ladder(shop: World, *steps: tuple[str, str]) -> None:
    """Set the ladder of VALUE: (threshold, bonus), the bonus with a % or without."""
    rows = [Step(Decimal(at), Decimal(bonus.rstrip("%")), bonus.endswith("%")) for at, bonus in steps]
    await value_terms.set_ladder(shop.program, "VALUE", rows)


async def pay_in(shop: World, member: UUID, amount: str, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"asset": "VALUE", "reason": None, "key": new_key()} | facts
    return await values.top_up(shop.engine, shop.actor, MemberRef(id=member), amount=Decimal(amount), **given)


async def spend(shop: World, member: UUID, amount: str, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"asset": "POINTS", "reason": "a visit", "key": new_key()} | facts
    return await spending.spend(shop.engine, shop.actor, MemberRef(id=member), amount=Decimal(amount), **given)


async def undo(shop: World, used: Outcome, amount: str | None = None, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"line": used.entries[0], "reason": None, "key": new_key()} | facts
    much = Decimal(amount) if amount else None
    return await spending.undo(shop.engine, shop.actor, given.pop("line"), amount=much, **given)


async def refund(shop: World, paid: Outcome, amount: str | None = None, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"line": paid.entries[0], "reason": None, "key": new_key()} | facts
    much = Decimal(amount) if amount else None
    return await values.refund(shop.engine, shop.actor, given.pop("line"), amount=much, **given)


async def conversion(
    shop: World, source: str, target: str, amount: str, gives: str, *, step: str | None = None
) -> None:
    """Let so much of one asset give so much of another."""
    rate = {"amount": Decimal(amount), "gives": Decimal(gives), "step": Decimal(step) if step else None}
    await value_terms.set_conversion(shop.program, source, target, **rate)


async def convert(shop: World, member: UUID, amount: str, **facts: Any) -> Outcome:
    given: dict[str, Any] = {"source": "POINTS", "target": "VALUE", "key": new_key()} | facts
    return await spending.convert(shop.engine, shop.actor, MemberRef(id=member), amount=Decimal(amount), **given)


async def transfer_of(outcome: Outcome) -> UUID:
    """Return the transfer of an outcome's lines."""
    account_id, seq = outcome.entries[0]
    transfer_id: UUID = (await models.Entry.get(account_id=account_id, seq=seq)).transfer_id
    return transfer_id


async def build(shop: World) -> dict[str, Any]:
    """Let one more member save, and return the ids that the cases tamper with."""
    await ladder(shop, ("100", "20"), ("500", "12.5%"))
    saver = await shop.enrol(name="Saver")
    large = await pay_in(shop, saver, "500.20")
    await pay_in(shop, saver, "150")
    plain = await pay_in(shop, saver, "50")
    used = await spend(shop, saver, "100", asset="VALUE")
    small = await spend(shop, saver, "5", asset="VALUE")
    undone = await undo(shop, used, "40")
    await conversion(shop, "VALUE", "POINTS", "1.00", "100")
    await convert(shop, saver, "10", source="VALUE", target="POINTS")
    return {
        "saver": saver,
        "top_up": await transfer_of(large),
        "plain_top_up": await transfer_of(plain),
        "refund": await transfer_of(await refund(shop, large, "200")),
        "spent": await transfer_of(used),
        "spent_less": await transfer_of(small),
        "undone": await transfer_of(undone),
    }


TOP_UP = {"program_id": "{program}", "member_id": "{saver}", "transfer_id": "{top_up}"}
TRANSFER = {"program_id": "{program}", "member_id": "{saver}", "id": "{top_up}"}
OF_TOP_UP = "WHERE transfer_id = '{top_up}'"
CASES: list[tuple[str, tuple[str, ...], str, dict[str, Any], bool]] = [
    ("a top-up is deleted", (f"DELETE FROM top_up {OF_TOP_UP}",), "transfer.top_up", TRANSFER, False),
    (
        "a top-up is given to another member",
        (f"UPDATE top_up SET member_id = '{{member}}' {OF_TOP_UP}",),
        "transfer.top_up",
        TRANSFER,
        False,
    ),
    (
        "more was paid in than was posted",
        (f"UPDATE top_up SET amount = amount + 1 {OF_TOP_UP}",),
        "top_up.entries",
        TOP_UP,
        False,
    ),
    (
        "a top-up names a lot that is not",
        (f"UPDATE top_up SET lot_id = '{{nobody}}' {OF_TOP_UP}",),
        "top_up.lots",
        TOP_UP,
        False,
    ),
    (
        "a top-up names another lot of bonus",
        (f"UPDATE top_up SET bonus_lot_id = lot_id {OF_TOP_UP}",),
        "top_up.lots",
        TOP_UP,
        False,
    ),
    (
        "a bonus is another than its step gives",
        (f"UPDATE top_up SET step_basis_points = step_basis_points + 1 {OF_TOP_UP}",),
        "top_up.bonus",
        TOP_UP,
        True,
    ),
    *(
        (
            f"a top-up's {column} is another",
            (f"UPDATE top_up SET {column} = {value} {OF_TOP_UP}",),
            check,
            TRANSFER if check == "transfer.top_up" else TOP_UP,
            is_alone,
        )
        for column, value, check, is_alone in (
            ("recorded_at", "'2027-01-01 00:00:00+00:00'", "transfer.top_up", True),
            ("asset_id", "'{points}'", "top_up.entries", False),
            ("bonus", "bonus + 1", "top_up.entries", False),
            ("bonus_lot_id", "NULL", "top_up.lots", False),
            ("step_threshold", "50021", "top_up.bonus", True),
            ("step_threshold", "0", "top_up.bonus", True),
            ("step_threshold", "-1", "top_up.bonus", True),
            ("step_amount", "bonus", "top_up.bonus", True),
            ("step_basis_points", "0", "top_up.bonus", True),
        )
    ),
    (
        "a top-up takes its lots for each other",
        (f"UPDATE top_up SET lot_id = bonus_lot_id, bonus_lot_id = lot_id {OF_TOP_UP}",),
        "top_up.lots",
        TOP_UP,
        True,
    ),
    (
        "a top-up without a bonus names a lot of it",
        ("UPDATE top_up SET bonus_lot_id = lot_id WHERE bonus = 0 AND transfer_id = '{plain_top_up}'",),
        "top_up.lots",
        TOP_UP | {"transfer_id": "{plain_top_up}"},
        True,
    ),
    (
        "a top-up without a bonus names a step",
        (
            (
                "UPDATE top_up SET step_threshold = 1, step_basis_points = 1, step_amount = 1 "
                "WHERE transfer_id = '{plain_top_up}'"
            ),
        ),
        "top_up.bonus",
        TOP_UP | {"transfer_id": "{plain_top_up}"},
        True,
    ),
    (
        "more is given back than was spent",
        ("UPDATE transfer SET original_id = '{spent_less}' WHERE id = '{undone}'",),
        "transfer.returned",
        TRANSFER | {"id": "{spent_less}"},
        False,
    ),
    (
        "a refund is another top-up's",
        ("UPDATE transfer SET original_id = '{spent}' WHERE id = '{refund}'",),
        "transfer.refunded",
        TRANSFER | {"id": "{refund}"},
        False,
    ),
    (
        "an adjustment is called a conversion",
        ("UPDATE transfer SET kind = 'CONVERSION' WHERE id = '{gift}'",),
        "transfer.conversion",
        {"program_id": "{program}", "member_id": "{member}", "id": "{gift}"},
        False,
    ),
    (
        "what is given back was spent by nothing",
        ("UPDATE transfer SET original_id = NULL WHERE id = '{undone}'",),
        "transfer.returned",
        TRANSFER | {"id": "{undone}"},
        False,
    ),
]
"""What `Case` takes."""

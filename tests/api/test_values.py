"""Stored value through the API: answers, explanations, refusals as values."""

from decimal import Decimal
from typing import Any

import models
from services import value_terms
from services.value_terms import Step
from tests.api.conftest import Api

ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id } } }"
ERRORS = "userErrors { __typename ... on UserError { code field message } }"
LINE = "{ id kind amount balanceAfter asset { code } explanation { text arithmetic } }"
TOP_UP = f"""mutation($input: ValueTopUpInput!) {{ valueTopUp(input: $input) {{ replayed entry {LINE} bonus {LINE}
  member {{ balance(asset: "VALUE") {{ available bonus }}
    lots(asset: "VALUE") {{ nodes {{ part amount remaining }} }} }} {ERRORS} }} }}"""
STEPS = "{ program { assets { code topUpSteps { threshold amount percent } } } }"


async def enrolled(api: Api) -> dict[str, Any]:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": "e1"}})
    return {"id": answer["memberEnroll"]["member"]["id"]}


async def ladder(api: Api, *steps: tuple[str, str, bool]) -> None:
    program = await models.Program.get(id=api.program_id)
    rows = [Step(Decimal(at), Decimal(much), share) for at, much, share in steps]
    await value_terms.set_ladder(program, "VALUE", rows)


async def test_a_top_up_is_answered_with_its_bonus_and_why(api: Api) -> None:
    await ladder(api, ("100", "20", False), ("500", "12.5", True))
    shown = {asset["code"]: asset["topUpSteps"] for asset in (await api.data(STEPS))["program"]["assets"]}
    assert shown == {
        "POINTS": [],
        "TIER": [],
        "VALUE": [
            {"threshold": "100.00", "amount": "20.00", "percent": None},
            {"threshold": "500.00", "amount": None, "percent": "12.50"},
        ],
    }
    member = await enrolled(api)
    asked = {"idempotencyKey": "t1", "member": member, "amount": "500.07", "reason": "receipt 7"}
    answer = (await api.data(TOP_UP, {"input": asked}))["valueTopUp"]
    assert answer["userErrors"] == []
    assert answer["entry"] | {"id": "…"} == {
        "id": "…",
        "kind": "TOP_UP",
        "amount": "500.07",
        "balanceAfter": "500.07",
        "asset": {"code": "VALUE"},
        "explanation": {"text": "500.07 VALUE paid in: receipt 7", "arithmetic": []},
    }
    assert answer["bonus"] | {"id": "…"} == {
        "id": "…",
        "kind": "TOP_UP",
        "amount": "62.50",
        "balanceAfter": "562.57",
        "asset": {"code": "VALUE"},
        "explanation": {
            "text": "62.50 VALUE on top of 500.07 VALUE paid in.",
            "arithmetic": ["500.07 reaches the step of 500.00: 12.5 %", "500.07 × 12.5 % rounded down = 62.50"],
        },
    }
    assert answer["member"] == {
        "balance": {"available": "562.57", "bonus": "62.50"},
        "lots": {
            "nodes": [
                {"part": "BONUS", "amount": "62.50", "remaining": "62.50"},
                {"part": "PRINCIPAL", "amount": "500.07", "remaining": "500.07"},
            ]
        },
    }
    assert (await api.data(TOP_UP, {"input": asked}))["valueTopUp"] == answer | {"replayed": True}
    small = asked | {"idempotencyKey": "t2", "amount": "100"}
    fixed = (await api.data(TOP_UP, {"input": small}))["valueTopUp"]["bonus"]
    assert fixed["explanation"]["arithmetic"] == ["100.00 reaches the step of 100.00: 20.00"]
    none = (await api.data(TOP_UP, {"input": small | {"idempotencyKey": "t3", "amount": "9"}}))["valueTopUp"]
    assert (none["bonus"], none["entry"]["amount"]) == (None, "9.00")


async def test_a_top_up_that_is_refused_says_why(api: Api) -> None:
    member = await enrolled(api)
    asked = {"idempotencyKey": "t1", "member": member, "amount": "5", "asset": "POINTS"}
    answer = (await api.data(TOP_UP, {"input": asked}))["valueTopUp"]
    assert (answer["entry"], answer["bonus"], answer["member"]) == (None, None, None)
    assert answer["userErrors"] == [
        {
            "__typename": "InvalidInputError",
            "code": "INVALID_INPUT",
            "field": ["input", "asset"],
            "message": "POINTS is not money and cannot be paid in.",
        }
    ]

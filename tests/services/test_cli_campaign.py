"""`huiyuan campaign simulate` as a process."""

import json
from datetime import timedelta

from schema import ids
from services.engine import Engine
from services.templates import Template
from tests.factories import NOON, world
from tests.services.test_cli import huiyuan
from tests.services.test_simulation import TEN_PERCENT, drafted

PERIOD = ("--from", "2026-03-01", "--until", "2026-04-01")


async def test_a_simulation_is_told_as_text_and_as_json(house: Engine, database_url: str) -> None:
    made = await world(house, Template.STANDARD)
    member = await made.enrol()
    await made.buy(member, "1100.00")
    await made.buy(member, "100.00")
    await drafted(made, "TEN", TEN_PERCENT, starts_at=NOON + timedelta(days=90), budget={"money": "110.00"})
    asked = ("campaign", "simulate", "--program", "TEST", "--campaign", "TEN", *PERIOD)
    answer = huiyuan(database_url, *asked, "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    assert found.pop("budgetSpentAt").startswith("2026-03-03T04:00:00")
    assert found == {
        "campaign": "TEN",
        "version": 1,
        "from": "2026-03-01",
        "until": "2026-04-01",
        "windowSetAside": True,
        "currency": "CNY",
        "ordersConsidered": 2,
        "ordersApplied": 1,
        "ordersTouched": 2,
        "membersConsidered": 1,
        "membersTouched": 1,
        "cost": "110.00",
        "discount": {"before": "0.00", "after": "110.00"},
        "payable": {"before": "1200.00", "after": "1090.00"},
        "gifts": {"before": 0, "after": 0},
        "points": {
            "POINTS": {"before": "1210", "after": "1090"},
            "TIER": {"before": "1200.00", "after": "1090.00"},
        },
        "tierMoves": [],
        "winners": [
            {
                "member": ids.encode(ids.MEMBER, member),
                "benefit": "108.80",
                "discount": "110.00",
                "points": {"POINTS": "-120", "TIER": "-110.00"},
            }
        ],
        "losers": [],
        "notApplied": {"BUDGET_SPENT": 1},
        "limitReachedAt": None,
    }
    answer = huiyuan(database_url, *asked)
    assert (answer.returncode, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert lines[0] == (
        "From 2026-03-01 until 2026-04-01: 2 orders, of which the campaign gives something to 1 and 2 would be others."
    )
    assert "cost 110.00 CNY, members 1" in lines
    assert ["discount", "CNY", "0.00", "110.00"] in [line.split() for line in lines]
    assert "not applied, BUDGET_SPENT: orders 1" in lines


async def test_a_simulation_that_cannot_be_is_refused_in_one_line(house: Engine, database_url: str) -> None:
    made = await world(house)
    assert (await made.engine.program(made.program.id)).code == "TEST"
    answer = huiyuan(database_url, "campaign", "simulate", "--campaign", "GONE", *PERIOD)
    assert (answer.returncode, answer.stdout, answer.stderr) == (1, "", "huiyuan: There is no such campaign.\n")

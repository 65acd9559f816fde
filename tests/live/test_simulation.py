"""`campaignSimulate` over a real socket: progress, then the report; and a caller who leaves ends it."""

from typing import Any

import pytest

import models
from domain.instants import NEVER
from services import credentials, publishing, simulations
from services.actors import ALL_SCOPES, Scope
from services.backtest import pages
from services.transaction import transaction
from tests.factories import BEGINNING, NOON
from tests.live.conftest import Live, id_of, until
from tests.services.test_simulation import children

SIMULATE = """subscription ($input: CampaignSimulateInput!) { campaignSimulate(input: $input) {
  ordersDone ordersTotal report {
    campaign { code } version from until windowSetAside currency
    ordersConsidered ordersApplied ordersTouched membersConsidered membersTouched
    cost discountBefore discountAfter payableBefore payableAfter giftsBefore giftsAfter
    points { asset { code } before after } tierMoves { ladder { code } from { code } to { code } members }
    winners { member { id name } benefit discount points { asset { code } amount } } losers { member { id } benefit }
    notApplied { reason orders } budgetSpentAt limitReachedAt
  } } }"""
MARCH = {"from": "2026-03-01", "until": "2026-04-01"}


async def drafted(live: Live, code: str = "TEN", **version: Any) -> None:
    """Draft ten percent off, but for what is said otherwise."""
    async with transaction():
        row = await models.Campaign.create(program_id=live.program.id, code=code, name=code, state="DRAFT")
        said = {"priority": 10, "starts_at": BEGINNING, "ends_at": NEVER, "recorded_at": NOON, "conditions": None}
        said |= {"effects": [{"percentOff": {"percent": "10"}}], "budget": {"money": "25.00"}}
        await publishing.publish(program_id=live.program.id, campaign_id=row.id, number=1, **(said | version))


async def test_progress_comes_first_and_the_report_last(live: Live) -> None:
    member = await live.enrol(name="Li Lei")
    for amount in ("200.00", "900.00", "50.00"):
        await live.buy(member, amount)
    await drafted(live)
    async with live.subscribed(SIMULATE, input={"campaign": {"code": "TEN"}} | MARCH) as stream:
        assert await stream.next() == {"ordersDone": 0, "ordersTotal": 3, "report": None}
        last = await stream.next()
        assert (await stream.message())["type"] == "complete"
    report = last.pop("report")
    assert last == {"ordersDone": 3, "ordersTotal": 3}
    assert report.pop("budgetSpentAt").startswith("2026-03-03T04:00:00")
    assert report == {
        "campaign": {"code": "TEN"},
        "version": 1,
        "from": "2026-03-01",
        "until": "2026-04-01",
        "windowSetAside": False,
        "currency": "CNY",
        "ordersConsidered": 3,
        "ordersApplied": 2,
        "ordersTouched": 2,
        "membersConsidered": 1,
        "membersTouched": 1,
        "cost": "25.00",
        "discountBefore": "0.00",
        "discountAfter": "25.00",
        "payableBefore": "1150.00",
        "payableAfter": "1125.00",
        "giftsBefore": 0,
        "giftsAfter": 0,
        "points": [
            {"asset": {"code": "POINTS"}, "before": "1155", "after": "1129"},
            {"asset": {"code": "TIER"}, "before": "1150.00", "after": "1125.00"},
        ],
        "tierMoves": [],
        "winners": [
            {
                "member": {"id": id_of(member), "name": "Li Lei"},
                "benefit": "24.74",
                "discount": "25.00",
                "points": [
                    {"asset": {"code": "POINTS"}, "amount": "-26"},
                    {"asset": {"code": "TIER"}, "amount": "-25.00"},
                ],
            }
        ],
        "losers": [],
        "notApplied": [{"reason": "BUDGET_SPENT", "orders": 1}],
        "limitReachedAt": None,
    }


async def test_a_caller_who_may_not_read_members_learns_not_who_they_are(live: Live) -> None:
    member = await live.enrol(name="Li Lei")
    await live.buy(member, "100.00")
    await drafted(live)
    narrow = await credentials.create_key(
        live.program.id, name="narrow", scopes=frozenset({Scope.REPORTS_READ}), now=NOON
    )
    async with live.subscribed(SIMULATE, narrow.key, input={"campaign": {"code": "TEN"}} | MARCH) as stream:
        *_, last = await stream.take(2)
    assert [(one["member"], one["benefit"]) for one in last["report"]["winners"]] == [(None, "9.90")]
    other = await credentials.create_key(
        live.program.id, name="other", scopes=ALL_SCOPES - {Scope.REPORTS_READ}, now=NOON
    )
    async with live.subscribed(SIMULATE, other.key, input={"campaign": {"code": "TEN"}} | MARCH) as stream:
        assert await stream.refusal() == {"code": "FORBIDDEN"}


async def test_what_cannot_be_simulated_is_refused_before_anything_else(live: Live) -> None:
    await drafted(live, "EVENTS", trigger="EVENT", effects=[{"addTag": {"tag": "x"}}], budget=None)
    async with live.subscribed(SIMULATE, input={"campaign": {"code": "EVENTS"}} | MARCH) as stream:
        assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["input", "campaign"]}
    async with live.subscribed(SIMULATE, input={"campaign": {"code": "GONE"}} | MARCH) as stream:
        assert await stream.refusal() == {"code": "BAD_REQUEST", "field": ["input", "campaign"]}


@pytest.mark.parametrize("leaves", ["by saying so", "by hanging up"])
async def test_who_leaves_ends_the_worker(live: Live, leaves: str, monkeypatch: pytest.MonkeyPatch) -> None:
    member = await live.enrol()
    for _ in range(3):
        await live.buy(member)
    await drafted(live)
    endless = pages.ORDERS.replace(f"LIMIT {pages.PAGE}", "LIMIT 1").replace(
        "(occurred_at, id) >", "(occurred_at, id) >="
    )
    monkeypatch.setattr(pages, "ORDERS", endless)  # the first order again and again
    monkeypatch.setattr(pages, "PAGE", 1)
    monkeypatch.setattr(simulations, "PROGRESS_SECONDS", 0)
    async with live.subscribed(SIMULATE, input={"campaign": {"code": "TEN"}} | MARCH) as stream:
        await stream.take(2)
        assert len(children()) == 1
        if leaves == "by saying so":
            await stream.stop()
            await until(lambda: not children())
    await until(lambda: not children())
    await until(lambda: not live.engine.simulating.locked())

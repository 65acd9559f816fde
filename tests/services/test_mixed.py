"""Everything at once: callers of several servers, with all operations on few members, transfers in both directions.

Members draw on each other's balances, and gift cards are claimed by several at once. A deadlock must reach no caller,
no balance may be negative, no agent may draw more than their limit, and the books must hold.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from random import Random
from uuid import UUID

import models
from domain.campaigns import EVER
from services import balances, programs
from services.engine import Engine
from services.members import MemberRef
from services.transaction import transaction
from services.verify.verification import verify
from tests.factories import NOON, World, campaign, world
from tests.services import gifts
from tests.services.mixing import EACH, LIMITS, OPERATIONS, PARTNERS, Caller, Made, appoint
from tests.services.saving import conversion, ladder, pay_in, spend
from tests.services.test_writer_parallel import writers

TASKS = 16
MEMBERS = 20
EXPECTED = {
    "AlreadyReturned",
    "GiftCardNotInState",
    "HoldExpired",
    "InsufficientBalance",
    "InvalidInput",
    "LimitReached",
    "NotAgent",
    "OrderClaimed",
    "OrderNotInState",
}
"""What may be refused for a good reason."""
DRAWN = {"ORDER", "HOLD", "RETURN", "RELEASE", "SPEND", "SPEND_UNDO"}
"""The kinds of transfer by which an agent draws, and gives back."""


async def check_draws(program: models.Program) -> None:
    """Check what agents drew, now and after each line of the payers' ledgers: all of it in one month."""
    assets = {asset.id: asset for asset in await models.Asset.filter(program_id=program.id)}
    of = {
        (row.payer_id, row.member_id, row.asset_id): row.monthly_limit
        for row in await models.Agent.all()
        if row.monthly_limit is not None
    }
    assert {(assets[asset_id].code, most) for (_, _, asset_id), most in of.items()} == {
        ("POINTS", 150),
        ("VALUE", 40_00),
    }
    transfers = {row.id: row for row in await models.Transfer.all().only("id", "member_id", "kind")}
    drawn: dict[tuple[UUID, UUID, UUID], int] = defaultdict(int)
    for entry in await models.Entry.all().order_by("account_id", "seq"):
        transfer = transfers[entry.transfer_id]
        key = (entry.member_id, transfer.member_id, entry.asset_id)
        if key in of and transfer.kind in DRAWN:
            drawn[key] -= entry.change_available
            assert drawn[key] <= of[key], key
    months = await models.AgentDraw.all()
    assert {row.month for row in months} == {date(2026, 3, 1)}
    stored = {(row.payer_id, row.member_id, row.asset_id): row.amount for row in months}
    assert {key: amount for key, amount in stored.items() if key in of and amount} == {
        key: amount for key, amount in drawn.items() if amount
    }


async def check_cards(outcomes: Counter[str]) -> None:
    """Check that each card was claimed or taken back by those who were told so, and by no others."""
    states = Counter(await models.GiftCard.all().values_list("state", flat=True))
    claimed, voided = outcomes["claim"] + outcomes["race"], outcomes["void"]
    issued = 1 + outcomes["issue"] + outcomes["issue_from"] + outcomes["race"]
    assert states == {"CLAIMED": claimed, "VOID": voided, "ISSUED": issued - claimed - voided}


async def campaigns(shop: World) -> list[models.Campaign]:
    """Publish a discount that few get at a time, and what a few who come by are given."""
    return [
        await campaign(
            shop.program.id,
            "TIGHT",
            [{"amountOff": {"amount": "0.10"}}],
            audience="EVERYONE",
            limits={"perMember": 9},
            budget={"count": 50, "money": "4.50"},
        ),
        await campaign(
            shop.program.id,
            "CHECK_IN",
            [{"earnFixed": {"asset": "POINTS", "points": "1"}}, {"addTag": {"tag": "here"}}],
            {"event": {"codes": ["CHECK_IN"]}},
            trigger="EVENT",
            limits={"perMemberDay": 1},
            budget={"points": {"asset": "POINTS", "amount": "15"}},
        ),
    ]


async def check_uses(discount: models.Campaign, event: models.Campaign) -> None:
    """Check that what is counted is what orders and events took less what came back of it, and no more than allowed."""
    lines = {row.order_id: row for row in await models.OrderLine.all()}
    expected: Counter[tuple[UUID, UUID, date, str]] = Counter()
    for order in await models.Order.filter(counted=True):
        line = lines[order.id]
        gone = line.payable * (line.released_quantity + line.returned_quantity) // line.quantity
        effects = await models.OrderEffect.filter(order_id=order.id, campaign_id=discount.id)
        assert len(order.consumed) == 1
        assert [(effect.kind, effect.amount, effect.parts) for effect in effects] == [("DISCOUNT", 10, {"1": 10})]
        whole_is_gone = gone == line.payable
        money = 10 - 10 * (10 * (line.released_quantity + line.returned_quantity) // line.quantity) // 10
        for owner in {discount.id, order.member_id or discount.id}:
            for name, number in (("uses", not whole_is_gone), ("count", not whole_is_gone), ("money", money)):
                expected[discount.id, owner, EVER, name] += number
    for occasion in await models.Occasion.all():
        for taken in occasion.consumed:
            for owner, on in ((event.id, EVER), (occasion.member_id, date.fromisoformat(str(taken["day"])))):
                for name, number in (("uses", 1), ("count", taken["count"]), ("points", 1)):
                    expected[event.id, owner, on, name] += int(str(number))
    found = {
        (row.campaign_id, row.owner_id, row.day, name): getattr(row, name)
        for row in await models.CampaignUsage.all()
        for name in ("uses", "count", "money", "points")
    }
    assert {key: number for key, number in found.items() if number} == {
        key: number for key, number in expected.items() if number
    }
    assert found[discount.id, discount.id, EVER, "money"] <= 4_50
    assert found[discount.id, discount.id, EVER, "count"] <= 50
    assert found[event.id, event.id, EVER, "points"] == 15
    stopped = {
        (reason["campaign"], reason["reason"])
        for row in [*await models.Order.all(), *await models.Occasion.all()]
        for reason in row.not_applied
    }
    assert {(str(made.id), "BUDGET_SPENT") for made in (discount, event)} <= stopped


async def test_callers_of_several_servers_mix_everything(postgres_house: Engine) -> None:
    shop = await world(postgres_house)
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(
            expiry="ROLLING_DAYS", expiry_length=3, expiry_from="RECORDED", shortfall="WRITE_OFF", floor=0
        )
        await models.Program.filter(id=shop.program.id).update(config_version=99)
    await ladder(shop, ("20", "5"))
    await conversion(shop, "POINTS", "VALUE", "100", "1.00")
    await conversion(shop, "VALUE", "POINTS", "1.00", "10")
    published = await campaigns(shop)
    enrolled = [await shop.enrol() for _ in range(MEMBERS)]
    for member in enrolled:
        await shop.give(member, "200")
    seed = Random().randrange(2**32)  # noqa: S311
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    async with writers(postgres_house, 3) as opened:
        shops = [replace(shop, engine=engine) for _, engine in opened]
        made = await beginning(shops[0], enrolled)
        callers = [
            Caller(shops[n % 3], shops[(n + 1) % 3], Random(seed + n), enrolled, made)  # noqa: S311
            for n in range(TASKS)
        ]
        async with asyncio.TaskGroup() as group:
            for caller in callers:
                group.create_task(caller.work())
            for day in range(1, 7):  # meanwhile time goes on, and what falls due is swept by two
                await asyncio.sleep(0.5)
                await programs.set_clock(shop.program.id, NOON.replace(day=NOON.day + day))
                program = await postgres_house.program(shop.program.id)
                await asyncio.gather(*(balances.sweep(one.engine, program, 50) for one in shops[:2]))
    refused = set(made.outcomes) - set(OPERATIONS)
    assert refused <= EXPECTED
    assert made.outcomes.total() == TASKS * EACH
    assert set(OPERATIONS) | {"GiftCardNotInState", "LimitReached", "NotAgent", "OrderClaimed"} <= set(made.outcomes)
    assert await models.Account.filter(available__lt=0).count() == 0
    assert await models.Order.filter(payer_id__isnull=False, released__gt=0).exists()  # captured in part
    await check_draws(shop.program)
    await check_cards(made.outcomes)
    await check_uses(*published)
    assert (await verify(postgres_house.database)).findings == []


async def beginning(shop: World, enrolled: Sequence[UUID]) -> Made:
    """Return one of each thing that the first operations are about, with members who may draw on each other."""
    for payer, agent in permutations(enrolled[:PARTNERS], 2):
        await asyncio.gather(*(appoint(shop, payer, agent, asset) for asset in LIMITS))
    payer, agent = enrolled[:2]
    bought, paid = await shop.buy(payer), await pay_in(shop, payer, "50")
    used = await spend(shop, payer, "1", asset="VALUE")
    visited = await spend(shop, payer, "1", asset="VALUE", agent=MemberRef(id=agent))
    guest = await shop.buy(None)
    made = Made(cards=[await gifts.issue(shop, "5")])
    for name, outcome in {"buy": bought, "guest_buy": guest, "pay_in": paid, "use": used, "visit": visited}.items():
        made.keep(name, outcome)
    made.outcomes.clear()
    return made

"""The cases of the engine that were bugs somewhere, each by its name, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import models
from domain.refusals import DuplicateOrder
from services import campaigns, orders, programs
from services.campaign_forms import VersionRequest
from services.campaign_rows import CampaignRef
from services.engine import Engine
from services.orders import LineRequest
from services.templates import Template
from services.transaction import transaction
from services.verify.verification import verify
from services.writer.answers import Outcome
from tests.factories import NOON, World, campaign, new_key, order, world
from tests.services.test_budgets import discount, reasons, used
from tests.services.test_order_life import cancel, capture, give_back, hold
from tests.services.test_writer_parallel import writers

TENTH = [{"percentOff": {"percent": "10"}}]
HALF = [{"percentOff": {"percent": "50"}}]


def line(ref: str, price: str, quantity: int = 1, sku: str = "CD", category: str | None = None) -> LineRequest:
    return LineRequest(ref, sku, quantity, Decimal(price), category=category)


async def discounts(outcome: Outcome) -> dict[str, int]:
    rows = await models.OrderLine.filter(order_id=outcome.order_id).order_by("ordinal")
    return {row.ref: row.discount for row in rows}


async def clean(house: Engine) -> None:
    assert (await verify(house.database)).findings == []


async def points(shop: World, **terms: Any) -> None:
    """Give points other terms."""
    async with transaction():
        await models.Asset.filter(program_id=shop.program.id, code="POINTS").update(**terms)
        await models.Program.filter(id=shop.program.id).update(config_version=99)


async def at(shop: World, instant: datetime) -> None:
    await programs.set_clock(shop.program.id, instant)


# ── twice the same ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_commit_that_is_sent_again_after_a_lost_answer_takes_of_a_budget_once(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "TENTH", TENTH, budget={"money": "10.00"})
    member, key = await shop.enrol(), new_key()
    asked = order(member, "100.00")
    first = await orders.commit(house, shop.actor, asked, key=key)
    again = await orders.commit(house, shop.actor, asked, key=key)
    assert (again.order_id, again.replayed, first.replayed) == (first.order_id, True, False)
    assert await used(made) == (1, 1, 10_00, 0)


async def test_the_same_order_from_two_tills_is_one_order(house: Engine) -> None:
    await _from_two_tills(await world(house), [house, house])


@pytest.mark.parametrize("is_guest", [False, True], ids=["member", "guest"])
async def test_the_same_order_from_two_tills_at_two_servers_is_one_order(
    postgres_house: Engine, is_guest: bool
) -> None:
    """A guest's order locks no member: its name and the uses of campaigns are all that the two have in common."""
    async with writers(postgres_house, 2) as several:
        await _from_two_tills(await world(postgres_house), [engine for _, engine in several], is_guest=is_guest)


async def _from_two_tills(shop: World, tills: list[Engine], *, is_guest: bool = False) -> None:
    made = await campaign(shop.program.id, "TENTH", TENTH, audience="EVERYONE", budget={"count": 5})
    member = None if is_guest else await shop.enrol()
    for number in range(1, 6):
        asked = order(member, "100.00", external_id=f"B-{number}")
        found = await asyncio.gather(*(orders.commit(till, shop.actor, asked, key=new_key()) for till in tills))
        assert sorted(one.replayed for one in found) == [False, True]
        assert len({one.order_id for one in found}) == 1
        assert await used(made) == (number, number, number * 10_00, 0)
        with pytest.raises(DuplicateOrder):
            await shop.buy(member, "100.01", external_id=f"B-{number}")
        assert await models.Order.all().count() == number
    await clean(shop.engine)


# ── returns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


REFUNDED = {
    (0, 0): (0, 0), (1, 0): (7_65, 7), (2, 0): (15_31, 15), (3, 0): (22_96, 22),
    (0, 1): (4, 0), (1, 1): (7_69, 7), (2, 1): (15_35, 15), (3, 1): (23_00, 22),
    (0, 2): (8, 0), (1, 2): (7_73, 7), (2, 2): (15_39, 15), (3, 2): (23_05, 23),
}  # fmt: skip
"""By how many pieces of both lines came back: what of 23.05 is to be paid back, and what of 23 points is taken back.

After a third off, 19.98 is paid for three pieces of the one line, 0.07 for two of the other, and 3.00 for shipping.
"""
Pieces = tuple[int, int]


def splits(left: Pieces) -> list[list[Pieces]]:
    """Return all ways of bringing so many pieces of two lines back, one return after the other."""
    if left == (0, 0):
        return [[]]
    steps = [(one, other) for one in range(left[0] + 1) for other in range(left[1] + 1)][1:]
    return [[step, *rest] for step in steps for rest in splits((left[0] - step[0], left[1] - step[1]))]


async def test_partial_returns_in_every_split_end_in_the_same_state(house: Engine) -> None:
    """Of three pieces and two: all 76 ways of bringing them back. What each step gives hangs on none before it."""
    shop = await world(house)
    made = await campaign(shop.program.id, "THIRD", [{"percentOff": {"percent": "33.3333"}}], limits={"total": 99})
    assert len(splits((3, 2))) == 76
    for split in splits((3, 2)):
        member = await shop.enrol()
        bought = await shop.buy(member, lines=[line("a", "9.99", 3), line("b", "0.05", 2)], shipping=Decimal("3.00"))
        assert bought.order_id is not None
        back = (0, 0)
        for step in split:
            named = [(ref, pieces) for ref, pieces in zip("ab", step, strict=True) if pieces]
            given = await give_back(shop, bought.order_id, named)
            before, back = back, (back[0] + step[0], back[1] + step[1])
            refund = (await models.OrderReturn.get(id=given.return_id)).refund
            assert refund == REFUNDED[back][0] - REFUNDED[before][0], (split, back)
            assert await shop.balance(member) == 23 - REFUNDED[back][1], (split, back)
            assert (await used(made))[0] == (0 if back == (3, 2) else 1), (split, back)
        assert (await models.Order.get(id=bought.order_id)).state == "RETURNED"
        assert (await models.Member.get(id=member)).orders == 0
    assert await used(made) == (0, 0, 0, 0)
    await clean(house)


async def test_a_return_after_the_expiry_of_what_was_spent_gives_grace(house: Engine) -> None:
    shop = await world(house)
    member = await shop.enrol()
    await points(shop, expiry="ROLLING_DAYS", expiry_length=10)
    await shop.give(member, "100")
    bought = await shop.buy(member, "20.00", spend=[("POINTS", Decimal(100))])
    assert bought.order_id is not None
    await at(shop, NOON + timedelta(days=11))
    await give_back(shop, bought.order_id)
    assert await shop.balance(member) == 100
    (lot,) = await models.Lot.filter(member_id=member, remaining__gt=0)
    assert lot.expires_at == NOON + timedelta(days=41)  # thirty days of grace from the return


async def test_a_return_of_an_order_paid_with_points_gives_the_points_back(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "TENTH", TENTH)
    member = await shop.enrol()
    await shop.give(member, "500")
    bought = await shop.buy(member, "100.00", spend=[("POINTS", Decimal(500))])
    assert bought.order_id is not None
    row = await models.Order.get(id=bought.order_id)
    assert (row.discount_total, row.spent, row.payable) == (10_00, 5_00, 85_00)
    assert await shop.balance(member) == 85
    await give_back(shop, bought.order_id)
    assert await shop.balance(member) == 500


@pytest.mark.parametrize("change", ["ended", "edited"])
async def test_a_return_after_the_campaign_ended_or_was_edited_undoes_what_was_decided(
    house: Engine, change: str
) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "TENTH", TENTH, limits={"total": 5})
    bought = await shop.buy(await shop.enrol(), lines=[line("a", "10.00", 4)])
    assert bought.order_id is not None
    if change == "ended":
        await campaigns.end(house, shop.actor, CampaignRef(id=made.id), key=new_key())
    else:
        request = VersionRequest(effects=HALF)
        await campaigns.draft(house, shop.actor, CampaignRef(id=made.id), request, key=new_key())
        await campaigns.publish(house, shop.actor, CampaignRef(id=made.id), version=None, key=new_key())
    back = await give_back(shop, bought.order_id, [("a", 1)])
    assert (await models.OrderReturn.get(id=back.return_id)).refund == 9_00
    assert await used(made) == (1, 1, 3_00, 0)
    await give_back(shop, bought.order_id)
    assert await used(made) == (0, 0, 0, 0)
    effect = await models.OrderEffect.get(order_id=bought.order_id, kind="DISCOUNT")
    assert effect.explanation["ruleVersion"] == "TENTH v1"
    later = await shop.buy(await shop.enrol(), "100.00")
    assert await discount(later) == (0 if change == "ended" else 50_00)
    await clean(house)


# ── discounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_forty_percent_and_seventy_percent_off_leave_eighteen_percent(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "FORTY", [{"percentOff": {"percent": "40"}}], priority=10)
    await campaign(shop.program.id, "SEVENTY", [{"percentOff": {"percent": "70"}}], priority=20)
    found = await shop.buy(await shop.enrol(), "100.00")
    row = await models.Order.get(id=found.order_id)
    assert (row.discount_total, row.payable) == (82_00, 18_00)


async def test_eighty_off_and_fifty_off_leave_nothing_and_never_less(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "EIGHTY", [{"amountOff": {"amount": "80"}}], priority=10)
    await campaign(shop.program.id, "FIFTY", [{"amountOff": {"amount": "50"}}], priority=20)
    found = await shop.buy(await shop.enrol(), lines=[line("a", "60.00"), line("b", "40.00")])
    row = await models.Order.get(id=found.order_id)
    assert (row.discount_total, row.payable) == (100_00, 0)
    assert await discounts(found) == {"a": 60_00, "b": 40_00}


async def test_buy_two_get_one_with_mixed_quantities(house: Engine) -> None:
    """Seven pieces make two groups of three: the two cheapest are free, whichever line they are on."""
    shop = await world(house)
    await campaign(shop.program.id, "3FOR2", [{"cheapestOff": {"group": 3, "free": 1}}])
    found = await shop.buy(await shop.enrol(), lines=[line("a", "5.00", 4), line("b", "3.00", 1), line("c", "4.00", 2)])
    assert await discounts(found) == {"a": 0, "b": 3_00, "c": 4_00}


async def test_a_discount_of_nothing_uses_no_limit_and_no_place_in_its_group(house: Engine) -> None:
    shop = await world(house)
    first = await campaign(
        shop.program.id,
        "TEA",
        [{"percentOff": {"percent": "50", "match": {"skus": ["TEA"]}}}],
        limits={"perMember": 1},
        stacking_group="ONE",
    )
    await campaign(shop.program.id, "TENTH", TENTH, stacking_group="ONE", priority=20)
    member = await shop.enrol()
    found = await shop.buy(member, "100.00")
    assert await discount(found) == 10_00
    assert [reason for reason, _ in await reasons(found)] == ["NOTHING_TO_GIVE"]
    assert await used(first, member) == (0, 0, 0, 0)
    assert await discount(await shop.buy(member, lines=[line("1", "8.00", sku="TEA")])) == 4_00


async def test_what_an_order_holds_of_a_budget_does_not_stand_in_its_own_way(house: Engine) -> None:
    shop = await world(house)
    made = await campaign(shop.program.id, "LAST", [{"amountOff": {"amount": "5"}}], budget={"count": 1})
    held = await hold(shop, await shop.enrol(), "20.00")
    assert held.order_id is not None
    await capture(shop, held.order_id)
    assert await discount(held) == 5_00
    assert await used(made) == (1, 1, 5_00, 0)


async def test_what_an_order_gave_up_is_there_for_its_next_try(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "LAST", [{"amountOff": {"amount": "5"}}], limits={"perMember": 1})
    member = await shop.enrol()
    held = await hold(shop, member, "20.00")
    assert held.order_id is not None
    await cancel(shop, held.order_id)
    assert await discount(await shop.buy(member, "20.00")) == 5_00


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("calendar", "instant", "runs"),
    [
        # the end of a month: the last day, whichever it is, and a 31st that February has not
        ({"monthDay": {"days": [-1]}}, "2026-02-28T12:00:00-05:00", True),
        ({"monthDay": {"days": [31]}}, "2026-02-28T12:00:00-05:00", False),
        # midnight is that of the program: it is Wednesday in New York when it is Thursday in London
        ({"weekday": {"days": ["WEDNESDAY"]}}, "2026-03-04T23:59:59-05:00", True),
        ({"weekday": {"days": ["WEDNESDAY"]}}, "2026-03-05T00:00:00-05:00", False),
        # the day on which clocks go forward, at 2:00 to 3:00: hours are those of the clock on the wall
        ({"hours": {"from": "01:30", "until": "03:30"}}, "2026-03-08T01:45:00-05:00", True),
        ({"hours": {"from": "01:30", "until": "03:30"}}, "2026-03-08T03:15:00-04:00", True),
        ({"hours": {"from": "01:30", "until": "03:30"}}, "2026-03-08T03:45:00-04:00", False),
        # the night on which they go back: both hours between one and two count
        ({"hours": {"from": "01:00", "until": "02:00"}}, "2026-11-01T01:30:00-04:00", True),
        ({"hours": {"from": "01:00", "until": "02:00"}}, "2026-11-01T01:30:00-05:00", True),
    ],
)
async def test_days_and_hours_are_those_of_the_program(
    house: Engine, calendar: dict[str, Any], instant: str, runs: bool
) -> None:
    now = datetime.fromisoformat(instant).astimezone(UTC)
    shop = await world(house, time_zone=NEW_YORK, now=now)
    await campaign(shop.program.id, "TENTH", TENTH, calendar=calendar)
    found = await shop.buy(await shop.enrol(), "100.00")
    assert await discount(found) == (10_00 if runs else 0)
    assert [reason for reason, _ in await reasons(found)] == ([] if runs else ["OUTSIDE_CALENDAR"])


async def test_a_month_after_the_last_of_january_is_the_last_of_february(house: Engine) -> None:
    shop = await world(house, Template.STANDARD, now=datetime(2026, 1, 31, 4, tzinfo=UTC))
    await points(shop, expiry="ROLLING_MONTHS", expiry_length=1)
    member = await shop.enrol()
    await shop.buy(member, "100.00")
    lots = await models.Lot.filter(member_id=member).order_by("expires_at")
    assert lots[0].expires_at == datetime(2026, 2, 28, 4, tzinfo=UTC)


# ── many ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_ten_thousand_campaigns_of_others_change_nothing(house: Engine) -> None:
    shop = await world(house)
    await campaign(shop.program.id, "TENTH", TENTH)
    member = await shop.enrol()
    before = await shop.buy(member, "100.00")
    await _publish_elsewhere(shop.program.id, 10_000)
    after = await shop.buy(member, "100.00")
    assert len((await house.program(shop.program.id)).campaigns) == 10_002
    assert await discount(before) == await discount(after) == 10_00
    assert await reasons(before) == await reasons(after) == []


async def _publish_elsewhere(program_id: UUID, number: int) -> None:
    """Publish so many campaigns, each of a store of its own."""
    one = await models.CampaignVersion.filter(program_id=program_id).order_by("-id").first()
    assert one is not None
    rows = [
        models.Campaign(program_id=program_id, code=f"S{n}", name=f"S{n}", state="RUNNING", published_version=1)
        for n in range(number)
    ]
    versions = [
        models.CampaignVersion(
            program_id=program_id,
            campaign_id=row.id,
            number=1,
            priority=5,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            conditions={"store": {"codes": [row.code]}},
            effects=HALF,
            recorded_at=NOON,
            hash=b"\0" * 32,
        )
        for row in rows
    ]
    async with transaction():
        await models.Campaign.bulk_create(rows, batch_size=500)
        await models.CampaignVersion.bulk_create(versions, batch_size=500)
        await models.Program.filter(id=program_id).update(config_version=99)

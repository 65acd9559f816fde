"""Batches of codes: exactly so many, each once, within the stock, whatever stops and whoever else makes them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import models
from domain.campaigns import EVER
from domain.codes import CodeMaker, code_hash, read_code, unique_hash
from domain.coupons import CODE_PURPOSE
from domain.instants import NEVER
from domain.refusals import (
    CouponBatchNotInState,
    CouponNotAvailable,
    IdempotencyKeyReused,
    InvalidInput,
    LimitReached,
    NotFound,
    Refusal,
)
from services import coupon_batches, coupon_making, programs
from services.campaign_rows import CampaignRef
from services.coupon_batches import BatchOutcome
from services.engine import Engine
from services.engine import engine as opened_engine
from tests.factories import BEGINNING, NOON, World, new_key, ten_off, world

TEN = CampaignRef(code="TEN")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupon_making, "CHUNK", 100)


async def shop_of(engine: Engine, coupon: dict[str, Any] | None = None, **version: Any) -> World:
    shop = await world(engine)
    await ten_off(shop.program.id, "TEN", coupon, **version)
    return shop


async def asked(shop: World, size: int, key: str = "", **facts: Any) -> UUID:
    said = {"template": TEN, "reason": None, "key": key or new_key()} | facts
    outcome = await coupon_batches.generate(shop.engine, shop.actor, said.pop("template"), size=size, **said)
    return outcome.batch_id


async def cancelled(shop: World, batch: UUID) -> BatchOutcome:
    return await coupon_batches.cancel(shop.engine, shop.actor, batch, key=new_key())


async def resumed(shop: World, batch: UUID) -> BatchOutcome:
    return await coupon_batches.resume(shop.engine, shop.actor, batch, key=new_key())


async def all_made(engine: Engine) -> int:
    """Make codes until there is nothing to do; return in how many chunks."""
    chunks = 0
    while await coupon_making.make_chunk(engine):
        chunks += 1
    return chunks


async def state(batch: UUID) -> tuple[str, int, bool]:
    row = await models.CouponBatch.get(id=batch)
    return row.state, row.made, row.finished_at is not None


async def used(code: str = "TEN") -> int | None:
    template = await models.Campaign.get(code=code)
    row = await models.CampaignUsage.get_or_none(campaign_id=template.id, owner_id=template.id, day=EVER)
    return row.uses if row else None


async def issued() -> int:
    return sum([row.issued for row in await models.CouponTally.all()])


async def check_codes(size: int) -> None:
    """Check that there are so many coupons, each with a code of its own, and that they are counted."""
    hashes = {bytes(value) for value in await models.Coupon.all().values_list("code_hash", flat=True)}
    assert (len(hashes), await models.Coupon.all().count(), await issued()) == (size, size, size)


async def test_a_batch_has_exactly_its_codes_and_each_is_told_by_its_coupon(house: Engine) -> None:
    shop = await shop_of(house, {"prefix": "TEN"}, limits={"total": 1000})
    batch = await asked(shop, 321, reason="spring")
    assert (await state(batch), await used()) == (("RUNNING", 0, False), 321)
    assert await all_made(house) == 4
    assert (await state(batch), await used()) == (("DONE", 321, True), 321)
    await check_codes(321)
    template = await models.Campaign.get(code="TEN")
    version = await models.CampaignVersion.get(campaign_id=template.id)
    maker = CodeMaker(house.secret_key, CODE_PURPOSE, "TEN")
    for coupon in await models.Coupon.all():
        code = maker.code_of(coupon.id)
        assert code.startswith("TEN-")
        assert bytes(coupon.code_hash) == unique_hash(read_code(code)) != code_hash(code)
        said = (coupon.program_id, coupon.campaign_id, coupon.version_id, coupon.member_id, coupon.changes)
        assert said == (shop.program.id, template.id, version.id, None, 0)
        assert (coupon.origin, coupon.origin_id, coupon.state) == ("BATCH", batch, "ISSUED")
        assert (coupon.order_id, coupon.held_until, coupon.recorded_at) == (None, None, NOON)
        assert (coupon.valid_from, coupon.expires_at) == (NOON, NEVER)
    row = await models.CouponBatch.get(id=batch)
    assert (row.reason, row.actor, row.size, row.recorded_at) == ("spring", shop.actor.credential, 321, NOON)
    tally = await models.CouponTally.get(campaign_id=template.id)
    assert (tally.program_id, tally.claimed, tally.held, tally.revenue) == (shop.program.id, 0, 0, 0)
    assert await models.CouponChange.all().count() == await models.Event.all().count() == 0


async def test_a_cancelled_batch_gives_back_what_was_not_made_and_a_resumed_one_makes_it(house: Engine) -> None:
    shop = await shop_of(house, limits={"total": 1000})
    batch = await asked(shop, 950)
    for _ in range(3):
        await coupon_making.make_chunk(house)
    await cancelled(shop, batch)
    assert (await state(batch), await used()) == (("CANCELLED", 300, True), 300)
    assert await all_made(house) == 0
    await check_codes(300)
    with pytest.raises(CouponBatchNotInState) as wrong:
        await cancelled(shop, batch)
    assert wrong.value.facts == {"state": "CANCELLED", "batch_id": str(batch)}
    assert wrong.value.message == "The batch is CANCELLED, with 300 of 950 codes; to be cancelled it is RUNNING."
    await resumed(shop, batch)
    assert (await state(batch), await used()) == (("RUNNING", 300, False), 950)
    with pytest.raises(CouponBatchNotInState):
        await resumed(shop, batch)
    await all_made(house)
    assert (await state(batch), await used()) == (("DONE", 950, True), 950)
    await check_codes(950)
    for change in (cancelled, resumed):
        with pytest.raises(CouponBatchNotInState):
            await change(shop, batch)
    assert (await state(batch), await used()) == (("DONE", 950, True), 950)


async def test_a_batch_that_does_not_fit_the_stock_is_refused_whole(house: Engine) -> None:
    shop = await shop_of(house, limits={"total": 1000})
    with pytest.raises(LimitReached) as wrong:
        await asked(shop, 1001)
    assert wrong.value.message == "TEN has 1,000 of 1,000 coupons left; 1,001 are asked for."
    assert (wrong.value.facts, wrong.value.field) == ({"limit": "1000"}, ("size",))
    assert await used() is None
    first = await asked(shop, 600)
    with pytest.raises(LimitReached, match=r"TEN has 400 of 1,000 coupons left; 401 are asked for\."):
        await asked(shop, 401)
    assert (await used(), await models.CouponBatch.all().count()) == (600, 1)
    await coupon_making.make_chunk(house)
    await cancelled(shop, first)
    await asked(shop, 900)
    with pytest.raises(LimitReached, match=r"TEN has 0 of 1,000 coupons left; 500 are asked for\."):
        await resumed(shop, first)
    assert (await state(first), await used()) == (("CANCELLED", 100, True), 1000)


async def test_without_a_stock_nothing_is_counted(house: Engine) -> None:
    shop = await shop_of(house)
    batch = await asked(shop, 250)
    await coupon_making.make_chunk(house)
    await cancelled(shop, batch)
    await resumed(shop, batch)
    await all_made(house)
    assert (await state(batch), await used()) == (("DONE", 250, True), None)
    await check_codes(250)


async def test_a_repetition_does_nothing_again(house: Engine) -> None:
    shop = await shop_of(house, limits={"total": 100})
    first, again = [
        await coupon_batches.generate(house, shop.actor, TEN, size=80, reason="x", key="k") for _ in range(2)
    ]
    assert (first.replayed, again) == (False, BatchOutcome(first.batch_id, replayed=True))
    with pytest.raises(IdempotencyKeyReused):
        await asked(shop, 81, "k", reason="x")
    for change in (coupon_batches.cancel, coupon_batches.resume):
        outcomes = [await change(house, shop.actor, first.batch_id, key="k") for _ in range(2)]
        assert [outcome.replayed for outcome in outcomes] == [False, True]
    assert (await used(), await models.CouponBatch.all().count()) == (80, 1)
    for _ in range(2):  # a refusal is an answer too
        with pytest.raises(LimitReached, match="20 of 100"):
            await asked(shop, 21, "too many")


@pytest.mark.parametrize(
    ("coupon", "version", "reason"),
    [
        ({}, {"state": "PAUSED"}, "NOT_PUBLISHED"),
        ({}, {"state": "ENDED"}, "NOT_PUBLISHED"),
        ({}, {"starts_at": NOON + DAY}, "OUTSIDE_WINDOW"),
        ({}, {"ends_at": NOON}, "OUTSIDE_WINDOW"),
        ({"validity": {"fixed": {"until": "2026-03-03T04:00:00Z"}}}, {}, "OUTSIDE_WINDOW"),
        ({"sharedCode": "SPRING"}, {}, "NOT_ISSUED"),
        ({"bundle": [{"template": "OTHER", "count": 2}]}, {"effects": []}, "NOT_ISSUED"),
    ],
)
async def test_codes_are_made_only_of_what_gives_coupons_now(
    house: Engine, coupon: dict[str, Any], version: dict[str, Any], reason: str
) -> None:
    shop = await shop_of(house, coupon, **version)
    with pytest.raises(CouponNotAvailable) as wrong:
        await asked(shop, 10)
    assert (wrong.value.facts, wrong.value.field) == ({"reason": reason}, ("template",))
    assert await models.CouponBatch.all().count() == 0


async def test_what_is_no_template_or_batch_of_the_program_is_not_found(house: Engine) -> None:
    shop, other = await shop_of(house), await world(house, code="OTHER")
    batch = await asked(shop, 10)
    with pytest.raises(NotFound):
        await asked(shop, 10, template=CampaignRef(code="BASE"))
    with pytest.raises(NotFound):
        await asked(other, 10)
    for change in (cancelled, resumed):
        with pytest.raises(NotFound):
            await change(other, batch)
    assert await coupon_batches.find(other.actor, batch) is None
    assert await coupon_batches.page(other.actor, None, limit=10, before=None) == []
    for size in (0, -1, 10_000_001):
        with pytest.raises(InvalidInput, match="1 to 10,000,000"):
            await asked(shop, size)


async def test_a_batch_is_not_resumed_when_its_coupons_could_not_be_used(house: Engine) -> None:
    shop = await shop_of(house, ends_at=NOON + 30 * DAY)
    batch = await asked(shop, 10)
    await cancelled(shop, batch)
    await programs.set_clock(shop.program.id, NOON + 30 * DAY)
    with pytest.raises(CouponNotAvailable, match="TEN v1 gives coupons from 1900"):
        await resumed(shop, batch)
    assert (await state(batch))[0] == "CANCELLED"


async def test_batches_are_listed_the_newest_first(house: Engine) -> None:
    shop = await shop_of(house)
    await ten_off(shop.program.id, "OTHER")
    ids = [await asked(shop, 10) for _ in range(3)]
    other = await asked(shop, 10, template=CampaignRef(code="OTHER"))

    async def listed(template: CampaignRef | None, limit: int, before: UUID | None = None) -> list[UUID]:
        return [row.id for row in await coupon_batches.page(shop.actor, template, limit=limit, before=before)]

    assert await listed(None, 10) == [other, *reversed(ids)]
    assert await listed(TEN, 2) == [ids[2], ids[1]]
    assert await listed(TEN, 2, ids[1]) == [ids[0]]
    assert await listed(CampaignRef(code="GONE"), 2) == []


@pytest.mark.parametrize(
    ("validity", "expected"),
    [
        ({"relative": {"days": 7}}, (NOON, NOON + 90 * DAY)),
        ({"fixed": {"until": "2027-01-01T00:00:00Z"}}, (NOON, NOON.replace(year=2027, month=1, day=1, hour=0))),
        ({"fixed": {"from": "2026-03-05T04:00:00Z"}}, (NOON + 2 * DAY, NEVER)),
    ],
)
async def test_codes_are_good_for_as_long_as_the_template_says(
    house: Engine, validity: dict[str, Any], expected: tuple[Any, Any]
) -> None:
    shop = await shop_of(house, {"validity": validity}, starts_at=BEGINNING, ends_at=NOON + 90 * DAY)
    await asked(shop, 150)
    await coupon_making.make_chunk(house)
    await programs.set_clock(shop.program.id, NOON + DAY)  # it is asked for once, and all codes are the same
    await coupon_making.make_chunk(house)
    assert set(await models.Coupon.all().values_list("valid_from", "expires_at")) == {expected}


async def test_a_chunk_that_fails_leaves_nothing_and_is_made_again(
    house: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = await shop_of(house, limits={"total": 1000})
    batch = await asked(shop, 250)
    await coupon_making.make_chunk(house)
    with monkeypatch.context() as patch:
        patch.setattr(coupon_making, "COUNTED", "INSERT INTO nowhere VALUES ($1, $2, $3)")
        with pytest.raises(Exception, match="nowhere"):
            await coupon_making.make_chunk(house)
    assert (await state(batch), await used()) == (("RUNNING", 100, False), 250)
    await check_codes(100)
    await all_made(house)
    assert (await state(batch), await used()) == (("DONE", 250, True), 250)
    await check_codes(250)


async def test_another_process_goes_on_where_one_stopped(house: Engine) -> None:
    shop = await shop_of(house)
    batch = await asked(shop, 350)
    await coupon_making.make_chunk(house)
    abandoned = asyncio.create_task(coupon_making.make_chunk(house))
    for _ in range(3):
        await asyncio.sleep(0)
    abandoned.cancel()
    await asyncio.gather(abandoned, return_exceptions=True)
    async with opened_engine(house.database, secret_key=house.secret_key) as other:
        await all_made(other)
    assert await state(batch) == ("DONE", 350, True)
    await check_codes(350)


async def test_whoever_cancels_while_codes_are_made_gets_back_exactly_the_rest(house: Engine) -> None:
    shop = await shop_of(house, limits={"total": 2000})
    batch = await asked(shop, 2000)
    made = 0
    for _ in range(4):
        making = [asyncio.create_task(all_made(house)) for _ in range(2)]
        while (await state(batch))[1] == made:  # noqa: ASYNC110  (the database has no event of its own)
            await asyncio.sleep(0)
        await cancelled(shop, batch)
        await asyncio.gather(*making)
        _, made, _ = await state(batch)
        assert await used() == made
        await check_codes(made)
        await resumed(shop, batch)
    await all_made(house)
    assert (await state(batch), await used()) == (("DONE", 2000, True), 2000)
    await check_codes(2000)


async def test_many_workers_make_several_batches_exactly(postgres_house: Engine) -> None:
    shop = await shop_of(postgres_house, limits={"total": 2500})
    answers = await asyncio.gather(*(asked(shop, 500) for _ in range(8)), return_exceptions=True)
    batches = [answer for answer in answers if isinstance(answer, UUID)]
    assert len(batches) == 5
    assert all(isinstance(answer, (UUID, LimitReached)) for answer in answers)

    async def work() -> None:
        while await models.CouponBatch.filter(state="RUNNING").exists():
            await coupon_making.make_chunk(postgres_house)

    await asyncio.gather(*(work() for _ in range(4)))
    assert [await state(batch) for batch in batches] == [("DONE", 500, True)] * 5
    assert await used() == 2500
    await check_codes(2500)
    assert not any(isinstance(answer, Refusal) and answer.code != "LIMIT_REACHED" for answer in answers)


async def test_progress_is_told_at_once_and_after_changes_and_ends_when_the_batch_does(house: Engine) -> None:
    shop = await shop_of(house)
    batch = await asked(shop, 1000)

    async def pause() -> None:
        """Meanwhile three chunks are made."""
        for _ in range(3):
            await coupon_making.make_chunk(house)

    seen = [row async for row in coupon_batches.progress(house, shop.actor, batch, pause=pause)]
    assert [row.made for row in seen] == [0, 300, 600, 900, 1000]
    assert [row.state for row in seen] == ["RUNNING"] * 4 + ["DONE"]
    assert [row.made async for row in coupon_batches.progress(house, shop.actor, batch)] == [1000]
    other = await world(house, code="OTHER")
    assert [row async for row in coupon_batches.progress(house, other.actor, batch)] == []
    assert house.hub.stream_count == 0

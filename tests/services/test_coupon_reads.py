"""Wallets, histories, and what orders hold: read as coupons are now, whatever is written of them."""

from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import models
from domain.coupons import CouponChangeKind, CouponOrigin, CouponState
from domain.instants import NEVER
from services import coupon_reads
from services.coupon_reads import HISTORY_MAX, WalletPage, coupon_of
from services.engine import Engine
from services.listing import OwnPage
from services.transaction import transaction
from tests.factories import NOON, World, world

HOUR = timedelta(hours=1)


def row(shop: World, member_id: UUID | None, **facts: Any) -> models.Coupon:
    known = {
        "id": uuid4(),
        "program_id": shop.program.id,
        "campaign_id": uuid4(),
        "version_id": uuid4(),
        "member_id": member_id,
        "code_hash": uuid4().bytes * 2,
        "origin": "STAFF",
        "state": "ISSUED",
        "valid_from": NOON - 10 * HOUR,
        "expires_at": NEVER,
        "changes": 0,
        "recorded_at": NOON - 10 * HOUR,
    }
    return models.Coupon(**known | facts)


def every(shop: World, member_id: UUID) -> list[models.Coupon]:
    """Return a coupon in every stored state: good and expired, its hold open and lapsed, of both sorts of codes."""
    made = []
    for state, expires_at, held_until, origin in product(
        CouponState, (NOON - HOUR, NOON, NOON + HOUR, NEVER), (NOON - HOUR, NOON, NOON + HOUR), ("STAFF", "SHARED_CODE")
    ):
        if state is CouponState.ISSUED and origin == "SHARED_CODE":
            continue
        order_id = uuid4() if state in {CouponState.HELD, CouponState.USED} else None
        until = held_until if state is CouponState.HELD else None
        facts = {"state": state.value, "expires_at": expires_at, "origin": origin, "held_until": until}
        made.append(row(shop, member_id, order_id=order_id, **facts))
    return made


async def stored(coupons: list[models.Coupon]) -> None:
    async with transaction():
        await models.Coupon.bulk_create(coupons)


async def wallet(shop: World, *pages: WalletPage) -> list[list[UUID]]:
    now = (await shop.engine.program(shop.program.id)).now()
    found = await coupon_reads.wallet_pages(shop.engine.reads, shop.actor, pages, now)
    return [[one.id for one in page] for page in found]


async def test_a_wallet_is_filtered_by_the_states_that_the_clock_gives(house: Engine) -> None:
    shop = await world(house)
    member, other = await shop.enrol(), await shop.enrol()
    coupons = every(shop, member)
    await stored([*coupons, row(shop, other), row(shop, None, origin="BATCH")])
    now = {one.id: coupon_of(one).at(NOON).state for one in coupons}
    assert set(now.values()) == set(CouponState)
    pages = [WalletPage(OwnPage(member, 1000), frozenset({state})) for state in CouponState]
    newest_first = sorted(now, reverse=True)
    assert await wallet(shop, *pages) == [[id for id in newest_first if now[id] is state] for state in CouponState]
    two = frozenset({CouponState.USED, CouponState.HELD})
    assert await wallet(
        shop,
        WalletPage(OwnPage(member, 1000)),
        WalletPage(OwnPage(member, 1000), two),
        WalletPage(OwnPage(member, 1000), frozenset({CouponState.USED})),
        WalletPage(OwnPage(member, 1000), frozenset()),
        WalletPage(OwnPage(member, 3, newest_first[4])),
    ) == [
        newest_first,
        [id for id in newest_first if now[id] in two],
        [id for id in newest_first if now[id] is CouponState.USED],
        [],
        newest_first[5:8],
    ]


async def test_a_history_is_cut_to_the_last_changes_and_begins_with_the_batch(house: Engine) -> None:
    shop = await world(house)
    member, batch_id = await shop.enrol(), uuid4()
    short = row(shop, member, origin="BATCH", origin_id=batch_id, changes=1)
    long = row(shop, member, changes=HISTORY_MAX + 30)
    kinds = [CouponChangeKind.HELD, CouponChangeKind.RELEASED] * (HISTORY_MAX // 2 + 15)
    taken = change(shop, short, 0, CouponChangeKind.CLAIMED, member_id=member)
    async with transaction():
        facts = {"code": "TEN", "name": "Ten", "state": "DRAFT", "kind": "COUPON"}
        template = await models.Campaign.create(program_id=shop.program.id, **facts)
        await models.CouponBatch.create(
            id=batch_id,
            program_id=shop.program.id,
            campaign_id=template.id,
            version_id=uuid4(),
            size=1,
            made=1,
            state="DONE",
            actor="key:printer",
            reason="spring",
            recorded_at=NOON,
            finished_at=NOON,
        )
        await models.Coupon.bulk_create([short, long])
        await models.CouponChange.bulk_create([taken, *(change(shop, long, n, kind) for n, kind in enumerate(kinds))])
    first, second, nobody = await coupon_reads.histories(house.reads, [short, long, row(shop, member)])
    assert [(one.kind, one.actor, one.reason, one.member_id, one.recorded_at) for one in first] == [
        (CouponChangeKind.ISSUED, "key:printer", "spring", None, short.recorded_at),
        (CouponChangeKind.CLAIMED, "key:TEST", None, member, NOON),
    ]
    assert [(one.ordinal, one.kind) for one in second] == list(enumerate(kinds))[30:]
    assert nobody == []


def change(
    shop: World, coupon: models.Coupon, ordinal: int, kind: CouponChangeKind, **facts: Any
) -> models.CouponChange:
    known = {"coupon_id": coupon.id, "ordinal": ordinal, "program_id": shop.program.id, "kind": kind.value}
    return models.CouponChange(**known | {"actor": "key:TEST", "recorded_at": NOON} | facts)


async def test_an_order_has_the_coupons_that_name_it(house: Engine) -> None:
    shop = await world(house)
    member, one, two = await shop.enrol(), uuid4(), uuid4()
    used = {"state": "USED", "order_id": one}
    mine = [row(shop, member, **used), row(shop, member, **used), row(shop, member, origin=CouponOrigin.CLAIM.value)]
    await stored(mine)
    first, second = await coupon_reads.of_orders(shop.actor, [one, two])
    assert [coupon.id for coupon in first] == sorted([mine[0].id, mine[1].id])
    assert second == []

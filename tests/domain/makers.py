"""Makers of domain values: a program to one's own wish, without a database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.amounts import Rounding
from domain.assets import Asset, AssetKind, ExpiryFrom, ExpiryPolicy
from domain.book import Book
from domain.conditions.base import Condition, Facts, MemberFacts
from domain.decisions.situation import Situation
from domain.effects.base import EffectRule, Running
from domain.effects.earn import EarnPerAmount
from domain.instants import NEVER
from domain.ledger import Account, Lot
from domain.members import Member, MemberState, MemberStatus, Standing
from domain.orders import LineContent, OrderContent
from domain.program import CampaignVersion, ItemPolicy, Ladder, Program, Tier, TierMetric

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)  # a Tuesday, noon in Shanghai
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)

PROGRAM_ID = UUID(int=1)
POINTS_ID, TIER_ID, VALUE_ID = UUID(int=0x11), UUID(int=0x12), UUID(int=0x13)
LADDER_ID = UUID(int=0x20)
MEMBER_ID = UUID(int=0x30)


def ids(start: int = 0x1000) -> Callable[[], UUID]:
    """Return a `new_id` that counts, so that the same decisions give the same rows."""
    numbers = count(start)
    return lambda: UUID(int=next(numbers))


def asset(id: UUID = POINTS_ID, code: str = "POINTS", **facts: Any) -> Asset:
    plain: dict[str, Any] = {
        "name": code.title(),
        "kind": AssetKind.POINTS,
        "scale": 0,
        "expiry": ExpiryPolicy.NONE,
        "expiry_length": 0,
        "expiry_from": ExpiryFrom.RECORDED,
        "pending_days": 0,
        "floor": 0,
    }
    return Asset(id=id, program_id=PROGRAM_ID, code=code, **(plain | facts))


POINTS = asset()
QUALIFYING = asset(TIER_ID, "TIER", kind=AssetKind.QUALIFYING, scale=2)
VALUE = asset(VALUE_ID, "VALUE", kind=AssetKind.MONEY, scale=2)

TIERS = tuple(
    Tier(UUID(int=0x21 + rank), PROGRAM_ID, LADDER_ID, code, code.title(), rank, threshold)
    for rank, (code, threshold) in enumerate([("MEMBER", 0), ("SILVER", 1_000_00), ("GOLD", 5_000_00)])
)
LADDER = Ladder(LADDER_ID, PROGRAM_ID, "STANDARD", "Standard", TierMetric.SPEND, TIER_ID)

_versions = count(0x100)


def version(code: str, *effects: EffectRule, condition: Condition | None = None, **facts: Any) -> CampaignVersion:
    """Return version 1 of a campaign that always runs, unless told otherwise."""
    number = next(_versions)
    plain: dict[str, Any] = {
        "id": UUID(int=number),
        "campaign_id": UUID(int=0x10000 + number),
        "name": code.title(),
        "number": 1,
        "priority": 100,
        "starts_at": LONG_AGO,
        "ends_at": NEVER,
    }
    return CampaignVersion(code=code, condition=condition, effects=effects, **(plain | facts))


def earn(points: int = 1, per: int = 1_00, rounding: Rounding = Rounding.DOWN, of: Asset = POINTS) -> EarnPerAmount:
    """Return the rule that gives `points` minor units for each `per` fen."""
    return EarnPerAmount(of, points, per, rounding)


def program(*campaigns: CampaignVersion, **facts: Any) -> Program:
    """Return a program in yuan on Shanghai time with three assets and a ladder of three tiers."""
    plain: dict[str, Any] = {
        "id": PROGRAM_ID,
        "code": "TEST",
        "name": "Test",
        "currency": "CNY",
        "currency_scale": 2,
        "zone": SHANGHAI,
        "virtual_now": None,
        "item_policy": ItemPolicy.OPEN,
        "config_version": 1,
        "event_epoch": 1,
        "assets": (POINTS, QUALIFYING, VALUE),
        "ladders": (LADDER,),
        "tiers": {LADDER_ID: TIERS},
    }
    return Program(campaigns=campaigns, **(plain | facts))


def line(ref: str = "1", unit_price: int = 100_00, quantity: int = 1, **facts: Any) -> LineContent:
    plain: dict[str, Any] = {"sku": "CD", "name": None, "category": None}
    return LineContent(ref=ref, quantity=quantity, unit_price=unit_price, **(plain | facts))


def order(total: int = 100_00, **facts: Any) -> OrderContent:
    """Return an order over `total` fen, in one line unless `lines` says otherwise."""
    plain: dict[str, Any] = {
        "source": "shop",
        "external_id": "A1",
        "member_id": MEMBER_ID,
        "store": None,
        "channel": None,
        "occurred_at": None,
        "shipping": 0,
        "lines": (line(unit_price=total),),
    }
    return OrderContent(**(plain | facts))


def facts(payable: int = 100_00, tier: Tier | None = TIERS[0], at: datetime = NOON, **more: Any) -> Facts:
    """Return what conditions and effects look at: a member's order over `payable` fen, unless told otherwise.

    `standings` are the member's; `member` or `member_id` None makes it a guest's.
    """
    standings = more.pop("standings", {LADDER_ID: tier} if tier else {})
    guest = more.pop("member_id", MEMBER_ID) is None
    plain: dict[str, Any] = {
        "program": program(),
        "order": order(payable),
        "occasion": None,
        "occurred_at": at,
        "recorded_at": at,
        "member": None if guest else member_facts(standings=standings),
    }
    values = plain | more
    values.setdefault("running", Running.of(values["order"]))
    return Facts(**values)


def member_facts(**facts: Any) -> MemberFacts:
    """Return what rules know of a member who was enrolled long ago and bought nothing."""
    plain: dict[str, Any] = {"id": MEMBER_ID, "enrolled_at": LONG_AGO}
    return MemberFacts(**(plain | facts))


def member(**facts: Any) -> Member:
    plain: dict[str, Any] = {
        "id": MEMBER_ID,
        "program_id": PROGRAM_ID,
        "number": "100000000001",
        "name": "Li Lei",
        "phone": None,
        "email": None,
        "birthday": None,
        "status": MemberStatus.ACTIVE,
        "channel": None,
        "store": None,
        "referred_by_id": None,
        "position": 0,
        "enrolled_at": LONG_AGO,
        "recorded_at": LONG_AGO,
    }
    return Member(**(plain | facts))


def standing(tier: Tier = TIERS[0]) -> Standing:
    return Standing(UUID(int=0x40), PROGRAM_ID, MEMBER_ID, LADDER_ID, tier.id, LONG_AGO, None)


def state(tier: Tier | None = TIERS[0], **facts: Any) -> MemberState:
    """Return a member with a standing and nothing else."""
    standings = {LADDER_ID: standing(tier)} if tier else {}
    return MemberState(facts.pop("member", None) or member(), standings=standings, **facts)


def account(of: Asset = POINTS, **facts: Any) -> Account:
    plain: dict[str, Any] = {
        "id": UUID(int=of.id.int + 0x50),
        "available": 0,
        "pending": 0,
        "held": 0,
        "floor": of.floor,
        "seq": 0,
        "next_due_at": NEVER,
    }
    return Account(program_id=PROGRAM_ID, member_id=MEMBER_ID, asset_id=of.id, **(plain | facts))


def lot(number: int, amount: int, of: Asset = POINTS, **facts: Any) -> Lot:
    """Return an open lot that never expires, unless told otherwise."""
    plain: dict[str, Any] = {
        "remaining": amount,
        "held": 0,
        "priority": 0,
        "locked_until": None,
        "expires_at": NEVER,
        "recorded_at": LONG_AGO,
        "order_id": None,
        "transfer_id": UUID(int=0x60),
    }
    values = plain | facts
    return Lot(
        id=UUID(int=0x700 + number),
        program_id=PROGRAM_ID,
        member_id=MEMBER_ID,
        account_id=UUID(int=of.id.int + 0x50),
        asset_id=of.id,
        amount=amount,
        due_at=values["locked_until"] or values["expires_at"],
        **values,
    )


def holding(*lots: Lot, of: Asset = POINTS, debt: int = 0, **facts: Any) -> MemberState:
    """Return a member whose account of one asset has these lots, and next to them a debt if there is one."""
    available = sum(row.remaining for row in lots if row.locked_until is None) - debt
    pending = sum(row.remaining for row in lots if row.locked_until is not None)
    due = min((row.due_at for row in lots if row.remaining), default=NEVER)
    own = account(of, available=available, pending=pending, next_due_at=due)
    return state(accounts={of.id: own}, lots={row.id: row for row in lots}, next_due={own.id: NEVER}, **facts)


def book(of: Program | None = None, start: MemberState | None = None, now: datetime = NOON) -> Book:
    return Book(of or program(), start or state(), now=now, actor="key:test", new_id=ids())


def situation(of: Program | None = None, start: MemberState | None = None, **facts: Any) -> Situation:
    plain: dict[str, Any] = {"now": NOON, "new_id": ids()}
    return Situation(of or program(), states={start.member.id: start} if start else {}, **(plain | facts))


def with_assets(of: Program, *changed: Asset) -> Program:
    """Return the program with these assets in place of those with the same id."""
    by_id = {row.id: row for row in of.assets} | {row.id: row for row in changed}
    return replace(of, assets=tuple(by_id.values()))


def factor(text: str) -> Decimal:
    return Decimal(text)

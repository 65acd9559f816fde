"""Decisions on one command: the rows, the outcome, the refusals, each to the unit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.assets import ExpiryFrom, ExpiryPolicy
from domain.commands import Adjust, AmendMember, Claim, Command, CommitOrder, EnrolMember, Mature
from domain.decide import decide
from domain.decisions.situation import Decision, Situation
from domain.effects.multiply_earn import MultiplyEarnByTier
from domain.events import EventKind
from domain.ledger import EntryKind
from domain.members import PHONE_SOURCE, MemberState, MemberStatus
from domain.orders import Order, OrderState
from domain.program import Program
from domain.refusals import (
    DuplicateOrder,
    IdentityTaken,
    InsufficientBalance,
    InvalidInput,
    LimitReached,
    MemberNotActive,
    NotFound,
    PhoneTaken,
    Refusal,
)
from tests.domain.makers import (
    DAY,
    LADDER_ID,
    MEMBER_ID,
    NOON,
    POINTS,
    PROGRAM_ID,
    QUALIFYING,
    TIERS,
    asset,
    earn,
    holding,
    line,
    lot,
    member,
    order,
    program,
    situation,
    state,
    version,
    with_assets,
)

MEMBER, SILVER, GOLD = TIERS
ORDER_ID, OTHER_ID = UUID(int=0x99), UUID(int=0x98)
BASE = version("BASE", earn())
TIERED = version("TIERED", MultiplyEarnByTier(POINTS, {"SILVER": Decimal("1.1")}), priority=200)
SPEND = version("SPEND", earn(of=QUALIFYING, points=1_00), priority=900)
SHOP = program(BASE, TIERED, SPEND)
PHONE = "+8613800000001"


def issued(kind: type[Command], **facts: Any) -> Any:
    plain: dict[str, Any] = {"program_id": PROGRAM_ID, "actor": "key:test", "claim": Claim("s", "k", b"h" * 32)}
    return kind(**(plain | facts))


def commit(total: int = 100_00, **content: Any) -> CommitOrder:
    command: CommitOrder = issued(CommitOrder, order_id=ORDER_ID, content=order(total, **content))
    return command


def adjust(amount: int, of: UUID = POINTS.id) -> Adjust:
    command: Adjust = issued(Adjust, member_id=MEMBER_ID, asset_id=of, amount=amount, reason="a gift")
    return command


def amend(**changes: Any) -> AmendMember:
    command: AmendMember = issued(AmendMember, member_id=MEMBER_ID, changes=changes)
    return command


def decided(command: Command, start: MemberState | None = None, of: Program = SHOP, **facts: Any) -> Decision:
    return decide(command, situation(of, start, **facts))


def told(decision: Decision) -> list[tuple[int, EventKind]]:
    return [(event.position, event.kind) for event in decision.rows.events]


def balances(decision: Decision) -> dict[UUID, tuple[int, int]]:
    assert decision.state is not None
    return {key: (row.available, row.pending) for key, row in decision.state.accounts.items()}


def tier_of(decision: Decision) -> UUID:
    assert decision.state is not None
    return decision.state.standings[LADDER_ID].tier_id


# ── orders ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_commit_writes_the_order_its_lines_its_effects_and_its_entries() -> None:
    lines = (line("1", 10_50, quantity=2, attributes=(("size", "L"),)), line("2", 8_99))
    command = commit(lines=lines, shipping=1_00, store="S1", channel="POS", attributes=(("till", "3"),))
    decision = decided(command, state(SILVER))
    stored = decision.order
    assert stored is not None
    assert (stored.subtotal, stored.discount_total, stored.shipping, stored.payable) == (29_99, 0, 1_00, 30_99)
    assert (stored.state, stored.currency, stored.store, stored.channel) == (OrderState.COMMITTED, "CNY", "S1", "POS")
    assert (stored.attributes, stored.content_hash) == ({"till": "3"}, command.content.hash())
    assert (stored.occurred_at, stored.recorded_at, stored.not_applied) == (NOON, NOON, [])
    assert [(row.ordinal, row.ref, row.quantity, row.unit_price, row.payable) for row in decision.lines] == [
        (0, "1", 2, 10_50, 21_00),
        (1, "2", 1, 8_99, 8_99),
    ]
    assert decision.lines[0].attributes == {"size": "L"}
    # 30.99 paid: 30 points, × 1.1 = 33, and 30.99 of progress
    assert [(row.ordinal, row.kind, row.asset_id, row.amount) for row in decision.effects] == [
        (0, "EARN", POINTS.id, 30),
        (1, "EARN", QUALIFYING.id, 30_99),
        (2, "MULTIPLY_EARN", POINTS.id, 3),
    ]
    entries = decision.rows.entries
    assert [(row.effect, row.campaign_id, row.change_available, row.position) for row in entries] == [
        (0, BASE.campaign_id, 30, 2),
        (1, SPEND.campaign_id, 30_99, 3),
        (2, TIERED.campaign_id, 3, 4),
    ]
    (transfer,) = decision.rows.transfers
    assert {row.transfer_id for row in entries} == {transfer.id, stored.transfer_id}
    assert {row.order_id for row in entries} == {transfer.order_id, ORDER_ID}
    assert told(decision) == [
        (1, EventKind.ORDER_COMMITTED),
        (2, EventKind.BALANCE_CHANGED),
        (3, EventKind.BALANCE_CHANGED),
        (4, EventKind.BALANCE_CHANGED),
    ]
    assert decision.outcome == {
        "order": str(ORDER_ID),
        "member": str(MEMBER_ID),
        "entries": [[str(row.account_id), row.seq] for row in entries],
    }
    assert balances(decision) == {POINTS.id: (33, 0), QUALIFYING.id: (30_99, 0)}


def test_an_order_of_nothing_is_stored_without_a_transfer() -> None:
    decision = decided(commit(0), state())
    assert decision.order is not None
    assert (decision.order.payable, decision.order.transfer_id) == (0, None)
    assert len(decision.order.not_applied) == 3
    assert decision.rows.transfers == decision.rows.entries == []
    assert decision.effects == ()
    assert told(decision) == [(1, EventKind.ORDER_COMMITTED)]
    assert decision.outcome["entries"] == []


def test_a_guest_s_order_is_stored_and_moves_nothing() -> None:
    decision = decided(commit(100_00, member_id=None))
    assert decision.state is None
    assert decision.order is not None
    assert (decision.order.member_id, decision.order.payable, decision.order.transfer_id) == (None, 100_00, None)
    assert len(decision.lines) == 1
    assert decision.rows.events == []
    assert decision.outcome == {"order": str(ORDER_ID), "member": None, "entries": []}


@pytest.mark.parametrize(
    ("paid", "before", "after", "threshold"),
    [
        (999_99, MEMBER, MEMBER, None),
        (1_000_00, MEMBER, SILVER, 1_000_00),
        (5_000_00, MEMBER, GOLD, 5_000_00),  # over two thresholds at once: one change
        (5_000_00, SILVER, GOLD, 5_000_00),
        (1_000_00, GOLD, GOLD, None),  # a tier falls at review only
    ],
)
def test_a_tier_rises_in_the_commit_that_reaches_it(paid: int, before: Any, after: Any, threshold: int | None) -> None:
    decision = decided(commit(paid, occurred_at=NOON - DAY), state(before))
    assert tier_of(decision) == after.id
    changes = [event for event in decision.rows.events if event.kind is EventKind.TIER_CHANGED]
    if threshold is None:
        assert changes == []
        return
    (change,) = changes
    assert (change.from_tier_id, change.to_tier_id, change.ladder_id) == (before.id, after.id, LADDER_ID)
    assert change.details == {"progress": paid, "threshold": threshold}
    assert (change.occurred_at, change.recorded_at) == (NOON - DAY, NOON)
    assert change.position == decision.rows.events[-1].position
    assert decision.state is not None
    assert decision.state.standings[LADDER_ID].since == NOON - DAY


def test_an_order_is_decided_by_the_tier_before_it() -> None:
    decision = decided(commit(1_000_00), state(MEMBER))
    assert balances(decision)[POINTS.id] == (1000, 0)
    assert tier_of(decision) == SILVER.id


def test_progress_that_expired_before_the_order_does_not_count() -> None:
    start = holding(lot(1, 900_00, QUALIFYING, expires_at=NOON), of=QUALIFYING)
    decision = decided(commit(100_00), start)
    assert tier_of(decision) == MEMBER.id
    assert [(row.kind, row.change_available) for row in decision.rows.entries] == [
        (EntryKind.EXPIRE, -900_00),
        (EntryKind.EARN, 100),
        (EntryKind.EARN, 100_00),
    ]
    # the expiry is the ledger's, and not among the lines that the order answers with
    assert [seq for _, seq in decision.outcome["entries"]] == [1, 2]
    assert told(decision)[:2] == [(1, EventKind.BALANCE_CHANGED), (2, EventKind.ORDER_COMMITTED)]


def test_a_member_without_a_standing_gets_one() -> None:
    decision = decided(commit(1_000_00), state(None))
    assert tier_of(decision) == SILVER.id
    change = decision.rows.events[-1]
    assert (change.from_tier_id, change.to_tier_id) == (MEMBER.id, SILVER.id)


def stored_order(**content: Any) -> Order:
    decision = decided(commit(**content), state())
    assert decision.order is not None
    return replace(decision.order, id=OTHER_ID)


def test_the_same_order_again_is_the_first_one() -> None:
    decision = decided(commit(), state(), order=stored_order())
    assert decision.outcome == {"order": str(OTHER_ID), "member": str(MEMBER_ID), "entries": [], "again": True}
    assert (decision.state, decision.order, decision.lines, decision.effects) == (None, None, (), ())
    assert decision.rows.events == decision.rows.entries == decision.rows.transfers == []


def test_an_order_again_with_other_content_is_refused() -> None:
    with pytest.raises(DuplicateOrder) as refused:
        decided(commit(99_99), state(), order=stored_order())
    assert refused.value.facts == {"order_id": str(OTHER_ID)}
    assert refused.value.field == ("order", "externalId")
    assert refused.value.message == "Order A1 of shop is known already, with other content."


# ── adjustments ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_adjustment_adds_or_takes_with_its_reason() -> None:
    more = decided(adjust(50), holding(lot(1, 30)))
    assert balances(more) == {POINTS.id: (80, 0)}
    assert [(row.reason, row.kind.value) for row in more.rows.transfers] == [("a gift", "ADJUSTMENT")]
    less = decided(adjust(-30), holding(lot(1, 30)))
    assert balances(less) == {POINTS.id: (0, 0)}
    (entry,) = less.rows.entries
    assert less.outcome == {"member": str(MEMBER_ID), "entries": [[str(entry.account_id), 1]]}


def test_an_adjusted_progress_raises_the_tier() -> None:
    decision = decided(adjust(1_000_00, QUALIFYING.id), state())
    assert tier_of(decision) == SILVER.id
    assert told(decision) == [(1, EventKind.BALANCE_CHANGED), (2, EventKind.TIER_CHANGED)]


def test_a_frozen_member_can_be_adjusted() -> None:
    decision = decided(adjust(5), state(member=member(status=MemberStatus.FROZEN)))
    assert balances(decision) == {POINTS.id: (5, 0)}


def test_points_released_by_now_can_be_taken_now() -> None:
    decision = decided(adjust(-30), holding(lot(1, 30, locked_until=NOON)))
    assert [(row.kind, row.available) for row in decision.rows.entries] == [
        (EntryKind.RELEASE, 30),
        (EntryKind.ADJUST, 0),
    ]
    assert len(decision.outcome["entries"]) == 1


def test_points_expired_by_now_cannot_be_taken() -> None:
    with pytest.raises(InsufficientBalance) as refused:
        decided(adjust(-30), holding(lot(1, 30, expires_at=NOON)))
    assert refused.value.facts["available"] == 0


# ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def enrolment(**facts: Any) -> EnrolMember:
    plain: dict[str, Any] = {"member_id": MEMBER_ID, "number": "100000000001", "external": (("pos", "8001"),)}
    command: EnrolMember = issued(EnrolMember, **(plain | facts))
    return command


def test_an_enrolment_makes_an_active_member_on_the_lowest_tier() -> None:
    decision = decided(
        enrolment(name="Li Lei", phone=PHONE, birthday=date(2000, 2, 29), occurred_at=NOON - DAY, channel="APP")
    )
    assert decision.state is not None
    made = decision.state.member
    assert (made.status, made.position, made.enrolled_at, made.recorded_at) == (
        MemberStatus.ACTIVE,
        1,
        NOON - DAY,
        NOON,
    )
    assert (made.name, made.phone, made.birthday, made.channel) == ("Li Lei", PHONE, date(2000, 2, 29), "APP")
    own = decision.state.standings[LADDER_ID]
    assert (own.tier_id, own.since, own.until) == (MEMBER.id, NOON - DAY, None)
    assert told(decision) == [(1, EventKind.MEMBER_ENROLLED)]
    assert [(row.source, row.external_id, row.member_id) for row in decision.identities] == [
        ("pos", "8001", MEMBER_ID),
        (PHONE_SOURCE, PHONE, MEMBER_ID),
    ]
    assert decision.outcome == {"member": str(MEMBER_ID)}


def test_an_amendment_changes_what_differs_and_tells_which_fields() -> None:
    start = state(member=member(name="Li Lei", phone=PHONE, position=4))
    decision = decided(amend(name="Han Meimei", phone="+8613800000002", email=None), start)
    assert decision.state is not None
    assert (decision.state.member.name, decision.state.member.phone) == ("Han Meimei", "+8613800000002")
    (event,) = decision.rows.events
    assert (event.position, event.kind, event.details) == (5, EventKind.MEMBER_AMENDED, {"fields": ["name", "phone"]})
    assert decision.freed == ((PHONE_SOURCE, PHONE),)
    assert [row.external_id for row in decision.identities] == ["+8613800000002"]


def test_an_amendment_that_changes_nothing_tells_nothing() -> None:
    start = state(member=member(name="Li Lei", phone=PHONE))
    decision = decided(amend(name="Li Lei", phone=PHONE), start, owners={(PHONE_SOURCE, PHONE): MEMBER_ID})
    assert decision.rows.events == []
    assert (decision.freed, decision.identities) == ((), ())
    assert decision.state is not None
    assert decision.state.member == start.member


def test_clearing_a_phone_frees_it() -> None:
    decision = decided(amend(phone=None), state(member=member(phone=PHONE)))
    assert decision.state is not None
    assert decision.state.member.phone is None
    assert decision.freed == ((PHONE_SOURCE, PHONE),)
    assert decision.identities == ()


def test_maturing_answers_the_member_and_does_what_is_due() -> None:
    decision = decided(issued(Mature, member_id=MEMBER_ID, claim=None), holding(lot(1, 30, expires_at=NOON)))
    assert decision.outcome == {"member": str(MEMBER_ID)}
    assert [(row.kind, row.change_available) for row in decision.rows.entries] == [(EntryKind.EXPIRE, -30)]
    assert decision.rows.transfers[0].actor == "key:test"


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────

FROZEN = holding(lot(1, 30, expires_at=NOON), member=member(status=MemberStatus.FROZEN))
CLOSED = holding(lot(1, 30, expires_at=NOON), member=member(status=MemberStatus.CLOSED, phone=PHONE))
HERE = holding(lot(1, 30, expires_at=NOON), lot(2, 5))
TAKEN = {(PHONE_SOURCE, PHONE): OTHER_ID, ("pos", "8001"): OTHER_ID}


@pytest.mark.parametrize(
    ("command", "start", "refusal", "facts"),
    [
        (commit(), None, NotFound, {}),
        (adjust(5), None, NotFound, {}),
        (amend(name="x"), None, NotFound, {}),
        (issued(Mature, member_id=MEMBER_ID), None, NotFound, {}),
        (commit(), FROZEN, MemberNotActive, {"status": "FROZEN"}),
        (commit(), CLOSED, MemberNotActive, {"status": "CLOSED"}),
        (adjust(5), CLOSED, MemberNotActive, {"status": "CLOSED"}),
        (amend(status=MemberStatus.ACTIVE), CLOSED, MemberNotActive, {"status": "CLOSED"}),
        (adjust(-6), HERE, InsufficientBalance, {"available": Decimal(5), "required": Decimal(6)}),
        (adjust(0), HERE, InvalidInput, {}),
        (adjust(2**62), HERE, LimitReached, {"limit": str(2**62 - 1)}),
        (amend(phone=PHONE), HERE, PhoneTaken, {}),
        (enrolment(phone=PHONE), None, IdentityTaken, {"source": "pos", "external_id": "8001"}),
        (enrolment(phone=PHONE, external=()), None, PhoneTaken, {}),
    ],
)
def test_a_refusal_states_its_facts_and_leaves_everything_as_it_was(
    command: Command, start: MemberState | None, refusal: type[Refusal], facts: dict[str, Any]
) -> None:
    copy = replace(start, **{n: dict(getattr(start, n)) for n in ("accounts", "lots", "standings")}) if start else None
    with pytest.raises(refusal) as refused:
        decided(command, start, owners=TAKEN)
    assert type(refused.value) is refusal
    assert refused.value.facts == facts
    assert start == copy


def test_an_asset_whose_fixed_date_is_over_is_taken_from_and_not_added_to() -> None:
    over = with_assets(SHOP, asset(expiry=ExpiryPolicy.FIXED_DATE, expiry_date=date(2026, 3, 2)))
    with pytest.raises(InvalidInput) as refused:
        decide(adjust(5), situation(over, HERE))
    assert refused.value.message == "POINTS expired for good at the end of 2026-03-02; nothing can be added."
    assert refused.value.field == ("amount",)
    taken = decide(adjust(-5), situation(over, HERE))
    assert [row.change_available for row in taken.rows.entries][-1] == -5


def test_an_order_too_large_for_the_account_is_refused_whole() -> None:
    start = holding(lot(1, 2**62 - 50))
    with pytest.raises(LimitReached):
        decided(commit(100_00), start)
    assert start == holding(lot(1, 2**62 - 50))


def test_an_unknown_command_is_a_bug_and_no_refusal() -> None:
    with pytest.raises(TypeError, match="no decision for Command"):
        decide(issued(Command), Situation(SHOP, NOON, lambda: UUID(int=1)))


def test_points_born_expired_are_not_given() -> None:
    short = asset(expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=3, expiry_from=ExpiryFrom.OCCURRED)
    shop = with_assets(program(version("S", earn(of=short))), short)
    old = decided(commit(occurred_at=NOON - 3 * DAY), state(), shop)
    assert (old.rows.entries, balances(old)) == ([], {})
    young = decided(commit(occurred_at=NOON - 2 * DAY), state(), shop)
    assert balances(young) == {POINTS.id: (100, 0)}
    assert young.state is not None
    assert [row.expires_at for row in young.state.lots.values()] == [NOON + DAY]

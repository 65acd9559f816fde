"""Whole histories of one member, at random: the books balance after every command, and only commands change them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.assets import ExpiryFrom, ExpiryPolicy
from domain.book import Rows
from domain.commands import Adjust, AmendMember, Command, CommitOrder, Mature
from domain.decide import decide
from domain.decisions.situation import Decision, Situation
from domain.digest import transfer_hash
from domain.effects.multiply_earn import MultiplyEarn, MultiplyEarnByTier
from domain.instants import NEVER
from domain.ledger import Account, Lot
from domain.members import MemberState, MemberStatus
from domain.refusals import Refusal
from tests.domain.makers import (
    LADDER_ID,
    LONG_AGO,
    MEMBER_ID,
    NOON,
    PROGRAM_ID,
    QUALIFYING,
    TIERS,
    VALUE,
    account,
    asset,
    earn,
    ids,
    order,
    program,
    state,
    version,
)

POINTS = asset(
    expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=10, expiry_from=ExpiryFrom.OCCURRED, pending_days=3, floor=-80
)
PROGRESS = replace(QUALIFYING, expiry=ExpiryPolicy.ROLLING_DAYS, expiry_length=30)
SHOP = program(
    version("BASE", earn(of=POINTS)),
    version("TIERED", MultiplyEarnByTier(POINTS, {"SILVER": Decimal("1.1"), "GOLD": Decimal(2)})),
    version("DOUBLE", MultiplyEarn(POINTS, Decimal("1.25"))),
    version("SPEND", earn(of=PROGRESS, points=1_00)),
    assets=(POINTS, PROGRESS, VALUE),
)


@dataclass
class History:
    """A member's state and every row written so far."""

    state: MemberState
    new_id: Callable[[], UUID] = field(default_factory=ids)
    now: datetime = NOON
    rows: Rows = field(default_factory=Rows)
    decisions: list[Decision] = field(default_factory=list)
    most: int | None = None
    """How many due lots of an account a load brings to a sweep; None for all."""

    def load(self, *, sweeps: bool = False) -> MemberState:
        """Return the state as a load brings it: behind read-only mappings, so that a decision cannot change it."""
        due = {row.id: NEVER for row in self.state.accounts.values() if row.next_due_at <= self.now}
        lots = dict(self.state.lots)
        for account_id in due if sweeps and self.most else ():
            own = sorted(
                (row for row in lots.values() if row.account_id == account_id and row.remaining),
                key=lambda row: row.due_at,
            )
            for row in own[self.most :]:
                due[account_id] = min(due[account_id], row.due_at)
                del lots[row.id]
        return replace(
            self.state,
            accounts=MappingProxyType(dict(self.state.accounts)),
            lots=MappingProxyType(lots),
            standings=MappingProxyType(dict(self.state.standings)),
            next_due=MappingProxyType(due),
        )

    def take(self, command: Command) -> Decision | Refusal:
        """Decide the command and let the decision stand."""
        start = self.load(sweeps=isinstance(command, Mature))
        try:
            decision = decide(command, Situation(SHOP, self.now, self.new_id, {start.member.id: start}))
        except Refusal as refusal:
            return refusal
        assert decision.state is not None
        missing = {key: row for key, row in self.state.lots.items() if key not in start.lots}
        self.state = replace(decision.state, lots={**missing, **decision.state.lots})
        self.decisions.append(decision)
        for name in ("transfers", "entries", "moves", "events"):
            getattr(self.rows, name).extend(getattr(decision.rows, name))
        return decision


def begun(debt: int = 0) -> History:
    accounts = {POINTS.id: account(POINTS, available=-debt)} if debt else {}
    return History(state(accounts=accounts))


# ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Step = tuple[timedelta, Callable[[int, datetime], Command]]
COMMON: dict[str, Any] = {"program_id": PROGRAM_ID, "actor": "key:test", "claim": None}


def commit(total: int, age: timedelta | None) -> Callable[[int, datetime], Command]:
    return lambda number, now: CommitOrder(
        **COMMON,
        order_id=UUID(int=0x9000 + number),
        content=order(total, external_id=f"A{number}", occurred_at=None if age is None else now - age),
    )


def adjust(amount: int, of: UUID) -> Callable[[int, datetime], Command]:
    return lambda _, __: Adjust(**COMMON, member_id=MEMBER_ID, asset_id=of, amount=amount, reason="r")


def amend(status: MemberStatus) -> Callable[[int, datetime], Command]:
    return lambda _, __: AmendMember(**COMMON, member_id=MEMBER_ID, changes={"status": status})


def sweep(_: int, __: datetime) -> Command:
    return Mature(**COMMON, member_id=MEMBER_ID)


waits = st.one_of(st.just(timedelta(0)), st.integers(1, 24 * 9).map(lambda n: timedelta(hours=n)))
kinds = st.one_of(
    st.builds(
        commit,
        st.sampled_from([0, 1, 99, 40_00, 129_90, 999_99, 1_000_00, 4_321_00]),
        st.none() | st.integers(0, 13).map(lambda n: timedelta(days=n)),
    ),
    st.builds(
        adjust,
        st.integers(-120, 120).filter(bool),
        st.sampled_from([POINTS.id, VALUE.id, PROGRESS.id]),
    ),
    st.builds(amend, st.sampled_from([MemberStatus.ACTIVE, MemberStatus.ACTIVE, MemberStatus.FROZEN])),
    st.just(sweep),
)
steps = st.lists(st.tuples(waits, kinds), max_size=14)
debts = st.sampled_from([0, 0, 1, 35, 80])


def lived(history: History, plan: Sequence[Step], *, swept: bool = False) -> list[Decision | Refusal]:
    """Carry out the plan; with `swept`, a sweep comes before each command and twice in each wait."""
    answers = []
    for number, (wait, command) in enumerate(plan):
        for part in (wait / 3, wait / 2) if swept else ():
            at = history.now
            history.now = at + part
            history.take(sweep(0, history.now))
            history.now = at
        history.now += wait
        if swept:
            history.take(sweep(0, history.now))
        answers.append(history.take(command(number, history.now)))
    return answers


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_account(own: Account, lots: list[Lot], history: History) -> None:
    free = sum(row.remaining for row in lots if row.locked_until is None)
    assert free == max(own.available, 0)
    assert own.pending == sum(row.remaining for row in lots if row.locked_until is not None)
    assert own.held == 0
    assert own.available >= own.floor
    assert own.next_due_at <= min((row.due_at for row in lots if row.remaining), default=NEVER)
    entries = [row for row in history.rows.entries if row.account_id == own.id]
    assert [row.seq for row in entries] == list(range(1, own.seq + 1))
    available, pending = history_start(own, entries)
    for row in entries:
        available, pending = available + row.change_available, pending + row.change_pending
        assert (row.available, row.pending, row.held) == (available, pending, 0)
        assert (row.change_available + row.change_pending + row.change_held == 0) == (row.contra is None)
    assert (own.available, own.pending) == (available, pending)


def history_start(own: Account, entries: list[Any]) -> tuple[int, int]:
    """Return the balance before the first entry."""
    if not entries:
        return own.available, own.pending
    first = entries[0]
    return first.available - first.change_available, first.pending - first.change_pending


def check(history: History) -> None:
    """Assert everything that holds between two commands."""
    current = history.state
    for own in current.accounts.values():
        check_account(own, [row for row in current.lots.values() if row.account_id == own.id], history)
    for row in current.lots.values():
        moved = [move for move in history.rows.moves if move.lot_id == row.id]
        assert 0 <= row.remaining <= row.amount
        assert row.remaining == row.amount + sum(move.remaining for move in moved)
        assert len({move.transfer_id for move in moved}) == len(moved)
        assert row.due_at == (row.locked_until or row.expires_at)
    events = history.rows.events
    assert [row.position for row in events] == list(range(1, current.member.position + 1))
    told = {row.position: (row.account_id, row.entry_seq) for row in events if row.account_id}
    assert told == {row.position: (row.account_id, row.seq) for row in history.rows.entries}


@given(debts, steps)
def test_the_books_balance_after_every_command(debt: int, plan: list[Step]) -> None:
    history = begun(debt)
    for number, (wait, command) in enumerate(plan):
        history.now += wait
        before, positions = history.state, history.state.member.position
        answer = history.take(command(number, history.now))
        if isinstance(answer, Refusal):
            assert history.state is before
            assert before.member.position == positions
        else:
            assert not [row for row in history.state.lots.values() if row.remaining and row.due_at <= history.now]
        check(history)


@given(debts, steps)
def test_every_transfer_is_sealed_by_the_hash_of_its_rows(debt: int, plan: list[Step]) -> None:
    history = begun(debt)
    lived(history, plan)
    for row in history.rows.transfers:
        entries = [entry for entry in history.rows.entries if entry.transfer_id == row.id]
        lots = [lot for lot in history.state.lots.values() if lot.transfer_id == row.id]
        moves = [move for move in history.rows.moves if move.transfer_id == row.id]
        assert entries
        assert row.hash == transfer_hash(row, entries, lots, moves)
    assert {row.transfer_id for row in history.rows.entries} == {row.id for row in history.rows.transfers}


@given(debts, steps)
def test_the_same_history_gives_the_same_rows(debt: int, plan: list[Step]) -> None:
    one, other = begun(debt), begun(debt)
    answers = [list(map(repr, lived(history, plan))) for history in (one, other)]
    assert answers[0] == answers[1]
    assert one.rows == other.rows
    assert one.state == other.state


def told(history: History) -> list[Any]:
    """Return all rows without ids of transfers and lots, and without when maturing was recorded."""
    return [
        [
            replace(
                row,
                transfer_id=PROGRAM_ID,
                account_id=row.asset_id,
                recorded_at=LONG_AGO if row.kind in {"RELEASE", "EXPIRE"} else row.recorded_at,
            )
            for row in history.rows.entries
        ],
        [(row.position, row.kind, row.entry_seq, row.occurred_at, row.details) for row in history.rows.events],
        [(row.kind, row.occurred_at, row.order_id, row.reason) for row in history.rows.transfers],
        [(row.remaining, row.held) for row in history.rows.moves],
    ]


@given(debts, steps)
def test_sweeping_in_between_changes_no_row(debt: int, plan: list[Step]) -> None:
    # A command that is refused gives up what it matured; the next sweep or command does it again.
    plan = [(wait, command) for wait, command in plan if command is not sweep]
    late, early = begun(debt), begun(debt)
    answers = lived(late, plan), lived(early, plan, swept=True)
    outcomes = [[type(answer).__name__ for answer in row] for row in answers]
    assert outcomes[0] == outcomes[1]
    for history in (late, early):
        history.take(sweep(0, history.now))
    assert told(late) == told(early)
    assert [row.available for row in late.state.accounts.values()] == [
        row.available for row in early.state.accounts.values()
    ]
    assert [
        (row.amount, row.remaining, row.locked_until, row.expires_at, row.recorded_at)
        for row in late.state.lots.values()
    ] == [
        (row.amount, row.remaining, row.locked_until, row.expires_at, row.recorded_at)
        for row in early.state.lots.values()
    ]


@given(st.integers(1, 80), st.lists(st.integers(1, 60), min_size=1, max_size=6))
@settings(max_examples=60)
def test_a_debt_is_paid_by_what_is_released_and_not_before(debt: int, earned: list[int]) -> None:
    history = begun(debt)
    for number, points in enumerate(earned):
        # ×1.25 of an amount that four divides, so that the sum is exact
        history.take(commit(points * 4_00, None)(number, history.now))
    own = history.state.accounts[POINTS.id]
    assert (own.available, own.pending) == (-debt, sum(points * 5 for points in earned))
    history.now += timedelta(days=3)
    history.take(sweep(0, history.now))
    own = history.state.accounts[POINTS.id]
    assert (own.available, own.pending) == (sum(points * 5 for points in earned) - debt, 0)
    check(history)


@given(debts, steps, st.none() | st.integers(1, 3))
def test_the_instants_at_which_lines_take_effect_never_fall(debt: int, plan: list[Step], most: int | None) -> None:
    history = begun(debt)
    history.most = most
    lived(history, plan)
    history.now += timedelta(days=40)
    for _ in range(len(plan) * 6 + 1):
        history.take(sweep(0, history.now))
    instants = [row.effective_at for row in history.rows.entries]
    assert instants == sorted(instants)
    assert all(row.effective_at <= row.recorded_at for row in history.rows.entries)
    assert not [row for row in history.state.lots.values() if row.remaining and row.due_at <= history.now]


def test_a_tier_never_falls_in_a_history() -> None:
    history = begun()
    ranks = []
    for number, total in enumerate([999_99, 1, 4_000_00, 0, 1_00]):
        history.take(commit(total, None)(number, history.now))
        history.now += timedelta(days=29)
        standing = history.state.standings[LADDER_ID]
        ranks.append(next(tier.rank for tier in TIERS if tier.id == standing.tier_id))
    # 999.99; + 0.01 on day 29 makes 1 000.00; + 4 000.00 on day 58, when only 0.01 of that still counts
    assert ranks == [0, 1, 1, 1, 1]

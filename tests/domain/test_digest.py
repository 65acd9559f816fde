"""Hashes: every fact of a transfer counts, nothing can be shifted from one field to the next, and they last."""

import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.digest import EPOCH, content_hash, micros, transfer_hash
from domain.ledger import Contra, Entry, EntryKind, Lot, LotMove, Transfer, TransferKind
from domain.members import MemberStatus
from domain.orders import OrderContent
from tests.domain.makers import MEMBER_ID, NOON, POINTS_ID, PROGRAM_ID, line, lot, order

LATER = datetime(2026, 3, 3, 4, 0, 0, 1, tzinfo=UTC)
ACCOUNT_ID, TRANSFER_ID, ORDER_ID = UUID(int=0x61), UUID(int=0x62), UUID(int=0x63)
TRANSFER = Transfer(
    id=TRANSFER_ID,
    program_id=PROGRAM_ID,
    member_id=MEMBER_ID,
    kind=TransferKind.ORDER,
    order_id=ORDER_ID,
    original_id=None,
    actor="key:a",
    reason=None,
    occurred_at=NOON,
    recorded_at=LATER,
    hash=b"",
)
ENTRY = Entry(
    account_id=ACCOUNT_ID,
    seq=1,
    program_id=PROGRAM_ID,
    member_id=MEMBER_ID,
    asset_id=POINTS_ID,
    transfer_id=TRANSFER_ID,
    kind=EntryKind.EARN,
    change_available=29,
    change_pending=0,
    change_held=0,
    available=29,
    pending=0,
    held=0,
    contra=Contra.ISSUANCE,
    position=3,
    order_id=ORDER_ID,
    effect=0,
    campaign_id=UUID(int=0x64),
    occurred_at=NOON,
    recorded_at=LATER,
)
LOT = lot(1, 29, recorded_at=LATER)
MOVE = LotMove(TRANSFER_ID, LOT.id, PROGRAM_ID, -5, 0)


def test_the_hash_of_a_transfer_is_this_one_for_ever() -> None:
    # Spelled by hand: a stored hash must still be right after any change of the code.
    noon, later = "1772510400000000", "1772510400000001"
    program, member, account, order = (f'"{UUID(int=value)}"' for value in (1, 0x30, 0x61, 0x63))
    text = (
        f'[["{UUID(int=0x62)}",{program},{member},"ORDER",{order},null,"key:a",null,{noon},{later}],'
        f'[[{account},1,{program},{member},"{UUID(int=0x11)}","EARN",29,0,0,29,0,0,"ISSUANCE",3,'
        f'{order},0,"{UUID(int=0x64)}",{noon},{later}]],'
        f'[["{UUID(int=0x701)}",{account},29,0,253402214400000000,{later}]],'
        f'[["{UUID(int=0x701)}",-5,0]]]'
    )
    wanted = hashlib.sha256(text.encode()).digest()
    assert transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE]) == wanted


def other(value: Any) -> Any:
    """Return a value of the same kind that is not this one."""
    if isinstance(value, StrEnum):
        return next(member for member in type(value) if member is not value)
    changes = {
        UUID: lambda v: UUID(int=v.int + 1),
        datetime: lambda v: v - timedelta(microseconds=1),
        int: lambda v: v + 1,
        str: lambda v: v + "x",
        type(None): lambda _: UUID(int=7),
        bytes: lambda v: v + b"x",
    }
    return changes[type(value)](value)


@pytest.mark.parametrize("name", [field.name for field in fields(Transfer) if field.name != "hash"])
def test_each_field_of_a_transfer_counts(name: str) -> None:
    changed = replace(TRANSFER, **{name: other(getattr(TRANSFER, name))})
    assert transfer_hash(changed, [ENTRY], [LOT], [MOVE]) != transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])


def test_the_hash_itself_is_not_hashed() -> None:
    sealed = replace(TRANSFER, hash=b"x" * 32)
    assert transfer_hash(sealed, [ENTRY], [LOT], [MOVE]) == transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])


@pytest.mark.parametrize("name", [field.name for field in fields(Entry) if field.name != "transfer_id"])
def test_each_field_of_an_entry_counts(name: str) -> None:
    changed = replace(ENTRY, **{name: other(getattr(ENTRY, name))})
    assert transfer_hash(TRANSFER, [changed], [LOT], [MOVE]) != transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])


@pytest.mark.parametrize("name", ["id", "account_id", "amount", "priority", "expires_at", "recorded_at"])
def test_each_term_of_a_lot_counts(name: str) -> None:
    changed = replace(LOT, **{name: other(getattr(LOT, name))})
    assert transfer_hash(TRANSFER, [ENTRY], [changed], [MOVE]) != transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])


@pytest.mark.parametrize("name", ["remaining", "held", "locked_until", "due_at"])
def test_what_changes_in_a_lot_does_not_count(name: str) -> None:
    changed: Lot = replace(LOT, **{name: NOON if name in {"locked_until", "due_at"} else 3})
    assert transfer_hash(TRANSFER, [ENTRY], [changed], [MOVE]) == transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])


@pytest.mark.parametrize("name", ["lot_id", "remaining", "held"])
def test_each_field_of_a_lot_move_counts(name: str) -> None:
    changed = replace(MOVE, **{name: other(getattr(MOVE, name))})
    assert transfer_hash(TRANSFER, [ENTRY], [LOT], [changed]) != transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])


def test_a_row_more_or_less_counts() -> None:
    whole = transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE])
    assert whole not in {
        transfer_hash(TRANSFER, [], [LOT], [MOVE]),
        transfer_hash(TRANSFER, [ENTRY], [], [MOVE]),
        transfer_hash(TRANSFER, [ENTRY], [LOT], []),
        transfer_hash(TRANSFER, [ENTRY, ENTRY], [LOT], [MOVE]),
        transfer_hash(TRANSFER, [ENTRY], [LOT], [MOVE, MOVE]),
    }


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_read_does_not_count(random: Any) -> None:
    entries = [replace(ENTRY, seq=seq) for seq in range(1, 13)]
    lots = [lot(number, 5) for number in range(12)]
    moves = [replace(MOVE, lot_id=row.id) for row in lots]
    whole = transfer_hash(TRANSFER, entries, lots, moves)
    for rows in (entries, lots, moves):
        random.shuffle(rows)
    assert transfer_hash(TRANSFER, entries, lots, moves) == whole


nasty = st.text(alphabet="|:-,()\n01 key人", max_size=8)


@given(st.tuples(nasty, st.none() | nasty), st.tuples(nasty, st.none() | nasty))
def test_no_two_texts_of_a_transfer_have_the_same_bytes(
    one: tuple[str, str | None], two: tuple[str, str | None]
) -> None:
    hashes = [transfer_hash(replace(TRANSFER, actor=a, reason=r), [], [], []) for a, r in (one, two)]
    assert (hashes[0] == hashes[1]) == (one == two)


def test_text_cannot_be_shifted_into_the_next_field() -> None:
    shifted = [
        replace(TRANSFER, actor="key:a|3:abc", reason=None),
        replace(TRANSFER, actor="key:a", reason="abc"),
        replace(TRANSFER, actor="key:a", reason="-"),
        replace(TRANSFER, actor="key:a", reason=""),
        replace(TRANSFER, actor="key:a", reason=None),
        replace(TRANSFER, actor="key:a", reason="abc\nmove|1|2|3"),
    ]
    assert len({transfer_hash(row, [], [], []) for row in shifted}) == 6


leaves = st.none() | nasty | st.booleans() | st.uuids() | st.datetimes(timezones=st.just(UTC))
contents = st.recursive(leaves, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=8)


def typed(value: Any) -> Any:
    """Return the value so that equal means equal in kind too: in Python, True is 1."""
    return tuple(map(typed, value)) if isinstance(value, tuple) else (type(value).__name__, value)


@given(contents, contents)
def test_no_two_contents_have_the_same_canonical_form(one: Any, two: Any) -> None:
    assert (content_hash(one) == content_hash(two)) == (typed(one) == typed(two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a", "b"), ("a,b",)),
        (("a",), (("a",),)),
        ((), (None,)),
        ((None,), ("-",)),
        (("",), ()),
        ((("a",), "b"), ("a", ("b",))),
        ((True,), ("b1",)),
        ((UUID(int=1),), (UUID(int=1).hex,)),
        ((("a", 1), ("b", 2)), (("b", 2), ("a", 1))),  # field order is part of it
    ],
)
def test_contents_that_look_alike_differ(one: tuple[Any, ...], two: tuple[Any, ...]) -> None:
    assert content_hash(one) != content_hash(two)


def test_an_enum_hashes_as_its_value() -> None:
    assert content_hash((MemberStatus.FROZEN,)) == content_hash(("FROZEN",))


@given(st.datetimes(datetime(1900, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_its_microseconds_in_any_zone(instant: datetime) -> None:
    whole = micros(instant)
    assert EPOCH + timedelta(microseconds=whole) == instant
    local = instant.astimezone(ZoneInfo("Asia/Shanghai"))
    assert micros(local) == whole
    assert content_hash((local,)) == content_hash((instant,))
    assert content_hash((instant + timedelta(microseconds=1),)) != content_hash((instant,))


def test_each_field_of_an_order_counts() -> None:
    base = order(occurred_at=NOON)
    row = line()
    changed: list[OrderContent] = [
        replace(base, source="till"),
        replace(base, external_id="A2"),
        replace(base, member_id=None),
        replace(base, store="S1"),
        replace(base, channel="WEB"),
        replace(base, occurred_at=LATER),
        replace(base, occurred_at=None),
        replace(base, shipping=1),
        replace(base, attributes=(("a", "b"),)),
        replace(base, lines=(row, replace(row, ref="2"))),
        *(
            replace(base, lines=(replace(row, **{name: value}),))
            for name, value in [
                ("ref", "2"),
                ("sku", "LP"),
                ("name", "A record"),
                ("category", "MUSIC"),
                ("quantity", 2),
                ("unit_price", 1),
                ("attributes", (("a", "b"),)),
            ]
        ),
    ]
    hashes = {content.hash() for content in (base, *changed)}
    assert len(hashes) == len(changed) + 1
    assert base.hash() == order(occurred_at=NOON).hash()

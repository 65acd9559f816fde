"""Imports of order files, on both databases."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.context import TortoiseContext

import models
from domain.digest import content_hash
from domain.refusals import InvalidInput
from services.database.config import Database, Dialect
from services.engine import Engine, engine
from services.importing import Report, import_file
from services.order_files import json_lines
from services.order_files.entries import ReadOrder
from services.order_files.lines import LINE_BYTES_MAX, Lines
from services.order_files.reader import Format, read
from services.order_files.values import instant
from services.orders import LineRequest
from services.templates import Template
from tests.factories import World, world

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "cdnow_sample.txt"
AFTER_SAMPLE = datetime(1998, 7, 1, 16, 0, tzinfo=UTC)
CSV_HEADER = (
    "source,external_id,member_source,member_id,occurred_at,ref,sku,name,category,quantity,unit_price,"
    "shipping,store,channel"
)


async def record_shop(house: Engine, **facts: Any) -> World:
    return await world(house, currency="USD", time_zone="America/New_York", now=AFTER_SAMPLE, **facts)


async def imported(shop: World, path: Path, format: Format, **facts: Any) -> Report:
    return await import_file(shop.engine, await shop.engine.program(shop.program.id), path, format, **facts)


def written(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


def errors_of(path: Path) -> list[dict[str, Any]]:
    file = path.with_name(path.name + ".errors.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]


def told(path: Path) -> list[tuple[int, str | None, str, list[str]]]:
    return [(row["line"], row["externalId"], row["code"], row["field"]) for row in errors_of(path)]


async def counts() -> dict[str, int]:
    rows = (models.Member, models.Identity, models.Order, models.OrderLine, models.Entry, models.Lot, models.Event)
    return {row.__name__: await row.all().count() for row in rows}


# ── the CDNOW data set ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_whole_data_set_is_imported_to_the_cent_and_a_second_run_adds_nothing(house: Engine) -> None:
    shop = await record_shop(house)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    points: dict[str, int] = defaultdict(int)
    for line in SAMPLE.read_text().splitlines():
        customer, _, _, _, dollars = line.split()
        spent[customer] += Decimal(dollars)
        points[customer] += int(dollars.split(".")[0])

    report = await imported(shop, SAMPLE, Format.CDNOW)

    assert (report.imported, report.already_there, report.refused, report.members_enrolled) == (6919, 0, 0, 2357)
    identities = await models.Identity.filter(source="cdnow").values_list("member_id", "external_id")
    customer_of = dict(identities)
    assert len(customer_of) == len(spent) == 2357
    paid: dict[str, int] = defaultdict(int)
    for member_id, payable in await models.Order.all().values_list("member_id", "payable"):
        paid[customer_of[member_id]] += payable
    assert {customer: Decimal(cents).scaleb(-2) for customer, cents in paid.items()} == spent
    assert sum(paid.values()) == 24409194
    (asset,) = await models.Asset.filter(code="POINTS")
    accounts = await models.Account.filter(asset_id=asset.id).values_list("member_id", "available")
    balances = {customer_of[member_id]: available for member_id, available in accounts}
    assert balances == {customer: earned for customer, earned in points.items() if earned}
    before = await counts()

    again = await imported(shop, SAMPLE, Format.CDNOW)

    assert (again.imported, again.already_there, again.refused, again.members_enrolled) == (0, 6919, 0, 0)
    assert await counts() == before
    assert not SAMPLE.with_name(SAMPLE.name + ".errors.jsonl").exists()


async def test_a_line_of_the_data_set_becomes_one_order(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    await imported(shop, written(tmp_path / "one", " 00004 0001 19970802  3   14.96\r"), Format.CDNOW)
    (row,) = await models.Order.all()
    assert (row.source, row.external_id, row.payable, row.attributes) == ("cdnow", "1", 1496, {"cds": "3"})
    assert row.occurred_at == datetime(1997, 8, 2, 16, 0, tzinfo=UTC)  # noon of a summer's day in New York
    (line,) = await models.OrderLine.all()
    assert (line.ref, line.sku, line.quantity, line.unit_price) == ("1", "CD", 1, 1496)
    (identity,) = await models.Identity.all()
    assert (identity.source, identity.external_id, identity.member_id) == ("cdnow", "00004", row.member_id)
    member = await models.Member.get(id=row.member_id)
    assert member.enrolled_at == row.occurred_at


async def test_a_row_that_cannot_be_read_is_told_and_the_others_go_on(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    file = written(
        tmp_path / "rows",
        "00004 0001 19970101 2 29.33",
        "00004 0001 19970101 2",
        "00004 0001 19970231 2 29.33",
        "00004 0001 970101 2 29.33",
        "00004 0001 19970101 two 29.33",
        "00004 0001 19970101 2 1e3",
        b"00004 0001 19970101 2 \xff29.33",
        "",
        "00004 0001 19970101 2 29.333",
        "00004 0001 19970101 2 -1.00",
        "00004 0001 19980702 2 29.33",
        "0\x000 0001 19970101 2 29.33",
        "0" * LINE_BYTES_MAX,
        "00021 0002 19970101 3 63.34",
    )
    report = await imported(shop, file, Format.CDNOW)
    assert (report.imported, report.refused, report.members_enrolled) == (2, 11, 2)
    assert told(file) == [
        (2, "2", "MALFORMED_ROW", []),
        (3, "3", "INVALID_INPUT", ["yyyymmdd"]),
        (4, "4", "INVALID_INPUT", ["yyyymmdd"]),
        (5, "5", "INVALID_INPUT", ["number_of_cds"]),
        (6, "6", "INVALID_INPUT", ["dollar_value"]),
        (7, "7", "MALFORMED_ROW", []),
        (9, "9", "INVALID_INPUT", ["lines", "0", "unitPrice"]),
        (10, "10", "INVALID_INPUT", ["lines", "0", "unitPrice"]),
        (11, "11", "INVALID_INPUT", ["occurredAt"]),
        (12, "12", "INVALID_INPUT", ["member", "identity", "externalId"]),
        (13, "13", "MALFORMED_ROW", []),
    ]
    errors = errors_of(file)
    assert errors[0]["message"] == "The line has 4 columns; 5 are needed."
    assert errors[0]["raw"] == "00004 0001 19970101 2"
    assert errors[5]["raw"] == "00004 0001 19970101 2 \\xff29.33"
    assert errors[10]["message"] == f"The line has {LINE_BYTES_MAX + 1} bytes; at most {LINE_BYTES_MAX} are read."
    assert await models.Order.all().order_by("external_id").values_list("external_id", flat=True) == ["1", "14"]


async def test_the_error_file_is_where_it_was_asked_for(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    file = written(tmp_path / "rows", "00004")
    report = await imported(shop, file, Format.CDNOW, errors=tmp_path / "elsewhere")
    assert report.errors == tmp_path / "elsewhere"
    assert len((tmp_path / "elsewhere").read_text().splitlines()) == 1
    assert not file.with_name("rows.errors.jsonl").exists()


async def test_another_content_of_a_known_order_is_refused(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    await imported(shop, written(tmp_path / "rows", "00004 0001 19970101 2 29.33"), Format.CDNOW)
    before = await counts()
    file = written(tmp_path / "rows", "00004 0001 19970101 2 29.34")
    report = await imported(shop, file, Format.CDNOW)
    assert (report.imported, report.already_there, report.refused) == (0, 0, 1)
    assert told(file) == [(1, "1", "DUPLICATE_ORDER", ["externalId"])]
    assert await counts() == before


async def test_progress_is_told_after_each_chunk_of_500(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    lines = SAMPLE.read_text().splitlines()[:1100]
    file = written(tmp_path / "rows", *lines)
    seen: list[tuple[int, int]] = []
    await imported(shop, file, Format.CDNOW, progress=lambda report, size: seen.append((report.orders, size)))
    ends = [sum(len(line) + 1 for line in lines[:end]) for end in (500, 1000, 1100)]
    assert seen == list(zip((500, 1000, 1100), ends, strict=True))


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_consecutive_csv_rows_are_the_lines_of_one_order(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    file = written(
        tmp_path / "orders.csv",
        b"\xef\xbb\xbf" + CSV_HEADER.encode(),
        'pos,A1,crm,77,1998-03-03T12:00:00+08:00,1,TEA,"Tea, green",drinks,2,3.50,5,SH1,store',
        "pos,A1,crm,77,1998-03-03T12:00:00+08:00,2,CUP,杯子,,1,10.00,5,SH1,store",
        "pos,A2,,,1998-03-03 12:00:00,1,TEA,,,1,3.50,,,",
    )
    report = await imported(shop, file, Format.CSV)
    assert (report.imported, report.refused, report.members_enrolled) == (2, 0, 1)
    first, guest = await models.Order.all().order_by("external_id")
    assert (first.payable, first.shipping, first.store, first.channel) == (2200, 500, "SH1", "store")
    assert first.occurred_at == datetime(1998, 3, 3, 4, 0, tzinfo=UTC)
    lines = await models.OrderLine.filter(order_id=first.id).order_by("ordinal")
    assert [(line.ref, line.sku, line.name, line.category, line.quantity, line.unit_price) for line in lines] == [
        ("1", "TEA", "Tea, green", "drinks", 2, 350),
        ("2", "CUP", "杯子", None, 1, 1000),
    ]
    identity = await models.Identity.get(source="crm", external_id="77")
    assert first.member_id == identity.member_id
    assert (guest.member_id, guest.payable) == (None, 350)
    assert guest.occurred_at == datetime(1998, 3, 3, 17, 0, tzinfo=UTC)  # local time in New York
    again = await imported(shop, file, Format.CSV)
    assert (again.imported, again.already_there, again.members_enrolled) == (0, 2, 0)


async def test_one_bad_row_refuses_its_whole_order(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    good = "1998-03-03T12:00:00Z,{},TEA,,,1,3.50,,,"
    file = written(
        tmp_path / "orders.csv",
        CSV_HEADER,
        "pos,A1,,," + good.format(1),
        "pos,A1,,,1998-03-03T12:00:00Z,2,TEA,,,many,3.50,,,",
        "pos,A2,,," + good.format(1),
        "pos,A2,,",
        "pos,A3,,," + good.format(1),
        "pos,A3,,,1998-03-04T12:00:00Z,2,TEA,,,1,3.50,,,",
        "pos,A4,,," + good.format(1),
        "not a row",
        "pos,A4,,," + good.format(2),
        'pos,A5,,,"' + good.format(1),
        "pos,A6,,," + good.format(1),
        "pos,A6,,," + good.format(1),
        "pos,A7,,," + good.format(1),
        "pos,,,," + good.format(1),
        "pos,A8,crm,," + good.format(1),
        "pos,A9,,," + good.format(1),
        "pos,A7,,," + good.format(2),
    )
    report = await imported(shop, file, Format.CSV)
    assert told(file) == [
        (3, "A1", "INVALID_INPUT", ["lines", "1", "quantity"]),
        (5, "A2", "MALFORMED_ROW", []),
        (7, "A3", "INVALID_INPUT", ["occurred_at"]),
        (9, None, "MALFORMED_ROW", []),
        (10, "A4", "MALFORMED_ROW", []),
        (11, "A5", "MALFORMED_ROW", []),
        (13, "A6", "INVALID_INPUT", ["lines", "1", "ref"]),
        (15, None, "INVALID_INPUT", ["external_id"]),
        (16, "A8", "INVALID_INPUT", ["member", "identity", "externalId"]),
        (18, "A7", "DUPLICATE_ORDER", ["externalId"]),
    ]
    assert errors_of(file)[0]["raw"].count("pos,A1") == 2
    assert (report.imported, report.refused) == (2, 10)
    assert await models.Order.all().order_by("external_id").values_list("external_id", flat=True) == ["A7", "A9"]


async def test_an_order_of_too_many_rows_is_refused(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    rows = [f"pos,A1,,,,{ref},TEA,,,1,3.50,,," for ref in range(501)]
    file = written(tmp_path / "orders.csv", CSV_HEADER, *rows, "pos,A2,,,,1,TEA,,,1,3.50,,,")
    report = await imported(shop, file, Format.CSV)
    assert (report.imported, told(file)) == (1, [(502, "A1", "INVALID_INPUT", ["lines"])])


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (CSV_HEADER.replace(",channel", ""), "lacks the column channel;"),
        (CSV_HEADER.replace(",store,channel", ""), "lacks the columns store, channel;"),
        (CSV_HEADER + ",colour", "has the unknown column 'colour';"),
        (CSV_HEADER + ",sku", "repeats the column sku;"),
        ("", "The file is empty;"),
    ],
)
async def test_a_header_that_does_not_fit_is_refused_before_anything_is_written(
    house: Engine, tmp_path: Path, header: str, message: str
) -> None:
    shop = await record_shop(house)
    rows = ["pos,A1,,,,1,TEA,,,1,3.50,,,"] if header else []
    with pytest.raises(InvalidInput, match=message):
        await imported(shop, written(tmp_path / "orders.csv", header, *rows), Format.CSV)
    assert await models.Order.all().count() == 0


# ── JSON lines ───────────────────────────────────────────────────────────────────────────────────────────────────────


LINE = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "3.50"}


def json_order(external_id: str, **facts: Any) -> dict[str, Any]:
    return {"source": "pos", "externalId": external_id, "lines": [LINE]} | facts


async def test_json_lines_carry_what_the_api_takes(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    known = await shop.enrol(name="Li Lei", phone="+12125550100")
    number = (await models.Member.get(id=known)).number
    line = {"ref": "a", "sku": "TEA", "name": "Tea", "category": "drinks", "quantity": 3, "unitPrice": 0.1}
    full = json_order(
        "J1",
        member={"identity": {"source": "crm", "externalId": "77"}},
        store="SH1",
        channel="store",
        occurredAt="1998-03-03T12:00:00Z",
        currency="USD",
        shipping=5,
        lines=[line | {"attributes": [{"key": "size", "value": "L"}]}],
        attributes=[{"key": "till", "value": "3"}],
    )
    file = written(
        tmp_path / "orders.jsonl",
        json.dumps(full),
        json.dumps(json_order("J2", member={"number": number, "phone": None})),
        json.dumps(json_order("J3", member={"phone": "(212) 555-0100"}, shipping=None)),
        json.dumps(json_order("J4", member=None)),
    )
    report = await imported(shop, file, Format.JSONL)
    assert (report.imported, report.refused, report.members_enrolled) == (4, 0, 1)
    orders = await models.Order.all().order_by("external_id")
    identity = await models.Identity.get(source="crm", external_id="77")
    assert [row.member_id for row in orders] == [identity.member_id, known, known, None]
    assert (orders[0].payable, orders[0].shipping, orders[0].attributes) == (530, 500, {"till": "3"})
    (stored,) = await models.OrderLine.filter(order_id=orders[0].id)
    assert (stored.ref, stored.quantity, stored.unit_price, stored.attributes) == ("a", 3, 10, {"size": "L"})
    again = await imported(shop, file, Format.JSONL)
    assert (again.imported, again.already_there) == (0, 4)


async def test_an_order_sent_by_the_api_is_the_same_in_a_file(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    member = await shop.enrol(identities=[("crm", "77")])
    await shop.buy(member, external_id="J1", source="pos", lines=[LineRequest("1", "TEA", 1, Decimal("3.5"))])
    file = written(
        tmp_path / "orders.jsonl",
        json.dumps(json_order("J1", member={"identity": {"source": "crm", "externalId": "77"}})),
    )
    report = await imported(shop, file, Format.JSONL)
    assert (report.imported, report.already_there, report.members_enrolled) == (0, 1, 0)


BAD_JSON: list[tuple[str, str, list[str]]] = [
    ("{", "MALFORMED_ROW", []),
    ("[" * 100_000, "MALFORMED_ROW", []),
    (json.dumps(json_order("J0", shipping=float("nan"))), "MALFORMED_ROW", []),
    ("5", "INVALID_INPUT", []),
    (json.dumps(json_order("J0", colour="red")), "INVALID_INPUT", ["colour"]),
    (json.dumps(json_order("J0", externalId=5)), "INVALID_INPUT", ["externalId"]),
    (json.dumps(json_order("J0", lines=None)), "INVALID_INPUT", ["lines"]),
    (json.dumps(json_order("J0", lines=[])), "INVALID_INPUT", ["lines"]),
    (json.dumps(json_order("J0", lines=["x"])), "INVALID_INPUT", ["lines", "0"]),
    (json.dumps(json_order("J0", member={})), "INVALID_INPUT", ["member"]),
    (json.dumps(json_order("J0", member={"number": "1", "phone": "2"})), "INVALID_INPUT", ["member"]),
    (json.dumps(json_order("J0", member={"number": "\ud800"})), "INVALID_INPUT", ["member", "number"]),
    (json.dumps(json_order("J0", member={"number": "1"})), "NOT_FOUND", ["member"]),
    (json.dumps(json_order("J0", source="#phone")), "INVALID_INPUT", ["source"]),
    (json.dumps(json_order("J0", store="\x00")), "INVALID_INPUT", ["store"]),
    (json.dumps(json_order("J0", occurredAt="1998-03-03")), "INVALID_INPUT", ["occurredAt"]),
    (json.dumps(json_order("J0", occurredAt="0001-01-01T00:00:00+14:00")), "INVALID_INPUT", ["occurredAt"]),
    (json.dumps(json_order("J0", currency="EUR")), "INVALID_INPUT", ["currency"]),
    (json.dumps(json_order("J0", shipping="five")), "INVALID_INPUT", ["shipping"]),
    (json.dumps(json_order("J0", shipping=True)), "INVALID_INPUT", ["shipping"]),
    (json.dumps(json_order("J0", shipping=1)).replace("1}", "1e400}"), "INVALID_INPUT", ["shipping"]),
    (json.dumps(json_order("J0", attributes=[{"key": "a"}])), "INVALID_INPUT", ["attributes", "0", "value"]),
    (json.dumps(json_order("J0", lines=[LINE | {"quantity": 1.5}])), "INVALID_INPUT", ["lines", "0", "quantity"]),
    (json.dumps(json_order("J0", lines=[LINE | {"quantity": 0}])), "INVALID_INPUT", ["lines", "0", "quantity"]),
    # What Python reads and no database, hash or file can hold:
    (json.dumps(json_order("J0", lines=[LINE | {"quantity": 10**26}])), "INVALID_INPUT", ["lines", "0", "quantity"]),
    (json.dumps(json_order("J0", lines=[LINE | {"unitPrice": 10**99}])), "INVALID_INPUT", ["lines", "0", "unitPrice"]),
    (json.dumps(json_order("J0", shipping=1)).replace("1}", "1e9999999999999999999}"), "INVALID_INPUT", ["shipping"]),
    (json.dumps(json_order("J0", shipping=1)).replace("1}", "1e-9999999999999999999}"), "INVALID_INPUT", ["shipping"]),
    (json.dumps(json_order("J0", shipping=1)).replace("1}", "1" * 5_000 + "}"), "MALFORMED_ROW", []),
    (json.dumps(json_order("\ud800")), "INVALID_INPUT", ["externalId"]),
    (json.dumps(json_order("J0", store="\udfff")), "INVALID_INPUT", ["store"]),
    (json.dumps(json_order("J0", currency="\ud800")), "INVALID_INPUT", ["currency"]),
    (json.dumps(json_order("J0", lines=[LINE | {"sku": "a\ud800"}])), "INVALID_INPUT", ["lines", "0", "sku"]),
    (
        json.dumps(json_order("J0", attributes=[{"key": "a", "value": "\ud800"}])),
        "INVALID_INPUT",
        ["attributes", "0", "value"],
    ),
    (json.dumps(json_order("J0", member={"phone": "\ud800"})), "INVALID_INPUT", ["member", "phone"]),
    (json.dumps(json_order("J0", occurredAt="\ud800")), "INVALID_INPUT", ["occurredAt"]),
    ('{"source": "s", "source": "t", "externalId": "x", "lines": []}', "MALFORMED_ROW", []),
]


async def test_bad_json_is_refused_row_by_row(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    file = written(tmp_path / "orders.jsonl", *(line for line, _, _ in BAD_JSON), json.dumps(json_order("J1")))
    report = await imported(shop, file, Format.JSONL)
    assert (report.imported, report.refused, report.members_enrolled) == (1, len(BAD_JSON), 0)
    assert [(code, field) for _, _, code, field in told(file)] == [(code, field) for _, code, field in BAD_JSON]
    assert [line for line, _, _, _ in told(file)] == list(range(1, len(BAD_JSON) + 1))
    assert told(file)[4][1] == "J0"


ODD = st.sampled_from(
    [
        *("", " ", "0", "-1", "1e400", "NaN", "\x00", "\ud800", "\u202e", "é", "é", "2026-03-08T02:30:00", "x" * 300),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "#phone", "1" * 41, True, None, [], {}, 0, -1, 0.1),
        *(10**26, 10**400, 1e300, {"identity": {"source": "crm", "externalId": "\ud800"}}, {"phone": ""}, [LINE] * 501),
    ]
)
NUMBERS = st.sampled_from(["1e9999999999999999999", "-1e-9999999999999999999", "0e99999999999999999999", "1E5", "-0"])


@given(
    facts=st.dictionaries(st.sampled_from(sorted(json_lines.ORDER)), ODD, max_size=3),
    line=st.dictionaries(st.sampled_from(sorted(json_lines.LINE)), ODD, max_size=3),
    number=NUMBERS,
)
def test_whatever_a_json_line_holds_it_becomes_an_order_or_an_error_of_its_own(
    facts: dict[str, Any], line: dict[str, Any], number: str
) -> None:
    text = json.dumps(json_order("J1", lines=[LINE | line]) | facts).replace("0.1", number)
    read_and_hashed(text.encode(), Format.JSONL)


@given(cells=st.lists(st.text(max_size=30) | ODD.filter(lambda odd: isinstance(odd, str)), max_size=16))
def test_whatever_a_csv_row_holds_it_becomes_an_order_or_an_error_of_its_own(cells: list[str]) -> None:
    good = ["pos", "A1", "crm", "77", "1998-03-03T12:00:00Z", "1", "TEA", "", "", "1", "3.50", "5", "SH1", "store"]
    for values in (cells, *([*good[:place], cell, *good[place + 1 :]] for place, cell in enumerate(cells[:14]))):
        file = f"{CSV_HEADER}\n{','.join(values)}\n".encode(errors="surrogatepass")
        read_and_hashed(file, Format.CSV)


def read_and_hashed(file: bytes, format: Format) -> None:
    for entry in read(Lines(BytesIO(file)), format, ZoneInfo("America/New_York")):
        if isinstance(entry, ReadOrder):
            content_hash((entry.request,))  # what an import is known by


# ── local time ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        # In the night of 8 March 2026 the clocks of New York went from 02:00 to 03:00: half past two never was.
        ("2026-03-08T01:59:59", "2026-03-08T06:59:59"),
        ("2026-03-08T02:30:00", "2026-03-08T07:30:00"),  # half an hour after 02:00, which is 03:30 by the new clock
        ("2026-03-08T03:00:00", "2026-03-08T07:00:00"),
        # On 1 November they went from 02:00 back to 01:00: half past one came twice, and the first is meant.
        ("2026-11-01T01:30:00", "2026-11-01T05:30:00"),
        ("2026-11-01T02:00:00", "2026-11-01T07:00:00"),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00"),
    ],
)
def test_a_local_time_that_clocks_skip_or_repeat(local: str, utc: str) -> None:
    found = instant(local, ZoneInfo("America/New_York"), ("occurredAt",))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


# ── killed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def huiyuan(url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", *arguments],
        cwd=ROOT,
        env=os.environ | {"HUIYUAN_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def committed(database: Database) -> int:
    if database.dialect is Dialect.POSTGRES:
        connection = await asyncpg.connect(database.dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM orders"))
        finally:
            await connection.close()
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        return await models.Order.all().count()


async def history(program: models.Program) -> dict[str, Any]:
    """Return everything that happened to each customer, by the data set's own names."""
    assets = {asset.id: asset.code for asset in await models.Asset.filter(program_id=program.id)}
    tiers = {tier.id: tier.code for tier in await models.Tier.filter(program_id=program.id)}
    orders = {row.id: row for row in await models.Order.filter(program_id=program.id)}
    bought = defaultdict(list)
    for row in orders.values():
        bought[row.member_id].append(row)
    found: dict[str, Any] = {}
    for identity in await models.Identity.filter(program_id=program.id):
        own = {"member_id": identity.member_id}
        member = await models.Member.get(id=identity.member_id)
        (standing,) = await models.Standing.filter(**own)
        found[identity.external_id] = (
            (member.enrolled_at, member.position, tiers[standing.tier_id], standing.since),
            sorted((row.external_id, row.payable, row.occurred_at) for row in bought[member.id]),
            [
                (assets[entry.asset_id], entry.seq, entry.change_available, entry.available, entry.recorded_at)
                for entry in await models.Entry.filter(**own).order_by("position")
            ],
            [
                (event.position, event.kind, orders[event.order_id].external_id if event.order_id else None)
                for event in await models.Event.filter(**own).order_by("position")
            ],
        )
    return found


async def test_an_import_killed_in_the_middle_and_run_again_ends_in_the_same_state(
    database_url: str, tmp_path: Path
) -> None:
    database = Database.parse(database_url)
    lines = SAMPLE.read_bytes().splitlines(keepends=True)[:1500]
    file = tmp_path / "sample"
    file.write_bytes(b"".join(lines))
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            whole = await record_shop(house, code="WHOLE", template=Template.STANDARD)
            await record_shop(house, code="KILLED", template=Template.STANDARD)
            await imported(whole, file, Format.CDNOW)

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = huiyuan(database_url, "import", "orders", str(pipe), "--program", "KILLED", "--format", "cdnow")
    with pipe.open("wb") as open_end:  # left open, so that the import can not end by itself
        open_end.writelines(lines[:1200])
        open_end.flush()
        while await committed(database) == 1500:
            assert process.poll() is None, process.communicate()
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert 1500 < await committed(database) < 3000

    process = huiyuan(database_url, "import", "orders", str(file), "--program", "KILLED", "--format", "cdnow", "--json")
    output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    report = json.loads(output)
    assert report["imported"] > 0
    assert report["alreadyThere"] > 0
    assert report["imported"] + report["alreadyThere"] == 1500

    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        expected = await history(await models.Program.get(code="WHOLE"))
        assert await history(await models.Program.get(code="KILLED")) == expected
    assert len(expected) > 400


async def test_imports_of_the_same_file_at_once_commit_each_order_once(clean_postgres_url: str, tmp_path: Path) -> None:
    database = Database.parse(clean_postgres_url)
    file = written(tmp_path / "sample", *SAMPLE.read_text().splitlines()[:1000])
    async with TortoiseContext() as context:
        await context.init(config=database.tortoise())
        async with engine(database) as house:
            await record_shop(house, code="SHOP")
    command = ("import", "orders", str(file), "--program", "SHOP", "--format", "cdnow", "--json")
    processes = [huiyuan(clean_postgres_url, *command) for _ in range(3)]
    outputs = [process.communicate() for process in processes]
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, outputs, strict=True)] == [
        (0, "")
    ] * 3
    reports = [json.loads(output) for output, _ in outputs]
    assert sum(report["imported"] for report in reports) == 1000
    assert all(report["imported"] + report["alreadyThere"] == 1000 for report in reports)
    assert await committed(database) == 1000


async def test_a_reference_to_a_member_of_another_program_is_not_found(house: Engine, tmp_path: Path) -> None:
    shop = await record_shop(house)
    other = await record_shop(house, code="OTHER")
    stranger = await models.Member.get(id=await other.enrol())
    file = written(tmp_path / "orders.jsonl", json.dumps(json_order("J1", member={"number": stranger.number})))
    report = await imported(shop, file, Format.JSONL)
    assert (report.refused, told(file)) == (1, [(1, "J1", "NOT_FOUND", ["member"])])

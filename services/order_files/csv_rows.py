"""CSV: a header, then a row for each order line; consecutive rows of the same source and external id are one order.

What belongs to the order itself is the same in all of its rows. A record is one line of the file: a quoted field cannot
contain a line break. When one row of an order cannot be read, the whole order is refused.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from domain import checks
from domain.orders import LINES_MAX
from domain.refusals import InvalidInput, Refusal
from services.members import MemberRef
from services.order_files.entries import RAW_MAX, Entry, ReadOrder, RefusedRow
from services.order_files.lines import Line, MalformedRow
from services.order_files.values import decimal, identity, instant, whole
from services.orders import LineRequest, OrderRequest

ORDER_COLUMNS = ("member_source", "member_id", "occurred_at", "shipping", "store", "channel")
"""Of the order, and therefore repeated in each of its rows."""
COLUMNS = ("source", "external_id", *ORDER_COLUMNS, "ref", "sku", "name", "category", "quantity", "unit_price")

Cells = dict[str, str]
Key = tuple[str, str]


def read_orders(lines: Iterator[Line], zone: ZoneInfo) -> Iterator[Entry]:
    """Yield the orders. Raises `InvalidInput` when the file does not begin with the header."""
    columns = header(next(lines, None), COLUMNS)
    group: _Group | None = None
    for line in lines:
        values, fault = _values(line, columns)
        key = _key(values, columns)
        if key is None:
            if group:
                group.interrupted = True
            yield RefusedRow(line.number, None, fault or _nameless(), line.text[:RAW_MAX])
            continue
        if group is None or group.key != key:
            if group:
                yield group.entry(zone)
            group = _Group(key)
        group.add(line, dict(zip(columns, values, strict=False)), fault)
    if group:
        yield group.entry(zone)


def header(line: Line | None, wanted: tuple[str, ...]) -> list[str]:
    """Return the columns in the order of the file. Raises `InvalidInput` unless they are those `wanted`, each once."""
    if line is None:
        raise InvalidInput(f"The file is empty; its first line names the columns: {','.join(wanted)}.")
    try:
        columns = cells(line)
    except MalformedRow as error:
        raise InvalidInput(f"The header cannot be read. {error.message}") from None
    for complaint, names in (
        ("lacks the column", [name for name in wanted if name not in columns]),
        ("has the unknown column", [repr(name) for name in columns if name not in wanted]),
        ("repeats the column", sorted({name for name in columns if columns.count(name) > 1})),
    ):
        if names:
            plural = "s" if len(names) > 1 else ""
            raise InvalidInput(f"The header {complaint}{plural} {', '.join(names)}; needed are {','.join(wanted)}.")
    return columns


def cells(line: Line) -> list[str]:
    """Return the values of a record without surrounding space. Raises `MalformedRow`."""
    if line.fault:
        raise line.fault
    try:
        return [cell.strip() for cell in next(csv.reader([line.text], strict=True))]
    except csv.Error as error:
        raise MalformedRow(f"The line is no CSV: {error}.") from None


def _values(line: Line, columns: list[str]) -> tuple[list[str], Refusal | None]:
    """Return the values of a row and what is wrong with it; of a wrong row, values that may still name its order."""
    try:
        values = cells(line)
    except MalformedRow as fault:
        return [value.strip() for value in line.text[:RAW_MAX].split(",")], fault
    if len(values) != len(columns):
        return values, MalformedRow(f"The line has {len(values)} columns; the header has {len(columns)}.")
    return values, None


def _key(values: list[str], columns: list[str]) -> Key | None:
    """Return the source and external id by which rows belong together, or None when the row does not tell."""
    places = [columns.index("source"), columns.index("external_id")]
    if max(places) >= len(values):
        return None
    source, external_id = (values[place] for place in places)
    return (source, external_id) if source and external_id else None


def _nameless() -> InvalidInput:
    return InvalidInput("`source` and `external_id` must not be empty.", field=("external_id",))


@dataclass(slots=True)
class _Group:
    """The rows of one order."""

    key: Key
    rows: list[Cells] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    fault: tuple[int, Refusal] | None = None
    """The first line that is wrong."""
    interrupted: bool = False
    """Whether a row that names no order came since the last row of this one."""

    def add(self, line: Line, row: Cells, fault: Refusal | None) -> None:
        """Take one more row; of more rows than an order has lines, only that they are too many is kept."""
        if self.interrupted:
            fault = MalformedRow("A row that names no order stands among the rows of this one.")
        if len(self.rows) == LINES_MAX:
            fault = InvalidInput(f"The order has more than {LINES_MAX} lines.", field=("lines",))
        if self.rows and not fault:
            changed = next((name for name in ORDER_COLUMNS if row[name] != self.rows[0].get(name)), None)
            if changed:
                fault = InvalidInput(f"`{changed}` is not the same in all rows of the order.", field=(changed,))
        if fault and self.fault is None:
            self.fault = (line.number, fault)
        self.interrupted = False
        if len(self.rows) < LINES_MAX:
            self.rows.append(row)
            self.numbers.append(line.number)
            self.raw.append(line.text)

    def entry(self, zone: ZoneInfo) -> Entry:
        """Return the order, or why it is refused."""
        raw = "\n".join(self.raw)[:RAW_MAX]
        number = self.numbers[0]
        try:
            if self.fault:
                number, refusal = self.fault
                raise refusal
            lines = []
            for index, row in enumerate(self.rows):
                number = self.numbers[index]
                lines.append(_line(row, ("lines", str(index))))
            number = self.numbers[0]
            return ReadOrder(tuple(self.numbers), raw, _order(self.key, self.rows[0], tuple(lines), zone))
        except Refusal as refusal:
            return RefusedRow(number, self.key[1], refusal, raw)


def _order(key: Key, row: Cells, lines: tuple[LineRequest, ...], zone: ZoneInfo) -> OrderRequest:
    return OrderRequest(
        source=key[0],
        external_id=key[1],
        lines=lines,
        member=_member(row),
        store=row["store"] or None,
        channel=row["channel"] or None,
        occurred_at=instant(row["occurred_at"], zone, ("occurredAt",)) if row["occurred_at"] else None,
        shipping=decimal(row["shipping"], ("shipping",)) if row["shipping"] else None,
    )


def _member(row: Cells) -> MemberRef | None:
    """Return the member, or None for a guest: then both columns are empty."""
    if not row["member_source"] and not row["member_id"]:
        return None
    return identity(row["member_source"], row["member_id"], ("member", "identity"))


def _line(row: Cells, at: checks.Path) -> LineRequest:
    return LineRequest(
        ref=row["ref"],
        sku=row["sku"],
        quantity=whole(row["quantity"], (*at, "quantity")),
        unit_price=decimal(row["unit_price"], (*at, "unitPrice")),
        name=row["name"] or None,
        category=row["category"] or None,
    )

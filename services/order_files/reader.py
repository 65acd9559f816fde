"""From a file to orders, whatever its format."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from zoneinfo import ZoneInfo

from domain.refusals import Refusal
from services.order_files import cdnow, csv_rows, json_lines
from services.order_files.entries import RAW_MAX, Entry, ReadOrder, RefusedRow
from services.order_files.lines import Line, Lines
from services.orders import OrderRequest


class Format(StrEnum):
    """How a file of orders is written; each has a module that describes it."""

    CDNOW = "cdnow"
    CSV = "csv"
    JSONL = "jsonl"


def read(lines: Lines, format: Format, zone: ZoneInfo) -> Iterator[Entry]:
    """Yield the orders of a file in its order; days and times without an offset are those of `zone`.

    Raises `InvalidInput` at the first order when the file has a header that does not fit.
    """
    match format:
        case Format.CDNOW:
            return _each(lines, lambda line: cdnow.order_request(line, zone), lambda line: str(line.number))
        case Format.JSONL:
            return _each(
                lines,
                lambda line: json_lines.order_request(line, zone),
                lambda line: None if line.fault else json_lines.external_id(line.text),
            )
        case Format.CSV:
            return csv_rows.read_orders(iter(lines), zone)


def _each(
    lines: Lines, order_request: Callable[[Line], OrderRequest], external_id: Callable[[Line], str | None]
) -> Iterator[Entry]:
    """Yield the order of each line."""
    for line in lines:
        raw = line.text[:RAW_MAX]
        try:
            if line.fault:
                raise line.fault
            yield ReadOrder((line.number,), raw, order_request(line))
        except Refusal as refusal:
            yield RefusedRow(line.number, external_id(line), refusal, raw)

"""The CDNOW data set: `master_id sample_id yyyymmdd number_of_cds dollar_value`, one purchase on each line."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.refusals import InvalidInput
from services.order_files.lines import Line, MalformedRow
from services.order_files.values import decimal, identity, shown, whole
from services.orders import LineRequest, OrderRequest

SOURCE = "cdnow"
SKU = "CD"
COLUMNS = 5
DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
HOUR = 12
"""The data has days only; noon stays on its day when clocks change, and in most other time zones."""


def order_request(line: Line, zone: ZoneInfo) -> OrderRequest:
    """Return the purchase of a line, named by the line's number. Raises `MalformedRow` or `InvalidInput`."""
    cells = line.text.split()
    if len(cells) != COLUMNS:
        raise MalformedRow(f"The line has {len(cells)} columns; {COLUMNS} are needed.")
    customer, _, day, discs, value = cells
    return OrderRequest(
        source=SOURCE,
        external_id=str(line.number),
        member=identity(SOURCE, customer, ("member", "identity")),
        occurred_at=_noon(day, zone),
        lines=(LineRequest("1", SKU, 1, decimal(value, ("dollar_value",))),),
        attributes=(("cds", str(whole(discs, ("number_of_cds",)))),),
    )


@lru_cache(maxsize=1024)
def _noon(day: str, zone: ZoneInfo) -> datetime:
    found = DAY.fullmatch(day)
    if found:
        year, month, number = map(int, found.groups())
        with suppress(ValueError, OverflowError):  # no such day of the calendar
            return datetime(year, month, number, HOUR, tzinfo=zone).astimezone(UTC)
    raise InvalidInput(f"`yyyymmdd` is no day: {shown(day)}.", field=("yyyymmdd",))

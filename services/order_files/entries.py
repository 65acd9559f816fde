"""What a file of orders is read into."""

from dataclasses import dataclass

from domain.refusals import Refusal
from services.orders import OrderRequest

RAW_MAX = 10_000
"""Characters of an order's text that are kept to be shown beside its error."""


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order as the file reports it, and the numbers of the lines that it stands on."""

    numbers: tuple[int, ...]
    raw: str
    request: OrderRequest


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """An order that was refused, by the reader or by the engine; `number` is that of the line at fault."""

    number: int
    external_id: str | None
    refusal: Refusal
    raw: str


Entry = ReadOrder | RefusedRow

"""An order: what a source system reports, checked, in minor units of the program's currency."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.digest import content_hash
from domain.values import value

LINES_MAX = 500
QUANTITY_MAX = 1_000_000


class OrderState(StrEnum):
    """Where an order is in its life."""

    HELD = "HELD"
    COMMITTED = "COMMITTED"
    PARTIALLY_RETURNED = "PARTIALLY_RETURNED"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


@value
class LineContent:
    """One line as reported. `unit_price` is in minor units; `ref` is unique in its order."""

    ref: str
    sku: str
    name: str | None
    category: str | None
    quantity: int
    unit_price: int
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def subtotal(self) -> int:
        """Price of the whole line before any discount."""
        return self.quantity * self.unit_price


@value
class OrderContent:
    """An order as reported; `occurred_at` None means "now". Amounts are minor units of the program's currency."""

    source: str
    external_id: str
    member_id: UUID | None
    store: str | None
    channel: str | None
    occurred_at: datetime | None
    shipping: int
    lines: tuple[LineContent, ...]
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def subtotal(self) -> int:
        """Price of all lines before any discount, without shipping."""
        return sum(line.subtotal for line in self.lines)

    def hash(self) -> bytes:
        """Return the hash by which the same content is known again."""
        lines = tuple(
            (line.ref, line.sku, line.name, line.category, line.quantity, line.unit_price, line.attributes)
            for line in self.lines
        )
        return content_hash(
            (
                self.source,
                self.external_id,
                self.member_id,
                self.store,
                self.channel,
                self.occurred_at,
                self.shipping,
                lines,
                self.attributes,
            )
        )


@value
class Order:
    """An order as stored: the amounts it was decided with."""

    id: UUID
    program_id: UUID
    member_id: UUID | None
    source: str
    external_id: str
    state: OrderState
    content_hash: bytes
    store: str | None
    channel: str | None
    currency: str
    subtotal: int
    discount_total: int
    shipping: int
    payable: int
    attributes: dict[str, str]
    not_applied: list[dict[str, object]]
    transfer_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime


@value
class OrderLine:
    """A line as stored, by (order, ordinal)."""

    order_id: UUID
    ordinal: int
    program_id: UUID
    ref: str
    sku: str
    name: str | None
    category: str | None
    quantity: int
    returned_quantity: int
    unit_price: int
    discount: int
    payable: int
    attributes: dict[str, str]


@value
class OrderEffect:
    """An effect as stored, by (order, ordinal): what was decided, by which rule version, and why."""

    order_id: UUID
    ordinal: int
    program_id: UUID
    kind: str
    campaign_id: UUID
    campaign_version_id: UUID
    asset_id: UUID
    amount: int
    facts: dict[str, object]
    explanation: dict[str, object]

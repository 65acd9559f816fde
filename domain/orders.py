"""An order: what a source system reports, checked, in minor units of the program's currency."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.digest import content_hash
from domain.values import replace, value

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
    spend: tuple[tuple[UUID, int], ...] = ()
    """(asset, minor units of it) to pay with, by asset, each asset once."""
    payer_id: UUID | None = None
    """Whose balances these are; None for the member's own."""
    coupon_codes: tuple[str, ...] | None = None
    """The codes that it names, and when it is decided the ids of their coupons, but of a shared code that itself.

    None lets the best coupons of the member be chosen.
    """

    @property
    def subtotal(self) -> int:
        """Price of all lines before any discount, without shipping."""
        return sum(line.subtotal for line in self.lines)

    def of(self, member_id: UUID, payer_id: UUID | None) -> "OrderContent":
        """Return the order of a member, paid by another one if `payer_id` is another's."""
        return replace(self, member_id=member_id, payer_id=None if payer_id == member_id else payer_id)

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
                self.spend,
                *((self.payer_id,) if self.payer_id else ()),
                *((("coupons", self.coupon_codes),) if self.coupon_codes is not None else ()),
            )
        )


@value
class Order:
    """An order as stored: the amounts it was decided with, in minor units of the program's currency.

    `discount_total` is all discounts, `shipping_discount` that of shipping among them. `spent` is what points are worth
    that were used as money, and lowers `payable`. `paid` is what stored value paid of it, and `released` what of the
    rest need not be paid because it was not captured. `payer_id` is whose balances pay when they are not the member's
    own. `consumed` is what the order takes of the campaigns that have limits or budgets; it is `counted` among their
    uses from the hold or commit on, until the order is cancelled or its hold has run out. `transfer_id` is None until
    the order is committed, and after it when it posted nothing. `held_until` is the limit of an order that is or was
    held, `claimed_at` when a guest's order became a member's.
    """

    id: UUID
    program_id: UUID
    member_id: UUID | None
    source: str
    external_id: str
    payer_id: UUID | None
    state: OrderState
    content_hash: bytes
    store: str | None
    channel: str | None
    currency: str
    subtotal: int
    discount_total: int
    shipping: int
    shipping_discount: int
    spent: int
    payable: int
    paid: int
    released: int
    attributes: dict[str, str]
    not_applied: list[dict[str, object]]
    consumed: list[dict[str, Any]]
    counted: bool
    transfer_id: UUID | None
    held_until: datetime | None
    claimed_at: datetime | None
    occurred_at: datetime
    recorded_at: datetime

    @property
    def holder_id(self) -> UUID | None:
        """Whose balances pay: the payer's, or the member's own."""
        return self.payer_id or self.member_id

    @property
    def due(self) -> int:
        """What is left to be paid outside for what was captured: by cash, card or any other means."""
        return self.due_for_all - self.released

    @property
    def due_for_all(self) -> int:
        """What would be left to be paid outside if nothing of it had been released."""
        return self.payable - self.paid

    def at(self, now: datetime) -> "Order":
        """Return the order as it is now: a hold whose time is over has run out, whether or not that is written."""
        over = self.state is OrderState.HELD and self.held_until is not None and self.held_until <= now
        return replace(self, state=OrderState.EXPIRED) if over else self


@value
class OrderReturn:
    """Some of an order that came back, by (order, ordinal)."""

    id: UUID
    order_id: UUID
    ordinal: int
    program_id: UUID
    member_id: UUID | None
    transfer_id: UUID | None
    quantities: dict[str, int]
    """How many pieces of each line, by its ref."""
    refund: int
    """What is to be paid back of `due`, in minor units of the program's currency."""
    actor: str
    reason: str | None
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
    released_quantity: int
    """Pieces that were held and not captured."""
    unit_price: int
    discount: int
    payable: int
    attributes: dict[str, str]
    campaign_id: UUID | None = None
    """The campaign that gave it as a gift."""


@value
class OrderEffect:
    """An effect as stored, by (order, ordinal): what was decided, by which rule version, and why.

    No campaign decides what an order is paid with. `asset_id` is None for what the ledger has no part in, and `parts`
    where all lines count by what is paid for them: see `Outcome`. Orders of before there were steps have none.
    """

    order_id: UUID
    ordinal: int
    program_id: UUID
    kind: str
    campaign_id: UUID | None
    campaign_version_id: UUID | None
    step: str | None
    asset_id: UUID | None
    amount: int
    parts: dict[str, int] | None
    facts: dict[str, object]
    explanation: dict[str, object]

    @property
    def of_asset(self) -> UUID:
        """The asset of an effect that the ledger carries out."""
        assert self.asset_id is not None, "what has no asset is not on the ledger"
        return self.asset_id

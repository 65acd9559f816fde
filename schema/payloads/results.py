"""Payloads: what a mutation answers. The entity is null when the call was refused."""

import strawberry

from schema.payloads.errors import BalanceAdjustError, BalanceTransferError, MemberAmendError, MemberEnrollError
from schema.payloads.order_errors import OrderCommitError, OrderImportError, OrderPreviewError, OrdersImportError
from schema.types.ledger import Entry
from schema.types.member import Member
from schema.types.order import Order
from schema.types.order_preview import OrderPreview

ERRORS = "Why nothing was done; empty when it was."
REPLAYED = "Whether this is the answer to an earlier call: the same key, or the same order under another key."


@strawberry.type(description="What `memberEnroll` answers.")
class MemberEnrollPayload:
    """An enrolment's answer."""

    member: Member | None = strawberry.field(description="The new member.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[MemberEnrollError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `memberAmend` answers.")
class MemberAmendPayload:
    """An amendment's answer."""

    member: Member | None = strawberry.field(description="The member.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[MemberAmendError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `orderCommit` answers.")
class OrderCommitPayload:
    """A commit's answer."""

    order: Order | None = strawberry.field(description="The committed order.", default=None)
    member: Member | None = strawberry.field(description="The member who bought, as it is now.", default=None)
    entries: list[Entry] = strawberry.field(
        description="Ledger lines that the commit wrote, with the balances right after it, also when replayed.",
        default_factory=list,
    )
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderCommitError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What became of one order of an import.")
class OrderImportResult:
    """One order's answer."""

    index: int = strawberry.field(description="Place of the order in the input, from 0.")
    order: Order | None = strawberry.field(description="The committed order.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[OrderImportError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `ordersImport` answers.")
class OrdersImportPayload:
    """An import's answer."""

    results: list[OrderImportResult] = strawberry.field(
        description="One result for each order, in the order of the input.", default_factory=list
    )
    user_errors: list[OrdersImportError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `orderPreview` answers.")
class OrderPreviewPayload:
    """A preview's answer."""

    order: OrderPreview | None = strawberry.field(description="What the order would come to.", default=None)
    user_errors: list[OrderPreviewError] = strawberry.field(
        description="Why the order could not be committed.", default_factory=list
    )


@strawberry.type(description="What `balanceAdjust` answers.")
class BalanceAdjustPayload:
    """An adjustment's answer."""

    member: Member | None = strawberry.field(description="The member, as it is now.", default=None)
    entry: Entry | None = strawberry.field(description="The ledger line that was written.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[BalanceAdjustError] = strawberry.field(description=ERRORS, default_factory=list)


@strawberry.type(description="What `balanceTransfer` answers.")
class BalanceTransferPayload:
    """A transfer's answer."""

    member: Member | None = strawberry.field(description="Who gave, as they are now.", default=None)
    to: Member | None = strawberry.field(description="Who received, as they are now.", default=None)
    given: Entry | None = strawberry.field(description="The line in the giver's ledger.", default=None)
    received: Entry | None = strawberry.field(description="The line in the receiver's ledger.", default=None)
    replayed: bool = strawberry.field(description=REPLAYED, default=False)
    user_errors: list[BalanceTransferError] = strawberry.field(description=ERRORS, default_factory=list)

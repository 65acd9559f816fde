"""Inputs of the contract, and what they mean to the use cases."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from schema import ids
from schema.enums import MemberKind, MemberStatus
from services.members import Enrolment, MemberRef
from services.order_life import OrderRef
from services.orders import LineRequest, OrderRequest

NOBODY = UUID(int=0)
"""What a malformed or foreign id stands for: nothing has it."""


@strawberry.input(description="A key by which an outside system knows a member or an order.")
class IdentityInput:
    """An outside key."""

    source: str = strawberry.field(description="The outside system, 1 to 64 characters.")
    external_id: str = strawberry.field(description="Its key, 1 to 200 characters.")


@strawberry.input(one_of=True, description="Names a member in one way.")
class MemberBy:
    """A member reference."""

    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Id.", default=None)
    number: strawberry.Maybe[str] = strawberry.field(description="Member number.", default=None)
    phone: strawberry.Maybe[str] = strawberry.field(description="Phone number.", default=None)
    identity: strawberry.Maybe[IdentityInput] = strawberry.field(description="An outside system's key.", default=None)

    def ref(self) -> MemberRef:
        """Return the reference of the use cases."""
        if self.id is not None:
            return MemberRef(id=ids.decode(ids.MEMBER, self.id.value) or NOBODY)
        if self.number is not None:
            return MemberRef(number=self.number.value)
        if self.phone is not None:
            return MemberRef(phone=self.phone.value)
        assert self.identity is not None, "exactly one of the fields is given"
        return MemberRef(identity=(self.identity.value.source, self.identity.value.external_id))


@strawberry.input(one_of=True, description="Names an order in one way.")
class OrderBy:
    """An order reference."""

    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Id.", default=None)
    identity: strawberry.Maybe[IdentityInput] = strawberry.field(
        description="Source system and its name for the order.", default=None
    )

    def ref(self) -> OrderRef:
        """Return the reference of the use cases."""
        if self.id is not None:
            return OrderRef(id=ids.decode(ids.ORDER, self.id.value) or NOBODY)
        assert self.identity is not None, "exactly one of the fields is given"
        return OrderRef(name=(self.identity.value.source, self.identity.value.external_id))


@strawberry.input(description="Which members a list shows; what is left out does not narrow it.")
class MemberFilter:
    """A filter."""

    status: MemberStatus | None = strawberry.field(description="Only with this status.", default=None)
    kinds: list[MemberKind] | None = strawberry.field(
        description="Only of these kinds; left out, persons and companies.", default=None
    )
    channel: str | None = strawberry.field(description="Only enrolled through this channel.", default=None)
    store: str | None = strawberry.field(description="Only enrolled in this store.", default=None)
    enrolled_from: datetime | None = strawberry.field(
        description="Only enrolled at this instant or later.", default=None
    )
    enrolled_until: datetime | None = strawberry.field(description="Only enrolled before this instant.", default=None)


@strawberry.input(description="A custom attribute.")
class AttributeInput:
    """An attribute."""

    key: str = strawberry.field(description="Its name, 1 to 64 characters, once in each set.")
    value: str = strawberry.field(description="Its value, 1 to 200 characters.")


def pairs(attributes: list[AttributeInput] | None) -> list[tuple[str, str]]:
    """Return attributes as pairs."""
    return [(attribute.key, attribute.value) for attribute in attributes or ()]


@strawberry.input(description="A line of an order. Amounts are in the program's currency.")
class OrderLineInput:
    """A line."""

    ref: str = strawberry.field(description="Name of the line, once in its order, 1 to 64 characters.")
    sku: str = strawberry.field(description="What is bought, 1 to 64 characters.")
    name: str | None = strawberry.field(description="Its name for people, up to 200 characters.", default=None)
    category: str | None = strawberry.field(description="Its category, up to 64 characters.", default=None)
    quantity: int = strawberry.field(description="How many, 1 to 1,000,000.")
    unit_price: Decimal = strawberry.field(description="Price of one, 0 or more.")
    attributes: list[AttributeInput] | None = strawberry.field(
        description="Custom attributes, at most 50.", default=None
    )

    def request(self) -> LineRequest:
        """Return the line of the use cases."""
        return LineRequest(
            ref=self.ref,
            sku=self.sku,
            quantity=self.quantity,
            unit_price=self.unit_price,
            name=self.name,
            category=self.category,
            attributes=pairs(self.attributes),
        )


@strawberry.input(description="So much of an asset that pays.")
class SpendInput:
    """A payment."""

    asset: str = strawberry.field(description="Code of an asset that is worth something at checkout.")
    amount: Decimal = strawberry.field(description="How much of it, more than 0; what it is worth must be whole.")


@strawberry.input(
    description="An order as its source reports it. Previewed, held or committed, an order has the same content."
)
class OrderContentInput:
    """An order."""

    source: str = strawberry.field(description="System that reports it, 1 to 64 characters.")
    external_id: str = strawberry.field(
        description="Its name there, 1 to 200 characters; unique together with `source`, for ever."
    )
    member: MemberBy | None = strawberry.field(description="Who buys; left out for a guest.", default=None)
    store: str | None = strawberry.field(description="Store, up to 64 characters.", default=None)
    channel: str | None = strawberry.field(description="Channel, up to 64 characters.", default=None)
    occurred_at: datetime | None = strawberry.field(
        description="When it was bought: now if left out, not in the future.", default=None
    )
    currency: str | None = strawberry.field(
        description="ISO 4217 currency; it must be the program's if given.", default=None
    )
    lines: list[OrderLineInput] = strawberry.field(description="1 to 500 lines.")
    shipping: Decimal | None = strawberry.field(description="Price of shipping, 0 or more.", default=None)
    attributes: list[AttributeInput] | None = strawberry.field(
        description="Custom attributes, at most 50.", default=None
    )
    coupon_codes: list[str] | None = strawberry.field(
        description="Codes of the coupons that it uses, at most 20. Null: choose the best for the member; []: none.",
        default=None,
    )
    spend: list[SpendInput] | None = strawberry.field(
        description="What the member pays with: points and stored value, each asset once, at most 20.", default=None
    )
    payer: MemberBy | None = strawberry.field(
        description="Whose balances `spend` takes from, when not the member's own: the member must be their agent.",
        default=None,
    )

    def request(self) -> OrderRequest:
        """Return the order of the use cases."""
        return OrderRequest(
            source=self.source,
            external_id=self.external_id,
            lines=[line.request() for line in self.lines],
            member=self.member.ref() if self.member else None,
            store=self.store,
            channel=self.channel,
            occurred_at=self.occurred_at,
            currency=self.currency,
            shipping=self.shipping,
            attributes=pairs(self.attributes),
            coupon_codes=self.coupon_codes,
            spend=[(spend.asset, spend.amount) for spend in self.spend or ()],
            payer=self.payer.ref() if self.payer else None,
        )


KEY = "Makes the call safe to repeat: the same key and content give the same answer. 1 to 128 characters."


@strawberry.input(description="What `memberEnroll` takes.")
class MemberEnrollInput:
    """An enrolment."""

    idempotency_key: str = strawberry.field(description=KEY)
    phone: str | None = strawberry.field(
        description="Phone number with country code, or as dialled in the program's territory.", default=None
    )
    email: str | None = strawberry.field(description="E-mail address.", default=None)
    name: str | None = strawberry.field(description="Name, up to 200 characters.", default=None)
    birthday: date | None = strawberry.field(description="Day of birth.", default=None)
    channel: str | None = strawberry.field(description="Channel, up to 64 characters.", default=None)
    store: str | None = strawberry.field(description="Store, up to 64 characters.", default=None)
    identities: list[IdentityInput] | None = strawberry.field(
        description="Keys by which outside systems know the member, at most 20.", default=None
    )
    referred_by: MemberBy | None = strawberry.field(description="Who referred the member.", default=None)
    kind: MemberKind = strawberry.field(
        description="A person or a company, for ever. Gift cards are issued and not enrolled.",
        default=MemberKind.PERSON,
    )
    attributes: list[AttributeInput] | None = strawberry.field(
        description="Custom attributes, at most 50.", default=None
    )

    def enrolment(self) -> Enrolment:
        """Return the enrolment of the use cases."""
        return Enrolment(
            phone=self.phone,
            email=self.email,
            name=self.name,
            birthday=self.birthday,
            channel=self.channel,
            store=self.store,
            identities=[(identity.source, identity.external_id) for identity in self.identities or ()],
            referred_by=self.referred_by.ref() if self.referred_by else None,
            kind=self.kind,
            attributes=pairs(self.attributes),
        )


@strawberry.input(description="What `memberAmend` takes: what is left out stays, null clears.")
class MemberAmendInput:
    """An amendment."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Who is amended.")
    phone: strawberry.Maybe[str | None] = strawberry.field(description="Phone number.", default=None)
    email: strawberry.Maybe[str | None] = strawberry.field(description="E-mail address.", default=None)
    name: strawberry.Maybe[str | None] = strawberry.field(description="Name.", default=None)
    birthday: strawberry.Maybe[date | None] = strawberry.field(description="Day of birth.", default=None)
    channel: strawberry.Maybe[str | None] = strawberry.field(description="Channel of enrolment.", default=None)
    store: strawberry.Maybe[str | None] = strawberry.field(description="Store of enrolment.", default=None)
    status: strawberry.Maybe[MemberStatus | None] = strawberry.field(
        description="Whether the member may earn and spend; CLOSED is for good.", default=None
    )
    attributes: strawberry.Maybe[list[AttributeInput] | None] = strawberry.field(
        description="All custom attributes, at most 50, in place of those that there are.", default=None
    )

    def changes(self) -> dict[str, object]:
        """Return the facts that are given, with their new values."""
        names = ("phone", "email", "name", "birthday", "channel", "store", "status")
        given = {name: getattr(self, name) for name in names}
        found = {name: value.value for name, value in given.items() if value is not None}
        return found if self.attributes is None else found | {"attributes": pairs(self.attributes.value)}


@strawberry.input(description="What `orderPreview` takes.")
class OrderPreviewInput:
    """A preview."""

    order: OrderContentInput = strawberry.field(description="The order.")
    at: datetime | None = strawberry.field(
        description="Decide as of this instant instead of now, from today's balances and tier.", default=None
    )


@strawberry.input(description="What `orderCommit` takes.")
class OrderCommitInput:
    """A commit."""

    idempotency_key: str = strawberry.field(description=KEY)
    order: OrderContentInput = strawberry.field(description="The order.")


@strawberry.input(description="What `ordersImport` takes.")
class OrdersImportInput:
    """An import."""

    idempotency_key: str = strawberry.field(description=KEY)
    orders: list[OrderContentInput] = strawberry.field(
        description="1 to 500 orders, each decided by itself, in order. With `couponCodes` null they use no coupons."
    )
    enroll_unknown: bool = strawberry.field(
        description="Enrol members whose identity is not known yet, as of their first order here. Requires "
        "`members:write`.",
        default=False,
    )


@strawberry.input(description="What `balanceAdjust` takes.")
class BalanceAdjustInput:
    """An adjustment."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Whose balance.")
    asset: str = strawberry.field(description="Code of the asset.")
    amount: Decimal = strawberry.field(description="What is added; negative to take away. Not 0.")
    reason: str = strawberry.field(description="Why, 1 to 500 characters; it is kept in the ledger.")


@strawberry.input(description="What `balanceTransfer` takes.")
class BalanceTransferInput:
    """A transfer."""

    idempotency_key: str = strawberry.field(description=KEY)
    member: MemberBy = strawberry.field(description="Who gives.")
    to: MemberBy = strawberry.field(description="Who receives.")
    asset: str = strawberry.field(description="Code of the asset; one that counts towards tiers cannot be given away.")
    amount: Decimal = strawberry.field(description="How much, more than 0.")
    reason: str | None = strawberry.field(
        description="Why, 1 to 500 characters; it is kept in the ledger.", default=None
    )

"""Every place of every input, found by walking the schema, with an example that is good there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from app.transport.schema import Schema
from schema import root
from tests.api.rule_inputs import RULE_CHOICES, RULE_DISTINCT, RULE_EXAMPLES
from tests.api.template_inputs import LEFT_OUT, TEMPLATE_CHOICES, TEMPLATE_EXAMPLES

SCHEMA: GraphQLSchema = root.build(Schema)._schema
MISSING = object()
NOTHING = object()
Path = tuple[str, ...]

EXAMPLES: dict[str, Any] = {
    "AgentAppointInput.asset": "POINTS",
    "AgentAppointInput.idempotencyKey": "bad-input",
    "AgentAppointInput.monthlyLimit": "500",
    "AgentDismissInput.asset": "VALUE",
    "AgentDismissInput.idempotencyKey": "bad-input",
    "AttributeInput.key": "colour",
    "AttributeInput.value": "red",
    "BalanceAdjustInput.amount": "5",
    "BalanceAdjustInput.asset": "POINTS",
    "BalanceAdjustInput.idempotencyKey": "bad-input",
    "BalanceAdjustInput.reason": "a gift",
    "BalanceTransferInput.amount": "5",
    "BalanceTransferInput.asset": "POINTS",
    "BalanceTransferInput.idempotencyKey": "bad-input",
    "BalanceTransferInput.reason": "a gift",
    "BalanceConvertInput.amount": "5",
    "BalanceConvertInput.from": "POINTS",
    "BalanceConvertInput.idempotencyKey": "bad-input",
    "BalanceConvertInput.to": "VALUE",
    "BalanceSpendInput.amount": "1",
    "BalanceSpendInput.asset": "POINTS",
    "BalanceSpendInput.idempotencyKey": "bad-input",
    "BalanceSpendInput.reason": "a visit",
    "BalanceSpendUndoInput.amount": "0.01",
    "BalanceSpendUndoInput.entry": "ent_00000000000000000000000000",
    "BalanceSpendUndoInput.idempotencyKey": "bad-input",
    "BalanceSpendUndoInput.reason": "closed",
    "CouponBatchCancelInput.batch": "cpb_00000000000000000000000000",
    "CouponBatchCancelInput.idempotencyKey": "bad-input",
    "CouponBatchGenerateInput.idempotencyKey": "bad-input",
    "CouponBatchGenerateInput.reason": "spring",
    "CouponBatchGenerateInput.size": 3,
    "CouponBatchResumeInput.batch": "cpb_00000000000000000000000000",
    "CouponBatchResumeInput.idempotencyKey": "bad-input",
    "CouponBy.code": "0000-0000-0000-0000-0",
    "CouponBy.id": "cpn_00000000000000000000000000",
    "CouponClaimInput.code": MISSING,
    "CouponClaimInput.idempotencyKey": "bad-input",
    "CouponExtendInput.idempotencyKey": "bad-input",
    "CouponExtendInput.reason": "ill",
    "CouponExtendInput.until": "2999-01-01T00:00:00Z",
    "CouponGiftInput.idempotencyKey": "bad-input",
    "CouponIssueInput.count": 1,
    "CouponIssueInput.idempotencyKey": "bad-input",
    "CouponIssueInput.reason": "sorry",
    "CouponTemplateBy.code": "TEN",
    "CouponTemplateBy.id": "cpt_00000000000000000000000000",
    "CouponVoidInput.idempotencyKey": "bad-input",
    "CouponVoidInput.reason": "a mistake",
    "EventRecordInput.code": "CHECK_IN",
    "EventRecordInput.idempotencyKey": "bad-input",
    "EventRecordInput.occurredAt": "2024-03-01T09:30:00Z",
    "GiftCardClaimInput.code": "GC-0000-0000-0000-0000-0",
    "GiftCardClaimInput.idempotencyKey": "bad-input",
    "GiftCardIssueInput.amount": "1.00",
    "GiftCardIssueInput.asset": "VALUE",
    "GiftCardIssueInput.idempotencyKey": "bad-input",
    "GiftCardIssueInput.message": "Happy birthday",
    "GiftCardIssueInput.reason": "receipt 8",
    "GiftCardVoidInput.card": "gft_00000000000000000000000000",
    "GiftCardVoidInput.idempotencyKey": "bad-input",
    "GiftCardVoidInput.reason": "bought twice",
    "IdentityInput.externalId": "77",
    "IdentityInput.source": "pos",
    "MemberAmendInput.birthday": "1990-02-28",
    "MemberAmendInput.channel": "web",
    "MemberAmendInput.email": "lilei@example.com",
    "MemberAmendInput.idempotencyKey": "bad-input",
    "MemberAmendInput.name": "Li Lei",
    "MemberAmendInput.phone": "+8613800138001",
    "MemberAmendInput.status": "FROZEN",
    "MemberAmendInput.store": "s-1",
    "MemberBy.id": "mem_00000000000000000000000000",
    "MemberBy.number": "100000000000",
    "MemberBy.phone": "+8613800138000",
    "MemberEnrollInput.birthday": "1990-02-28",
    "MemberEnrollInput.channel": "web",
    "MemberEnrollInput.email": "lilei@example.com",
    "MemberEnrollInput.idempotencyKey": "bad-input",
    "MemberEnrollInput.kind": "PERSON",
    "MemberEnrollInput.name": "Li Lei",
    "MemberEnrollInput.phone": "+8613800138002",
    "MemberEnrollInput.store": "s-1",
    "MemberTagInput.add": "vip",
    "MemberTagInput.idempotencyKey": "bad-input",
    "MemberTagInput.remove": "regular",
    "CaptureLineInput.quantity": 1,
    "CaptureLineInput.ref": "1",
    "OrderCancelInput.idempotencyKey": "bad-input",
    "OrderCaptureInput.idempotencyKey": "bad-input",
    "OrderClaimInput.idempotencyKey": "bad-input",
    "OrderCommitInput.idempotencyKey": "bad-input",
    "OrderHoldInput.holdSeconds": 900,
    "OrderHoldInput.idempotencyKey": "bad-input",
    "OrderReturnInput.idempotencyKey": "bad-input",
    "OrderReturnInput.reason": "wrong size",
    "OrderBy.id": "ord_00000000000000000000000000",
    "ReturnLineInput.quantity": 1,
    "ReturnLineInput.ref": "1",
    "SpendInput.amount": "5",
    "SpendInput.asset": "POINTS",
    "OrderContentInput.channel": "web",
    "OrderContentInput.couponCodes": "WELCOME",
    "OrderContentInput.currency": "CNY",
    "OrderContentInput.externalId": "A-1",
    "OrderContentInput.occurredAt": "2024-03-01T09:30:00Z",
    "OrderContentInput.shipping": "6.00",
    "OrderContentInput.source": "till",
    "OrderContentInput.store": "s-1",
    "OrderLineInput.category": "drinks",
    "OrderLineInput.name": "Green tea",
    "OrderLineInput.quantity": 2,
    "OrderLineInput.ref": "1",
    "OrderLineInput.sku": "TEA",
    "OrderLineInput.unitPrice": "12.50",
    "OrderPreviewInput.at": "2024-03-01T09:30:00Z",
    "OrdersImportInput.enrollUnknown": False,
    "OrdersImportInput.idempotencyKey": "bad-input",
    "ValueRefundInput.amount": "0.01",
    "ValueRefundInput.idempotencyKey": "bad-input",
    "ValueRefundInput.reason": "moved away",
    "ValueRefundInput.topUp": "ent_00000000000000000000000000",
    "ValueTopUpInput.amount": "5.00",
    "ValueTopUpInput.asset": "VALUE",
    "ValueTopUpInput.idempotencyKey": "bad-input",
    "ValueTopUpInput.reason": "receipt 7",
}
EXAMPLES |= TEMPLATE_EXAMPLES | dict.fromkeys(LEFT_OUT, MISSING)
EXAMPLES |= RULE_EXAMPLES | dict.fromkeys(("ShippingOffRuleInput.amount", "ShippingOffRuleInput.percent"), MISSING)
"""A good value for every leaf. References name the member with the identity (pos, 1); (pos, 2) receives,
and pays. Each may draw on POINTS of the other, and (pos, 2) on VALUE of (pos, 1).

Coupons of TEN are bought for a point; WELCOME is a code that all may use. Of orders, (till, H-1) and (till, H-2) are
held, (till, R-1) is committed, and (till, G-1) is a guest's. What is named by an id alone is
made by the fixture `shop`, which puts its id here, or among the choices.
"""
CHOICES: dict[str, Any] = {
    "MemberBy": {"identity": {"source": "pos", "externalId": "1"}},
    "OrderBy": {"identity": {"source": "till", "externalId": "H-1"}},
    "OrderCancelInput.order": {"identity": {"source": "till", "externalId": "H-2"}},
    "OrderClaimInput.order": {"identity": {"source": "till", "externalId": "G-1"}},
    "OrderReturnInput.order": {"identity": {"source": "till", "externalId": "R-1"}},
    "BalanceTransferInput.to": {"identity": {"source": "pos", "externalId": "2"}},
    "AgentAppointInput.agent": {"identity": {"source": "pos", "externalId": "2"}},
    "AgentDismissInput.agent": {"identity": {"source": "pos", "externalId": "2"}},
    "BalanceSpendInput.agent": {"identity": {"source": "pos", "externalId": "2"}},
    "OrderContentInput.payer": {"identity": {"source": "pos", "externalId": "2"}},
    "CouponBy": {"code": "0000-0000-0000-0000-0"},
    "CouponGiftInput.to": {"identity": {"source": "pos", "externalId": "2"}},
    "CouponTemplateBy": {"code": "TEN"},
}
CHOICES |= RULE_CHOICES | TEMPLATE_CHOICES
"""Which branch of a `@oneOf` input, or of a field that takes one, an example takes when the path does not say."""
DISTINCT = {
    "AttributeInput": "key",
    "CaptureLineInput": "ref",
    "IdentityInput": "externalId",
    "OrderContentInput": "externalId",
} | {
    "OrderLineInput": "ref",
    "ReturnLineInput": "ref",
    "SpendInput": "asset",
}
DISTINCT |= RULE_DISTINCT
"""The field that tells the items of a list apart."""


ONCE = frozenset({"ConditionInput", "LineMatchInput"})


@dataclass(frozen=True)
class Spot:
    """A place in an input. `owner` is the field that it is or lies in, as `Type.field`; `path` starts below `input`."""

    path: Path
    owner: str
    type: GraphQLInputType
    required: bool
    reference: Path | None
    """The path of the `@oneOf` input around it, if there is one."""

    @property
    def name(self) -> str:
        """The path as one word."""
        return ".".join(self.path)


def operations() -> dict[str, tuple[str, GraphQLField]]:
    """Return every field of Query and Mutation that takes an `input`: its kind and itself, by name."""
    found = {}
    for kind, type_ in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type)):
        assert type_ is not None
        found |= {name: (kind, field) for name, field in type_.fields.items() if "input" in field.args}
    return found


def input_of(operation: str) -> GraphQLInputObjectType:
    """Return the type of an operation's `input`."""
    named = get_named_type(operations()[operation][1].args["input"].type)
    assert isinstance(named, GraphQLInputObjectType)
    return named


def spots(
    type_: GraphQLInputObjectType, path: Path = (), reference: Path | None = None, seen: set[str] | None = None
) -> Iterator[Spot]:
    """Yield every place below an input object: its fields, the items of its lists, and theirs.

    What `ONCE` names stands in many places, some of them within itself; it is looked into in the first.
    """
    seen = set() if seen is None else seen
    if type_.name in ONCE:
        if type_.name in seen:
            return
        seen.add(type_.name)
    for name, field in type_.fields.items():
        required = is_non_null_type(field.type) and field.default_value is Undefined
        inside = path if type_.is_one_of and type_.name.endswith("By") else reference
        yield from _spots((*path, name), f"{type_.name}.{name}", field.type, inside, seen, required=required)


def _spots(
    path: Path, owner: str, type_: GraphQLInputType, reference: Path | None, seen: set[str], *, required: bool
) -> Iterator[Spot]:
    yield Spot(path, owner, type_, required, reference)
    bare = type_.of_type if is_non_null_type(type_) else type_
    if is_list_type(bare):
        yield from _spots((*path, "0"), owner, bare.of_type, reference, seen, required=False)
    elif isinstance(bare, GraphQLInputObjectType):
        yield from spots(bare, path, reference, seen)


def example(type_: GraphQLInputType, owner: str = "", path: Path = (), value: Any = NOTHING) -> Any:
    """Return a good value that gives every field, but has `value` at `path`, which `MISSING` leaves out."""
    if not path and value is not NOTHING:
        return value
    bare = type_.of_type if is_non_null_type(type_) else type_
    if not path and EXAMPLES.get(owner) is MISSING:
        return MISSING
    if is_list_type(bare):
        return [example(bare.of_type, owner, path[1:], value if path else NOTHING)]
    if is_leaf_type(bare):
        return EXAMPLES[owner]
    assert isinstance(bare, GraphQLInputObjectType)
    if bare.is_one_of and not path:
        return CHOICES.get(owner) or CHOICES[bare.name]
    made = {}
    for name, field in bare.fields.items():
        here = bool(path) and path[0] == name
        if bare.is_one_of and not here:
            continue
        child = example(field.type, f"{bare.name}.{name}", path[1:] if here else (), value if here else NOTHING)
        if child is not MISSING:
            made[name] = child
    return made


PLACES = [(operation, spot) for operation in operations() for spot in spots(input_of(operation))]
"""Every place of every input."""


def many(type_: GraphQLInputType, size: int, owner: str) -> list[Any]:
    """Return so many good items of a list's type, each different where that matters."""
    bare = type_.of_type if is_non_null_type(type_) else type_
    item_type = bare.of_type
    named = get_named_type(item_type)
    if named.name == "String":
        return [f"n{index}" for index in range(size)]
    if is_leaf_type(named) or named.name not in DISTINCT:
        return [example(item_type, owner if is_leaf_type(named) else "")] * size
    return [example(item_type) | {DISTINCT[named.name]: f"n{index}"} for index in range(size)]


def document(operation: str, given: str = "$input") -> str:
    """Return a document that runs an operation and asks for its errors and for the presence of all else."""
    kind, field = operations()[operation]
    variable = f" Bad($input: {field.args['input'].type})" if given == "$input" else ""
    return f"{kind}{variable} {{ {operation}(input: {given}) {{ {_selection(get_named_type(field.type))} }} }}"


def _selection(payload: Any) -> str:
    parts = []
    for name, field in payload.fields.items():
        named = get_named_type(field.type)
        if name == "userErrors":
            parts.append("userErrors { __typename ... on UserError { code message field } }")
        elif is_leaf_type(named):
            parts.append(name)
        elif "userErrors" in getattr(named, "fields", {}):
            parts.append(f"{name} {{ {_selection(named)} }}")
        else:
            parts.append(f"{name} {{ __typename }}")
    return " ".join(parts)


def literal(type_: GraphQLInputType, value: Any) -> str:
    """Return a value as it stands in a document; a string stands for an enum's name when it can be one."""
    bare = type_.of_type if is_non_null_type(type_) else type_
    if isinstance(value, list):
        item_type = bare.of_type if is_list_type(bare) else bare
        return f"[{', '.join(literal(item_type, item) for item in value)}]"
    if isinstance(value, dict):
        types = {name: field.type for name, field in getattr(bare, "fields", {}).items()}
        return f"{{{', '.join(f'{name}: {literal(types.get(name, bare), item)}' for name, item in value.items())}}}"
    names = is_enum_type(bare) and isinstance(value, str) and value.isidentifier()
    return str(value) if names else json.dumps(value)

"""What is bad at each place of an input, and how the answer must say so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from graphql import GraphQLInputObjectType, get_named_type, is_list_type, is_non_null_type

from tests.api.bad_rules import ENUM, ENUMS, RULE_SIZES, RULE_TWICE, rules
from tests.api.inputs import MISSING, Path, Spot, example, many
from tests.api.template_inputs import TEMPLATE_SIZES, TEMPLATE_TWICE, templates

BAD_REQUEST = "BAD_REQUEST"
INVALID_INPUT = "INVALID_INPUT"
NOT_FOUND = "NOT_FOUND"
Values = dict[str, Any]

BY_TYPE: dict[str, Values] = {
    "String": {"number": 5, "fraction": 1.5, "boolean": True, "object": {}, "list": [], "list of it": ["a", "b"]},
    "ID": {"fraction": 1.5, "boolean": True, "object": {}, "list": []},
    "Int": {
        "string": "1",
        "word": "NaN",
        "fraction": 1.5,
        "boolean": True,
        "object": {},
        "list": [],
        "2^31": 2**31,
        "-2^31-1": -(2**31) - 1,
        "2^63": 2**63,
        "-2^63-1": -(2**63) - 1,
        "1e308": 1e308,
    },
    "Boolean": {"string": "true", "0": 0, "1": 1, "object": {}, "list": []},
    "Decimal": {
        "boolean": True,
        "object": {},
        "list": [],
        "empty": "",
        "blank": " ",
        "word": "ten",
        "NaN": "NaN",
        "sNaN": "sNaN",
        "Infinity": "Infinity",
        "-inf": "-inf",
        "underscore": "1_000",
        "full-width digits": "１２",
        "spaces around": " 5 ",
        "comma": "1,5",
        "hexadecimal": "0x10",
        "no exponent": "1e",
        "81 digits": "1" * 81,
        "exponent of 20 digits": "1e99999999999999999999",
        "-2^63-1 as number": -(2**63) - 1,
        "number of more digits than a double holds": 12345678901234567.89,
    },
    "Date": {
        "number": 20260301,
        "boolean": True,
        "object": {},
        "list": [],
        "empty": "",
        "word": "yesterday",
        "13th month": "2026-13-01",
        "30 February": "2026-02-30",
        "instant": "2026-03-01T00:00:00Z",
        "year 10000": "10000-01-01",
        "NUL": "2026-03-01\0",
    },
    "DateTime": {
        "number": 0,
        "boolean": True,
        "object": {},
        "list": [],
        "empty": "",
        "word": "yesterday",
        "day": "2026-03-01",
        "no zone": "2026-03-01T09:30:00",
        "30 February": "2026-02-30T00:00:00Z",
        "13th month": "2026-13-01T00:00:00Z",
        "25 o'clock": "2026-03-01T25:00:00Z",
        "offset of a day": "2026-03-01T09:30:00+25:00",
        "year 1, before it in UTC": "0001-01-01T00:00:00+14:00",
        "year 9999, after it in UTC": "9999-12-31T23:59:59-14:00",
        "year 10000": "10000-01-01T00:00:00Z",
        "NUL": "2026-03-01T09:30:00Z\0",
    },
    "MemberKind": {"unknown": "ROBOT", "lower case": "person", "number": 1, "boolean": True, "object": {}, "list": []},
    "MemberStatus": {"unknown": "GONE", "lower case": "active", "number": 1, "boolean": True, "object": {}, "list": []},
}
"""Wrong for the type, whatever the field: the request is refused as a whole, and nothing is executed."""


def text(maximum: int, **more: Any) -> Values:
    """Return texts that no field takes, and one character more than this one does."""
    return {
        "empty": "",
        "blank": "  ",
        "tab": "\t",
        "ideographic space": "\u3000",
        "too long": "x" * (maximum + 1),
        "much too long": "x" * 100_000,
        "NUL": "a\0b",
        "NUL at the end": "a\0",
        "bell": "a\ab",
        "line feed": "a\nb",
        "next line": "a\u0085b",
        "nothing to see": "\u200d",
        "zero width space": "a\u200bb",
        "right-to-left override": "a\u202eb",
    } | more


def _in(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


CODE = text(64)
KEY = text(128, **{"space before": " a", "space after": "a "})
PHONE = text(40) | {"digits": "12", "plus": "+", "no such country": "+999123456789", "23 digits": "1" * 23}
PHONE |= {"NUL at its end": "13800138003\0", "NUL within": "138001\x0038003"}
PHONE |= {"words": "call 13800138003", "letters for digits": "1380013TEAS", "extension": "13800138003 ext. 5"}
PRICE = {
    "negative": "-0.01",
    "negative number": -1,
    "3 decimals": "0.001",
    "3 decimals as number": 0.001,
    "tiny": "1e-3",
    "1e-400": "1e-400",
    "1e400": "1e400",
    "2^62 cents": "46116860184273879.04",
    "2^63": 2**63,
    "2^63 as string": str(2**63),
    "-2^63-1": str(-(2**63) - 1),
    "60 decimals": "0." + "0" * 59 + "1",
}
LINE = text(64) | {"unknown": "ent_06f4k9s3tdrx9c4m3p3v1c0z5g1", "a member's": "mem_06f4k9s3tdrx9c4m3p3v1c0z5g"}
LINE |= {"no id": "ent_", "no number": "ent_06f4k9s3tdrx9c4m3p3v1c0z5g", "0": 0, "2^63": 2**63}
CARD = text(64) | {"unknown": "gft_06f4k9s3tdrx9c4m3p3v1c0z5g", "a member's": "mem_06f4k9s3tdrx9c4m3p3v1c0z5g"}
CARD |= {"no id": "gft_", "over 128 bits": "gft_" + "z" * 26, "0": 0}
COUPON = text(64) | {"unknown": "cpn_06f4k9s3tdrx9c4m3p3v1c0z5g", "a member's": "mem_06f4k9s3tdrx9c4m3p3v1c0z5g"}
COUPON |= {"no id": "cpn_", "over 128 bits": "cpn_" + "z" * 26, "0": 0}
BATCH = {name: value.replace("cpn_", "cpb_") if isinstance(value, str) else value for name, value in COUPON.items()}
COUPON_CODE = text(64) | {"mistyped": "0000-0000-0000-0000-1", "too short": "0000", "sql": "' OR 1=1 --"}
COUPON_CODE |= {"full-width digits": "００００-0000-0000-0000-0", "U": "0000-0000-0000-000U-0"}
INSTANT = {
    "year 1": "0001-01-01T00:00:00Z",
    "before 1900": "1899-12-31T23:59:59Z",
    "year 9999": "9999-12-31T23:59:59Z",
}

BY_FIELD: dict[str, Values] = {
    "AttributeInput.key": CODE,
    "AttributeInput.value": text(200),
    "BalanceAdjustInput.amount": {
        "zero": 0,
        "zero as string": "0.00",
        "minus zero": "-0",
        "half a point": "0.5",
        "1e400": "1e400",
        "1e-400": "1e-400",
        "2^62": 2**62,
        "-2^62": -(2**62),
        "2^63": 2**63,
        "-2^63-1": str(-(2**63) - 1),
    },
    "AgentAppointInput.asset": text(64) | {"unknown": "GOLD", "lower case": "points", "counts for tiers": "TIER"},
    "AgentAppointInput.idempotencyKey": KEY,
    "AgentAppointInput.monthlyLimit": {"zero": 0, "negative": "-1", "half a point": "0.5", "2^62": 2**62},
    "AgentDismissInput.asset": text(64) | {"unknown": "GOLD", "lower case": "value", "counts for tiers": "TIER"},
    "AgentDismissInput.idempotencyKey": KEY,
    "BalanceAdjustInput.asset": text(64) | {"unknown": "GOLD", "lower case": "points"},
    "BalanceAdjustInput.idempotencyKey": KEY,
    "BalanceAdjustInput.reason": text(500),
    "BalanceTransferInput.amount": {
        "zero": 0,
        "negative": "-1",
        "half a point": "0.5",
        "1e400": "1e400",
        "2^62": 2**62,
        "2^63": 2**63,
    },
    "BalanceTransferInput.asset": text(64) | {"unknown": "GOLD", "lower case": "points", "counts for tiers": "TIER"},
    "BalanceTransferInput.idempotencyKey": KEY,
    "BalanceTransferInput.reason": text(500),
    "BalanceConvertInput.amount": {
        "zero": 0,
        "negative": "-1",
        "half a point": "0.5",
        "1e400": "1e400",
        "2^62": 2**62,
    },
    "BalanceConvertInput.from": text(64) | {"unknown": "GOLD", "lower case": "points"},
    "BalanceConvertInput.idempotencyKey": KEY,
    "BalanceConvertInput.to": text(64)
    | {"unknown": "GOLD", "lower case": "value", "no rate": "TIER", "same": "POINTS"},
    "BalanceSpendInput.amount": {
        "zero": 0,
        "negative": "-1",
        "half a point": "0.5",
        "1e400": "1e400",
        "2^62": 2**62,
        "2^63": 2**63,
    },
    "BalanceSpendInput.asset": text(64) | {"unknown": "GOLD", "lower case": "points", "counts for tiers": "TIER"},
    "BalanceSpendInput.idempotencyKey": KEY,
    "BalanceSpendInput.reason": text(500),
    "BalanceSpendUndoInput.amount": PRICE | {"zero": 0},
    "BalanceSpendUndoInput.entry": LINE,
    "BalanceSpendUndoInput.idempotencyKey": KEY,
    "BalanceSpendUndoInput.reason": text(500),
    "CouponBatchCancelInput.batch": BATCH,
    "CouponBatchCancelInput.idempotencyKey": KEY,
    "CouponBatchGenerateInput.idempotencyKey": KEY,
    "CouponBatchGenerateInput.reason": text(500),
    "CouponBatchGenerateInput.size": {"zero": 0, "negative": -1, "too many": 10_000_001},
    "CouponBatchResumeInput.batch": BATCH,
    "CouponBatchResumeInput.idempotencyKey": KEY,
    "CouponBy.code": COUPON_CODE | {"unknown": "0000-0000-0000-0000-0"},
    "CouponBy.id": COUPON,
    "CouponClaimInput.code": COUPON_CODE,
    "CouponClaimInput.idempotencyKey": KEY,
    "CouponExtendInput.idempotencyKey": KEY,
    "CouponExtendInput.reason": text(500),
    "CouponExtendInput.until": INSTANT | {"past": _in(hours=-1), "for ever": "9999-12-31T00:00:00Z"},
    "CouponGiftInput.idempotencyKey": KEY,
    "CouponIssueInput.count": {"zero": 0, "negative": -1, "101": 101},
    "CouponIssueInput.idempotencyKey": KEY,
    "CouponIssueInput.reason": text(500),
    "CouponTemplateBy.code": CODE | {"unknown": "NONE", "lower case": "ten", "a campaign's": "BASE"},
    "CouponTemplateBy.id": text(64) | {"unknown": "cpt_06f4k9s3tdrx9c4m3p3v1c0z5g", "no id": "cpt_", "0": 0},
    "CouponVoidInput.idempotencyKey": KEY,
    "CouponVoidInput.reason": text(500),
    "EventRecordInput.code": CODE | {"space within": "check in", "hyphen first": "-a", "Chinese": "签到"},
    "EventRecordInput.idempotencyKey": KEY,
    "EventRecordInput.occurredAt": INSTANT | {"future": _in(hours=1), "far future": "2999-01-01T00:00:00Z"},
    "GiftCardClaimInput.code": text(64)
    | {"mistyped": "GC-0000-0000-0000-0000-1", "too short": "GC-0000", "U": "GC-0000-0000-0000-000U-0", "prefix": "GC"}
    | {"full-width digits": "GC-００００-0000-0000-0000-0", "sql": "' OR 1=1 --"},
    "GiftCardClaimInput.idempotencyKey": KEY,
    "GiftCardIssueInput.amount": PRICE | {"zero": 0, "zero as string": "0.00"},
    "GiftCardIssueInput.asset": text(64) | {"unknown": "GOLD", "lower case": "value", "counts for tiers": "TIER"},
    "GiftCardIssueInput.idempotencyKey": KEY,
    "GiftCardIssueInput.message": text(500),
    "GiftCardIssueInput.reason": text(500),
    "GiftCardVoidInput.card": CARD,
    "GiftCardVoidInput.idempotencyKey": KEY,
    "GiftCardVoidInput.reason": text(500),
    "IdentityInput.externalId": text(200),
    "IdentityInput.source": CODE | {"reserved": "#phone"},
    "MemberAmendInput.birthday": {"before 1900": "1899-12-31", "future": "2999-01-01", "year 1": "0001-01-01"},
    "MemberAmendInput.channel": CODE,
    "MemberAmendInput.email": text(254)
    | {"no at": "lilei", "two ats": "a@b@c.cn", "no dot": "a@b", "space": "a b@c.d"},
    "MemberAmendInput.idempotencyKey": KEY,
    "MemberAmendInput.name": text(200),
    "MemberAmendInput.phone": PHONE,
    "MemberAmendInput.status": {"null": None},
    "MemberAmendInput.store": CODE,
    "MemberBy.id": text(64)
    | {"unknown": "mem_06f4k9s3tdrx9c4m3p3v1c0z5g", "an order's": "ord_06f4k9s3tdrx9c4m3p3v1c0z5g"}
    | {"no id": "mem_", "upper case": "MEM_06F4K9S3TDRX9C4M3P3V1C0Z5G", "over 128 bits": "mem_" + "z" * 26, "0": 0}
    | {"2^63": 2**63, "sql": "mem_' OR 1=1 --"},
    "MemberBy.number": text(32) | {"unknown": "999999999999", "sql": "' OR '1'='1"},
    "MemberBy.phone": PHONE | {"unknown": "+8613900139000"},
    "MemberEnrollInput.idempotencyKey": KEY,
    "MemberEnrollInput.kind": {"gift card": "GIFT_CARD"},
    "MemberTagInput.add": CODE,
    "MemberTagInput.idempotencyKey": KEY,
    "MemberTagInput.remove": CODE,
    "OrderBy.id": text(64)
    | {"unknown": "ord_06f4k9s3tdrx9c4m3p3v1c0z5g", "a member's": "mem_06f4k9s3tdrx9c4m3p3v1c0z5g"}
    | {"no id": "ord_", "upper case": "ORD_06F4K9S3TDRX9C4M3P3V1C0Z5G", "over 128 bits": "ord_" + "z" * 26, "0": 0},
    "CaptureLineInput.quantity": {"zero": 0, "negative": -1, "a million and one": 1_000_001},
    "CaptureLineInput.ref": CODE,
    "OrderCancelInput.idempotencyKey": KEY,
    "OrderCaptureInput.idempotencyKey": KEY,
    "OrderClaimInput.idempotencyKey": KEY,
    "OrderCommitInput.idempotencyKey": KEY,
    "OrderHoldInput.holdSeconds": {"zero": 0, "negative": -1, "30 days and a second": 30 * 86_400 + 1},
    "OrderHoldInput.idempotencyKey": KEY,
    "OrderReturnInput.idempotencyKey": KEY,
    "OrderReturnInput.reason": text(500),
    "ReturnLineInput.quantity": {"zero": 0, "negative": -1, "a million and one": 1_000_001},
    "ReturnLineInput.ref": CODE,
    "SpendInput.amount": {"zero": 0, "negative": "-1", "half a point": "0.5", "1e400": "1e400", "2^62": 2**62},
    "SpendInput.asset": text(64) | {"unknown": "GOLD", "lower case": "points", "counts for tiers": "TIER"},
    "OrderContentInput.channel": CODE,
    "OrderContentInput.couponCodes": text(200),
    "OrderContentInput.currency": text(3) | {"unknown": "XXX", "another": "USD", "lower case": "cny"},
    "OrderContentInput.externalId": text(200),
    "OrderContentInput.occurredAt": INSTANT | {"future": _in(hours=1), "far future": "2999-01-01T00:00:00Z"},
    "OrderContentInput.shipping": PRICE,
    "OrderContentInput.source": CODE | {"reserved": "#till"},
    "OrderContentInput.store": CODE,
    "OrderLineInput.category": CODE,
    "OrderLineInput.name": text(200),
    "OrderLineInput.quantity": {"zero": 0, "negative": -1, "a million and one": 1_000_001, "2^31-1": 2**31 - 1},
    "OrderLineInput.ref": CODE,
    "OrderLineInput.sku": CODE | {"unknown": "COFFEE", "lower case": "tea"},
    "OrderLineInput.unitPrice": PRICE,
    "OrderPreviewInput.at": INSTANT | {"in eleven years": _in(days=11 * 366)},
    "OrdersImportInput.enrollUnknown": {},
    "OrdersImportInput.idempotencyKey": KEY,
    "ValueRefundInput.amount": PRICE | {"zero": 0},
    "ValueRefundInput.idempotencyKey": KEY,
    "ValueRefundInput.reason": text(500),
    "ValueRefundInput.topUp": LINE,
    "ValueTopUpInput.amount": PRICE | {"zero": 0, "zero as string": "0.00"},
    "ValueTopUpInput.asset": text(64) | {"unknown": "GOLD", "lower case": "value", "no money": "POINTS"},
    "ValueTopUpInput.idempotencyKey": KEY,
    "ValueTopUpInput.reason": text(500),
}
"""Right for the type and wrong for the field: refused by name, and the rest of the document goes on."""
BY_FIELD |= {
    name.replace("Amend", "Enroll"): values
    for name, values in BY_FIELD.items()
    if name.startswith("MemberAmendInput.") and name != "MemberAmendInput.status"
}

BY_FIELD |= rules(CODE, text(200), KEY, PRICE, INSTANT) | templates(CODE, text(200), KEY, INSTANT)
BY_TYPE |= dict.fromkeys(ENUMS, ENUM)

SIZES: dict[str, tuple[int, int]] = (
    {
        "EventRecordInput.attributes": (0, 50),
        "MemberAmendInput.attributes": (0, 50),
        "MemberEnrollInput.attributes": (0, 50),
        "MemberEnrollInput.identities": (0, 20),
        "MemberTagInput.add": (0, 50),
        "MemberTagInput.remove": (0, 50),
        "OrderContentInput.attributes": (0, 50),
        "OrderContentInput.couponCodes": (0, 20),
        "OrderContentInput.lines": (1, 500),
        "OrderContentInput.spend": (0, 20),
        "OrderCaptureInput.lines": (1, 500),
        "OrderReturnInput.lines": (1, 500),
        "OrderLineInput.attributes": (0, 50),
        "OrdersImportInput.orders": (1, 500),
    }
    | RULE_SIZES
    | TEMPLATE_SIZES
)
"""Least and most items of every list."""
TWICE: dict[str, Path] = (
    {
        "EventRecordInput.attributes": ("1", "key"),
        "MemberAmendInput.attributes": ("1", "key"),
        "MemberEnrollInput.attributes": ("1", "key"),
        "MemberEnrollInput.identities": (),
        "OrderContentInput.attributes": ("1", "key"),
        "OrderContentInput.lines": ("1", "ref"),
        "OrderContentInput.spend": ("1", "asset"),
        "OrderCaptureInput.lines": ("1", "ref"),
        "OrderReturnInput.lines": ("1", "ref"),
        "OrderLineInput.attributes": ("1", "key"),
    }
    | RULE_TWICE
    | TEMPLATE_TWICE
)
"""Lists in which no item may stand twice, and what is named below the list then. An order may be sent twice."""


@dataclass(frozen=True)
class Bad:
    """A bad value, the code that refuses it, and the field that is named: its path below `input`."""

    value: Any
    code: str
    field: Path


def bad_values(spot: Spot) -> dict[str, Bad]:
    """Return everything bad that a place can be given, by what is bad about it."""
    found: dict[str, Bad] = {}
    bare = spot.type.of_type if is_non_null_type(spot.type) else spot.type
    if is_non_null_type(spot.type):
        found["null"] = Bad(None, BAD_REQUEST, spot.path)
    if spot.required:
        found["missing"] = Bad(MISSING, BAD_REQUEST, spot.path)
    if is_list_type(bare):
        found.update(_of_list(spot, bare))
    elif isinstance(bare, GraphQLInputObjectType):
        found.update(_of_object(spot, bare))
    else:
        found |= {
            kind: Bad(value, BAD_REQUEST, spot.path) for kind, value in BY_TYPE[get_named_type(bare).name].items()
        }
        code, field = (NOT_FOUND, spot.reference) if spot.reference else (INVALID_INPUT, spot.path)
        code = NOT_FOUND if get_named_type(bare).name == "ID" else code
        found |= {kind: Bad(value, code, field) for kind, value in BY_FIELD[spot.owner].items()}
    return found


def _of_list(spot: Spot, type_: Any) -> Iterator[tuple[str, Bad]]:
    least, most = SIZES[spot.owner]
    yield f"{most + 1} items", Bad(many(type_, most + 1, spot.owner), INVALID_INPUT, spot.path)
    if least:
        yield "no items", Bad([], INVALID_INPUT, spot.path)
    if spot.owner in TWICE:
        yield "an item twice", Bad([example(type_.of_type)] * 2, INVALID_INPUT, (*spot.path, *TWICE[spot.owner]))
    alone = {"String": "string", "Int": "number"}.get(str(type_.of_type).strip("!"))
    for kind, value in (("string", "a"), ("number", 5), ("boolean", True)):
        if kind != alone:  # a value stands for a list of itself, as GraphQL has it
            yield kind, Bad(value, BAD_REQUEST, spot.path)


def _of_object(spot: Spot, type_: GraphQLInputObjectType) -> Iterator[tuple[str, Bad]]:
    for kind, value in (("string", "a"), ("number", 5), ("boolean", True), ("list", [])):
        yield kind, Bad(value, BAD_REQUEST, spot.path)
    good = example(type_)
    yield "unknown field", Bad(good | {"wrong": 1}, BAD_REQUEST, (*spot.path, "wrong"))
    if type_.is_one_of:
        first, second = list(type_.fields)[:2]
        yield "no branch", Bad({}, BAD_REQUEST, spot.path)
        both = {name: example(type_.fields[name].type, f"{type_.name}.{name}") for name in (first, second)}
        yield "two branches", Bad(both, BAD_REQUEST, spot.path)
        yield "null branch", Bad({first: None}, BAD_REQUEST, (*spot.path, first))

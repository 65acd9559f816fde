"""What stands at the edge of the allowed is allowed, and comes back as it was sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services import programs
from tests.api.conftest import SUBJECT, Api
from tests.api.inputs import document, example, input_of, operations

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMIT = """mutation($input: OrderCommitInput!) { orderCommit(input: $input) {
  order { source externalId store channel subtotal shipping payable occurredAt attributes { key value }
    lines { ref sku name category quantity unitPrice payable attributes { key value } }
    effects { __typename } notApplied { campaign { code } reason message remedy } }
  member { number } entries { amount } userErrors { ... on UserError { code message field } } } }"""
ENROLL = """mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) {
  member { name phone email birthday channel store identities { source externalId } }
  userErrors { ... on UserError { code message field } } } }"""
LINE = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "12.50"}
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


async def committed(shop: Api, external_id: str, **facts: Any) -> dict[str, Any]:
    order = {"source": "till", "externalId": external_id, "member": SUBJECT, "lines": [LINE]} | facts
    given = await shop.data(COMMIT, {"input": {"idempotencyKey": external_id, "order": order}})
    assert given["orderCommit"]["userErrors"] == []
    return given["orderCommit"]


async def enrolled(shop: Api, key: str, **facts: Any) -> dict[str, Any]:
    given = await shop.data(ENROLL, {"input": {"idempotencyKey": key} | facts})
    assert given["memberEnroll"]["userErrors"] == []
    return given["memberEnroll"]["member"]


async def test_a_text_is_the_same_however_its_accents_are_written(shop: Api) -> None:
    one, two = "Caf\u00e9 \u1e69", "Cafe\u0301 s\u0307\u0323"
    member = await enrolled(shop, "accents", name=two, channel=two, identities=[{"source": two, "externalId": two}])
    assert member == member | {"name": one, "channel": one, "identities": [{"source": one, "externalId": one}]}
    by = "query($by: MemberBy!) { member(by: $by) { name } }"
    listed = "query($filter: MemberFilter) { members(filter: $filter) { nodes { name } } }"
    ordered = "query($by: OrderBy!) { order(by: $by) { externalId } }"
    order = (await committed(shop, f"{two} 1", source=two, store=two))["order"]
    assert (order["source"], order["externalId"], order["store"]) == (one, f"{one} 1", one)
    for form in (one, two):
        identity = {"source": form, "externalId": form}
        assert (await shop.data(by, {"by": {"identity": identity}}))["member"] == {"name": one}
        assert (await shop.data(listed, {"filter": {"channel": form}}))["members"] == {"nodes": [{"name": one}]}
        found = await shop.data(ordered, {"by": {"identity": {"source": form, "externalId": f"{form} 1"}}})
        assert found["order"] == {"externalId": f"{one} 1"}
        again = {"idempotencyKey": f"again {len(form)}", "identities": [identity]}
        (error,) = (await shop.data(ENROLL, {"input": again}))["memberEnroll"]["userErrors"]
        assert error["code"] == "IDENTITY_TAKEN"


async def test_an_item_is_listed_in_the_form_in_which_orders_name_it(shop: Api) -> None:
    await programs.list_items(shop.program_id, [("the\u0301", "Th\u00e9", None)])
    for name, sku in (("composed", "th\u00e9"), ("decomposed", "the\u0301")):
        order = (await committed(shop, name, lines=[LINE | {"sku": sku}]))["order"]
        assert [line["sku"] for line in order["lines"]] == ["th\u00e9"]


@pytest.mark.parametrize("operation", sorted(operations()))
async def test_the_examples_of_the_matrix_are_good(shop: Api, operation: str) -> None:
    value = example(input_of(operation))
    if operation == "memberAmend":
        value |= {"status": "ACTIVE"}
    if "idempotencyKey" in value:
        value |= {"idempotencyKey": f"example of {operation}"}
    if operation == "orderHold":
        value["order"] |= {"externalId": "held"}
    if operation == "campaignDraft":  # its trigger comes without an order, which these bounds are about
        del value["version"]["limits"]["perOrder"], value["version"]["budget"]["money"]
    payload = (await shop.data(document(operation), {"input": value}))[operation]
    results = payload.get("results", [payload])
    assert [result["userErrors"] for result in results] == [[]]
    may_be_empty = {"userErrors", "replayed", "index", "bonus", "kept"}
    assert all(value for name, value in results[0].items() if name not in may_be_empty)


async def test_an_order_of_nothing_is_legal_and_earns_nothing_for_a_reason(shop: Api) -> None:
    found = await committed(shop, "zero", lines=[LINE | {"unitPrice": "0.00"}], shipping=0)
    order = found["order"]
    assert (order["subtotal"], order["shipping"], order["payable"]) == ("0.00", "0.00", "0.00")
    assert (order["effects"], found["entries"]) == ([], [])
    assert [(row["campaign"]["code"], row["reason"]) for row in order["notApplied"]] == [
        ("BASE", "NOTHING_TO_GIVE"),
        ("QUALIFYING", "NOTHING_TO_GIVE"),
        ("TIER_MULTIPLIER", "NOTHING_TO_GIVE"),
    ]
    assert all(row["message"] for row in order["notApplied"])


async def test_an_order_has_up_to_500_lines_of_50_attributes(shop: Api) -> None:
    lines = [LINE | {"ref": f"r{index}", "unitPrice": "0.01"} for index in range(500)]
    attributes = [{"key": f"k{index:02}", "value": "v"} for index in range(50)]
    lines[0] = lines[0] | {"attributes": attributes}
    order = (await committed(shop, "many", lines=lines, attributes=attributes))["order"]
    assert [line["ref"] for line in order["lines"]] == [line["ref"] for line in lines]
    assert (order["payable"], order["attributes"], order["lines"][0]["attributes"]) == ("5.00", attributes, attributes)


async def test_a_line_has_up_to_a_million_pieces(shop: Api) -> None:
    order = (await committed(shop, "million", lines=[LINE | {"quantity": 1_000_000, "unitPrice": "0.01"}]))["order"]
    assert [(line["quantity"], line["payable"]) for line in order["lines"]] == [(1_000_000, "10000.00")]


async def test_a_guest_order_takes_the_highest_amount(shop: Api) -> None:
    highest = "46116860184273879.03"
    order = (await committed(shop, "highest", member=None, lines=[LINE | {"unitPrice": highest}]))["order"]
    assert order["payable"] == highest


@pytest.mark.parametrize(
    ("price", "stored"),
    [
        ("12.5", "12.50"),
        ("12.50", "12.50"),
        ("12.500000", "12.50"),
        ("+12.50", "12.50"),
        ("1.25e1", "12.50"),
        (12.5, "12.50"),
        (12, "12.00"),
        (0.1, "0.10"),
        (1e3, "1000.00"),
        (9999999999999.99, "9999999999999.99"),
        (2**53, "9007199254740992.00"),
        ("-0", "0.00"),
        (-0.0, "0.00"),
        ("0e400", "0.00"),
        ("0e-400", "0.00"),
    ],
)
async def test_a_price_may_be_a_number_or_a_string(shop: Api, price: Any, stored: str) -> None:
    order = {"source": "till", "externalId": "price", "lines": [LINE | {"unitPrice": price}]}
    query = """query($input: OrderPreviewInput!) { orderPreview(input: $input) { order { payable lines { unitPrice } }
      userErrors { ... on UserError { code field } } } }"""
    answer = (await shop.data(query, {"input": {"order": order}}))["orderPreview"]
    assert answer == {"order": {"payable": stored, "lines": [{"unitPrice": stored}]}, "userErrors": []}


@pytest.mark.parametrize("character", ["x", "茶", "😀", "é", "क"])
async def test_a_text_has_as_many_characters_as_allowed_of_any_sort(shop: Api, character: str) -> None:
    code, name = character * 64, character * 200
    line = LINE | {"ref": code, "name": name, "category": code, "attributes": [{"key": code, "value": name}]}
    facts = {"source": code, "store": code, "channel": code, "attributes": [{"key": code, "value": name}]}
    order = (await committed(shop, character * 128, lines=[line], **facts))["order"]
    assert {name: order[name] for name in facts} == facts
    assert order["externalId"] == character * 128
    assert {name: order["lines"][0][name] for name in ("ref", "name", "category", "attributes")} == {
        name: line[name] for name in ("ref", "name", "category", "attributes")
    }
    identities = [{"source": code, "externalId": f"{character * 197}{index:03}"} for index in range(20)]
    member = await enrolled(shop, f"m{character}", name=name, store=code, channel=code, identities=identities)
    assert member["name"] == name
    assert member["identities"] == identities
    by = {"identity": identities[0]}
    found = await shop.data("query($by: MemberBy!) { member(by: $by) { name } }", {"by": by})
    assert found == {"member": {"name": name}}


async def test_surrounding_space_is_not_stored_and_not_looked_for(shop: Api) -> None:
    identity = {"source": " spaced ", "externalId": "\u30009 "}
    member = await enrolled(shop, "spaced", name="  李雷 😀\t", identities=[identity])
    assert member["name"] == "李雷 😀"
    assert member["identities"] == [{"source": "spaced", "externalId": "9"}]
    for by in (identity, member["identities"][0], {"source": "spaced", "externalId": " 9"}):
        found = await shop.data("query($by: MemberBy!) { member(by: $by) { name } }", {"by": {"identity": by}})
        assert found == {"member": {"name": "李雷 😀"}}
    await committed(shop, "padded", source=" till ", store="  s ")
    query = "query($by: OrderBy!) { order(by: $by) { externalId } }"
    found = await shop.data(query, {"by": {"identity": {"source": " till", "externalId": "padded "}}})
    assert found == {"order": {"externalId": "padded"}}


async def test_an_order_may_be_dated_five_minutes_ahead_and_back_to_1900(shop: Api) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=4)
    order = (await committed(shop, "ahead", occurredAt=ahead.isoformat()))["order"]
    assert order["occurredAt"] == ahead.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    oldest = (await committed(shop, "oldest", occurredAt="1900-01-01T08:00:00+08:00"))["order"]
    assert oldest["occurredAt"] == "1900-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2024-03-01T09:30:00Z", "2024-03-01T09:30:00.000Z"),
        ("2024-03-01T09:30:00+08:00", "2024-03-01T01:30:00.000Z"),
        ("2024-03-01 09:30:00.123456-0330", "2024-03-01T13:00:00.123Z"),
        ("2024-03-01T09:30Z", "2024-03-01T09:30:00.000Z"),
        ("2024-02-29T23:59:59.999999999Z", "2024-02-29T23:59:59.999Z"),
    ],
)
async def test_an_instant_may_have_any_offset(shop: Api, sent: str, stored: str) -> None:
    order = (await committed(shop, sent, occurredAt=sent))["order"]
    assert order["occurredAt"] == stored


async def test_a_phone_is_read_as_dialled_or_in_full(shop: Api) -> None:
    for dialled, phone in {
        "13900139001": "+8613900139001",
        "+86 139-0013-9002": "+8613900139002",
        "（+86）１３９ ００１３ ９００３": "+8613900139003",
        "(+1) 650.253.0000": "+16502530000",
        " 021/52370000\n": "+862152370000",
    }.items():
        assert (await enrolled(shop, phone, phone=dialled))["phone"] == phone


async def test_a_birthday_may_be_today_and_in_1900(shop: Api) -> None:
    today = datetime.now(UTC).date().isoformat()
    assert (await enrolled(shop, "born today", birthday=today))["birthday"] == today
    assert (await enrolled(shop, "oldest", birthday="1900-01-01"))["birthday"] == "1900-01-01"

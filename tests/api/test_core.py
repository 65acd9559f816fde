"""The core of the contract, as a client uses it."""

from tests.api.conftest import Api

ENROLL = """mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) {
  replayed member { id number name phone position balances { asset { code } available } }
  userErrors { __typename ... on UserError { code message field } } } }"""
COMMIT = """mutation($input: OrderCommitInput!) { orderCommit(input: $input) {
  replayed
  order { id source externalId state subtotal discountTotal payable
    lines { ref sku quantity returnedQuantity releasedQuantity unitPrice discount payable }
    effects { __typename id kind campaign { code } explanation { text ruleVersion arithmetic conditions { condition } }
      ... on EarnEffect { asset { code } amount } }
    notApplied { campaign { code } reason message remedy } member { number } }
  member { balance { available } standing { tier { code } next { code } progress { metric current required missing } } }
  entries { id kind amount balanceAfter asset { code } campaign { code } order { id } explanation { text } }
  userErrors { __typename ... on UserError { code message field } ... on DuplicateOrderError { order { id } } } } }"""


async def enrolled(api: Api, key: str = "e1", **facts: object) -> dict:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key, "name": "Han Meimei", **facts}})
    assert answer["memberEnroll"]["userErrors"] == []
    return answer["memberEnroll"]["member"]


def content(member: dict, price: str, external_id: str = "A-1") -> dict:
    return {
        "source": "till",
        "externalId": external_id,
        "member": {"id": member["id"]},
        "lines": [{"ref": "1", "sku": "TEA", "quantity": 2, "unitPrice": price}],
    }


async def test_a_member_is_enrolled_and_found_again(api: Api) -> None:
    member = await enrolled(api, phone="13800138000", identities=[{"source": "pos", "externalId": "77"}])
    assert member["phone"] == "+8613800138000"
    by = [
        {"id": member["id"]},
        {"number": member["number"]},
        {"phone": "+86 138 0013 8000"},
        {"identity": {"source": "pos", "externalId": "77"}},
    ]
    for ref in by:
        found = await api.data("query($by: MemberBy!) { member(by: $by) { id identities { source } } }", {"by": ref})
        assert found["member"] == {"id": member["id"], "identities": [{"source": "pos"}]}
    again = await api.data(ENROLL, {"input": {"idempotencyKey": "e2", "phone": "+8613800138000"}})
    assert again["memberEnroll"]["userErrors"] == [
        {
            "__typename": "PhoneTakenError",
            "code": "PHONE_TAKEN",
            "message": "+8613800138000 belongs to another member.",
            "field": ["input", "phone"],
        }
    ]
    listed = await api.data("{ members { nodes { id } pageInfo { hasNextPage endCursor } } }")
    assert listed["members"]["nodes"] == [{"id": member["id"]}]


async def test_an_order_becomes_points_and_a_tier(api: Api) -> None:
    member = await enrolled(api)
    order = content(member, "600.00")
    preview = await api.data(
        """query($input: OrderPreviewInput!) { orderPreview(input: $input) { order { payable tiersAfter { code }
        effects { __typename campaign { code } ... on EarnEffect { amount } } notApplied { message } } userErrors {
        __typename } } }""",
        {"input": {"order": order}},
    )
    shown = preview["orderPreview"]["order"]
    assert shown["payable"] == "1200.00"
    assert [effect["amount"] for effect in shown["effects"]] == ["1200", "1200.00"]
    assert shown["tiersAfter"] == [{"code": "SILVER"}]
    answer = (await api.data(COMMIT, {"input": {"idempotencyKey": "c1", "order": order}}))["orderCommit"]
    assert answer["userErrors"] == []
    assert answer["order"]["payable"] == "1200.00"
    assert [(e["campaign"]["code"], e["amount"]) for e in answer["order"]["effects"]] == [
        ("BASE", "1200"),
        ("QUALIFYING", "1200.00"),
    ]
    assert answer["member"]["balance"] == {"available": "1200"}
    standing = answer["member"]["standing"]
    assert (standing["tier"], standing["next"]) == ({"code": "SILVER"}, {"code": "GOLD"})
    assert standing["progress"] == [
        {"metric": "SPEND", "current": "1200.00", "required": "5000.00", "missing": "3800.00"}
    ]
    assert [(e["asset"]["code"], e["balanceAfter"]) for e in answer["entries"]] == [
        ("POINTS", "1200"),
        ("TIER", "1200.00"),
    ]
    again = (await api.data(COMMIT, {"input": {"idempotencyKey": "c1", "order": order}}))["orderCommit"]
    assert again == answer | {"replayed": True}
    node = await api.data(
        "query($id: ID!) { node(id: $id) { id ... on Entry { amount } } }", {"id": answer["entries"][0]["id"]}
    )
    assert node["node"] == {"id": answer["entries"][0]["id"], "amount": "1200"}


async def test_refusals_are_values(api: Api) -> None:
    member = await enrolled(api)
    order = content(member, "1.00")
    first = (await api.data(COMMIT, {"input": {"idempotencyKey": "c1", "order": order}}))["orderCommit"]
    other = order | {"lines": [order["lines"][0] | {"quantity": 3}]}
    reused = (await api.data(COMMIT, {"input": {"idempotencyKey": "c1", "order": other}}))["orderCommit"]
    assert [error["code"] for error in reused["userErrors"]] == ["IDEMPOTENCY_KEY_REUSED"]
    duplicate = (await api.data(COMMIT, {"input": {"idempotencyKey": "c2", "order": other}}))["orderCommit"]
    assert duplicate["userErrors"][0]["code"] == "DUPLICATE_ORDER"
    assert duplicate["userErrors"][0]["order"] == {"id": first["order"]["id"]}
    assert duplicate["userErrors"][0]["field"] == ["input", "order", "externalId"]
    adjust = """mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { entry { amount balanceAfter
      explanation { text } } userErrors { ... on UserError { code field message }
      ... on InsufficientBalanceError { available required } } } }"""
    facts = {"idempotencyKey": "a1", "member": {"id": member["id"]}, "asset": "POINTS", "reason": "sorry"}
    refused = await api.data(adjust, {"input": facts | {"amount": "-3"}})
    assert refused["balanceAdjust"]["userErrors"] == [
        {
            "code": "INSUFFICIENT_BALANCE",
            "field": ["input", "amount"],
            "message": "The member has 2 POINTS; 3 are needed.",
            "available": "2",
            "required": "3",
        }
    ]
    given = await api.data(adjust, {"input": facts | {"amount": 5, "idempotencyKey": "a2"}})
    assert given["balanceAdjust"]["entry"] == {"amount": "5", "balanceAfter": "7", "explanation": {"text": "sorry"}}

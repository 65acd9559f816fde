"""Gift cards through the API: answers, replays, refusals as values, and what members see of them."""

from typing import Any

from schema import ids
from tests.api.conftest import Api

ENROLL = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { member { id number kind } } }"
TOP_UP = "mutation($input: ValueTopUpInput!) { valueTopUp(input: $input) { entry { id } } }"
ERRORS = "userErrors { __typename ... on UserError { code field message } }"
LATE = "userErrors { __typename ... on UserError { code field message } ... on GiftCardStateError { state } }"
CARD = """giftCard { id number amount state message settledAt asset { code } giver { id } claimedBy { id }
  balance { available nextExpiry { amount } } }"""
ISSUE = f"""mutation($input: GiftCardIssueInput!) {{ giftCardIssue(input: $input) {{ replayed code {CARD}
  entry {{ kind amount balanceAfter explanation {{ text }} }} member {{ id }} {ERRORS} }} }}"""
CLAIM = f"""mutation($input: GiftCardClaimInput!) {{ giftCardClaim(input: $input) {{ replayed {CARD}
  entry {{ kind amount balanceAfter explanation {{ text }} }} member {{ id }} {LATE} }} }}"""
VOID = f"""mutation($input: GiftCardVoidInput!) {{ giftCardVoid(input: $input) {{ replayed {CARD}
  entry {{ kind amount balanceAfter explanation {{ text }} }} member {{ id }} {LATE} }} }}"""
CLAIMED = {"text": "20.00 VALUE of a gift card that was claimed."}
MEMBERS = "query($filter: MemberFilter) { members(filter: $filter) { nodes { number kind } } }"


async def enrolled(api: Api, key: str, **facts: Any) -> dict[str, Any]:
    answer = await api.data(ENROLL, {"input": {"idempotencyKey": key} | facts})
    return dict(answer["memberEnroll"]["member"])


async def giver(api: Api) -> str:
    member = await enrolled(api, "giver")
    paid = {"idempotencyKey": "paid in", "member": {"id": member["id"]}, "amount": "50.00"}
    await api.data(TOP_UP, {"input": paid})
    return str(member["id"])


async def issued(api: Api, **facts: Any) -> dict[str, Any]:
    asked = {"idempotencyKey": "issue", "amount": "20.00"} | facts
    return dict((await api.data(ISSUE, {"input": asked}))["giftCardIssue"])


async def test_a_card_is_given_and_claimed(api: Api) -> None:
    one, two = await giver(api), (await enrolled(api, "taker"))["id"]
    given = await issued(api, **{"from": {"id": one}}, message="生日快乐", reason="a present")
    card = given["giftCard"]
    assert given["userErrors"] == []
    assert card | {"id": "…", "number": "…"} == {
        "id": "…",
        "number": "…",
        "amount": "20.00",
        "state": "ISSUED",
        "message": "生日快乐",
        "settledAt": None,
        "asset": {"code": "VALUE"},
        "giver": {"id": one},
        "claimedBy": None,
        "balance": {"available": "20.00", "nextExpiry": None},
    }
    assert given["member"] == {"id": one}
    assert given["entry"] == {
        "kind": "TRANSFER",
        "amount": "-20.00",
        "balanceAfter": "30.00",
        "explanation": {"text": "20.00 VALUE given as a gift card: a present"},
    }
    again = await issued(api, **{"from": {"id": one}}, message="生日快乐", reason="a present")
    assert again == given | {"replayed": True}

    asked = {"idempotencyKey": "claim", "code": given["code"].lower(), "member": {"id": two}}
    claimed = (await api.data(CLAIM, {"input": asked}))["giftCardClaim"]
    assert claimed["userErrors"] == []
    settled = claimed["giftCard"]
    assert settled["settledAt"] is not None
    empty = {"available": "0.00", "nextExpiry": None}
    assert settled == card | {
        "state": "CLAIMED",
        "settledAt": settled["settledAt"],
        "claimedBy": {"id": two},
        "balance": empty,
    }
    assert (claimed["member"], claimed["entry"]) == (
        {"id": two},
        {"kind": "TRANSFER", "amount": "20.00", "balanceAfter": "20.00", "explanation": CLAIMED},
    )
    assert (await api.data(CLAIM, {"input": asked}))["giftCardClaim"] == claimed | {"replayed": True}

    refused = await api.data(CLAIM, {"input": asked | {"idempotencyKey": "late", "member": {"id": one}}})
    assert refused["giftCardClaim"]["userErrors"] == [
        {
            "__typename": "GiftCardStateError",
            "code": "GIFT_CARD_STATE",
            "field": ["input", "code"],
            "message": "The gift card was claimed before.",
            "state": "CLAIMED",
        }
    ]
    assert refused["giftCardClaim"]["giftCard"] is None


async def test_a_card_that_was_paid_in_is_taken_back(api: Api) -> None:
    given = await issued(api)
    assert (given["entry"], given["member"], given["giftCard"]["giver"]) == (None, None, None)
    asked = {"idempotencyKey": "void", "card": given["giftCard"]["id"], "reason": "bought twice"}
    voided = (await api.data(VOID, {"input": asked}))["giftCardVoid"]
    assert (voided["giftCard"]["state"], voided["member"], voided["userErrors"]) == ("VOID", None, [])
    why = {"text": "20.00 VALUE paid back: bought twice"}
    assert voided["entry"] == {"kind": "REFUND", "amount": "-20.00", "balanceAfter": "0.00", "explanation": why}
    assert (await api.data(VOID, {"input": asked}))["giftCardVoid"] == voided | {"replayed": True}


async def test_a_card_that_was_given_goes_back(api: Api) -> None:
    one = await giver(api)
    given = await issued(api, **{"from": {"id": one}})
    asked = {"idempotencyKey": "void", "card": given["giftCard"]["id"]}
    voided = (await api.data(VOID, {"input": asked}))["giftCardVoid"]
    assert (voided["giftCard"]["state"], voided["member"]) == ("VOID", {"id": one})
    why = {"text": "20.00 VALUE of a gift card that was taken back."}
    assert voided["entry"] == {"kind": "TRANSFER", "amount": "20.00", "balanceAfter": "50.00", "explanation": why}


async def test_bearers_are_listed_only_when_they_are_asked_for(api: Api) -> None:
    person, firm = await enrolled(api, "person"), await enrolled(api, "firm", kind="COMPANY")
    assert (person["kind"], firm["kind"]) == ("PERSON", "COMPANY")
    card = (await issued(api))["giftCard"]
    nodes = (await api.data(MEMBERS))["members"]["nodes"]
    assert nodes == [{"number": row["number"], "kind": row["kind"]} for row in (firm, person)]
    bearer = {"number": card["number"], "kind": "GIFT_CARD"}
    asked = {"filter": {"kinds": ["GIFT_CARD", "COMPANY"]}}
    assert (await api.data(MEMBERS, asked))["members"]["nodes"] == [bearer, nodes[0]]
    assert (await api.data(MEMBERS, {"filter": {"kinds": []}}))["members"]["nodes"] == []
    query = """query($by: MemberBy!) { member(by: $by) { kind name phone standings { since } standing { tier { rank } }
      balance(asset: "VALUE") { available } ledger { nodes { kind amount explanation { text } } } } }"""
    assert (await api.data(query, {"by": {"number": card["number"]}}))["member"] == {
        "kind": "GIFT_CARD",
        "name": None,
        "phone": None,
        "standings": [],
        "standing": {"tier": {"rank": 0}},
        "balance": {"available": "20.00"},
        "ledger": {"nodes": [{"kind": "TOP_UP", "amount": "20.00", "explanation": {"text": "20.00 VALUE paid in."}}]},
    }


async def test_what_a_member_sees_of_cards(api: Api) -> None:
    one, two = await giver(api), (await enrolled(api, "taker"))["id"]
    cards = [await issued(api, idempotencyKey=key, amount="5.00", **{"from": {"id": one}}) for key in ("1", "2", "3")]
    by_code = "query($by: GiftCardBy!) { giftCard(by: $by) { id state giver { id } claimedBy { id } } }"
    mine = """{ viewer { member { giftCards(first: 2) { nodes { id } pageInfo { hasNextPage endCursor } } } } }"""
    theirs = "query($after: String) { viewer { member { giftCards(first: 2, after: $after) { nodes { id } } } } }"
    tokens = {member: await api.token_of(member) for member in (one, two)}
    page = (await api.data(mine, token=tokens[one]))["viewer"]["member"]["giftCards"]
    newest_first = [{"id": card["giftCard"]["id"]} for card in reversed(cards)]
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == (newest_first[:2], True)
    rest = await api.data(theirs, {"after": page["pageInfo"]["endCursor"]}, tokens[one])
    assert rest["viewer"]["member"]["giftCards"]["nodes"] == newest_first[2:]
    asked = {"by": {"code": cards[0]["code"]}}
    card_id = cards[0]["giftCard"]["id"]
    shown = {"id": card_id, "state": "ISSUED", "giver": {"id": one}, "claimedBy": None}
    assert (await api.data(by_code, asked, tokens[one]))["giftCard"] == shown
    assert (await api.data(by_code, asked, tokens[two]))["giftCard"] is None
    claim = {"idempotencyKey": "claim", "code": cards[0]["code"], "member": {"id": two}}
    await api.data(CLAIM, {"input": claim})
    claimed = shown | {"state": "CLAIMED"}
    assert (await api.data(by_code, asked, tokens[one]))["giftCard"] == claimed
    assert (await api.data(by_code, asked, tokens[two]))["giftCard"] == claimed | {
        "giver": None,
        "claimedBy": {"id": two},
    }
    assert (await api.data(by_code, asked))["giftCard"] == claimed | {"claimedBy": {"id": two}}


async def test_no_token_is_good_for_a_bearer(api: Api) -> None:
    card = (await issued(api))["giftCard"]
    bearer = ids.encode(ids.MEMBER, ids.decode(ids.GIFT_CARD, card["id"]))  # type: ignore[arg-type]
    assert (await api.data("query($id: ID!) { member(by: {id: $id}) { kind } }", {"id": bearer}))["member"] == {
        "kind": "GIFT_CARD"
    }
    answer = await api.post("{ viewer { kind } }", token=await api.token_of(bearer))
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

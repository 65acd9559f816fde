"""Who may use which field: every root field with every sort of caller, generated from the schema."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
import pytest_asyncio

from schema import root
from schema.permissions import Needs
from services import credentials
from services.actors import Scope
from tests.api.answers import everything
from tests.api.callers import PHONE, Worlds, impostors, revoke, two_programs
from tests.api.conftest import Api, rows_of
from tests.api.inputs import SCHEMA

_keys = count(1)
ASYNC = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Use:
    """How a root field is used on our member: its arguments, and what is selected of the answer."""

    arguments: Callable[[Worlds], dict[str, Any]]
    selection: str = "{ id }"
    own_for_rival: bool = False
    """Whether a rival's key does something of its own program with the same arguments."""
    same_for_all: bool = False
    """Whether another member of ours sees the same."""
    member_acts: bool = False
    """Whether a member does it for itself, and does not only look."""


def _order(worlds: Worlds, **facts: Any) -> dict[str, Any]:
    line = {"ref": "1", "sku": "TEA", "quantity": 1, "unitPrice": "1.00"}
    name = f"matrix-{next(_keys)}"
    return {"source": "till", "externalId": name, "member": {"id": worlds.ours.ids["member"]}, "lines": [line]} | facts


def _written(**facts: Any) -> dict[str, Any]:
    return {"input": {"idempotencyKey": f"matrix-{next(_keys)}"} | facts}


def _self(worlds: Worlds) -> dict[str, Any]:
    return {"id": worlds.ours.ids["member"]}


ERRORS = "userErrors { __typename ... on UserError { code message field } }"
PERSON = "{ id name phone email number }"
TEMPLATE = f"{{ template {{ id name }} {ERRORS} }}"
CAMPAIGN = f"{{ campaign {{ id name }} {ERRORS} }}"
TAG = {"addTag": {"tag": "matrix"}}
USES = {
    "viewer": Use(lambda _: {}, "{ kind }"),
    "node": Use(lambda w: {"id": w.ours.ids["member"]}, "{ id ... on Member { name } }"),
    "program": Use(lambda _: {}, "{ id code }", own_for_rival=True, same_for_all=True),
    "ladders": Use(lambda _: {}, "{ id }", own_for_rival=True, same_for_all=True),
    "member": Use(lambda w: {"by": _self(w)}, PERSON),
    "members": Use(lambda _: {"first": 100}, f"{{ nodes {PERSON} }}", own_for_rival=True),
    "order": Use(lambda w: {"by": {"id": w.ours.ids["order"]}}, f"{{ id member {PERSON} lines {{ sku }} }}"),
    "giftCard": Use(lambda w: {"by": {"id": w.ours.ids["gift_card"]}}, f"{{ id message giver {PERSON} }}"),
    "orderPreview": Use(lambda w: {"input": {"order": _order(w)}}, f"{{ order {{ member {PERSON} }} {ERRORS} }}"),
    "liability": Use(lambda _: {"asset": "POINTS"}, "{ outstanding difference }", own_for_rival=True),
    "memberEnroll": Use(lambda _: _written(name="new"), f"{{ member {PERSON} {ERRORS} }}", own_for_rival=True),
    "memberAmend": Use(lambda w: _written(member=_self(w), channel="web"), f"{{ member {PERSON} {ERRORS} }}"),
    "memberTag": Use(lambda w: _written(member=_self(w), add=["vip"]), f"{{ member {PERSON} {ERRORS} }}"),
    "eventRecord": Use(
        lambda w: _written(member=_self(w), code="CHECK_IN"), f"{{ occasion {{ id }} member {PERSON} {ERRORS} }}"
    ),
    "orderCommit": Use(lambda w: _written(order=_order(w)), f"{{ order {{ id }} member {PERSON} {ERRORS} }}"),
    "orderHold": Use(lambda w: _written(order=_order(w)), f"{{ order {{ id }} member {PERSON} {ERRORS} }}"),
    "orderCapture": Use(
        lambda w: _written(order={"id": w.ours.orders["held"]}), f"{{ order {{ id }} member {PERSON} {ERRORS} }}"
    ),
    "orderCancel": Use(
        lambda w: _written(order={"id": w.ours.orders["held too"]}), f"{{ order {{ id }} member {PERSON} {ERRORS} }}"
    ),
    "orderReturn": Use(
        lambda w: _written(order={"id": w.ours.orders["returnable"]}, lines=[{"ref": "1", "quantity": 1}]),
        f"{{ order {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "orderClaim": Use(
        lambda w: _written(order={"id": w.ours.orders["guest's"]}, member=_self(w)),
        f"{{ order {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "ordersImport": Use(
        lambda w: _written(orders=[_order(w)]), f"{{ results {{ order {{ id }} {ERRORS} }} {ERRORS} }}"
    ),
    "balanceAdjust": Use(
        lambda w: _written(member=_self(w), asset="POINTS", amount=1, reason="matrix"),
        f"{{ entry {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "balanceTransfer": Use(
        lambda w: _written(member=_self(w), to={"number": w.other_row.number}, asset="POINTS", amount=1),
        f"{{ given {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "valueTopUp": Use(
        lambda w: _written(member=_self(w), amount="5.00"), f"{{ entry {{ id }} member {PERSON} {ERRORS} }}"
    ),
    "valueRefund": Use(
        lambda w: _written(topUp=w.ours.lines["paid in"], amount="0.01"),
        f"{{ entry {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "balanceSpend": Use(
        lambda w: _written(member=_self(w), asset="POINTS", amount=1, reason="matrix"),
        f"{{ entry {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "balanceSpendUndo": Use(
        lambda w: _written(entry=w.ours.lines["spent"], amount="0.01"), f"{{ entry {{ id }} member {PERSON} {ERRORS} }}"
    ),
    "balanceConvert": Use(
        lambda w: _written(member=_self(w), amount=1, **{"from": "POINTS", "to": "VALUE"}),
        f"{{ given {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "agentAppoint": Use(
        lambda w: _written(payer=_self(w), agent={"number": w.other_row.number}),
        f"{{ agent {{ id }} payer {PERSON} {ERRORS} }}",
    ),
    "agentDismiss": Use(
        lambda w: _written(payer=_self(w), agent={"number": w.other_row.number}),
        f"{{ agent {{ id }} payer {PERSON} {ERRORS} }}",
    ),
    "giftCardIssue": Use(
        lambda w: _written(amount="1.00", **{"from": _self(w)}),
        f"{{ giftCard {{ id giver {PERSON} }} member {PERSON} {ERRORS} }}",
    ),
    "giftCardClaim": Use(
        lambda w: _written(code=w.ours.cards["claim"][1], member=_self(w)),
        f"{{ giftCard {{ id giver {PERSON} }} member {PERSON} {ERRORS} }}",
    ),
    "giftCardVoid": Use(
        lambda w: _written(card=w.ours.cards["void"][0]),
        f"{{ giftCard {{ id giver {PERSON} }} member {PERSON} {ERRORS} }}",
    ),
    "coupon": Use(lambda w: {"by": {"id": w.ours.ids["coupon"]}}, f"{{ id state member {PERSON} }}"),
    "couponIssue": Use(
        lambda w: _written(member=_self(w), template={"code": "TEN"}),
        f"{{ coupons {{ id member {PERSON} }} member {PERSON} {ERRORS} }}",
    ),
    "couponClaim": Use(
        lambda w: _written(member=_self(w), template={"code": "TEN"}),
        f"{{ coupons {{ id member {PERSON} }} member {PERSON} {ERRORS} }}",
        member_acts=True,
    ),
    "couponGift": Use(
        lambda w: _written(coupon={"id": next(w.ours.coupons)}, to={"number": w.other_row.number}),
        f"{{ coupon {{ id history {{ from {PERSON} }} }} member {PERSON} {ERRORS} }}",
        member_acts=True,
    ),
    "couponVoid": Use(
        lambda w: _written(coupon={"id": next(w.ours.coupons)}, reason="matrix"),
        f"{{ coupon {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "couponExtend": Use(
        lambda w: _written(coupon={"id": next(w.ours.coupons)}, until="2999-01-01T00:00:00Z"),
        f"{{ coupon {{ id }} member {PERSON} {ERRORS} }}",
    ),
    "campaign": Use(lambda _: {"by": {"code": "BASE"}}, "{ id code state }", own_for_rival=True, same_for_all=True),
    "campaigns": Use(lambda _: {"first": 100}, "{ nodes { id code usage { uses } } }", own_for_rival=True),
    "campaignDraft": Use(
        lambda w: _written(campaign={"existing": {"id": w.ours.ids["campaign"]}}, version={"effects": [TAG]}), CAMPAIGN
    ),
    "campaignApprove": Use(lambda w: _written(campaign={"id": w.ours.campaigns["APPROVE"]}, version=1), CAMPAIGN),
    "campaignPublish": Use(lambda w: _written(campaign={"id": w.ours.campaigns["PUBLISH"]}), CAMPAIGN),
    "campaignPause": Use(lambda w: _written(campaign={"id": w.ours.campaigns["PAUSE"]}), CAMPAIGN),
    "campaignResume": Use(lambda w: _written(campaign={"id": w.ours.campaigns["RESUME"]}), CAMPAIGN),
    "couponTemplate": Use(
        lambda _: {"by": {"code": "TEN"}}, "{ id code state claimable left }", own_for_rival=True, same_for_all=True
    ),
    "couponTemplates": Use(
        lambda _: {"first": 100}, "{ nodes { id code claimable left } }", own_for_rival=True, same_for_all=True
    ),
    "couponTemplateDraft": Use(
        lambda w: _written(
            template={"existing": {"id": w.ours.campaigns["COUPON_APPROVE"]}}, version={"effects": [TAG]}
        ),
        TEMPLATE,
    ),
    "couponTemplateApprove": Use(
        lambda w: _written(template={"id": w.ours.campaigns["COUPON_APPROVE"]}, version=1), TEMPLATE
    ),
    "couponTemplatePublish": Use(lambda w: _written(template={"id": w.ours.campaigns["COUPON_PUBLISH"]}), TEMPLATE),
    "couponTemplatePause": Use(lambda w: _written(template={"id": w.ours.campaigns["COUPON_PAUSE"]}), TEMPLATE),
    "couponTemplateResume": Use(lambda w: _written(template={"id": w.ours.campaigns["COUPON_RESUME"]}), TEMPLATE),
    "couponTemplateEnd": Use(lambda w: _written(template={"id": w.ours.campaigns["COUPON_END"]}), TEMPLATE),
    "segments": Use(lambda _: {}, "{ code name }", own_for_rival=True),
    "segmentSave": Use(
        lambda _: _written(code="NEW", name="New", conditions={"tag": {"anyOf": ["vip"]}}),
        f"{{ segment {{ code }} {ERRORS} }}",
        own_for_rival=True,
    ),
    "campaignEnd": Use(lambda w: _written(campaign={"id": w.ours.campaigns["END"]}), CAMPAIGN),
    "memberEvents": Use(
        lambda w: {"memberId": w.ours.ids["member"], "after": _beginning(w)},
        f"{{ position member {PERSON} }}",
    ),
    "memberState": Use(lambda w: {"memberId": w.ours.ids["member"]}, PERSON),
    "couponBatch": Use(lambda w: {"id": w.ours.batch}, "{ id reason }"),
    "couponBatches": Use(lambda _: {}, "{ nodes { id } }", own_for_rival=True),
    "couponBatchGenerate": Use(
        lambda _: _written(template={"code": "TEN"}, size=3),
        f"{{ batch {{ id reason }} {ERRORS} }}",
        own_for_rival=True,
    ),
    "couponBatchCancel": Use(lambda w: _written(batch=next(w.ours.running)), f"{{ batch {{ id reason }} {ERRORS} }}"),
    "couponBatchResume": Use(lambda w: _written(batch=next(w.ours.cancelled)), f"{{ batch {{ id reason }} {ERRORS} }}"),
    "couponBatchProgress": Use(lambda w: {"batchId": w.ours.batch}, "{ id reason }"),
    "couponCounters": Use(lambda _: {"template": {"code": "TEN"}}, "{ issued }", own_for_rival=True),
    "campaignSimulate": Use(
        lambda _: {"input": {"campaign": {"code": "BASE"}, "from": "2026-01-01", "until": "2026-01-02"}},
        f"{{ ordersDone report {{ winners {{ member {PERSON} }} }} }}",
        own_for_rival=True,
    ),
    "programEvents": Use(lambda _: {}, f"{{ caughtUp events {{ member {PERSON} }} }}", own_for_rival=True),
}
ROOTS = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type, "subscription": SCHEMA.subscription_type}
KIND = {name: kind for kind, type_ in ROOTS.items() if type_ for name in type_.fields}
NEEDS = {
    SCHEMA_NAME: next((e for e in field.extensions if isinstance(e, Needs)), None)
    for type_, fields in (("Query", root.QUERIES), ("Mutation", root.MUTATIONS), ("Subscription", root.SUBSCRIPTIONS))
    for SCHEMA_NAME, field in zip(SCHEMA.type_map[type_].fields, fields, strict=True)  # type: ignore[attr-defined]
}
"""What each root field asks for."""


def _beginning(worlds: Worlds) -> str:
    return f"1-0-{worlds.ours.ids['member'][-4:]}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worlds(shared_api: Api) -> Worlds:
    return await two_programs(shared_api)


async def call(worlds: Worlds, field: str, authorization: str | None) -> tuple[int, dict[str, Any]]:
    """Return status and answer of a root field's use by somebody."""
    kind = KIND[field]
    type_ = ROOTS[kind]
    assert type_ is not None
    arguments = USES[field].arguments(worlds)
    declared = ", ".join(f"${name}: {type_.fields[field].args[name].type}" for name in arguments)
    given = ", ".join(f"{name}: ${name}" for name in arguments)
    head, inner = (f"({declared})", f"({given})") if arguments else ("", "")
    query = f"{kind}{head} {{ {field}{inner} {USES[field].selection} }}"
    if kind == "subscription":
        return 0, await worlds.ours.api.first(query, arguments, authorization)
    answer = await worlds.ours.api.ask(query, arguments, authorization)
    return answer.status_code, answer.json()


def code(answer: dict[str, Any]) -> str | None:
    """Return the one code of an answer that is refused as a whole."""
    if "errors" not in answer:
        return None
    assert not any((answer.get("data") or {}).values())
    (found,) = {error["extensions"]["code"] for error in answer["errors"]}
    return str(found)


def results(answer: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """Return what a payload says of each thing that was asked for; of other fields, the answer itself."""
    found = answer["data"][field]
    return found.get("results", [found]) if isinstance(found, dict) else [{field: found}] if found else [{}]


def served(answer: dict[str, Any], field: str) -> bool:
    """Whether the field did what it is for."""
    return code(answer) is None and all(row and not row.get("userErrors") for row in results(answer, field))


def nothing(answer: dict[str, Any], field: str) -> bool:
    """Whether an answer says that there is no such thing."""
    if "errors" in answer:
        (error,) = answer["errors"]
        return error["extensions"]["code"] == "BAD_REQUEST" and error["message"].startswith("There is no such ")
    codes = [error["code"] for row in results(answer, field) for error in row.get("userErrors", ())]
    return answer["data"][field] is None or codes == ["NOT_FOUND"]


def tells(answer: dict[str, Any], worlds: Worlds) -> bool:
    """Whether an answer holds anything of our member that the caller did not send."""
    secrets = ["ours-only", PHONE, worlds.ours.member["number"]]
    secrets += [worlds.ours.ids[kind] for kind in ("program", "ladder", "campaign", "coupon_template")]
    text = json.dumps(answer)
    return any(secret in text for secret in secrets)


FIELDS = pytest.mark.parametrize("field", sorted(KIND))
NEEDY = pytest.mark.parametrize("field", sorted(set(KIND) - {"viewer"}))


def test_every_root_field_has_its_row() -> None:
    assert set(USES) == set(KIND)
    assert {field for field, needs in NEEDS.items() if needs is None} == {"viewer"}


@ASYNC
@NEEDY
async def test_nobody_without_a_credential_is_served(worlds: Worlds, field: str) -> None:
    before = await everything()
    status, answer = await call(worlds, field, None)
    assert (status in {0, 200}, code(answer)) == (True, "UNAUTHENTICATED")
    assert not tells(answer, worlds)
    assert await everything() == before


@ASYNC
@FIELDS
async def test_no_bad_credential_is_served(worlds: Worlds, field: str) -> None:
    before, wrong = await everything(), {}
    for name, authorization in (await impostors(worlds)).items():
        status, answer = await call(worlds, field, authorization)
        if status not in {0, 401} or code(answer) != "UNAUTHENTICATED" or tells(answer, worlds):
            wrong[name] = (status, answer)
    assert wrong == {}
    after = await everything()
    assert after == (before[0] | {"api_key": after[0]["api_key"]}, *before[1:])


@ASYNC
@NEEDY
async def test_a_key_needs_the_scope_of_the_field_and_no_other(worlds: Worlds, field: str) -> None:
    needs = NEEDS[field]
    assert needs is not None
    keys = await worlds.keys(needs.scope, needs.instead)
    before = await everything()
    _, refused = await call(worlds, field, keys["key with every other scope"])
    assert code(refused) == "FORBIDDEN"
    assert refused["errors"][0]["message"] == f"The credential lacks `{needs.scope.value}`."
    assert not tells(refused, worlds)
    assert await everything() == before
    _, answer = await call(worlds, field, keys["key with the scope"])
    if field == "node":  # each kind of entity asks for its own scope too
        assert code(answer) == "FORBIDDEN"
    else:
        assert served(answer, field)


@ASYNC
async def test_a_gift_card_is_claimed_by_whoever_may_spend_or_write_value(worlds: Worlds) -> None:
    assert (NEEDS["giftCardClaim"].scope, NEEDS["giftCardClaim"].instead) == (Scope.BALANCES_SPEND, Scope.VALUE_WRITE)  # type: ignore[union-attr]
    unknown = worlds.theirs.cards["claim"][1]
    query = f"mutation($input: GiftCardClaimInput!) {{ giftCardClaim(input: $input) {{ {ERRORS} }} }}"
    for scope in (Scope.BALANCES_SPEND, Scope.VALUE_WRITE):
        key = await worlds.ours.key(frozenset({scope}))
        asked = {"idempotencyKey": "k", "code": unknown, "member": {"id": worlds.ours.ids["member"]}}
        answer = (await worlds.ours.api.ask(query, {"input": asked}, key)).json()
        assert [error["code"] for error in answer["data"]["giftCardClaim"]["userErrors"]] == ["NOT_FOUND"]


@ASYNC
@NEEDY
async def test_a_member_sees_itself_and_changes_nothing_but_its_own(worlds: Worlds, field: str) -> None:
    needs = NEEDS[field]
    assert needs is not None
    before = await everything()
    _, answer = await call(worlds, field, worlds.ours.token())
    assert code(answer) == (None if needs.member else "FORBIDDEN")
    assert tells(answer, worlds) == needs.member
    if USES[field].member_acts:
        assert served(answer, field)
    else:
        assert await everything() == before


@ASYNC
@NEEDY
async def test_a_member_never_sees_another(worlds: Worlds, field: str) -> None:
    needs = NEEDS[field]
    assert needs is not None
    before = await everything()
    _, answer = await call(worlds, field, worlds.ours.token(worlds.other_row))
    if not needs.member:
        assert code(answer) == "FORBIDDEN"
    elif USES[field].same_for_all:
        assert tells(answer, worlds)
    else:
        assert nothing(answer, field)
        assert not tells(answer, worlds)
    assert await everything() == before


@ASYNC
@NEEDY
async def test_another_programs_key_reaches_nothing_of_ours(worlds: Worlds, field: str) -> None:
    ours = f"program_id = '{worlds.ours.api.program_id}'"
    facts = f"SELECT (SELECT count(*) FROM event WHERE {ours}), (SELECT count(*) FROM orders WHERE {ours})"
    before = await rows_of(facts), await rows_of(f"SELECT count(*) FROM idempotency WHERE {ours}")
    _, answer = await call(worlds, field, f"Bearer {worlds.theirs.api.key}")
    if USES[field].own_for_rival:
        assert served(answer, field)
    else:
        assert nothing(answer, field)
    text = json.dumps(answer)
    assert "ours-only" not in text
    assert worlds.ours.member["number"] not in text
    assert not any(id in text for id in worlds.ours.ids.values())
    assert (await rows_of(facts), await rows_of(f"SELECT count(*) FROM idempotency WHERE {ours}")) == before


@ASYNC
async def test_the_viewer_is_told_who_it_is_and_no_more(worlds: Worlds) -> None:
    query = "{ viewer { kind scopes program { code } member { name } } }"
    ours = worlds.ours
    nobody = await ours.api.ask(query)
    assert nobody.json()["data"]["viewer"] == {"kind": "ANONYMOUS", "scopes": [], "program": None, "member": None}
    member = await ours.api.ask(query, {}, ours.token())
    person = {"kind": "MEMBER", "scopes": [], "program": {"code": "SHOP"}, "member": {"name": "ours-only"}}
    assert member.json()["data"]["viewer"] == person
    key = await ours.api.ask(query, {}, await ours.key(frozenset({Scope.ORDERS_READ})))
    tool = {"kind": "API_KEY", "scopes": ["orders:read"], "program": {"code": "SHOP"}, "member": None}
    assert key.json()["data"]["viewer"] == tool


@ASYNC
async def test_no_id_of_another_program_is_anything(worlds: Worlds) -> None:
    ours, theirs = worlds.ours, worlds.theirs
    query = "query($id: ID!) { node(id: $id) { __typename id } }"
    found = {kind: (await ours.api.data(query, {"id": id}))["node"] for kind, id in ours.ids.items()}
    kinds = {"ladder": "TierLadder", "gift_card": "GiftCard", "coupon_template": "CouponTemplate"} | {
        k: k.title() for k in ("member", "occasion", "order", "entry", "campaign", "coupon", "program", "tier")
    }
    readable = {kind: {"__typename": name, "id": ours.ids[kind]} for kind, name in kinds.items()}
    assert found == readable | {"lot": None, "effect": None}
    for authorization in (ours.api.key, ours.token().removeprefix("Bearer ")):
        foreign = {kind: await ours.api.data(query, {"id": id}, authorization) for kind, id in theirs.ids.items()}
        assert foreign == {kind: {"node": None} for kind in theirs.ids}


@ASYNC
async def test_a_node_asks_for_the_scope_of_its_kind(worlds: Worlds) -> None:
    query = "query($id: ID!) { node(id: $id) { __typename } }"
    needed = dict.fromkeys(("member", "occasion", "entry", "gift_card"), "members:read") | {"order": "orders:read"}
    needed["coupon"] = "coupons:read"
    narrow = await worlds.ours.key(frozenset({Scope.PROGRAM_READ}))
    for kind, id in worlds.ours.ids.items():
        answer = (await worlds.ours.api.ask(query, {"id": id}, narrow)).json()
        assert code(answer) == ("FORBIDDEN" if kind in needed else None)
        if kind in needed:
            assert answer["errors"][0]["message"] == f"The credential lacks `{needed[kind]}`."
    other = worlds.ours.token(worlds.other_row).removeprefix("Bearer ")
    answers = {kind: await worlds.ours.api.data(query, {"id": id}, other) for kind, id in worlds.ours.ids.items()}
    for_all = {"program", "ladder", "tier", "campaign", "coupon_template"}
    assert {kind for kind, data in answers.items() if data["node"]} == for_all


@ASYNC
@pytest.mark.parametrize("scope", sorted(set(Scope) - {Scope.MEMBERS_READ}))
async def test_personal_data_needs_the_scope_of_members_wherever_it_stands(worlds: Worlds, scope: Scope) -> None:
    authorization = await worlds.ours.key(frozenset({scope}))
    for field, use in USES.items():
        needs = NEEDS[field]
        if needs is None or needs.scope != scope or PERSON not in use.selection:
            continue
        _, answer = await call(worlds, field, authorization)
        text = json.dumps(answer)
        assert '"ours-only"' not in text, field
        assert PHONE not in text, field


@ASYNC
async def test_a_key_ends_with_its_revocation_and_not_with_its_first_use(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = worlds.ours
    authorization = await ours.key(frozenset({Scope.PROGRAM_READ}))
    query = "{ program { code } }"
    assert (await ours.api.ask(query, {}, authorization)).json() == {"data": {"program": {"code": "SHOP"}}}
    await revoke(authorization)
    monkeypatch.setattr(credentials, "CACHE_SECONDS", 0.0)
    refused = await ours.api.ask(query, {}, authorization)
    assert (refused.status_code, code(refused.json())) == (401, "UNAUTHENTICATED")
    assert refused.headers["www-authenticate"] == "Bearer"

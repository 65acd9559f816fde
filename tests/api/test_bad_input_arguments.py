"""Every argument of every field with everything that is bad there: refused by name, or nothing is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from tests.api.answers import everything
from tests.api.bad_values import BAD_REQUEST, BY_FIELD, BY_TYPE, CODE, Values, text
from tests.api.conftest import Api
from tests.api.inputs import SCHEMA, Path, spots

NOTHING = "nothing"
STRANGE = {"empty": "", "blank": " ", "word": "x", "NUL": "\0", "emoji": "😀", "long": "9" * 200, "negative": "-1"}
OF_ANOTHER = "06f4k9s3tdrx9c4m3p3v1c0z5g"
ID = STRANGE | BY_FIELD["MemberBy.id"] | {"underscores": "mem_" * 20, "numbered": f"ent_{OF_ANOTHER}fffffffffffffffff"}
FUTURE = {"later": "2999-01-01T00:00:00Z", "last": "9999-12-31T23:59:59Z"}
SIZE = {"zero": 0, "negative": -1, "101": 101, "2^31-1": 2**31 - 1}
TYPES = BY_TYPE | {
    "Cursor": {"number": 5, "boolean": True, "object": {}, "list": [], "empty": "", "too long": "1" * 201},
    "CampaignState": {"unknown": "GONE", "lower case": "running", "number": 1, "object": {}},
    "CouponState": {"unknown": "GONE", "lower case": "issued", "number": 1, "object": {}},
    "EventKind": {"unknown": "GONE", "lower case": "order_committed", "number": 1, "object": {}},
}
BY_ARGUMENT: dict[str, tuple[str, Values]] = {
    "Member.agents.after": (BAD_REQUEST, STRANGE | {"a lot's": f"lot_{OF_ANOTHER}", "number": "1"}),
    "Member.agents.dismissed": (BAD_REQUEST, {}),
    "Member.agents.first": (BAD_REQUEST, SIZE),
    "Member.balance.at": (BAD_REQUEST, FUTURE),
    "Member.balance.asset": (BAD_REQUEST, STRANGE | {"unknown": "GOLD", "lower case": "points"}),
    "Member.balances.at": (BAD_REQUEST, FUTURE),
    "Member.coupons.after": (BAD_REQUEST, STRANGE | {"a member's": f"mem_{OF_ANOTHER}", "number": "1"}),
    "Member.coupons.first": (BAD_REQUEST, SIZE),
    "Member.coupons.states": (BAD_REQUEST, {"string": "GONE", "number": 1, "boolean": True}),
    "Member.occasions.after": (BAD_REQUEST, STRANGE | {"a member's": f"mem_{OF_ANOTHER}", "number": "1"}),
    "Member.occasions.first": (BAD_REQUEST, SIZE),
    "Member.giftCards.after": (BAD_REQUEST, STRANGE | {"a member's": f"mem_{OF_ANOTHER}", "number": "1"}),
    "Member.giftCards.first": (BAD_REQUEST, SIZE),
    "Member.ledger.after": (BAD_REQUEST, STRANGE | {"sign": "+1", "script": "१", "id": f"mem_{OF_ANOTHER}"}),
    "Member.ledger.asset": (BAD_REQUEST, STRANGE | {"unknown": "GOLD"}),
    "Member.ledger.at": (BAD_REQUEST, FUTURE),
    "Member.ledger.first": (BAD_REQUEST, SIZE),
    "Member.lots.after": (BAD_REQUEST, STRANGE | {"an order's": f"ord_{OF_ANOTHER}", "short": "lot_0"}),
    "Member.lots.asset": (BAD_REQUEST, STRANGE | {"unknown": "GOLD"}),
    "Member.lots.at": (BAD_REQUEST, FUTURE),
    "Member.lots.first": (BAD_REQUEST, SIZE),
    "Member.orders.after": (BAD_REQUEST, STRANGE | {"a lot's": f"lot_{OF_ANOTHER}", "number": "1"}),
    "Member.orders.first": (BAD_REQUEST, SIZE),
    "Member.standing.ladder": (BAD_REQUEST, STRANGE | {"unknown": "GOLD", "lower case": "standard"}),
    "Campaign.versions.after": (BAD_REQUEST, STRANGE | {"sign": "+1", "script": "१", "id": f"cmp_{OF_ANOTHER}"}),
    "Campaign.versions.first": (BAD_REQUEST, SIZE),
    "Query.campaign.by.code": (NOTHING, STRANGE | CODE | {"unknown": "NONE", "lower case": "base"}),
    "Query.campaign.by.id": (NOTHING, ID | {"a campaign's": f"cmp_{OF_ANOTHER}"}),
    "Query.campaigns.after": (BAD_REQUEST, STRANGE | {"a member's": f"mem_{OF_ANOTHER}", "upper": f"CMP_{OF_ANOTHER}"}),
    "Query.campaigns.filter.codes": (BAD_REQUEST, {"101 codes": ["BASE"] * 101}),
    "Query.campaigns.filter.codes.0": (NOTHING, STRANGE | CODE),
    "Query.campaigns.filter.states": (BAD_REQUEST, {}),
    "Query.campaigns.filter.states.0": (BAD_REQUEST, {}),
    "Query.campaigns.filter.trigger": (NOTHING, {}),
    "Query.campaigns.first": (BAD_REQUEST, SIZE),
    "CouponTemplate.versions.after": (BAD_REQUEST, STRANGE | {"sign": "+1", "script": "१", "id": f"cpt_{OF_ANOTHER}"}),
    "CouponTemplate.versions.first": (BAD_REQUEST, SIZE),
    "Query.couponTemplate.by.code": (NOTHING, STRANGE | CODE | {"unknown": "NONE", "a campaign's": "BASE"}),
    "Query.couponTemplate.by.id": (NOTHING, ID | {"a template's": f"cpt_{OF_ANOTHER}"}),
    "Query.couponTemplates.after": (
        BAD_REQUEST,
        STRANGE | {"a campaign's": f"cmp_{OF_ANOTHER}", "upper": f"CPT_{OF_ANOTHER}"},
    ),
    "Query.couponTemplates.first": (BAD_REQUEST, SIZE),
    "Query.coupon.by.code": (NOTHING, STRANGE | text(64) | {"mistyped": "0000-0000-0000-0000-1"}),
    "Query.coupon.by.id": (NOTHING, ID | {"a coupon's": f"cpn_{OF_ANOTHER}"}),
    "Query.couponBatch.id": (NOTHING, ID | {"a batch's": f"cpb_{OF_ANOTHER}"}),
    "Query.couponBatches.after": (BAD_REQUEST, STRANGE | {"a coupon's": f"cpn_{OF_ANOTHER}", "number": "1"}),
    "Query.couponBatches.first": (BAD_REQUEST, SIZE),
    "Query.couponBatches.template.code": (NOTHING, STRANGE | CODE | {"unknown": "NONE", "a campaign's": "BASE"}),
    "Query.couponBatches.template.id": (NOTHING, ID | {"a template's": f"cpt_{OF_ANOTHER}"}),
    "Query.giftCard.by.code": (NOTHING, STRANGE | text(64) | {"mistyped": "GC-0000-0000-0000-0000-1"}),
    "Query.giftCard.by.id": (NOTHING, ID | {"a card's": f"gft_{OF_ANOTHER}"}),
    "Query.liability.asset": (BAD_REQUEST, STRANGE | {"unknown": "GOLD", "lower case": "points"}),
    "Query.liability.on": (BAD_REQUEST, {"later": "2999-01-01", "last": "9999-12-31"}),
    "Query.member.by.id": (NOTHING, ID),
    "Query.member.by.identity.externalId": (NOTHING, text(200)),
    "Query.member.by.identity.source": (NOTHING, CODE | {"reserved": "#phone"}),
    "Query.member.by.number": (NOTHING, STRANGE | text(32)),
    "Query.member.by.phone": (NOTHING, STRANGE | BY_FIELD["MemberBy.phone"]),
    "Query.members.after": (BAD_REQUEST, STRANGE | {"an order's": f"ord_{OF_ANOTHER}", "upper": f"MEM_{OF_ANOTHER}"}),
    "Query.members.filter.channel": (NOTHING, STRANGE | CODE),
    "Query.members.filter.enrolledFrom": (NOTHING, {"year 9999": "9999-12-31T23:59:59Z"}),
    "Query.members.filter.enrolledUntil": (NOTHING, {"year 1": "0001-01-01T00:00:00Z"}),
    "Query.members.filter.kinds": (BAD_REQUEST, {}),
    "Query.members.filter.kinds.0": (BAD_REQUEST, {}),
    "Query.members.filter.status": (NOTHING, {}),
    "Query.members.filter.store": (NOTHING, STRANGE | CODE),
    "Query.members.first": (BAD_REQUEST, SIZE),
    "Query.node.id": (
        NOTHING,
        ID | {kind: f"{kind}_{OF_ANOTHER}" for kind in ("prg", "ord", "ldr", "tir", "cmp", "xyz")},
    ),
    "Query.order.by.id": (NOTHING, ID),
    "Query.order.by.identity.externalId": (NOTHING, text(200)),
    "Query.order.by.identity.source": (NOTHING, CODE),
    "Subscription.couponBatchProgress.batchId": (BAD_REQUEST, ID | {"a batch's": f"cpb_{OF_ANOTHER}"}),
    "Subscription.couponCounters.template.code": (BAD_REQUEST, STRANGE | CODE | {"unknown": "NONE"}),
    "Subscription.couponCounters.template.id": (BAD_REQUEST, ID | {"a template's": f"cpt_{OF_ANOTHER}"}),
    "Subscription.memberEvents.after": (BAD_REQUEST, STRANGE | {"epoch": "1-0-zzzz", "parts": "1-0", "NUL": "1-\0-a"}),
    "Subscription.memberEvents.memberId": (BAD_REQUEST, ID),
    "Subscription.memberState.memberId": (BAD_REQUEST, ID),
    "Subscription.programEvents.after": (BAD_REQUEST, STRANGE | {"a member's": "1-0-zzzz", "parts": "p1-0"}),
    "Subscription.programEvents.kinds": (BAD_REQUEST, {"string": "GONE", "number": 1, "boolean": True}),
}
"""What becomes of values that are right for the type of the argument, and wrong for the argument."""
AROUND = {"Campaign": 'campaign(by: {code: "BASE"})', "CouponTemplate": 'couponTemplate(by: {code: "TEN"})'}
"""The field below which an argument stands that is of no member."""
SELF = '{identity: {source: "pos", externalId: "1"}}'


@dataclass(frozen=True)
class Argument:
    """An argument, or a place within one."""

    type: str
    field: str
    path: Path
    value_type: Any

    @property
    def name(self) -> str:
        return ".".join((self.type, self.field, *self.path))

    def document(self, member_id: str) -> str:
        """Return a document that gives only this argument, as `$value`, and what else the field needs."""
        type_ = SCHEMA.type_map[self.type]
        assert isinstance(type_, GraphQLObjectType)
        name, argument = self.path[0], type_.fields[self.field].args[self.path[0]]
        is_list = str(type_.fields[self.field].type).endswith("Connection!")
        selection = "{ nodes { __typename } }" if is_list else "{ __typename }"
        other = f', memberId: "{member_id}"' if self.field == "memberEvents" and name == "after" else ""
        other += ', asset: "POINTS"' if self.field == "liability" and name == "on" else ""
        call = f"{self.field}({name}: $value{other}) {selection}"
        kind = "subscription" if self.type == "Subscription" else "query"
        around = AROUND.get(self.type, f"member(by: {SELF})")
        nested = call if self.type in {"Query", "Subscription"} else f"{around} {{ {call} }}"
        return f"{kind}($value: {argument.type}) {{ {nested} }}"

    def value(self, bad: Any) -> Any:
        """Return the whole argument with `bad` in its place."""
        type_ = SCHEMA.type_map[self.type]
        assert isinstance(type_, GraphQLObjectType)
        argument_type = get_named_type(type_.fields[self.field].args[self.path[0]].type)
        if len(self.path) == 1:
            return bad
        if self.path[1:] == ("identity", "source"):
            return {"identity": {"source": bad, "externalId": "1"}}
        if self.path[1:] == ("identity", "externalId"):
            return {"identity": {"source": "pos", "externalId": bad}}
        assert isinstance(argument_type, GraphQLInputObjectType)
        return {self.path[1]: [bad] if self.path[-1] == "0" else bad}


def arguments() -> Iterator[Argument]:
    for name, type_ in SCHEMA.type_map.items():
        if not isinstance(type_, GraphQLObjectType) or name.startswith("__") or name == "Mutation":
            continue
        for field_name, field in type_.fields.items():
            for argument_name, argument in field.args.items():
                named = get_named_type(argument.type)
                if not isinstance(named, GraphQLInputObjectType):
                    yield Argument(name, field_name, (argument_name,), argument.type)
                elif argument_name != "input":
                    inner = (spot for spot in spots(named) if get_named_type(spot.type).name in TYPES)
                    yield from (Argument(name, field_name, (argument_name, *s.path), s.type) for s in inner)


ARGUMENTS = {argument.name: argument for argument in arguments()}


async def answered(shop: Api, argument: Argument, value: Any, member_id: str) -> dict[str, Any]:
    ask = shop.first if argument.type == "Subscription" else shop.ask
    answer = await ask(argument.document(member_id), {"value": argument.value(value)}, f"Bearer {shop.key}")
    return answer if isinstance(answer, dict) else answer.json()


def outcome(answer: dict[str, Any]) -> Any:
    if "errors" in answer:
        found = [(error["extensions"]["code"], error["extensions"].get("field")) for error in answer["errors"]]
        return found[0] if len(found) == 1 else found
    return NOTHING if list(answer["data"].values()) in ([None], [{"nodes": []}]) else answer


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(ARGUMENTS))
async def test_a_bad_argument_is_refused_by_name_or_finds_nothing(shop: Api, name: str) -> None:
    argument, wrong = ARGUMENTS[name], {}
    found = await shop.data(f"{{ member(by: {SELF}) {{ id }} }}")
    before = await everything()
    due, values = BY_ARGUMENT[name]
    by_type = TYPES[get_named_type(argument.value_type).name]
    cases = [(kind, value, BAD_REQUEST) for kind, value in by_type.items() if not is_list_type(argument.value_type)]
    cases += [("null", None, BAD_REQUEST)] if is_non_null_type(argument.value_type) else []
    for kind, value, expected in [*cases, *((kind, value, due) for kind, value in values.items())]:
        answer = outcome(await answered(shop, argument, value, found["member"]["id"]))
        if answer != (NOTHING if expected == NOTHING else (expected, list(argument.path))):
            wrong[kind] = answer
    assert wrong == {}
    assert await everything() == before


def test_every_argument_has_bad_values() -> None:
    assert set(BY_ARGUMENT) == set(ARGUMENTS)

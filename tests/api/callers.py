"""Two programs with equal names in them, and everybody who may call, rightly or not."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OctKey

import models
from schema import ids
from services import credentials, value_terms
from services.actors import ALL_SCOPES, Scope
from services.credentials import ALGORITHM, ISSUER, member_token
from services.templates import Template
from services.transaction import transaction
from tests.api.conftest import SECRET, Api, campaigns_of, program_with_key
from tests.factories import coupon_template

ENROLL = """mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) {
  member { id number } userErrors { __typename } } }"""
HOLD = "mutation($input: OrderHoldInput!) { orderHold(input: $input) { order { id } } }"
COMMIT = """mutation($input: OrderCommitInput!) { orderCommit(input: $input) {
  order { id effects { id campaign { id } } } member { lots { nodes { id } } } entries { id }
  userErrors { __typename } } }"""
SET_UP = "{ program { id } ladders { id tiers { id } } }"
PHONE = "+8613800138000"
BATCHES = 100
"""Batches of each sort, more than the matrix uses."""


@dataclass
class Side:
    """One program, a member of it with an order, and the ids of all that can be asked for by id."""

    api: Api
    member: dict[str, str] = field(default_factory=dict)
    member_row: Any = None
    ids: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    """Ids of orders with which something can be done."""
    lines: dict[str, str] = field(default_factory=dict)
    """Ids of ledger lines that can be undone."""
    campaigns: dict[str, str] = field(default_factory=dict)
    """Ids of campaigns and templates with each of which one thing can be done, by their codes."""
    cards: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Ids and codes of gift cards that the member gave."""
    coupons: Iterator[str] = field(default_factory=lambda: iter(()))
    """Ids of coupons of the member, one for each use."""
    batch: str = ""
    """Id of a batch of codes."""
    running: Iterator[str] = field(default_factory=lambda: iter(()))
    """Ids of batches of codes that are not done, one for each use."""
    cancelled: Iterator[str] = field(default_factory=lambda: iter(()))
    """Ids of batches of codes that are cancelled, one for each use."""

    name: str = ""
    """What is told to nobody else."""

    async def filled(self, name: str) -> "Side":
        """Enrol a member with a name that is told to nobody else, and sell something to it."""
        self.name = name
        facts = {"name": name, "phone": PHONE, "identities": [{"source": "pos", "externalId": "1"}]}
        enrolled = await self.api.data(ENROLL, {"input": facts | {"idempotencyKey": "same", "email": f"{name}@x.cn"}})
        self.member = enrolled["memberEnroll"]["member"]
        self.member_row = await models.Member.get(program_id=self.api.program_id, number=self.member["number"])
        line = {"ref": "1", "sku": f"{name}-tea", "quantity": 1, "unitPrice": "2000.00"}
        order = {"source": "till", "externalId": "A-1", "member": {"id": self.member["id"]}, "lines": [line]}
        sold = (await self.api.data(COMMIT, {"input": {"idempotencyKey": "same", "order": order}}))["orderCommit"]
        self.orders = {
            "held": await self._more(HOLD, "H-1"),
            "held too": await self._more(HOLD, "H-2"),
            "returnable": await self._more(COMMIT, "B-1"),
            "guest's": await self._more(COMMIT, "G-1", member=None),
        }
        record = "mutation($input: EventRecordInput!) { eventRecord(input: $input) { occasion { id } } }"
        visit = {"idempotencyKey": "same", "member": {"id": self.member["id"]}, "code": "VISIT"}
        occasion = (await self.api.data(record, {"input": visit}))["eventRecord"]["occasion"]
        set_up = await self.api.data(SET_UP)
        self.ids = {
            "member": self.member["id"],
            "occasion": occasion["id"],
            "order": sold["order"]["id"],
            "entry": sold["entries"][0]["id"],
            "campaign": sold["order"]["effects"][0]["campaign"]["id"],
            "program": set_up["program"]["id"],
            "ladder": set_up["ladders"][0]["id"],
            "tier": set_up["ladders"][0]["tiers"][1]["id"],
            "lot": sold["member"]["lots"]["nodes"][0]["id"],
            "effect": sold["order"]["effects"][0]["id"],
        }
        paid = {"idempotencyKey": "paid in", "member": {"id": self.member["id"]}, "amount": "50.00"}
        spent = paid | {"idempotencyKey": "spent", "asset": "VALUE", "amount": "20.00", "reason": "a visit"}
        for line, field_name, values in (("paid in", "valueTopUp", paid), ("spent", "balanceSpend", spent)):
            type_ = f"{field_name[0].upper()}{field_name[1:]}Input"
            query = f"mutation($input: {type_}!) {{ {field_name}(input: $input) {{ entry {{ id }} }} }}"
            self.lines[line] = (await self.api.data(query, {"input": values}))[field_name]["entry"]["id"]
        query = "mutation($input: GiftCardIssueInput!) { giftCardIssue(input: $input) { code giftCard { id } } }"
        card = {"from": {"id": self.member["id"]}, "amount": "1.00", "message": "to you"}
        for card_name in ("kept", "void", "claim"):
            issued = await self.api.data(query, {"input": card | {"idempotencyKey": card_name}})
            self.cards[card_name] = (issued["giftCardIssue"]["giftCard"]["id"], issued["giftCardIssue"]["code"])
        self.ids["gift_card"], _ = self.cards["kept"]
        self.ids["coupon"], self.coupons = await self._coupons()
        self.running, self.cancelled = await self._batches(None), await self._batches(datetime.now(UTC))
        self.batch = next(self.running)
        self.campaigns = await campaigns_of(self.api)
        self.campaigns |= await campaigns_of(self.api, "couponTemplate")
        program = await models.Program.get(id=self.api.program_id)
        await value_terms.set_conversion(program, "POINTS", "VALUE", amount=Decimal(1), gives=Decimal("0.01"))
        return self

    async def _coupons(self) -> tuple[str, Iterator[str]]:
        """Return a coupon of the member, and others, each once."""
        terms = {"claimable": True, "transferable": True, "validity": {"relative": {"days": 30}}}
        made_of = await coupon_template(self.api.program_id, "TEN", [{"amountOff": {"amount": "10.00"}}], terms)
        self.ids["coupon_template"] = ids.encode(ids.COUPON_TEMPLATE, made_of.id)
        query = "mutation($input: CouponIssueInput!) { couponIssue(input: $input) { coupons { id } } }"
        asked = {"member": {"id": self.member["id"]}, "template": {"code": "TEN"}, "count": 100}
        made = []
        for key in ("one", "two"):
            issued = await self.api.data(query, {"input": asked | {"idempotencyKey": key}})
            made += [coupon["id"] for coupon in issued["couponIssue"]["coupons"]]
        return made[0], iter(made[1:])

    async def _batches(self, finished_at: datetime | None) -> Iterator[str]:
        """Return batches of codes of which none is made yet: cancelled ones if they are finished."""
        template = await models.Campaign.get(program_id=self.api.program_id, code="TEN")
        version = await models.CampaignVersion.get(campaign_id=template.id, number=1)
        said = {"program_id": version.program_id, "campaign_id": version.campaign_id, "version_id": version.id}
        said |= {"state": "CANCELLED" if finished_at else "RUNNING", "finished_at": finished_at}
        said |= {"size": 5, "made": 0, "actor": "key:x", "reason": self.name, "recorded_at": datetime.now(UTC)}
        async with transaction():
            made = [await models.CouponBatch.create(**said) for _ in range(BATCHES)]
        return iter([str(ids.encode(ids.COUPON_BATCH, row.id)) for row in made])

    async def _more(self, mutation: str, name: str, **facts: Any) -> str:
        line = {"ref": "1", "sku": "tea", "quantity": 20, "unitPrice": "0.10"}
        order = {"source": "till", "externalId": name, "member": {"id": self.member["id"]}, "lines": [line]}
        answer = await self.api.data(mutation, {"input": {"idempotencyKey": name, "order": order | facts}})
        (payload,) = answer.values()
        return str(payload["order"]["id"])

    def token(self, row: Any = None, **changed: Any) -> str:
        """Return the `Authorization` of a member; `changed` claims make it a forgery."""
        row = row or self.member_row
        if not changed:
            made = member_token(SECRET, program_id=row.program_id, member_id=row.id, lifetime_seconds=600)
            return f"Bearer {made}"
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": row.id.hex, "program": row.program_id.hex, "iat": now, "exp": now + 600}
        key = OctKey.import_key(changed.pop("secret", SECRET))
        algorithm = changed.pop("alg", ALGORITHM)
        claims = {name: value for name, value in (claims | changed).items() if value is not None}
        return f"Bearer {jwt.encode({'alg': algorithm}, claims, key, algorithms=[algorithm])}"

    async def key(self, scopes: frozenset[Scope], **facts: Any) -> str:
        """Return the `Authorization` of a new key."""
        made = await credentials.create_key(
            self.api.program_id, name="matrix", scopes=scopes, now=datetime.now(UTC), **facts
        )
        return f"Bearer {made.key}"


@dataclass
class Worlds:
    """Our program and a rival's, both with a member of the same phone, identity, order and keys."""

    ours: Side
    theirs: Side
    other_row: Any
    """Another member of ours."""

    async def keys(self, scope: Scope, instead: Scope | None = None) -> dict[str, str]:
        """Return keys that hold exactly `scope`, and all but it and what will do instead."""
        return {
            "key with the scope": await self.ours.key(frozenset({scope})),
            "key with every other scope": await self.ours.key(ALL_SCOPES - {scope, instead}),
        }


async def two_programs(api: Api) -> Worlds:
    """Fill the open database with two programs."""
    rival_id, rival_key = await program_with_key(Template.STANDARD, "RIVAL")
    ours = await Side(api).filled("ours-only")
    theirs = await Side(Api(api.app, api.http, rival_key, rival_id)).filled("theirs-only")
    enrolled = await api.data(ENROLL, {"input": {"idempotencyKey": "another", "name": "another"}})
    other = await models.Member.get(program_id=api.program_id, number=enrolled["memberEnroll"]["member"]["number"])
    return Worlds(ours, theirs, other)


async def revoke(authorization: str) -> None:
    """Revoke a key."""
    key_id = UUID(authorization.split("_")[1])
    async with transaction():
        assert await models.ApiKey.filter(id=key_id).update(revoked_at=datetime.now(UTC)) == 1


async def impostors(worlds: Worlds) -> dict[str, str]:
    """Return credentials that are no good, by what is wrong with them."""
    ours, secret = worlds.ours, OctKey.import_key(SECRET)
    revoked = await ours.key(ALL_SCOPES)
    await revoke(revoked)
    key_id, key_secret = ours.api.key.split("_")[1:]
    _, payload, signature = ours.token().removeprefix("Bearer ").split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    absent = models.Member(id=uuid4(), program_id=ours.api.program_id)
    return {
        "no scheme": ours.api.key,
        "no token": "Bearer",
        "blank token": "Bearer  ",
        "basic": f"Basic {ours.api.key}",
        "garbage": "Bearer garbage",
        "dots": "Bearer a.b.c",
        "empty key": "Bearer hy_",
        "key without a secret": f"Bearer hy_{key_id}",
        "key with an empty secret": f"Bearer hy_{key_id}_",
        "key with a wrong secret": f"Bearer hy_{key_id}_{key_secret[::-1]}",
        "key cut short": f"Bearer {ours.api.key[:-1]}",
        "key with more after it": f"Bearer {ours.api.key}_more",
        "key with an underscore after it": f"Bearer {ours.api.key}_",
        "key with more at its end": f"Bearer {ours.api.key}a",
        "key whose id is spelled otherwise": f"Bearer hy_{UUID(key_id)}_{key_secret}",
        "key in capitals": f"Bearer hy_{key_id.upper()}_{key_secret}",
        "unknown key": f"Bearer hy_{uuid4().hex}_{key_secret}",
        "key with no id": f"Bearer hy_nothexatall_{key_secret}",
        "endless token": "Bearer " + "a" * 5_000,
        "revoked key": revoked,
        "expired key": await ours.key(ALL_SCOPES, expires_at=datetime.now(UTC) - timedelta(seconds=1)),
        "expired token": ours.token(exp=int(time.time()) - 1),
        "token without an end": ours.token(exp=None),
        "token of another issuer": ours.token(iss="https://id.example"),
        "token without an issuer": ours.token(iss=None),
        "token of another secret": ours.token(secret="y" * 40),
        "token of another algorithm": ours.token(alg="HS512"),
        "token without a signature": f"Bearer {none}.{payload}.",
        "token with another payload": f"Bearer {none}.{payload}.{signature}",
        "token of nobody": ours.token(absent),
        "token of a member elsewhere": ours.token(program=worlds.theirs.api.program_id.hex),
        "token with no id": ours.token(sub="1"),
        "token with a number": ours.token(sub=1),
        "token that is a list": f"Bearer {jwt.encode({'alg': ALGORITHM}, {'sub': [ours.member_row.id.hex]}, secret)}",
    }

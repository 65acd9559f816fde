"""An application on an empty database, called without a network."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from tortoise.connection import get_connections
from tortoise.expressions import F

import models
from app import coupon_worker
from app.server import Background, create_app
from app.settings import Settings
from services import code_attempts, credentials, programs, value_terms
from services.actors import ALL_SCOPES, Scope
from services.credentials import member_token
from services.database.config import Database, Dialect
from services.templates import Template
from services.transaction import transaction
from tests.api.inputs import CHOICES, EXAMPLES
from tests.conftest import emptied
from tests.factories import campaign, coupon_template

SECRET = "x" * 40
TABLES = sorted(getattr(models, name)._meta.db_table for name in {*models.__all__} - {"Seal", "CodeAttempt"})
"""All tables but that of the seals, as servers seal by themselves, and that of wrong codes, which are counted."""


@dataclass
class Api:
    """A client of one program's API."""

    app: Starlette
    http: httpx.AsyncClient
    key: str
    program_id: Any

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, authorization: str | None = None, **headers: str
    ) -> httpx.Response:
        """Return the answer to exactly this `Authorization`, or to none."""
        if authorization is not None:
            headers["authorization"] = authorization
        body = {"query": query, "variables": variables or {}}
        return await self.http.post("/graphql", content=json.dumps(body).encode(), headers=JSON | headers)

    async def post(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> Any:
        """Return the whole answer as JSON."""
        return (await self.ask(query, variables, f"Bearer {token or self.key}")).json()

    async def data(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> Any:
        """Return the data of an answer that has no errors."""
        answer = await self.post(query, variables, token)
        assert "errors" not in answer, answer
        return answer["data"]

    async def first(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        authorization: str | None = None,
        such: Callable[[Any], bool] = lambda _: True,
    ) -> dict[str, Any]:
        """Return the first answer of a subscription that is `such`, or what it is refused with, and hang up."""
        headers = {"accept": "text/event-stream", "content-type": "application/json", "host": "test"}
        if authorization is not None:
            headers["authorization"] = authorization
        return await _first_of_stream(self.app, {"query": query, "variables": variables or {}}, headers, such)

    async def key_with(self, *scopes: Scope) -> str:
        """Return a key that has only these scopes."""
        made = await credentials.create_key(
            self.program_id, name="narrow", scopes=frozenset(scopes), now=datetime.now(UTC)
        )
        return made.key

    async def token_of(self, member_id: str, *, lifetime_seconds: int = 600) -> str:
        """Return a token of the member with this id of the contract."""
        found = await self.data("query($id: ID!) { member(by: {id: $id}) { number } }", {"id": member_id})
        row = await models.Member.get(program_id=self.program_id, number=found["member"]["number"])
        return member_token(SECRET, program_id=self.program_id, member_id=row.id, lifetime_seconds=lifetime_seconds)


JSON = {"content-type": "application/json"}


def scope_of(headers: dict[str, str]) -> dict[str, Any]:
    """Return the ASGI scope of a POST of the API."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }


async def _first_of_stream(
    app: Starlette, body: dict[str, Any], headers: dict[str, str], such: Callable[[Any], bool]
) -> dict[str, Any]:
    scope = scope_of(headers)
    body_bytes = [orjson.dumps(body)]
    hung_up = asyncio.Event()
    sent = bytearray()
    answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def receive() -> dict[str, Any]:
        if body_bytes:
            return {"type": "http.request", "body": body_bytes.pop(), "more_body": False}
        await hung_up.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.extend(message.get("body", b""))
        for event in bytes(sent).decode().split("\n\n")[:-1]:
            lines = dict(line.split(": ", 1) for line in event.split("\n") if ": " in line)
            if lines.get("event") == "next" and not answered.done():
                data = orjson.loads(lines["data"])
                if "errors" in data or such(data["data"]):
                    answered.set_result(data)
        if message["type"] == "http.response.body" and not message.get("more_body") and not answered.done():
            answered.set_result(orjson.loads(bytes(sent)))

    serving = asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type]  # plain dicts are messages
    await asyncio.wait({serving, answered}, return_when=asyncio.FIRST_COMPLETED)
    hung_up.set()
    await serving
    return await answered


async def program_with_key(template: Template, code: str = "SHOP") -> tuple[Any, str]:
    """Make a program on real time with a key that may do everything."""
    program = await programs.create(
        code=code, name=code.title(), currency="CNY", time_zone="Asia/Shanghai", template=template
    )
    made = await credentials.create_key(program.id, name="tests", scopes=ALL_SCOPES, now=datetime.now(UTC))
    return program.id, made.key


@asynccontextmanager
async def served(
    database_url: str, template: Template = Template.STANDARD, background: Sequence[Background] = ()
) -> AsyncIterator[Api]:
    """Serve a program on an empty database."""
    app = create_app(Settings(database_url=database_url, secret_key=SECRET), background=background)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coupon_worker, "PAUSE_SECONDS", 1e6)  # codes are made when a test makes them
        async with serving(app, template) as api:
            yield api


@asynccontextmanager
async def serving(app: Starlette, template: Template) -> AsyncIterator[Api]:
    """Open an application, and a program in its database."""
    async with app.router.lifespan_context(app):
        program_id, key = await program_with_key(template)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield Api(app, http, key, program_id)


@pytest_asyncio.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The standard program's API, on both databases."""
    async with served(database_url) as api:
        yield api


@pytest.fixture(scope="module", params=[Dialect.SQLITE, Dialect.POSTGRES])
def shared_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty database for a module's tests: first all on the one, then all on the other."""
    if request.param is Dialect.SQLITE:
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path_factory.mktemp("shared") / "huiyuan.db"
        shutil.copyfile(template, path)
        return f"sqlite://{path}?synchronous=OFF"
    url: str = request.getfixturevalue("postgres_url")
    asyncio.run(emptied(Database.parse(url)))
    return url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_api(shared_database_url: str) -> AsyncIterator[Api]:
    """One application for all tests of a module, which mark themselves `asyncio(loop_scope="module")`."""
    async with served(shared_database_url) as api:
        yield api


async def pass_of(api: Api) -> None:
    """Add an asset by which visits are counted."""
    found = await models.Asset.get(program_id=api.program_id, code="POINTS")
    row = {name: getattr(found, name) for name in models.Asset._meta.db_fields if name != "id"}
    async with transaction():
        await models.Asset.create(**(row | {"code": "VISITS", "name": "Visits", "kind": "PASS"}))
        await models.Program.filter(id=api.program_id).update(config_version=F("config_version") + 1)


async def campaigns_of(api: Api, kind: str = "campaign") -> dict[str, str]:
    """Make campaigns with each of which one thing can be done, by another key's hand; return their ids by code.

    Of the kind `couponTemplate` they are templates of coupons, whose codes begin with `COUPON_`.
    """
    made: dict[str, str] = {}
    name = "campaign" if kind == "campaign" else "template"
    type_ = f"{kind[0].upper()}{kind[1:]}"
    author = await api.key_with(Scope.CAMPAIGNS_WRITE)
    version = {"effects": [{"addTag": {"tag": "made"}}], "conditions": {"store": {"codes": ["nowhere"]}}}
    for what in ("APPROVE", "PUBLISH", "PAUSE", "RESUME", "END"):
        steps = {"PAUSE": ["Publish"], "RESUME": ["Publish", "Pause"]}.get(what, [])
        code = what if kind == "campaign" else f"COUPON_{what}"
        new = {name: {"new": {"code": code, "name": code.title()}}, "version": version}
        for step in ["Draft", *steps]:
            query = f"mutation($input: {type_}{step}Input!) {{ {kind}{step}(input: $input) {{ {name} {{ id }} }} }}"
            asked = new if step == "Draft" else {name: {"code": code}}
            answer = await api.data(query, {"input": asked | {"idempotencyKey": f"{step} {code}"}}, author)
            made[code] = answer[f"{kind}{step}"][name]["id"]
    return made


SUBJECT = {"identity": {"source": "pos", "externalId": "1"}}
"""The member of `shop` who has points."""
OTHER = {"identity": {"source": "pos", "externalId": "2"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(shared_api: Api) -> AsyncIterator[Api]:
    """A program that lists one item, TEA, and has a member with 100 points, and one to give them to.

    Wrong codes may be given without end.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_attempts, "ATTEMPTS_MAX", 2**31)
        yield await _filled(shared_api)


async def _filled(shared_api: Api) -> Api:
    await programs.list_items(shared_api.program_id, [("TEA", "Green tea", "drinks")])
    enroll = "mutation($input: MemberEnrollInput!) { memberEnroll(input: $input) { userErrors { __typename } } }"
    member = {"phone": "+8613800138000", "identities": [SUBJECT["identity"]]}
    await shared_api.data(enroll, {"input": member | {"idempotencyKey": "enrolled"}})
    other = {"identities": [SUBJECT["identity"] | {"externalId": "2"}]}
    await shared_api.data(enroll, {"input": other | {"idempotencyKey": "enrolled too"}})
    adjust = "mutation($input: BalanceAdjustInput!) { balanceAdjust(input: $input) { entry { balanceAfter } } }"
    gift = {"member": SUBJECT, "asset": "POINTS", "amount": 100, "reason": "a gift"}
    given = await shared_api.data(adjust, {"input": gift | {"idempotencyKey": "given"}})
    assert given == {"balanceAdjust": {"entry": {"balanceAfter": "100"}}}
    line = {"ref": "1", "sku": "TEA", "quantity": 5, "unitPrice": "0.10"}
    for name, field in (("H-1", "orderHold"), ("H-2", "orderHold"), ("R-1", "orderCommit")):
        order = {"source": "till", "externalId": name, "member": SUBJECT, "lines": [line]}
        order["spend"] = [{"asset": "POINTS", "amount": 1}]
        mutation = f"mutation($input: {field[0].upper()}{field[1:]}Input!) {{ {field}(input: $input) {{ replayed }} }}"
        await shared_api.data(mutation, {"input": {"idempotencyKey": name, "order": order}})
    guest = {"source": "till", "externalId": "G-1", "lines": [line]}
    commit = "mutation($input: OrderCommitInput!) { orderCommit(input: $input) { replayed } }"
    await shared_api.data(commit, {"input": {"idempotencyKey": "G-1", "order": guest | {"shipping": 10}}})
    pay_in = "mutation($input: ValueTopUpInput!) { valueTopUp(input: $input) { entry { id } } }"
    paid = await shared_api.data(pay_in, {"input": {"member": SUBJECT, "amount": 50, "idempotencyKey": "paid in"}})
    EXAMPLES["ValueRefundInput.topUp"] = paid["valueTopUp"]["entry"]["id"]
    await shared_api.data(adjust, {"input": gift | {"idempotencyKey": "given too", "member": OTHER}})
    appoint = "mutation($input: AgentAppointInput!) { agentAppoint(input: $input) { agent { id } } }"
    for payer, agent, asset in ((SUBJECT, OTHER, "POINTS"), (OTHER, SUBJECT, "POINTS"), (SUBJECT, OTHER, "VALUE")):
        right = {"payer": payer, "agent": agent, "asset": asset}
        key = f"appointed for {asset} by {payer['identity']['externalId']}"
        await shared_api.data(appoint, {"input": right | {"idempotencyKey": key}})
    spend = "mutation($input: BalanceSpendInput!) { balanceSpend(input: $input) { entry { id } } }"
    use = {"member": SUBJECT, "asset": "VALUE", "amount": 20, "reason": "a visit", "idempotencyKey": "spent"}
    spent = await shared_api.data(spend, {"input": use})
    EXAMPLES["BalanceSpendUndoInput.entry"] = spent["balanceSpend"]["entry"]["id"]
    five = [{"earnFixed": {"asset": "POINTS", "points": "5"}}]
    await campaign(shared_api.program_id, "CHECK_IN", five, {"event": {"codes": ["CHECK_IN"]}}, trigger="EVENT")
    give = "mutation($input: GiftCardIssueInput!) { giftCardIssue(input: $input) { code giftCard { id } } }"
    card = {"from": SUBJECT, "amount": 1}
    one, two = [
        (await shared_api.data(give, {"input": card | {"idempotencyKey": key}}))["giftCardIssue"] for key in ("1", "2")
    ]
    EXAMPLES["GiftCardClaimInput.code"], EXAMPLES["GiftCardVoidInput.card"] = one["code"], two["giftCard"]["id"]
    await campaigns_of(shared_api)
    await campaigns_of(shared_api, "couponTemplate")
    await _coupons_of(shared_api)
    save = "mutation($input: SegmentSaveInput!) { segmentSave(input: $input) { replayed } }"
    regulars = {"code": "REGULARS", "name": "Regulars", "conditions": {"not": {"firstOrder": True}}}
    await shared_api.data(save, {"input": regulars | {"idempotencyKey": "regulars"}})
    await pass_of(shared_api)
    program = await models.Program.get(id=shared_api.program_id)
    await value_terms.set_conversion(program, "POINTS", "VALUE", amount=Decimal(1), gives=Decimal("0.01"))
    return shared_api


async def _coupons_of(api: Api) -> None:
    """Publish templates of coupons, and issue a coupon for each thing that may be done with one."""
    price = {"asset": "POINTS", "amount": "1"}
    ten = [{"amountOff": {"amount": "10.00"}}]
    one_cent = [{"amountOff": {"amount": "0.01"}}]
    terms = {
        "claimable": True,
        "transferable": True,
        "price": price,
        "validity": {"relative": {"afterDays": 30, "days": 30}},
    }
    await coupon_template(api.program_id, "TEN", ten, terms)
    await coupon_template(api.program_id, "WELCOME", one_cent, {"sharedCode": "WELCOME"})
    issue = "mutation($input: CouponIssueInput!) { couponIssue(input: $input) { coupons { id } } }"
    some = {"member": SUBJECT, "template": {"code": "TEN"}, "count": 3, "idempotencyKey": "coupons"}
    made = (await api.data(issue, {"input": some}))["couponIssue"]["coupons"]
    batch = "mutation($input: CouponBatchGenerateInput!) { couponBatchGenerate(input: $input) { batch { id } } }"
    stop = "mutation($input: CouponBatchCancelInput!) { couponBatchCancel(input: $input) { replayed } }"
    for what in ("Cancel", "Resume"):
        asked = {"template": {"code": "TEN"}, "size": 3, "idempotencyKey": what}
        found = (await api.data(batch, {"input": asked}))["couponBatchGenerate"]["batch"]["id"]
        EXAMPLES[f"CouponBatch{what}Input.batch"] = found
    await api.data(stop, {"input": {"batch": found, "idempotencyKey": "to be resumed"}})
    CHOICES.update(
        {f"Coupon{what}Input.coupon": one for what, one in zip(("Gift", "Void", "Extend"), made, strict=True)}
    )


async def rows_of(sql: str) -> Sequence[Any]:
    """Return what a statement without parameters finds, on the open database."""
    (client,) = get_connections().all()
    _, rows = await client.execute_query(sql)
    return [tuple(row.values()) if hasattr(row, "values") else tuple(row) for row in rows]


async def row_counts() -> dict[str, int]:
    """Return the number of rows of every table."""
    parts = [f"SELECT '{table}' AS name, count(*) AS size FROM \"{table}\"" for table in TABLES]
    return {name: size for name, size in await rows_of(" UNION ALL ".join(parts))}  # noqa: C416  (rows are sequences)


_watched: ContextVar[list[str] | None] = ContextVar("watched", default=None)


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note every statement that what is awaited inside gives to the ORM's connection; work beside it is not noted."""
    seen: list[str] = []
    (client,) = get_connections().all()

    def noted(execute: Any) -> Any:
        async def execute_and_note(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
            if (watched := _watched.get()) is not None:
                watched.append(query)
            return await execute(self, query, *arguments, **options)

        return execute_and_note

    token = _watched.set(seen)
    with monkeypatch.context() as patch:
        for name in ("execute_query", "execute_query_dict"):
            patch.setattr(type(client), name, noted(getattr(type(client), name)))
        yield seen
    _watched.reset(token)

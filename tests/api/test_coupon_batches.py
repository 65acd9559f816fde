"""Batches of codes through the API: asked for, cancelled, resumed, listed, and downloaded as a stream."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

import models
from domain.codes import read_code, unique_hash
from schema import ids
from services import batch_codes, coupon_making
from services.actors import Scope
from services.engine import Engine
from services.templates import Template
from services.transaction import transaction
from tests.api.callers import impostors, two_programs
from tests.api.conftest import Api, served
from tests.factories import ten_off

ERRORS = "userErrors { __typename ... on UserError { code message field } }"
GENERATE = f"""mutation($input: CouponBatchGenerateInput!) {{ couponBatchGenerate(input: $input) {{ replayed
  batch {{ id size made state version codesUrl template {{ code }} }}
  {ERRORS[:-1]} ... on LimitReachedError {{ limit }} ... on CouponNotAvailableError {{ reason }} }} }} }}"""
CHANGE = f"""mutation($input: CouponBatch%sInput!) {{ couponBatch%s(input: $input) {{ replayed batch {{ made state }}
  {ERRORS[:-1]} ... on CouponBatchStateError {{ state }} }} }} }}"""
LIST = """query($first: Int, $after: String) { couponBatches(template: {code: "TEN"}, first: $first, after: $after) {
  nodes { id } pageInfo { hasNextPage endCursor } } }"""


@pytest_asyncio.fixture
async def opened(database_url: str) -> AsyncIterator[tuple[Api, Engine]]:
    """A program's API, and the engine behind it."""
    engines: list[Engine] = []

    async def keep(engine: Engine) -> None:
        engines.append(engine)

    async with served(database_url, Template.STANDARD, [keep]) as api:
        await asyncio.sleep(0)
        (engine,) = engines
        yield api, engine


async def asked(api: Api, size: int, key: str = "g") -> dict[str, Any]:
    given = {"idempotencyKey": key, "template": {"code": "TEN"}, "size": size}
    answer: dict[str, Any] = (await api.data(GENERATE, {"input": given}))["couponBatchGenerate"]
    return answer


async def changed(api: Api, what: str, batch: str) -> dict[str, Any]:
    given = {"idempotencyKey": what, "batch": batch}
    answer = await api.data(CHANGE.replace("%s", what), {"input": given})
    found: dict[str, Any] = answer[f"couponBatch{what}"]
    return found


async def made(engine: Engine, chunks: int) -> None:
    for _ in range(chunks):
        await coupon_making.make_chunk(engine)


async def downloaded(api: Api, url: str, key: str | None = None) -> httpx.Response:
    return await api.http.get(url, headers={"authorization": f"Bearer {key or api.key}"})


def rows_in(answer: httpx.Response) -> list[list[str]]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head == ["code", "state", "expires_at"]
    return rows


async def test_a_batch_is_asked_for_cancelled_and_resumed(
    opened: tuple[Api, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, engine = opened
    monkeypatch.setattr(coupon_making, "CHUNK", 40)
    await ten_off(api.program_id, "TEN", limits={"total": 150})
    answer = await asked(api, 100)
    batch = answer["batch"]
    said = {"size": 100, "made": 0, "state": "RUNNING", "version": 1, "template": {"code": "TEN"}}
    assert answer["userErrors"] == []
    assert batch == said | {"id": batch["id"], "codesUrl": f"/coupon-batches/{batch['id']}/codes"}
    assert await asked(api, 100) == answer | {"replayed": True}
    (refused,) = (await asked(api, 51, "more"))["userErrors"]
    message = "TEN has 50 of 150 coupons left; 51 are asked for."
    assert refused == {
        "__typename": "LimitReachedError",
        "code": "LIMIT_REACHED",
        "message": message,
        "field": ["input", "size"],
        "limit": "150",
    }
    await made(engine, 1)
    assert (await changed(api, "Cancel", batch["id"]))["batch"] == {"made": 40, "state": "CANCELLED"}
    assert (await changed(api, "Cancel", batch["id"]))["replayed"] is True
    again = {"idempotencyKey": "other", "batch": batch["id"]}
    (refused,) = (await api.data(CHANGE.replace("%s", "Cancel"), {"input": again}))["couponBatchCancel"]["userErrors"]
    assert (refused["code"], refused["state"], refused["field"]) == (
        "COUPON_BATCH_STATE",
        "CANCELLED",
        ["input", "batch"],
    )
    assert (await changed(api, "Resume", batch["id"]))["batch"] == {"made": 40, "state": "RUNNING"}
    await made(engine, 2)
    found = await api.data("query($id: ID!) { couponBatch(id: $id) { made state } }", {"id": batch["id"]})
    assert found == {"couponBatch": {"made": 100, "state": "DONE"}}
    node = "query($id: ID!) { node(id: $id) { id ... on CouponBatch { size } } }"
    assert (await api.data(node, {"id": batch["id"]}))["node"] == {"id": batch["id"], "size": 100}
    narrow = await api.key_with(Scope.PROGRAM_READ)
    assert (await api.post(node, {"id": batch["id"]}, narrow))["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_batches_are_paged_without_gap_or_repetition(api: Api) -> None:
    await ten_off(api.program_id, "TEN")
    made = [(await asked(api, 1, f"k{number}"))["batch"]["id"] for number in range(5)]
    seen, after = [], None
    while True:
        page = (await api.data(LIST, {"first": 2, "after": after}))["couponBatches"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == made[::-1]


async def test_the_codes_of_a_batch_are_downloaded_as_they_are_now(
    opened: tuple[Api, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, engine = opened
    monkeypatch.setattr(coupon_making, "CHUNK", 300)
    monkeypatch.setattr(batch_codes, "PAGE", 250)  # so that there are pages, and pieces of pages
    until = (datetime.now(UTC) + timedelta(days=10)).replace(microsecond=0)
    await ten_off(api.program_id, "TEN", {"prefix": "TEN", "validity": {"fixed": {"until": until.isoformat()}}})
    await asked(api, 40, "another")
    await made(engine, 1)
    batch = (await asked(api, 900))["batch"]
    assert rows_in(await downloaded(api, batch["codesUrl"])) == []
    await made(engine, 2)
    answer = await downloaded(api, batch["codesUrl"])
    assert answer.headers["content-disposition"] == f'attachment; filename="{batch["id"]}.csv"'
    assert "content-length" not in answer.headers
    rows = rows_in(answer)
    assert {tuple(row[1:]) for row in rows} == {("ISSUED", until.isoformat(timespec="milliseconds")[:-6] + "Z")}
    key = ids.decode(ids.COUPON_BATCH, batch["id"])
    stored = {bytes(row.code_hash) for row in await models.Coupon.filter(origin_id=key)}
    assert (len(rows), len(stored)) == (600, 600)
    assert {unique_hash(read_code(code)) for code, _, _ in rows} == stored
    past = {"valid_from": until - timedelta(days=30), "expires_at": until - timedelta(days=20)}
    async with transaction():
        await models.Coupon.filter(origin_id=key).update(**past)
    assert {row[1] for row in rows_in(await downloaded(api, batch["codesUrl"]))} == {"EXPIRED"}


async def test_who_may_not_read_coupons_downloads_none(api: Api) -> None:
    worlds = await two_programs(api)
    url = f"/coupon-batches/{worlds.ours.batch}/codes"
    nobody = await api.http.get(url)
    assert (nobody.status_code, nobody.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert nobody.headers["www-authenticate"] == "Bearer"
    for name, authorization in (await impostors(worlds)).items():
        answer = await api.http.get(url, headers={"authorization": authorization})
        assert (answer.status_code, name) == (401, name)
    narrow = (await worlds.keys(Scope.COUPONS_READ))["key with every other scope"]
    for authorization in (narrow, worlds.ours.token()):
        answer = await api.http.get(url, headers={"authorization": authorization})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (403, "FORBIDDEN")
        assert error["message"] == "The credential lacks `coupons:read`."
    absent = [(url.replace("cpb_", "cpn_"), api.key), ("/coupon-batches/x/codes", api.key)]
    for path, key in [(url, worlds.theirs.api.key), *absent]:
        answer = await downloaded(api, path, key)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["message"]) == (404, "There is no such batch of codes.")
        assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert (await api.http.post(url)).status_code == 405


async def test_codes_are_left_out_when_the_secret_has_changed(opened: tuple[Api, Engine]) -> None:
    api, engine = opened
    await ten_off(api.program_id, "TEN")
    batch = (await asked(api, 10))["batch"]
    await made(engine, 1)
    row = await models.CouponBatch.get()
    other = Engine(engine.database, engine.hub, engine.snapshots, engine.writer, "changed")
    told = [code async for piece in batch_codes.of_batch(other, row) for code, _ in piece]
    assert (told, batch["size"]) == ([None] * 10, 10)

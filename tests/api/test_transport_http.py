"""`/graphql` over HTTP: bodies, answers, errors, masking and the cache of documents."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLError, ValidationContext, ValidationRule
from strawberry.extensions import AddValidationRules, SchemaExtension
from structlog.testing import capture_logs

from app.transport import documents
from app.transport.documents import DocumentCache, Prepared
from app.transport.requests import BODY_BYTES_MAX, media_type_for
from app.transport.schema import Schema
from tests.transport_toy import FAILURE, Toy, make_schema, served

COMMIT = "mutation ($input: CommitInput!) { commit(input: $input) }"
GRAPHQL_RESPONSE = "application/graphql-response+json"
PREFLIGHT = {"graphql-require-preflight": "1"}


async def post(query: str, toy: Toy | None = None, *, accept: str = GRAPHQL_RESPONSE, **more: Any) -> httpx.Response:
    async with (toy or Toy()).client() as client:
        return await client.post("/graphql", json={"query": query, **more}, headers={"accept": accept})


async def post_body(content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    async with Toy().client() as client:
        return await client.post("/graphql", content=content, headers={"content-type": "application/json", **headers})


async def get(headers: dict[str, str] | None = None, **params: str) -> httpx.Response:
    async with Toy().client() as client:
        return await client.get("/graphql", params=params, headers=headers or {})


def order(**changed: Any) -> dict[str, Any]:
    content = {"source": "till", "lines": [{"ref": "a", "quantity": 1}], **changed}
    return {"input": {"idempotencyKey": "key", "order": content}}


def assert_refused(response: httpx.Response, status: int, code: str = "BAD_REQUEST") -> str:
    """Assert that the answer is one JSON error with nothing beside it, and return its message."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/")
    assert list(response.json()) == ["errors"]
    (error,) = response.json()["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["requestId"] == response.headers["x-request-id"]
    message: str = error["message"]
    return message


# Requests


async def test_post_answers_a_query_and_a_mutation() -> None:
    assert (await post("{ hello }")).json() == {"data": {"hello": "Hello world"}}
    assert (await post(COMMIT, variables=order())).json() == {"data": {"commit": "key 1"}}


async def test_the_named_operation_of_several_runs() -> None:
    response = await post('query A { hello } query B { hello(name: "B") }', operationName="B")
    assert response.json() == {"data": {"hello": "Hello B"}}


@pytest.mark.parametrize("operation_name", [None, "C", ""])
async def test_several_operations_need_a_name_that_exists(operation_name: str | None) -> None:
    response = await post("query A { hello } mutation B { hello }", operationName=operation_name)
    assert response.status_code == 400
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"5",
        b'"x"',
        b"[]",
        b'[{"query": "{ hello }"}]',
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"1" * 100_000,
        b"{}",
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": 5}',
        b'{"query": ["{ hello }"]}',
        b'{"query": "{ hello }", "variables": []}',
        b'{"query": "{ hello }", "variables": "{}"}',
        b'{"query": "{ hello }", "operationName": {}}',
        b'{"query": "{ hello }", "extensions": 3}',
        b'{"query": "\\ud800"}',
    ],
    ids=lambda content: content[:32].decode(errors="replace"),
)
async def test_a_malformed_body_is_refused(content: bytes) -> None:
    with capture_logs() as logs:
        assert_refused(await post_body(content), 400)
    assert logs == []


@pytest.mark.parametrize("query", ["{", "{ nope }", "{" * 300 + "}" * 300, "{ hello }" + "\n#" * 3_000, "# nothing"])
async def test_a_document_that_cannot_run_is_refused(query: str) -> None:
    assert_refused(await post(query), 400)


async def test_a_document_has_at_most_two_thousand_tokens() -> None:
    fields = " ".join(f"a{number}: hello" for number in range(666))
    assert (await post("{" + fields + "}")).status_code == 200
    assert "2000 tokens" in assert_refused(await post("{" + fields + " hello }"), 400)


async def test_variables_nested_too_deeply_are_refused() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    response = await post("query ($among: [Channel!]!) { channels(among: $among) }", variables={"among": deep})
    assert_refused(response, 400)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_body_that_is_not_json_is_refused(content_type: str) -> None:
    assert_refused(await post_body(b'{"query": "{ hello }"}', **{"content-type": content_type}), 415)


async def test_a_body_may_have_the_greatest_size_and_not_one_byte_more() -> None:
    body = b'{"query": "{ hello }"}'
    assert (await post_body(body + b" " * (BODY_BYTES_MAX - len(body)))).json() == {"data": {"hello": "Hello world"}}
    assert_refused(await post_body(body + b" " * (BODY_BYTES_MAX - len(body) + 1)), 413)


async def test_a_large_body_is_refused_by_a_real_server_announced_or_chunked() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield b" " * 1_000_000

    async with served(Toy()) as host, httpx.AsyncClient(base_url=f"http://{host}", timeout=30) as client:
        for content in (b" " * 50_000_000, chunks()):
            response = await client.post("/graphql", content=content, headers={"content-type": "application/json"})
            assert_refused(response, 413)
        assert (await client.post("/graphql", json={"query": "{ hello }"})).status_code == 200


async def test_a_body_announced_as_too_large_is_not_read() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        pytest.fail("the body was read")

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", str(BODY_BYTES_MAX + 1).encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    await Toy().app()(scope, receive, send)
    assert sent[0]["status"] == 413


async def test_a_caller_who_leaves_while_sending_is_no_bug() -> None:
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(message: Any) -> None:
        pytest.fail(f"nobody is there to receive {message}")

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    with capture_logs() as logs:
        await Toy().app()(scope, receive, send)
    assert logs == []


# GET


async def test_get_runs_a_query_when_it_carries_the_preflight_header() -> None:
    response = await get(
        PREFLIGHT, query="query ($n: String!) { hello(name: $n) }", variables='{"n": "Ada"}', extensions=""
    )
    assert response.json() == {"data": {"hello": "Hello Ada"}}


async def test_get_without_the_preflight_header_is_refused() -> None:
    assert "graphql-require-preflight" in assert_refused(await get(query="{ hello }"), 400)


async def test_get_runs_no_mutation() -> None:
    query = 'mutation { commit(input: {idempotencyKey: "a", order: {source: "a", lines: []}}) }'
    response = await get(PREFLIGHT, query=query)
    assert_refused(response, 405)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "params", [{}, {"query": "{ hello }", "variables": "5"}, {"query": "{ hello }", "variables": "{"}]
)
async def test_a_malformed_query_string_is_refused(params: dict[str, str]) -> None:
    assert_refused(await get(PREFLIGHT, **params), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(method: str) -> None:
    async with Toy().client() as client:
        response = await client.request(method, "/graphql")
    assert_refused(response, 405)
    assert response.headers["allow"] == "GET, POST"


async def test_a_subscription_needs_a_stream() -> None:
    assert "text/event-stream" in assert_refused(await post("subscription { count { number } }"), 400)


# Answers


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html", "application/json"),
        ("application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json; q=0.5", "application/json"),
        ("application/graphql-response+json;q=0", "application/json"),
        ("application/graphql-response+json;q=high", "application/json"),
        (";;,,q=;", "application/json"),
    ],
)
def test_the_type_of_the_answer_is_negotiated(accept: str | None, expected: str) -> None:
    assert media_type_for(accept) == f"{expected}; charset=utf-8"


async def test_a_request_error_has_no_data_and_a_status_by_the_type_of_the_answer() -> None:
    for accept, status in ((GRAPHQL_RESPONSE, 400), ("application/json", 200)):
        response = await post("{ nope }", accept=accept)
        assert (response.status_code, list(response.json())) == (status, ["errors"])
        assert response.headers["content-type"] == f"{accept}; charset=utf-8"


async def test_a_field_error_keeps_the_data_and_the_status() -> None:
    with capture_logs():
        response = await post("{ hello boom }")
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "Hello world", "boom": None}


async def test_a_well_formed_request_id_is_kept_and_another_replaced() -> None:
    async def answered(given: str) -> str:
        return (await post_body(b'{"query": "{ hello }"}', **{"x-request-id": given})).headers["x-request-id"]

    assert await answered("abc_DEF-123") == "abc_DEF-123"
    for given in ("short", "x" * 65, "with space", "new\tline!!"):
        assert re.fullmatch(r"[A-Za-z0-9_-]{16}", await answered(given))


# Credentials


async def test_the_credential_says_who_calls() -> None:
    assert (await post_body(b'{"query": "{ caller }"}', authorization="Bearer ada")).json()["data"] == {"caller": "ada"}
    assert (await post_body(b'{"query": "{ caller }"}')).json()["data"] == {"caller": "nobody"}


async def test_a_bad_credential_is_refused() -> None:
    response = await post_body(b'{"query": "{ caller }"}', authorization="Bearer nobody")
    assert assert_refused(response, 401, "UNAUTHENTICATED") == "The credential is not valid."
    assert response.headers["www-authenticate"] == "Bearer"


async def test_authentication_that_cannot_answer_now_or_fails_says_so() -> None:
    assert_refused(await post_body(b"", authorization="Bearer busy"), 503, "OVERLOADED")
    with capture_logs() as logs:
        response = await post_body(b"", authorization="Bearer broken")
    assert assert_refused(response, 500, "INTERNAL") == "Internal error."
    assert [(log["request_id"], log["exc_info"]) for log in logs] == [(response.headers["x-request-id"], FAILURE)]


# Masking


async def test_a_bug_is_masked_and_logged_once_with_the_request_id() -> None:
    with capture_logs() as logs:
        response = await post("query Front { boom again: boom }")
    request_id = response.headers["x-request-id"]
    for error in response.json()["errors"]:
        assert error["message"] == "Internal error."
        assert error["extensions"] == {"code": "INTERNAL", "requestId": request_id}
    assert [error["path"] for error in response.json()["errors"]] == [["boom"], ["again"]]
    assert "hunter2" not in response.text
    assert [(log["request_id"], log["operation"], log["exc_info"]) for log in logs] == [(request_id, "Front", FAILURE)]


async def test_a_result_that_does_not_fit_its_type_is_a_bug() -> None:
    with capture_logs() as logs:
        (error,) = (await post("{ tooLarge }")).json()["errors"]
    assert (error["message"], error["extensions"]["code"], len(logs)) == ("Internal error.", "INTERNAL", 1)


async def test_a_public_error_reaches_the_caller_and_not_the_log() -> None:
    with capture_logs() as logs:
        response = await post("{ forbidden }")
    (error,) = response.json()["errors"]
    assert error["message"] == "Not yours."
    assert error["extensions"] == {
        "code": "FORBIDDEN",
        "scope": "members:read",
        "requestId": response.headers["x-request-id"],
    }
    assert logs == []


async def test_a_bug_before_execution_is_masked_and_is_the_servers_fault() -> None:
    class Broken(SchemaExtension):
        def on_execute(self) -> Iterator[None]:
            raise FAILURE
            yield

    with capture_logs() as logs:
        response = await post("{ hello }", Toy(make_schema([Broken])))
    assert assert_refused(response, 500, "INTERNAL") == "Internal error."
    assert len(logs) == 1


async def test_deferred_parts_are_masked_and_logged_once() -> None:
    toy = Toy(make_schema(enable_experimental_incremental_execution=True))
    query = "{ tooLarge hello ... @defer { boom forbidden } }"
    with capture_logs() as logs:
        response = await post(query, toy, accept="multipart/mixed")
    assert response.status_code == 200
    assert "hunter2" not in response.text
    assert response.text.count("Internal error.") == 2
    assert response.text.count("Not yours.") == 1
    assert len(logs) == 2
    assert "multipart/mixed" in assert_refused(await post(query, toy), 406)


# Coercion

MISTAKES: list[tuple[dict[str, Any], list[list[str]]]] = [
    ({}, [["input"]]),
    ({"input": None}, [["input"]]),
    ({"input": 5}, [["input"]]),
    (
        {"input": {"order": {}}},
        [["input", "idempotencyKey"], ["input", "order", "source"], ["input", "order", "lines"]],
    ),
    (order(lines=[{"ref": "a", "quantity": "x"}]), [["input", "order", "lines", "0", "quantity"]]),
    (order(lines=[{"ref": "a", "quantity": 2**31}]), [["input", "order", "lines", "0", "quantity"]]),
    (order(lines=[{"ref": "a", "quantity": 1.5}]), [["input", "order", "lines", "0", "quantity"]]),
    (order(lines=[{"ref": "a", "quantity": None}]), [["input", "order", "lines", "0", "quantity"]]),
    (
        order(lines=[{"ref": "a", "quantity": 1}, {"quantity": 1, "colour": "red"}]),
        [["input", "order", "lines", "1", "ref"], ["input", "order", "lines", "1", "colour"]],
    ),
    (order(channel="MOON"), [["input", "order", "channel"]]),
    (order(amount=5), [["input", "order", "amount"]]),
    (order(amount="five"), [["input", "order", "amount"]]),
]


def literal(value: Any) -> str:
    """Return `value` as a GraphQL literal; the only enum value here is the upper-case word MOON."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return value if value == "MOON" else orjson.dumps(value).decode()


@pytest.mark.parametrize(("variables", "fields"), MISTAKES)
async def test_a_coercion_error_names_its_field_for_variables_and_for_literals(
    variables: dict[str, Any], fields: list[list[str]]
) -> None:
    arguments = f"(input: {literal(variables['input'])})" if variables else ""
    with capture_logs() as logs:
        for response in (await post(COMMIT, variables=variables), await post(f"mutation {{ commit{arguments} }}")):
            assert response.status_code == 400
            assert [error["extensions"]["field"] for error in response.json()["errors"]] == fields
            assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"BAD_REQUEST"}
            assert all(error["locations"] for error in response.json()["errors"])
    assert logs == []


@pytest.mark.parametrize(
    ("query", "variables", "field"),
    [
        (
            'mutation ($o: Content!) { commit(input: {idempotencyKey: "a", order: $o}) }',
            {"o": {"source": "a", "lines": [{"ref": 1, "quantity": 1}]}},
            ["input", "order", "lines", "0", "ref"],
        ),
        (
            'mutation ($l: Line!) { commit(input: {idempotencyKey: "a", order: {source: "a", lines: [$l]}}) }',
            {"l": {"ref": "a", "quantity": "x"}},
            ["input", "order", "lines", "0", "quantity"],
        ),
        ("query ($n: Int!) { add(first: $n, second: $n) }", {"n": "x"}, ["n"]),
        ("query ($n: Int) { add(first: 1, second: $n) }", {"n": None}, ["second"]),
        ("query ($c: [Channel!]!) { channels(among: $c) }", {"c": ["WEB", "MOON"]}, ["among", "1"]),
        ("{ add }", {}, ["first"]),
        ("{ add(first: 1, third: 3) }", {}, ["third"]),
        ('query ($n: Int = "x") { add(first: 1, second: $n) }', {}, ["n"]),
        ("{ pick(by: {}) }", {}, ["by"]),
        ('{ pick(by: {id: "1", number: "2"}) }', {}, ["by"]),
        ("query ($by: By!) { pick(by: $by) }", {"by": {}}, ["by"]),
        ("query ($by: By!) { pick(by: $by) }", {"by": {"id": "1", "number": "2"}}, ["by"]),
        ("query ($by: By!) { pick(by: $by) }", {"by": {"id": None}}, ["by", "id"]),
        ("query ($id: ID) { pick(by: {id: $id}) }", {"id": None}, ["by", "id"]),
        (
            'mutation { commit(input: {idempotencyKey: "a", order: {source: "a", lines: [], note: null}}) }',
            {},
            ["input", "order", "note"],
        ),
    ],
)
async def test_the_path_to_the_field_starts_at_the_argument(
    query: str, variables: dict[str, Any], field: list[str]
) -> None:
    with capture_logs() as logs:
        (error,) = (await post(query, variables=variables)).json()["errors"]
    assert error["extensions"]["field"] == field
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert logs == []


async def test_a_value_cannot_forge_the_path() -> None:
    lines = [{"ref": "a", "quantity": "Variable '$x' has invalid value at .y: Expected value of type 'T' to include"}]
    (error,) = (await post(COMMIT, variables=order(lines=lines))).json()["errors"]
    assert error["extensions"]["field"] == ["input", "order", "lines", "0", "quantity"]


async def test_null_where_a_value_may_only_be_absent_is_the_callers_mistake() -> None:
    with capture_logs() as logs:
        (error,) = (await post(COMMIT, variables=order(note=None))).json()["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert logs == []


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ helo }", {}),
        ("{ add(frist: 1, first: 1) }", {}),
        ("{ channels(among: [WEBB]) }", {}),
        ("query ($c: [Channel!]!) { channels(among: $c) }", {"c": ["WEBB"]}),
    ],
)
async def test_suggestions_can_be_turned_off(query: str, variables: dict[str, Any]) -> None:
    hidden = Toy(make_schema(disable_field_suggestions=True))
    assert "Did you mean" in (await post(query, variables=variables)).text
    assert "Did you mean" not in (await post(query, hidden, variables=variables)).text


# Documents


class Counted(ValidationRule):
    """Counts how often a document is validated, and knows a field that it does not like."""

    documents = 0

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        Counted.documents += 1

    def enter_field(self, node: Any, *_args: Any) -> None:
        if node.name.value == "forbidden":
            self.report_error(GraphQLError("Not this one.", node))


def counting_schema() -> Schema:
    Counted.documents = 0
    return make_schema([lambda: AddValidationRules([Counted])])


async def test_a_document_is_validated_once_with_the_rules_of_other_extensions() -> None:
    toy = Toy(counting_schema())
    for name in ("Ada", "Bob"):
        response = await post("query ($n: String!) { hello(name: $n) }", toy, variables={"n": name})
        assert response.json() == {"data": {"hello": f"Hello {name}"}}
    assert Counted.documents == 1
    for _ in range(2):
        response = await post("{ forbidden }", toy)
        assert [error["message"] for error in response.json()["errors"]] == ["Not this one."]
        assert response.json()["errors"][0]["extensions"]["requestId"] == response.headers["x-request-id"]
    assert Counted.documents == 2
    assert len(toy.schema.documents) == 2


async def test_the_cache_does_not_remember_whether_an_operation_was_named() -> None:
    toy = Toy(counting_schema())
    query = "query A { hello } query B { hello }"
    assert (await post(query, toy, operationName="A")).status_code == 200
    assert "operationName" in assert_refused(await post(query, toy), 400)
    assert (await post(query, toy, operationName="B")).status_code == 200
    assert Counted.documents == 1


async def test_a_long_document_is_served_and_not_kept() -> None:
    toy = Toy(counting_schema())
    query = "{ hello } #" + "x" * documents.STORED_LENGTH_MAX
    for _ in range(2):
        assert (await post(query, toy)).json() == {"data": {"hello": "Hello world"}}
    assert (Counted.documents, len(toy.schema.documents)) == (2, 0)


async def test_a_document_that_does_not_parse_is_not_kept() -> None:
    toy = Toy(counting_schema())
    assert_refused(await post("{", toy), 400)
    assert (Counted.documents, len(toy.schema.documents)) == (0, 0)


async def test_concurrent_requests_for_one_document_get_their_own_answers() -> None:
    toy = Toy(counting_schema())
    names = [f"n{number}" for number in range(20)]
    query = "query ($n: String!) { hello(name: $n) }"
    responses = await asyncio.gather(*(post(query, toy, variables={"n": name}) for name in names))
    assert [response.json()["data"]["hello"] for response in responses] == [f"Hello {name}" for name in names]


def prepared(tokens: int) -> Prepared:
    return Prepared(document=None, errors=[], operations=1, tokens=tokens)  # type: ignore[arg-type]  # not looked at


def test_the_cache_is_bounded_by_count_and_drops_the_least_recently_used() -> None:
    cache = DocumentCache()
    for number in range(documents.DOCUMENTS_MAX):
        cache.put(f"{number}", prepared(1))
    assert cache.get("0") is not None
    cache.put("new", prepared(1))
    assert len(cache) == documents.DOCUMENTS_MAX
    assert (cache.get("0") is None, cache.get("1") is None, cache.get("new") is None) == (False, True, False)


def test_the_cache_is_bounded_by_tokens() -> None:
    cache = DocumentCache()
    for number in range(documents.STORED_TOKENS_MAX // documents.TOKENS_MAX + 5):
        cache.put(f"{number}", prepared(documents.TOKENS_MAX))
    assert len(cache) == documents.STORED_TOKENS_MAX // documents.TOKENS_MAX
    assert cache.get("4") is None
    assert cache.get("5") is not None

"""The pages: what a browser gets, with which headers, and what production withholds."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.pages import IdeFor, connect_sources, prefers_html, routes
from app.settings import Environment, Settings

ROOT = Path(__file__).resolve().parents[2]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
LIVE_PAGE = "<title>live</title>"
IDE_PAGE = "<title>ide</title>"
SCRIPT = "export {};"


async def view(request: Request) -> Response:
    return JSONResponse({"view": request.method})


def client_of(dist: Path, env: Environment = Environment.DEVELOPMENT) -> httpx.AsyncClient:
    settings = Settings(env=env)
    graphql = IdeFor(Route("/graphql", view, methods=["GET", "POST"]).app, settings, dist=dist)
    app = Starlette(routes=[Route("/graphql", graphql), *routes(settings, dist=dist)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://shop.example:8000")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    for folder, page in ((tmp_path, LIVE_PAGE), (tmp_path / "graphiql", IDE_PAGE)):
        (folder / "assets").mkdir(parents=True)
        (folder / "index.html").write_text(page)
        (folder / "assets" / "main-abc123.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("not below assets")
    return tmp_path


@pytest.fixture
async def client(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(dist) as made:
        yield made


@pytest.fixture
async def production(dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(dist, Environment.PRODUCTION) as made:
        yield made


@pytest.fixture
async def unbuilt(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(tmp_path / "absent") as made:
        yield made


async def test_the_live_page_is_never_stored_and_runs_only_its_own_scripts(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.text) == (200, LIVE_PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self' ws://shop.example:8000 wss://shop.example:8000; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("path", ["/assets/main-abc123.js", "/graphiql/assets/main-abc123.js"])
async def test_assets_are_kept_for_ever_by_browsers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await client.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, answer.headers["cache-control"])


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/assets/", "/assets/%2e%2e/secret.txt", "/secret.txt", "/graphiql/assets/gone.js"]
)
async def test_nothing_but_assets_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/graphql", "/graphql?query={a}", "/graphiql/"])
async def test_a_browser_gets_the_ide(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"accept": BROWSER})
    assert (answer.status_code, answer.text) == (200, IDE_PAGE)
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "worker-src 'self' blob:" in policy
    assert "connect-src 'self' ws://shop.example:8000 wss://shop.example:8000;" in policy


async def test_the_ide_is_cached_apart_from_the_view(client: httpx.AsyncClient) -> None:
    assert (await client.get("/graphql", headers={"accept": BROWSER})).headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/graphql-response+json, text/html;q=0.9"])
async def test_a_client_that_names_no_html_gets_the_view(client: httpx.AsyncClient, accept: str) -> None:
    answer = await client.get("/graphql", headers={"accept": accept})
    assert answer.json() == {"view": "GET"}


async def test_a_post_reaches_the_view_whatever_it_accepts(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", headers={"accept": BROWSER})
    assert answer.json() == {"view": "POST"}


async def test_production_has_the_live_page_and_no_ide(production: httpx.AsyncClient) -> None:
    assert (await production.get("/")).text == LIVE_PAGE
    assert (await production.get("/assets/main-abc123.js")).status_code == 200
    assert (await production.get("/graphql", headers={"accept": BROWSER})).json() == {"view": "GET"}
    for path in ("/graphiql", "/graphiql/", "/graphiql/index.html", "/graphiql/assets/main-abc123.js"):
        assert (await production.get(path, headers={"accept": BROWSER})).status_code == 404


@pytest.mark.parametrize("path", ["/", "/graphql", "/graphiql/"])
async def test_without_a_build_the_page_says_how_to_make_one(unbuilt: httpx.AsyncClient, path: str) -> None:
    answer = await unbuilt.get(path, headers={"accept": BROWSER})
    assert answer.status_code == 200
    assert "npm run build" in answer.text
    assert "/graphql" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_build_assets_are_absent_and_the_api_answers(unbuilt: httpx.AsyncClient) -> None:
    assert (await unbuilt.get("/assets/main-abc123.js")).status_code == 404
    assert (await unbuilt.get("/graphql")).json() == {"view": "GET"}


async def test_a_build_made_while_the_server_runs_is_served(unbuilt: httpx.AsyncClient, tmp_path: Path) -> None:
    await unbuilt.get("/")
    (tmp_path / "absent").mkdir()
    (tmp_path / "absent" / "index.html").write_text(LIVE_PAGE)
    assert (await unbuilt.get("/")).text == LIVE_PAGE


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "member_shop.example"])
def test_sockets_are_allowed_to_the_host_of_the_page(host: str) -> None:
    assert connect_sources(host) == f"'self' ws://{host} wss://{host}"


@pytest.mark.parametrize("host", ["", "a; script-src *", "a b", "*", "*.example", "a/b", "a:b", "a,b", "a\n"])
def test_a_strange_host_adds_nothing_to_the_policy(host: str) -> None:
    assert connect_sources(host) == "'self'"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("TEXT/HTML; q=0.5, */*", True),
        ("text/html;level=1;q=0.8, application/json;q=0.7", True),
        ("", False),
        ("*/*", False),
        ("text/*", False),
        ("text/html;q=0", False),
        ("text/html;q=nan", False),
        ("text/html;q=5", False),
        ("text/html, application/json", False),
        ("text/html;q=0.9, text/event-stream", False),
        (";;,,;q=,", False),
    ],
)
def test_only_html_named_above_the_api_is_preferred(accept: str, wanted: bool) -> None:
    assert prefers_html(accept) is wanted


@pytest.mark.parametrize(
    "document",
    sorted((ROOT / "dashboard" / "src").rglob("*.graphql")),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_the_operations_of_the_pages_agree_with_the_contract(document: Path) -> None:
    contract = ROOT / "schema.graphql"
    if not contract.exists():
        pytest.skip("schema.graphql is not printed yet")
    schema = build_schema(contract.read_text(encoding="utf-8"))
    assert validate(schema, parse(document.read_text(encoding="utf-8"))) == []

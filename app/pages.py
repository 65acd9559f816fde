"""What a browser is shown: the live page at `/` and, outside production, the GraphQL IDE in front of `/graphql`."""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from app.settings import Settings

DIST = Path(__file__).resolve().parent.parent / "dashboard" / "dist"

LIVE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src {connect}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The IDE's editor writes style attributes, embeds its icon font and starts workers.
IDE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; worker-src 'self' blob:; connect-src {connect}; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
HOST = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)

NEVER_STORE = "no-store"
ONE_YEAR = "public, max-age=31536000, immutable"  # a file's name holds its hash, so its content never changes

API_MEDIA = frozenset({"application/json", "application/graphql-response+json", "text/event-stream", "multipart/mixed"})

NOT_BUILT = b"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Huiyuan</title></head>
<body>
<h1>Huiyuan is running</h1>
<p>The GraphQL API is at <code>/graphql</code> (POST, WebSocket and server-sent events).</p>
<p>This page is not built yet. With Node.js 20.19 or newer, run</p>
<pre>cd dashboard
npm ci
npm run build</pre>
<p>and load it again; the server need not be restarted.</p>
</body>
</html>
"""


def routes(settings: Settings, *, dist: Path = DIST) -> list[BaseRoute]:
    """Return the routes of the pages. In production the IDE's paths are not among them."""

    def live(request: Request) -> Response:
        return page(dist / "index.html", request, LIVE_POLICY)

    def ide(request: Request) -> Response:
        return page(dist / "graphiql" / "index.html", request, IDE_POLICY)

    pages: list[BaseRoute] = [Route("/", live), Mount("/assets", Assets(dist / "assets", LIVE_POLICY))]
    if settings.is_production:
        return pages
    return [
        *pages,
        Mount("/graphiql/assets", Assets(dist / "graphiql" / "assets", IDE_POLICY)),
        Route("/graphiql/", ide),
    ]


class IdeFor:
    """The GraphQL view, with the IDE in front of it for browsers that open its address.

    Outside production a GET or HEAD that prefers text/html is answered with the IDE; everything else, WebSockets too,
    reaches the view untouched.
    """

    def __init__(self, view: ASGIApp, settings: Settings, *, dist: Path = DIST) -> None:
        self.view = view
        self.is_on = not settings.is_production
        self.html = dist / "graphiql" / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request or serve one WebSocket."""
        app = self.view
        if self.is_on and scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            request = Request(scope)
            if prefers_html(request.headers.get("accept", "")):
                app = page(self.html, request, IDE_POLICY)
                app.headers["vary"] = "Accept"
        await app(scope, receive, send)


class Assets(StaticFiles):
    """Hashed files of one page; when the pages are not built, each of them is a 404."""

    def __init__(self, directory: Path, policy: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self.policy = policy

    async def check_config(self) -> None:
        """Accept a missing directory, which Starlette would answer with a 500."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file with the page's headers."""
        response = await super().get_response(path, scope)
        return protected(response, Request(scope), policy=self.policy, cache=ONE_YEAR)


def page(file: Path, request: Request, policy: str) -> Response:
    """Return an HTML file of about one kilobyte, or how to build it when it is absent."""
    try:
        content = file.read_bytes()
    except OSError:
        content = NOT_BUILT
    return protected(HTMLResponse(content), request, policy=policy, cache=NEVER_STORE)


def protected(response: Response, request: Request, *, policy: str, cache: str) -> Response:
    """Add the headers that keep the page to its own origin."""
    response.headers.update(
        {
            "content-security-policy": policy.format(connect=connect_sources(request.headers.get("host", ""))),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cache-control": cache,
        }
    )
    return response


def connect_sources(host: str) -> str:
    """Return what the page may connect to: its own origin, and WebSockets on the same host.

    Not every browser lets 'self' cover WebSockets. A `Host` that is not a plain name and port is left out, so that it
    cannot add a directive.
    """
    return f"'self' ws://{host} wss://{host}" if HOST.fullmatch(host) else "'self'"


def prefers_html(accept: str) -> bool:
    """Whether an Accept header names text/html above every media type of the API, as a browser's navigation does."""
    html = api = 0.0
    for entry in accept.split(","):
        media, *parameters = (part.strip().lower() for part in entry.split(";"))
        if media == "text/html":
            html = max(html, quality(parameters))
        elif media in API_MEDIA:
            api = max(api, quality(parameters))
    return html > api


def quality(parameters: list[str]) -> float:
    """Return the `q` of a media range: 1 when it is absent, 0 when it is not a number from 0 to 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return float(value) if re.fullmatch(r"0(\.\d{0,3})?|1(\.0{0,3})?", value.strip()) else 0.0
    return 1.0

"""An application on an empty database, called without a network."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest_asyncio

from app.server import create_app
from app.settings import Settings
from services import credentials, programs
from services.actors import ALL_SCOPES, Scope
from services.templates import Template


@dataclass
class Api:
    """A client of one program's API."""

    http: httpx.AsyncClient
    key: str
    program_id: Any

    async def post(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> Any:
        """Return the whole answer as JSON."""
        answer = await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers={"authorization": f"Bearer {token or self.key}"},
        )
        return answer.json()

    async def data(self, query: str, variables: dict[str, Any] | None = None, token: str | None = None) -> Any:
        """Return the data of an answer that has no errors."""
        answer = await self.post(query, variables, token)
        assert "errors" not in answer, answer
        return answer["data"]

    async def key_with(self, *scopes: Scope) -> str:
        """Return a key that has only these scopes."""
        made = await credentials.create_key(
            self.program_id, name="narrow", scopes=frozenset(scopes), now=datetime.now(UTC)
        )
        return made.key


async def program_with_key(template: Template, code: str = "SHOP") -> tuple[Any, str]:
    """Make a program on real time with a key that may do everything."""
    program = await programs.create(
        code=code, name=code.title(), currency="CNY", time_zone="Asia/Shanghai", template=template
    )
    made = await credentials.create_key(program.id, name="tests", scopes=ALL_SCOPES, now=datetime.now(UTC))
    return program.id, made.key


@pytest_asyncio.fixture
async def api(database_url: str) -> AsyncIterator[Api]:
    """The standard program's API, on both databases."""
    app = create_app(Settings(database_url=database_url, secret_key="x" * 40))
    async with app.router.lifespan_context(app):
        program_id, key = await program_with_key(Template.STANDARD)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield Api(http, key, program_id)

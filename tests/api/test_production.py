"""What a production server keeps to itself, and which database URLs are refused."""

import secrets
from collections.abc import Callable

import httpx
import pytest

from app.server import create_app
from app.settings import DEVELOPMENT_SECRET, Environment, Settings, SettingsError
from services.database.config import Database, DatabaseUrlError


@pytest.mark.parametrize(("env", "told"), [(Environment.DEVELOPMENT, True), (Environment.PRODUCTION, False)])
async def test_production_tells_nothing_of_its_schema(sqlite_url: str, env: Environment, told: bool) -> None:
    app = create_app(Settings(database_url=sqlite_url, secret_key="q8Zk1vT0mX4rB7nJ2pW6sY9dF3hL5cGa", env=env))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            asked = (await http.post("/graphql", json={"query": "{ __schema { queryType { name } } }"})).json()
            plain = (await http.post("/graphql", json={"query": "{ viewer { kind __typename } }"})).json()
    assert ("data" in asked) is told
    assert ("errors" in asked) is not told
    assert plain["data"] == {"viewer": {"kind": "ANONYMOUS", "__typename": "Viewer"}}


@pytest.mark.parametrize(
    "secret",
    [
        *(DEVELOPMENT_SECRET, "", "q8Zk1vT0mX4rB7nJ2pW6sY9dF3hL5cG", " " * 32, "a" * 32, "ab" * 20, "changeme" * 4),
        *("0123456789abcdef" * 2, "correct-horse-battery-staple-" * 2),
    ],
)
def test_production_refuses_a_secret_that_is_not_random(secret: str) -> None:
    with pytest.raises(SettingsError, match="32 characters or more, and to random ones") as refusal:
        Settings(secret_key=secret, env=Environment.PRODUCTION).checked()
    assert "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'" in str(refusal.value)
    Settings(secret_key=secret).checked()


@pytest.mark.parametrize("make", [secrets.token_urlsafe, secrets.token_hex, lambda size: secrets.token_hex(size // 2)])
def test_production_takes_random_secrets_however_they_are_spelled(make: Callable[[int], str]) -> None:
    for _ in range(1_000):
        Settings(secret_key=make(32), env=Environment.PRODUCTION).checked()


def test_a_password_of_a_url_is_decoded_and_an_unknown_option_refused() -> None:
    database = Database.parse("postgres://u:p%40ss@h:5433/db?statement_cache=off")
    credentials = database.tortoise()["connections"]["postgres"]["credentials"]
    assert (credentials["password"], credentials["port"], credentials["statement_cache_size"]) == ("p@ss", 5433, 0)
    with pytest.raises(DatabaseUrlError, match="no option 'sslmode'"):
        Database.parse("postgres://u@h/db?sslmode=require")

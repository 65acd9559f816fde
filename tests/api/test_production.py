"""What a production server keeps to itself, and which database URLs are refused."""

import httpx
import pytest

from app.server import create_app
from app.settings import Environment, Settings
from services.database.config import Database, DatabaseUrlError


@pytest.mark.parametrize(("env", "told"), [(Environment.DEVELOPMENT, True), (Environment.PRODUCTION, False)])
async def test_production_tells_nothing_of_its_schema(sqlite_url: str, env: Environment, told: bool) -> None:
    app = create_app(Settings(database_url=sqlite_url, secret_key="x" * 40, env=env))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            asked = (await http.post("/graphql", json={"query": "{ __schema { queryType { name } } }"})).json()
            plain = (await http.post("/graphql", json={"query": "{ viewer { kind __typename } }"})).json()
    assert ("data" in asked) is told
    assert ("errors" in asked) is not told
    assert plain["data"] == {"viewer": {"kind": "ANONYMOUS", "__typename": "Viewer"}}


def test_a_password_of_a_url_is_decoded_and_an_unknown_option_refused() -> None:
    database = Database.parse("postgres://u:p%40ss@h:5433/db?statement_cache=off")
    credentials = database.tortoise()["connections"]["postgres"]["credentials"]
    assert (credentials["password"], credentials["port"], credentials["statement_cache_size"]) == ("p@ss", 5433, 0)
    with pytest.raises(DatabaseUrlError, match="no option 'sslmode'"):
        Database.parse("postgres://u@h/db?sslmode=require")

"""Values of the wrong type that stand in the document: refused before anything runs, so one database is enough."""

import shutil
from pathlib import Path

import pytest

from tests.api.answers import complaint, everything
from tests.api.bad_values import BAD_REQUEST, Bad, bad_values
from tests.api.conftest import Api
from tests.api.inputs import PLACES, Spot, document, example, input_of, literal

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXACT = {"-2^63-1 as number", "number of more digits than a double holds"}
"""Numbers that lose digits in JSON, and not in a document."""


@pytest.fixture(scope="module")
def shared_database_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("literals") / "huiyuan.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite://{path}?synchronous=OFF"


def literals(spot: Spot) -> dict[str, Bad]:
    return {kind: bad for kind, bad in bad_values(spot).items() if bad.code == BAD_REQUEST and kind not in EXACT}


@pytest.mark.parametrize(("operation", "spot"), [pytest.param(o, s, id=f"{o}-{s.name}") for o, s in PLACES])
async def test_bad_literals_are_refused_by_name_and_write_nothing(shop: Api, operation: str, spot: Spot) -> None:
    type_, wrong = input_of(operation), {}
    before = await everything()
    for kind, bad in literals(spot).items():
        query = document(operation, literal(type_, example(type_, path=spot.path, value=bad.value)))
        answer = await shop.ask(query, {}, f"Bearer {shop.key}", accept="application/graphql-response+json")
        if problem := complaint(answer, operation, bad, status=400):
            wrong[kind] = problem
    assert wrong == {}
    assert await everything() == before

"""Every place of every input with everything that is bad there: the answer names it, and nothing is written."""

import pytest

from tests.api.answers import complaint, everything
from tests.api.bad_values import bad_values
from tests.api.conftest import Api
from tests.api.inputs import PLACES, Spot, document, example, input_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("operation", "spot"), [pytest.param(o, s, id=f"{o}-{s.name}") for o, s in PLACES])
async def test_bad_variables_are_refused_by_name_and_write_nothing(shop: Api, operation: str, spot: Spot) -> None:
    query, wrong = document(operation), {}
    before = await everything()
    for kind, bad in bad_values(spot).items():
        value = example(input_of(operation), path=spot.path, value=bad.value)
        answer = await shop.ask(query, {"input": value}, f"Bearer {shop.key}")
        if problem := complaint(answer, operation, bad):
            wrong[kind] = problem
        after = await everything()
        if after != before:
            wrong[f"{kind}: written"] = str(after)
            before = after
    assert wrong == {}

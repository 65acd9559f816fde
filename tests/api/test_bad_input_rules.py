"""The matrix of bad input covers the schema: what is added there must be added here."""

import pytest
from graphql import get_named_type, is_leaf_type, is_list_type, is_non_null_type

from tests.api.bad_values import BY_FIELD, BY_TYPE, SIZES, bad_values
from tests.api.inputs import EXAMPLES, PLACES, SCHEMA, Spot
from tests.api.template_inputs import LEFT_OUT

LEAVES = {spot.owner for _, spot in PLACES if is_leaf_type(get_named_type(spot.type))}
LISTS = {spot.owner for _, spot in PLACES if "[" in str(spot.type)}


def test_every_field_of_every_input_has_bad_values() -> None:
    assert set(BY_FIELD) == LEAVES
    assert set(EXAMPLES) == LEAVES | set(LEFT_OUT)
    assert set(SIZES) == LISTS
    assert set(BY_TYPE) == {get_named_type(spot.type).name for _, spot in PLACES if spot.owner in LEAVES}


def test_every_mutation_takes_its_facts_in_an_input() -> None:
    assert SCHEMA.mutation_type is not None
    assert set(SCHEMA.mutation_type.fields) < {operation for operation, _ in PLACES}


@pytest.mark.parametrize("operation", sorted({operation for operation, _ in PLACES}))
def test_no_place_goes_without_a_bad_value(operation: str) -> None:
    assert [spot.name for found, spot in PLACES if found == operation and not bad_values(spot)] == []


def test_the_kinds_of_badness_stand_in_the_matrix() -> None:
    found: dict[str, set[str]] = {}
    for _, spot in PLACES:
        found.setdefault(_kind(spot), set()).update(bad_values(spot))
    assert {"null", "missing", "number", "boolean", "object", "list", "empty", "too long", "NUL"} <= found["String"]
    assert {"negative", "zero", "2^63", "-2^63-1", "string", "NaN"} - found["Int"] == {"NaN"}
    assert {"NaN", "Infinity", "1e400", "2^63", "-2^63-1", "3 decimals", "zero"} <= found["Decimal"]
    assert {"no zone", "future", "year 1, before it in UTC"} <= found["DateTime"]
    assert {"501 items", "no items", "51 items", "21 items", "an item twice"} <= found["list"]


def _kind(spot: Spot) -> str:
    bare = spot.type.of_type if is_non_null_type(spot.type) else spot.type
    return "list" if is_list_type(bare) else str(get_named_type(bare))

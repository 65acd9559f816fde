"""The contract as a document: what is promised stands in it, described, and in the same form everywhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    NullValueNode,
    assert_valid_schema,
    build_schema,
    get_named_type,
    is_specified_scalar_type,
    parse,
    print_ast,
    validate,
)

from schema import root
from schema.errors import RequestErrorCode
from schema.permissions import Needs
from tests.api.inputs import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
OURS = build_schema(root.schema.as_str())
CORE = build_schema((Path(__file__).parent / "core.graphql").read_text())
DOCUMENTS = sorted((ROOT / "dashboard" / "src").rglob("*.graphql"))
ROOTS = {"Query": root.QUERIES, "Mutation": root.MUTATIONS, "Subscription": root.SUBSCRIPTIONS}


def types() -> dict[str, GraphQLNamedType]:
    return {
        name: type_
        for name, type_ in OURS.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(type_)
    }


def described() -> Iterator[tuple[str, Any]]:
    """Yield everything that must have a description, by its path."""
    for name, type_ in types().items():
        yield name, type_
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", found) for value, found in type_.values.items())
        for field_name, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{field_name}", field
            yield from ((f"{name}.{field_name}({arg})", found) for arg, found in getattr(field, "args", {}).items())


def default(value: Any) -> str | None:
    """Return the default of an argument or input field; none and null mean the same to a caller."""
    node = value.ast_node.default_value
    return None if node is None or isinstance(node, NullValueNode) else print_ast(node)


def test_a_schema_that_is_built_again_says_the_same() -> None:
    assert root.build().as_str() == root.build().as_str() == root.schema.as_str()


def differences(core: Any, ours: Any) -> Iterator[str]:
    """Yield how a type breaks the promise that `core` is."""
    name = core.name
    if type(core) is not type(ours):
        yield f"{name} is {type(ours).__name__}"
        return
    if isinstance(core, (GraphQLObjectType, GraphQLInterfaceType)):
        lost = {interface.name for interface in core.interfaces} - {interface.name for interface in ours.interfaces}
        yield from (f"{name} does not implement {interface}" for interface in lost)
    if isinstance(core, GraphQLUnionType):
        lost = {member.name for member in core.types} - {member.name for member in ours.types}
        yield from (f"{name} lacks {member}" for member in lost)
    if isinstance(core, GraphQLEnumType):
        yield from (f"{name} lacks {value}" for value in set(core.values) - set(ours.values))
    if isinstance(core, GraphQLInputObjectType):
        if core.is_one_of != ours.is_one_of:
            yield f"{name} differs in @oneOf"
        yield from changed(name, core.fields, ours.fields)
        return
    for field_name, field in getattr(core, "fields", {}).items():
        found = ours.fields.get(field_name)
        if found is None or str(found.type) != str(field.type):
            yield f"{name}.{field_name} is {found and found.type}, not {field.type}"
        else:
            yield from changed(f"{name}.{field_name}", field.args, found.args)


def changed(owner: str, core: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
    """Yield what a caller who knows only `core` would stumble over in arguments or input fields."""
    for name, value in core.items():
        found = ours.get(name)
        if found is None or (str(found.type), default(found)) != (str(value.type), default(value)):
            yield f"{owner}.{name} is {found and found.type} = {found and default(found)}"
    for name in set(ours) - set(core):
        if isinstance(ours[name].type, GraphQLNonNull) and default(ours[name]) is None:
            yield f"{owner}.{name} is required"


@pytest.mark.parametrize("name", sorted(n for n, t in CORE.type_map.items() if not n.startswith("__") and t.ast_node))
def test_the_core_stands_as_promised(name: str) -> None:
    assert list(differences(CORE.type_map[name], types().get(name))) == []


def test_a_changed_promise_would_be_seen() -> None:
    broken = build_schema("""
        directive @oneOf on INPUT_OBJECT
        type Tier { id: ID!, code: String, name: String!, rank(of: Int!): Int! }
        input OrderBy { id: ID, identity: IdentityInput, store: String! } input IdentityInput { source: String! }
        enum TierDirection { UP } enum PageInfo { A }
    """)
    changes = {
        name: set(differences(CORE.type_map[name], broken.type_map[name]))
        for name, type_ in broken.type_map.items()
        if type_.ast_node
    }
    assert changes == {
        "Tier": {"Tier does not implement Node", "Tier.code is String, not String!", "Tier.rank.of is required"},
        "OrderBy": {"OrderBy differs in @oneOf", "OrderBy.store is required"},
        "IdentityInput": {"IdentityInput.externalId is None = None"},
        "TierDirection": {"TierDirection lacks DOWN"},
        "PageInfo": {"PageInfo is GraphQLEnumType"},
    }


def test_everything_is_described() -> None:
    assert [path for path, thing in described() if not (thing.description or "").strip()] == []


def test_descriptions_are_sentences() -> None:
    assert [path for path, thing in described() if not thing.description.rstrip().endswith((".", '"', ":", "Z"))] == []


def test_the_printed_schema_is_the_schema() -> None:
    printed = root.schema.as_str()
    assert (ROOT / "schema.graphql").read_text().strip() == printed.strip()
    assert_valid_schema(build_schema(printed))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_documents_of_the_pages_are_valid(document: Path) -> None:
    assert validate(SCHEMA, parse(document.read_text())) == []


def test_the_pages_have_documents() -> None:
    assert len(DOCUMENTS) >= 9


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_no_root_field_hides_another(name: str) -> None:
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    assert len(type_.fields) == len(ROOTS[name])
    every = [field for other in ROOTS for field in SCHEMA.type_map[other].fields]  # type: ignore[attr-defined]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("name", sorted(ROOTS))
def test_every_root_field_asks_for_a_permission_and_says_so(name: str) -> None:
    type_ = SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLObjectType)
    open_ = {str(field.python_name) for field in ROOTS[name] if not any(isinstance(e, Needs) for e in field.extensions)}
    silent = {f for f, field in type_.fields.items() if not re.search(r"Requires `\w+:\w+`", field.description or "")}
    assert open_ == silent == ({"viewer"} if name == "Query" else set())


def test_every_operation_has_its_own_input_payload_and_errors() -> None:
    used: list[str] = []
    assert SCHEMA.mutation_type is not None
    assert SCHEMA.query_type is not None
    previews = {name: field for name, field in SCHEMA.query_type.fields.items() if "input" in field.args}
    for name, field in {**SCHEMA.mutation_type.fields, **previews}.items():
        own = name[0].upper() + name[1:]
        assert {arg: str(found.type) for arg, found in field.args.items()} == {"input": f"{own}Input!"}
        assert str(field.type) == f"{own}Payload!"
        payload, input_type = get_named_type(field.type), get_named_type(field.args["input"].type)
        assert isinstance(payload, GraphQLObjectType)
        assert isinstance(input_type, GraphQLInputObjectType)
        assert str(payload.fields["userErrors"].type) == f"[{own}Error!]!"
        nullable = {n for n, f in payload.fields.items() if not isinstance(f.type, GraphQLNonNull)}
        objects = {n for n, f in payload.fields.items() if isinstance(get_named_type(f.type), GraphQLObjectType)}
        secret = {"code"} & payload.fields.keys()  # of a gift card: it may be that nobody can tell it any more
        assert nullable == {n for n in objects if "[" not in str(payload.fields[n].type)} | secret
        if name not in previews:
            assert str(input_type.fields["idempotencyKey"].type) == "String!"
        used += [input_type.name, payload.name]
    assert len(used) == len(set(used))
    inputs = [type_ for type_ in types().values() if isinstance(type_, GraphQLInputObjectType)]
    inner = {get_named_type(field.type).name for type_ in inputs for field in type_.fields.values()}
    assert not set(used) & inner


def test_every_user_error_is_one_and_says_when() -> None:
    unions = [type_ for type_ in types().values() if isinstance(type_, GraphQLUnionType)]
    members = {member.name: member for union in unions for member in union.types}
    objects = [type_ for type_ in types().values() if isinstance(type_, GraphQLObjectType)]
    assert set(members) == {type_.name for type_ in objects if "UserError" in map(str, type_.interfaces)}
    assert {" ".join((type_.description or "").split()[:2]) for type_ in members.values()} == {"Returned when"}
    assert all("InvalidInputError" in {member.name for member in union.types} for union in unions)


def test_every_list_of_rows_is_a_page() -> None:
    for name, type_ in types().items():
        if not isinstance(type_, GraphQLObjectType) or name == "Subscription":
            continue
        for field_name, field in type_.fields.items():
            if not str(field.type).endswith("Connection!"):
                assert not {"first", "after"} & set(field.args), f"{name}.{field_name}"
                continue
            assert (str(field.args["first"].type), default(field.args["first"])) == ("Int", "20")
            assert (str(field.args["after"].type), default(field.args["after"])) == ("String", None)


def test_no_amount_is_a_float_and_no_fact_is_loose_json() -> None:
    assert "Float" not in SCHEMA.type_map
    assert {name for name in types() if "JSON" in name.upper()} == set()


def test_instants_and_days_are_named_as_such() -> None:
    wrong = []
    for name, type_ in types().items():
        for field_name, field in getattr(type_, "fields", {}).items():
            scalar = get_named_type(field.type).name
            if field_name.endswith("At") and scalar != "DateTime":
                wrong.append(f"{name}.{field_name}")
            period = {"from", "until"}  # the ends of one
            if scalar == "Date" and field_name not in {"birthday", *period} and not field_name.endswith("On"):
                wrong.append(f"{name}.{field_name}")
    assert wrong == []


def test_the_codes_of_whole_requests_are_the_promised_ones() -> None:
    promised = {"UNAUTHENTICATED", "FORBIDDEN", "BAD_REQUEST", "INTERNAL", "CURSOR_EXPIRED"}
    assert promised <= {code.value for code in RequestErrorCode}

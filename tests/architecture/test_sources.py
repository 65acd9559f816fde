"""Rules of the house that a look at the sources can tell."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tortoise import fields
from tortoise.models import Model

import models

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "domain", "models", "services", "schema", "resolvers")
LINES_MAX = 320
LONGER: dict[str, int] = {}


def sources(*folders: str, kinds: tuple[str, ...] = (".py",)) -> Iterator[Path]:
    """Yield the hand-written files of these folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.suffix in kinds and not {"node_modules", "dist", "__pycache__"} & set(parts):
                yield path


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_something_to_look_at() -> None:
    assert len(list(sources(*PACKAGES))) > 100
    assert len(list(sources("dashboard", kinds=(".ts",)))) > 10


def test_no_file_of_the_product_is_long() -> None:
    kinds = (".py", ".ts", ".css", ".html")
    lengths = {
        named(path): len(path.read_text().splitlines())
        for path in sources(*PACKAGES, "benchmarks", "dashboard", kinds=kinds)
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGER.get(name, LINES_MAX)} == {}
    assert [name for name in LONGER if lengths[name] <= LINES_MAX] == [], "no longer an exception"


MARK = re.compile(r"\b(TODO|FIXME|HACK)\b(?! \(#\d+\))")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("# TODO later", True), ("# TODO (#12): later", False), ("// FIXME", True), ("# a todo list", False)],
)
def test_a_mark_without_an_issue_is_seen(text: str, wrong: bool) -> None:
    assert bool(MARK.search(text)) is wrong


def test_what_is_left_to_do_has_an_issue() -> None:
    kinds = (".py", ".ts", ".css", ".html", ".md", ".toml", ".graphql", ".yml")
    here = Path(__file__)
    found = [
        f"{named(path)}:{number}"
        for path in sources(*PACKAGES, "migrations", "tests", "benchmarks", "dashboard", "docs", kinds=kinds)
        if path != here
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MARK.search(line)
    ]
    assert found == []


def reads_environment(source: str) -> bool:
    """Whether a module looks into the environment by itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            if node.attr in {"environ", "environb", "getenv"}:
                return True
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            if {"environ", "environb", "getenv"} & {alias.name for alias in node.names}:
                return True
        elif isinstance(node, ast.Name) and node.id == "BaseSettings":
            return True
    return False


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import os\nos.environ['A']", True),
        ("import os\nx = os.getenv('A')", True),
        ("from os import environ", True),
        ("class S(BaseSettings): ...", True),
        ("import os\nos.getpid()", False),
    ],
)
def test_a_look_into_the_environment_is_seen(source: str, reads: bool) -> None:
    assert reads_environment(source) is reads


def test_only_the_settings_read_the_environment() -> None:
    assert [named(path) for path in sources(*PACKAGES) if reads_environment(path.read_text())] == ["app/settings.py"]


TABLES = [getattr(models, name) for name in models.__all__]


def test_every_table_is_exported() -> None:
    defined = {model.__name__ for model in Model.__subclasses__() if model.__module__.startswith("models.")}
    assert defined == {model.__name__ for model in TABLES}


@pytest.mark.parametrize("model", TABLES)
def test_every_row_belongs_to_a_program(model: type[Model]) -> None:
    if model is models.Program:
        return
    column = model._meta.fields_map["program_id"]
    assert isinstance(column, fields.UUIDField)
    assert not column.null


@pytest.mark.parametrize("model", TABLES)
def test_no_column_is_a_float(model: type[Model]) -> None:
    kinds = {name: type(column) for name, column in model._meta.fields_map.items()}
    assert [name for name, kind in kinds.items() if issubclass(kind, fields.FloatField)] == []


def test_the_domain_knows_no_float() -> None:
    found = [
        f"{named(path)}:{node.lineno}"
        for path in sources("domain")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert found == []

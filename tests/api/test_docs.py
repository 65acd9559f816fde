"""The documents are true: their examples are valid and answer what is shown, and what they name exists.

A fence `graphql` holds a document, a fence `json variables` after it its variables, a fence `json output` its answer.
An example with an output is executed; examples of a page share one program and build on each other. Of a subscription
the output is one of the things that it tells. A fence `graphql operation` holds a document with a name, Commit say,
which fences `json Commit` give variables to. A fence `yaml` of such a page is a document of its program, and applied.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from graphql import (
    DocumentNode,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    parse,
    specified_rules,
    validate,
)
from graphql.execution import get_variable_values
from strawberry.printer import print_schema

from app.cli.main import app as command_line
from app.server import create_app
from app.settings import Settings
from domain.assets import AssetKind, ExpiryPolicy
from domain.explanation import REASONS_MAX
from domain.terms import Terms
from schema import ids
from schema.root import schema
from services import assets, credentials, programs, value_terms
from services.actors import ALL_SCOPES
from services.program_apply import Text, apply
from services.templates import Template
from services.value_terms import Step
from tests import servers
from tests.api.conftest import Api
from tests.factories import campaign
from tests.services.machine.draws import SEED

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CONTRACT = build_schema((ROOT / "schema.graphql").read_text())

FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
IN_CODE = re.compile(r"/\* GraphQL \*/ `([^`]*)`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SETTING = re.compile(r"\bHUIYUAN_[A-Z_]+\b")
COMMAND = re.compile(r"\bhuiyuan (?P<words>[a-z]+(?: [a-z]+)?)(?P<rest>[^\n`]*)")
TARGET = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)

ID = re.compile(
    r"\b(?:(prg|mem|ord|ent|eff|lot|gft|ldr|tir|cmp|cpn|cpb|cpt|cpv)_[0-9a-z]{26,}"
    r"|([0-9A-Z]{1,12}-)?[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}-[0-9A-Z]\b)"
)
"""An id, or the code of a gift card or a coupon, with what stands before all codes of its kind."""
CURSOR = re.compile(r"^(\d+-\d+)-[0-9a-z]{4}$")
SUBSCRIBED_SECONDS = 30
RANDOM = frozenset({"number", "requestId"})
"""Fields that are drawn by chance."""


@dataclass(frozen=True)
class Shop:
    """The program that a page's examples are executed in."""

    code: str
    name: str
    template: Template
    currency: str
    time_zone: str
    now: datetime
    steps: tuple[Step, ...] = ()
    campaigns: tuple[dict[str, Any], ...] = ()
    """Published beside those of the template."""


CHECK_IN: dict[str, Any] = {
    "code": "CHECK_IN",
    "name": "Daily check-in",
    "trigger": "EVENT",
    "conditions": {"event": {"codes": ["CHECK_IN"]}},
    "effects": [{"earnFixed": {"asset": "POINTS", "points": "5"}}, {"addTag": {"tag": "active"}}],
    "limits": {"perMemberDay": 1},
}
SHOPS = {
    "docs/api.md": Shop(
        "TEAHOUSE",
        "Tea House",
        Template.STANDARD,
        "CNY",
        "Asia/Shanghai",
        datetime(2026, 3, 4, 4, tzinfo=UTC),
        (Step(Decimal(500), Decimal(50), False), Step(Decimal(1000), Decimal("12.5"), True)),
    ),
    "docs/engine.md": Shop(
        "RECORDS",
        "Records",
        Template.DEMO,
        "USD",
        "America/New_York",
        datetime(2026, 3, 4, 17, tzinfo=UTC),
        campaigns=(CHECK_IN,),
    ),
    "docs/coupons.md": Shop(
        "TEASHOP", "Tea Shop", Template.BARE, "CNY", "Asia/Shanghai", datetime(2026, 3, 4, 4, tzinfo=UTC)
    ),
}


@dataclass
class Example:
    """A document with what stands after it."""

    page: str
    line: int
    document: str
    variables: dict[str, Any] = field(default_factory=dict)
    output: dict[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    def parsed(self) -> DocumentNode:
        return parse(self.document)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def fences(page: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line, kind and text of each fenced block."""
    text = page.read_text()
    for found in FENCE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found["kind"].strip(), found["text"]


def operation_of(document: DocumentNode) -> Any:
    (operation,) = (node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    return operation


def examples_of(page: Path) -> list[Example]:
    found: list[Example] = []
    named: dict[str, str] = {}
    for line, kind, text in fences(page):
        if kind == "graphql":
            found.append(Example(name_of(page), line, text))
        elif kind == "graphql operation":
            named[operation_of(parse(text)).name.value] = text
        elif kind.removeprefix("json ") in named:
            found.append(Example(name_of(page), line, named[kind.removeprefix("json ")], json.loads(text)))
        elif kind == "json variables":
            found[-1].variables = json.loads(text)
        elif kind == "json output":
            found[-1].output = json.loads(text)
        elif kind in {"js", "html"}:
            found += [Example(name_of(page), line, document) for document in IN_CODE.findall(text)]
    return found


EXAMPLES = [example for page in PAGES for example in examples_of(page)]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_is_valid(example: Example) -> None:
    document = example.parsed()
    assert validate(CONTRACT, document, specified_rules) == []
    coerced = get_variable_values(CONTRACT, operation_of(document).variable_definitions or (), example.variables)
    assert not isinstance(coerced, list), coerced


def test_every_block_of_json_is_json() -> None:
    for page in PAGES:
        for line, kind, text in fences(page):
            if kind.startswith("json"):
                assert json.loads(text) is not None, f"{name_of(page)}:{line}"


def test_the_printed_contract_is_the_one_that_examples_are_checked_against() -> None:
    assert print_schema(schema).strip() == (ROOT / "schema.graphql").read_text().strip()


def normal(value: Any, key: str = "") -> Any:
    """Return an answer without what chance decides: ids, member numbers, request ids."""
    if isinstance(value, dict):
        return {name: normal(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [normal(inner, key) for inner in value]
    if key in RANDOM:
        return "…"
    return CURSOR.sub(r"\1-…", ID.sub(r"\1\2…", value)) if isinstance(value, str) else value


def note_ids(shown: Any, answer: Any, ids: dict[str, str]) -> None:
    """Note which id an answer has in the place of each that the page shows: later examples may name it."""
    if isinstance(shown, dict) and isinstance(answer, dict):
        for name in shown.keys() & answer.keys():
            note_ids(shown[name], answer[name], ids)
    elif isinstance(shown, list) and isinstance(answer, list):
        for one, other in zip(shown, answer, strict=False):
            note_ids(one, other, ids)
    elif isinstance(shown, str) and isinstance(answer, str) and ID.fullmatch(shown):
        ids[shown] = answer


def with_ids(value: Any, ids: dict[str, str]) -> Any:
    """Return variables with the ids that were given here for those that the page shows."""
    if isinstance(value, dict):
        return {name: with_ids(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_ids(inner, ids) for inner in value]
    return ids.get(value, value) if isinstance(value, str) else value


async def answers(page: str, database_url: str) -> AsyncIterator[tuple[Example, dict[str, Any]]]:
    """Execute the page's examples that show an output, in a program of its own."""
    shop = SHOPS[page]
    app = create_app(Settings(database_url=database_url, secret_key="x" * 40))
    async with app.router.lifespan_context(app):
        program = await programs.create(
            code=shop.code,
            name=shop.name,
            currency=shop.currency,
            time_zone=shop.time_zone,
            template=shop.template,
            virtual_now=shop.now,
        )
        if shop.steps:
            await value_terms.set_ladder(program, "VALUE", shop.steps)
            yearly = Terms(expiry=ExpiryPolicy.ROLLING_MONTHS, expiry_length=12)
            facts = {"code": "VISITS", "name": "Tea tastings", "kind": AssetKind.PASS, "scale": None, "terms": yearly}
            await assets.create(program, **facts)
            await value_terms.set_conversion(
                program, "POINTS", "VALUE", amount=Decimal(100), gives=Decimal(1), step=Decimal(100)
            )
        for said in shop.campaigns:
            await campaign(program.id, **said)
        key = await credentials.create_key(program.id, name="docs", scopes=ALL_SCOPES, now=shop.now)
        headers = {"authorization": f"Bearer {key.key}"}
        ids: dict[str, str] = {}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://docs", headers=headers) as http:
            api = Api(app, http, key.key, program.id)
            for told in told_by(ROOT / page):
                if isinstance(told, Text):
                    await apply(program.id, told)
                elif told.output is not None:
                    answer = await answer_to(api, told, with_ids(told.variables, ids))
                    note_ids(told.output, answer, ids)
                    yield told, answer


def told_by(page: Path) -> list[Example | Text]:
    """Return the examples of a page, and the documents of its program, in their order."""
    found: list[tuple[int, Example | Text]] = [(example.line, example) for example in examples_of(page)]
    found += [(line, Text(f"{page.name}:{line}", text)) for line, kind, text in fences(page) if kind == "yaml"]
    return [one for _, one in sorted(found, key=itemgetter(0))]


async def answer_to(api: Api, example: Example, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the answer; of a subscription what is shown, or the last that it told."""
    if operation_of(example.parsed()).operation is not OperationType.SUBSCRIPTION:
        return dict(await api.post(example.document, variables))
    shown, told = normal(example.output), list[dict[str, Any]]()

    def is_shown(data: dict[str, Any]) -> bool:
        told.append({"data": data})
        return bool(normal(told[-1]) == shown)

    with suppress(TimeoutError):  # one that never tells what is shown has told something else
        async with asyncio.timeout(SUBSCRIBED_SECONDS):
            await api.first(example.document, variables, f"Bearer {api.key}", is_shown)
    return told[-1]


@pytest.mark.parametrize("page", SHOPS)
async def test_examples_answer_what_the_page_shows(page: str, database_url: str) -> None:
    found = [pair async for pair in answers(page, database_url)]  # all, so that the program is closed
    assert found
    for example, answer in found:
        assert normal(answer) == normal(example.output), str(example)


def slug(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    for target in LINK.findall(text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in {slug(found) for found in HEADING.findall(FENCE.sub("", file.read_text()))}, target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_settings_exist(page: Path) -> None:
    known = {f"HUIYUAN_{name.upper()}" for name in Settings.model_fields} | {servers.POSTGRES, servers.REDIS, SEED}
    assert set(SETTING.findall(page.read_text())) <= known


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_exist_with_their_options(page: Path) -> None:
    root: Any = typer.main.get_command(command_line)
    for found in COMMAND.finditer(page.read_text().replace("\\\n", " ")):
        noun, _, verb = found["words"].partition(" ")
        command = root.commands.get(noun)
        if hasattr(command, "commands"):
            command = command.commands.get(verb)
        assert command is not None, found[0]
        known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
        options = set(re.findall(r"(?<![\w-])--[a-z-]+", found["rest"].partition("|")[0]))
        assert options <= known, found[0]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(page.read_text())) <= targets


def test_every_prefix_of_an_id_is_told() -> None:
    told = (ROOT / "docs" / "api.md").read_text()
    prefixes = {one for name, one in vars(ids).items() if name.isupper() and isinstance(one, str) and len(one) == 3}
    assert {"mem", "occ", "hld"} <= prefixes
    assert [one for one in sorted(prefixes) if f"`{one}_…`" not in told] == []


def test_how_many_reasons_are_kept_is_told() -> None:
    assert (
        f"| reasons not applied of an order or an occasion | {REASONS_MAX}, " in (ROOT / "docs" / "api.md").read_text()
    )
    assert (
        f"Of more than {REASONS_MAX} reasons {REASONS_MAX} are told and kept"
        in (ROOT / "docs" / "engine.md").read_text()
    )

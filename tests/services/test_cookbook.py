"""The recipes of docs/cookbook.md, each in a program of its own, do what the page shows.

A recipe is a section with a number. Its fences are carried out in their order: `sh` makes the program, `yaml` is
applied to it, an example is executed. Which members a holdout leaves out is decided by their ids: of two who are
enrolled until both kinds are there, `anna` stands for one who is not left out, and `ben` for one who is.
"""

import re
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import pytest

import models
from app.server import create_app
from app.settings import Settings
from domain.campaigns import held_out
from services import credentials, programs
from services.actors import ALL_SCOPES
from services.program_apply import Text, apply
from services.templates import Template
from services.transaction import transaction
from tests.api.test_docs import ROOT, Example, examples_of, fences, normal

PAGE = ROOT / "docs/cookbook.md"
RECIPE = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
EXAMPLES = {example.line: example for example in examples_of(PAGE)}


@dataclass
class Recipe:
    """A section of the page: its blocks with their lines and kinds."""

    name: str
    blocks: list[tuple[int, str, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return self.name

    @property
    def examples(self) -> list[Example]:
        return [EXAMPLES[line] for line, _, _ in self.blocks if line in EXAMPLES]


def recipes() -> tuple[Recipe, list[Recipe]]:
    """Return what stands before the recipes, and the recipes."""
    text = PAGE.read_text()
    headings = [(text.count("\n", 0, found.start()) + 1, found) for found in RECIPE.finditer(text)]
    found = [Recipe(""), *(Recipe(f"{heading[1]}. {heading[2]}") for _, heading in headings)]
    for block in fences(PAGE):
        found[sum(line < block[0] for line, _ in headings)].blocks.append(block)
    return found[0], found[1:]


BEFORE, RECIPES = recipes()
COMMAND = next(text for _, kind, text in BEFORE.blocks if kind == "sh")
ENROL = """
    mutation($name: String!) {
      memberEnroll(input: {idempotencyKey: $name, identities: [{source: "shop", externalId: $name}]}) {
        member { number }
      }
    }
"""
HEADER = next(text for _, kind, text in BEFORE.blocks if kind == "yaml")


async def made(command: str) -> models.Program:
    """Make the program that a `huiyuan program create` makes."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:3] == ["huiyuan", "program", "create"], command
    said = {name.removeprefix("--"): value for name, value in zip(words[3::2], words[4::2], strict=True)}
    return await programs.create(
        code=said["code"],
        name=said["code"],
        currency=said["currency"],
        time_zone=said["time-zone"],
        template=Template(said["template"]),
        virtual_now=datetime.fromisoformat(said["virtual-now"]),
    )


@dataclass
class Shop:
    """A recipe's program, and how it is called."""

    http: httpx.AsyncClient
    program: models.Program

    async def ask(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        answer = await self.http.post("/graphql", json={"query": document, "variables": variables})
        return dict(answer.json())

    async def enrol(self, name: str) -> models.Member:
        answer = await self.ask(ENROL, {"name": name})
        number = answer["data"]["memberEnroll"]["member"]["number"]
        return await models.Member.get(program_id=self.program.id, number=number)

    async def enrol_those_of_the_page(self) -> None:
        """Enrol Anna; with a holdout, until somebody is left out, who is Ben then, and somebody is not: Anna."""
        version = await models.CampaignVersion.get_or_none(program_id=self.program.id, holdout__gt=0)
        if version is None:
            await self.enrol("anna")
            return
        found: dict[bool, models.Member] = {}
        while len(found) < len((True, False)):
            member = await self.enrol(f"member-{await models.Member.all().count()}")
            found[held_out(version.campaign_id, member.id, version.holdout)] = member
        async with transaction():
            for is_left_out, name in ((False, "anna"), (True, "ben")):
                await models.Identity.filter(member_id=found[is_left_out].id).update(external_id=name)


@asynccontextmanager
async def opened(database_url: str, command: str) -> AsyncIterator[Shop]:
    app = create_app(Settings(database_url=database_url, secret_key="x" * 40))
    async with app.router.lifespan_context(app):
        program = await made(command)
        now = program.virtual_now
        assert now is not None
        key = await credentials.create_key(program.id, name="till", scopes=ALL_SCOPES, now=now)
        headers = {"authorization": f"Bearer {key.key}"}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop", headers=headers) as http:
            yield Shop(http, program)


async def answers(recipe: Recipe, database_url: str) -> AsyncIterator[tuple[Example, dict[str, Any]]]:
    """Carry a recipe out and yield each of its examples with its answer."""
    command = next((text for _, kind, text in recipe.blocks if kind == "sh"), COMMAND)
    awaited = not any("memberEnroll" in example.document for example in recipe.examples)
    async with opened(database_url, command) as shop:
        for line, kind, text in recipe.blocks:
            if kind == "yaml":
                header = HEADER.replace("CORNER", shop.program.code)
                await apply(shop.program.id, Text(f"{PAGE.name}:{line}", header + text))
                if awaited:
                    await shop.enrol_those_of_the_page()
                awaited = False
            elif line in EXAMPLES:
                yield EXAMPLES[line], await shop.ask(EXAMPLES[line].document, EXAMPLES[line].variables)


@pytest.mark.parametrize("recipe", RECIPES, ids=str)
async def test_a_recipe_does_what_the_page_shows(recipe: Recipe, database_url: str) -> None:
    found = [pair async for pair in answers(recipe, database_url)]  # all, so that the program is closed
    assert [example for example, _ in found] == recipe.examples != []
    for example, answer in found:
        assert normal(answer) == normal(example.output), str(example)


def test_recipes_are_numbered_one_after_the_other() -> None:
    assert [recipe.name.partition(".")[0] for recipe in RECIPES] == [str(number + 1) for number in range(len(RECIPES))]
    assert len(RECIPES) >= 20

"""Documents that tests of program documents start from."""

import shlex
from pathlib import Path
from typing import Any

import models
from services.program_apply import Text, apply, plan_of
from services.program_document import export
from services.program_plan import Plan
from services.program_setup import stored

PAGE = Path(__file__).resolve().parents[2] / "docs" / "program-as-code.md"


def whole() -> str:
    """Return the document with everything in it, which the page on documents shows."""
    text = PAGE.read_text()
    return text[text.index("```yaml\n") + len("```yaml\n") :].partition("```")[0]


def printed_commands() -> list[list[str]]:
    """Return the commands at the top of that page, each as its words after `huiyuan`."""
    block = PAGE.read_text().partition("```sh\n")[2].partition("```")[0]
    return [shlex.split(line)[1:] for line in block.splitlines()]


def text(said: str) -> Text:
    return Text("program.yaml", said)


async def exported(program: models.Program) -> str:
    return export((await stored(await models.Program.get(id=program.id))).setup)


async def planned(program: models.Program, said: str, **options: Any) -> Plan:
    return await plan_of(await models.Program.get(id=program.id), text(said), **options)


async def applied(program: models.Program, said: str, **options: Any) -> Plan:
    return await apply(program.id, text(said), **options)


async def everything() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of set-up, to see that nothing changed."""
    tables = (
        models.Program,
        models.Asset,
        models.TopUpStep,
        models.Conversion,
        models.Ladder,
        models.Tier,
        models.Campaign,
        models.CampaignVersion,
        models.Segment,
    )
    return {table.__name__: await table.all().order_by("id").values() for table in tables}  # type: ignore[attr-defined]

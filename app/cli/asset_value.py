"""`huiyuan asset topup`: how stored value is paid in."""

import re
from typing import Annotated, Any

import typer

from app.cli.asset import app, decimal_of
from app.cli.database import named, rows
from app.cli.output import CommandError, Json, ProgramCode, run, table, write, write_json
from app.settings import settings
from domain.amounts import from_minor, spelled
from models import Asset, TopUpStep
from services import programs, value_terms
from services.value_terms import Step


@app.command()
def topup(
    *,
    program: ProgramCode,
    asset: Annotated[str, typer.Option(metavar="CODE", help="Code of the asset, which must be money.")] = "VALUE",
    step: Annotated[
        list[str] | None,
        typer.Option(
            metavar="AT=BONUS",
            help="A step of the ladder of bonuses; name all of them, as they replace what is there.\n\n"
            "- 500=50: who pays in 500 or more gets 50 on top\n- 1000=12.5%: 12.5 percent of what is paid in",
        ),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take the ladder away: top-ups get no bonus.")] = False,
    json: Json = False,
) -> None:
    """Set the bonuses of top-ups, or show them when no step is named. The highest step that is reached applies."""
    if step and clear:
        raise CommandError("Either name steps or clear the ladder.")
    steps = [step_of(text) for text in step or ()]

    async def work() -> tuple[Asset, list[TopUpStep]]:
        async with rows(named(settings())):
            owner = await programs.by_code(program)
            found = await value_terms.asset_of(owner, asset)
            if steps or clear:
                return found, await value_terms.set_ladder(owner, asset, steps)
            return found, await value_terms.ladder_of(found)

    owned, ladder = run(work())
    records = [record(row, owned.scale) for row in ladder]
    if json:
        write_json({"asset": asset, "steps": records})
    elif records:
        write(table([("PAID IN", "BONUS"), *((each["threshold"], each["bonus"]) for each in records)]))
    else:
        write(f"Top-ups of {asset} get no bonus.")


def step_of(text: str) -> Step:
    """Return a step by its words, `500=50` or `1000=12.5%`. Raises `CommandError`."""
    found = re.fullmatch(r"([^=]+)=([^=%]+)(%?)", text)
    if not found:
        raise CommandError(f"{text!r} is no step; examples: 500=50, 1000=12.5%.")
    return Step(decimal_of(found[1]), decimal_of(found[2]), bool(found[3]))


def record(step: TopUpStep, scale: int) -> dict[str, Any]:
    """Return a step as JSON values, its bonus as the option says it."""
    rate = f"{from_minor(step.basis_points, 2).normalize():f}%"
    return {
        "threshold": spelled(step.threshold, scale),
        "bonus": spelled(step.amount, scale) if step.amount else rate,
    }

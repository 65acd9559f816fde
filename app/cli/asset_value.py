"""`huiyuan asset topup` and `huiyuan asset convert`: how value is paid in, and what becomes what."""

import re
from typing import Annotated, Any

import typer

from app.cli.asset import app, decimal_of, pays_of
from app.cli.database import named, rows
from app.cli.output import CommandError, Json, ProgramCode, run, table, write, write_json
from app.settings import settings
from domain.amounts import from_minor, spelled
from models import Asset, Conversion, TopUpStep
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


@app.command()
def convert(
    *,
    program: ProgramCode,
    source: Annotated[str | None, typer.Option("--from", metavar="CODE", help="Asset that is converted.")] = None,
    target: Annotated[str | None, typer.Option("--to", metavar="CODE", help="Asset that it becomes.")] = None,
    rate: Annotated[
        str | None,
        typer.Option(metavar="AMOUNT=AMOUNT", help="100=1.00 lets a hundred of the first become one of the second."),
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(
            metavar="AMOUNT",
            help="Convert whole multiples of this much only.",
            show_default="the least that gives a whole unit of the second",
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Let the one not become the other any more.")] = False,
    json: Json = False,
) -> None:
    """Let one asset become another at a rate, or list what becomes what when no rate is named."""
    changes = remove or rate is not None
    if (remove and (rate, step) != (None, None)) or {source is not None, target is not None, changes} == {True, False}:
        raise CommandError("Name --from and --to with either --rate or --remove; or none of them, to list.")
    if step is not None and rate is None:
        raise CommandError("A step goes with a rate.")
    worth = pays_of(rate)
    least = decimal_of(step) if step is not None else None

    async def work() -> list[tuple[Asset, Asset, Conversion]]:
        async with rows(named(settings())):
            owner = await programs.by_code(program)
            if source and target and worth:
                await value_terms.set_conversion(
                    owner, source, target, amount=worth.amount, gives=worth.value, step=least
                )
            if source and target and remove:
                await value_terms.remove_conversion(owner, source, target)
            return await value_terms.conversions_of(owner)

    records = [rate_record(*found) for found in run(work())]
    if json:
        write_json({"conversions": records})
    elif records:
        write(table([("FROM", "TO", "RATE", "STEP"), *(tuple(each.values()) for each in records)]))
    else:
        write(f"In {program} nothing is converted.")


def rate_record(source: Asset, target: Asset, rate: Conversion) -> dict[str, str]:
    """Return a conversion as JSON values, its rate as the option says it."""
    return {
        "from": source.code,
        "to": target.code,
        "rate": f"{spelled(rate.from_amount, source.scale)}={spelled(rate.to_amount, target.scale)}",
        "step": spelled(rate.step, source.scale),
    }


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

"""`huiyuan asset …`."""

from decimal import Decimal
from typing import Annotated, Any

import typer

from app.cli.database import named, rows
from app.cli.output import CommandError, Json, ProgramCode, run, table, write, write_json
from app.settings import settings
from domain.amounts import AMOUNT_MAX, spelled
from domain.assets import AssetKind, BurnOrder, ExpiryFrom, ShortfallPolicy
from domain.term_words import AT_ONCE, NEVER, expiry_of, expiry_text, pending_of, pending_text
from domain.terms import Terms
from models import Asset
from services import assets, programs

app = typer.Typer(name="asset", help="Define and list what a program's ledger counts.", no_args_is_help=True)

HEADINGS = ("CODE", "KIND", "SCALE", "EXPIRES", "FROM", "PENDING", "NAME")


@app.command()
def create(
    *,
    program: ProgramCode,
    code: Annotated[
        str,
        typer.Option(
            metavar="CODE", help="Code by which rules and requests name it: letters, digits, hyphens and underscores."
        ),
    ],
    kind: Annotated[AssetKind, typer.Option(help="What it counts.", case_sensitive=False)] = AssetKind.POINTS,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name that people read.", show_default="the code")
    ] = None,
    scale: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="How many decimals its amounts have.",
            show_default="of MONEY and QUALIFYING those of the currency, else 0",
        ),
    ] = None,
    expiry: Annotated[
        str,
        typer.Option(
            metavar="WHEN",
            help="When what is credited expires, counted in the program's time zone.\n\n- never\n"
            "- 90d: after so many days\n- 12m: after so many months\n"
            "- end-of-month, end-of-quarter or end-of-year; with +1 the end of the next one\n"
            "- 03-31: at the end of that day, each year\n- 2027-03-31: at the end of that day, for good",
        ),
    ] = NEVER,
    expiry_from: Annotated[
        ExpiryFrom,
        typer.Option(
            help="What that is counted from: when it happened, was recorded, or is released.", case_sensitive=False
        ),
    ] = ExpiryFrom.RECORDED,
    pending: Annotated[
        str,
        typer.Option(
            metavar="HOW-LONG",
            help="How long what is credited is pending.\n\n- none\n- 14d: for so many days\n"
            "- day-15: until the 15th of the next month; day-15+2 of the one after it",
        ),
    ] = AT_ONCE,
    pays: Annotated[
        str | None,
        typer.Option(
            metavar="AMOUNT=VALUE",
            help="What it is worth at checkout: 100=1.00 lets a hundred pay one unit of the currency.",
            show_default="of MONEY 1=1, else it pays nothing",
        ),
    ] = None,
    shortfall: Annotated[
        ShortfallPolicy,
        typer.Option(
            help="What a return does that has to take back more than the member has: refuse, leave a debt, or write "
            "the rest off.",
            case_sensitive=False,
        ),
    ] = ShortfallPolicy.REFUSE,
    debt_limit: Annotated[
        str | None,
        typer.Option(
            metavar="AMOUNT",
            help="How far a debt may go; beyond it the rest is written off.",
            show_default="as far as it takes",
        ),
    ] = None,
    grace_days: Annotated[
        int, typer.Option(metavar="N", help="How long what a return gives back lives if its own time is over.")
    ] = 30,
    burn_order: Annotated[
        BurnOrder,
        typer.Option(help="Whether a payment uses bonus or principal of stored value first.", case_sensitive=False),
    ] = BurnOrder.BONUS_FIRST,
    bonus_cap: Annotated[
        int, typer.Option(metavar="PERCENT", help="How much of a payment the bonus may pay, in percent.")
    ] = 100,
    reminder_days: Annotated[
        int, typer.Option(metavar="N", help="How many days before an expiry the member is reminded; 0 is never.")
    ] = 0,
    json: Json = False,
) -> None:
    """Define one more asset of a program. A server that is running knows it at once.

    The rules of the templates do not earn it.
    """
    terms = Terms(
        **expiry_of(expiry),
        expiry_from=expiry_from,
        **pending_of(pending),
        shortfall=shortfall,
        grace_days=grace_days,
        burn_order=burn_order,
        bonus_cap=bonus_cap,
        reminder_days=reminder_days,
    )
    worth = pays_of(pays)
    limit = decimal_of(debt_limit) if debt_limit is not None else None

    async def work() -> tuple[Asset, int]:
        async with rows(named(settings())):
            owner = await programs.by_code(program)
            created = await assets.create(
                owner,
                code=code,
                name=code if name is None else name,
                kind=kind,
                scale=scale,
                terms=terms,
                pays=worth,
                debt_limit=limit,
            )
            return created, owner.currency_scale

    made, currency_scale = run(work())
    if json:
        write_json(record(made, currency_scale))
    else:
        write(f"{program} has the asset {made.code}.")


@app.command("list")
def list_(program: ProgramCode, json: Json = False) -> None:
    """List the assets of a program, with their terms as `huiyuan asset create` takes them."""

    async def work() -> tuple[list[Asset], int]:
        async with rows(named(settings())):
            owner = await programs.by_code(program)
            return await assets.of_program(owner), owner.currency_scale

    listed, currency_scale = run(work())
    records = [record(asset, currency_scale) for asset in listed]
    if json:
        write_json({"assets": records})
    else:
        write(table([HEADINGS, *(cells(each) for each in records)]))


def record(asset: Asset, currency_scale: int) -> dict[str, Any]:
    """Return an asset as JSON values, its terms as the options say them."""
    return {
        "code": asset.code,
        "name": asset.name,
        "kind": asset.kind,
        "scale": asset.scale,
        "expiry": expiry_text(asset),
        "expiryFrom": asset.expiry_from,
        "pending": pending_text(asset),
        "pays": f"{spelled(asset.pay_amount, asset.scale)}={spelled(asset.pay_value, currency_scale)}"
        if asset.pay_amount
        else None,
        "shortfall": asset.shortfall,
        "debtLimit": spelled(-asset.floor, asset.scale) if asset.floor > -AMOUNT_MAX else None,
        "graceDays": asset.grace_days,
        "burnOrder": asset.burn_order,
        "bonusCap": asset.bonus_cap,
        "reminderDays": asset.reminder_days,
    }


def cells(asset: dict[str, Any]) -> tuple[str, ...]:
    """Return what a line of the list shows of an asset."""
    start = "" if asset["expiry"] == NEVER else asset["expiryFrom"]
    return (
        asset["code"],
        asset["kind"],
        str(asset["scale"]),
        asset["expiry"],
        start,
        asset["pending"],
        asset["name"],
    )


def pays_of(text: str | None) -> assets.Pays | None:
    """Return what an asset is worth by its words, `100=1.00`. Raises `CommandError`."""
    if text is None:
        return None
    amount, sign, worth = text.partition("=")
    if not sign:
        raise CommandError(f"{text!r} is no worth; an example: 100=1.00.")
    return assets.Pays(decimal_of(amount), decimal_of(worth))


def decimal_of(text: str) -> Decimal:
    """Return a number. Raises `CommandError`."""
    try:
        return Decimal(text)
    except ArithmeticError:
        raise CommandError(f"{text!r} is no number.") from None

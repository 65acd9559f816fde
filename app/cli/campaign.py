"""`huiyuan campaign …`."""

from contextlib import aclosing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.database import named, rows
from app.cli.output import STDERR, Json, OnlyProgramCode, run, table, write, write_json
from app.settings import settings
from domain.amounts import spelled
from domain.backtest_report import BacktestReport, Change, MemberChange
from domain.program import Program
from schema import ids
from services import programs, simulations
from services.actors import ALL_SCOPES, Actor, ActorKind
from services.reading import OrmSession
from services.simulations import Simulation, SimulationRequest
from services.snapshots import Snapshots

app = typer.Typer(name="campaign", help="Campaigns.", no_args_is_help=True)
DAY = {"metavar": "DATE", "formats": ["%Y-%m-%d"]}


@app.callback()
def campaign() -> None:
    """Campaigns."""  # with one command only, Typer would leave out its name


@dataclass(frozen=True, slots=True)
class Found:
    """What was simulated, and what came of it."""

    simulation: Simulation
    report: BacktestReport


@app.command()
def simulate(
    campaign: Annotated[str, typer.Option("--campaign", metavar="CODE", help="Code of the campaign.")],
    start: Annotated[datetime, typer.Option("--from", help="The first day.", **DAY)],
    until: Annotated[datetime, typer.Option("--until", help="The first day that does not count any more.", **DAY)],
    version: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="Which version; the newest if left out.")
    ] = None,
    program: OnlyProgramCode = None,
    *,
    without: Annotated[bool, typer.Option("--without", help="Simulate the program without the campaign.")] = False,
    json: Json = False,
) -> None:
    """Run a version of a campaign over past orders, and tell what it would have cost and given.

    Nothing is locked or written, so it is safe at any time beside a server.
    """
    request = SimulationRequest(
        campaign_id=None, code=campaign, version=version, start=start.date(), end=until.date(), without=without
    )
    with progress() if STDERR.is_terminal else nullcontext() as bar:
        found = run(simulated(program, request, bar))
    if json:
        write_json(record(found))
    else:
        write(text(found))


async def simulated(code: str | None, request: SimulationRequest, bar: Progress | None) -> Found:
    """Return what a simulation finds, and show how far it has come. Raises a `Refusal`."""
    database = named(settings())
    async with rows(database):
        reads = OrmSession(database.dialect)
        owner = await Snapshots().load(reads, (await programs.only_or_by_code(code)).id)
        actor = Actor(ActorKind.SYSTEM, owner.id, credential="system:cli", scopes=ALL_SCOPES)
        simulation = await simulations.prepared(reads, owner, actor, request)
        task = bar.add_task("orders", total=simulation.orders) if bar else None
        report = None
        async with aclosing(simulations.simulate(reads, simulation)) as steps:
            async for step in steps:
                report = step.report
                if bar and task is not None:
                    bar.update(task, completed=step.orders_done)
    assert report is not None, "the last step has it"
    return Found(simulation, report)


def progress() -> Progress:
    """Return a bar that tells how many orders were replayed."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=STDERR, transient=True)


def record(found: Found) -> dict[str, Any]:
    """Return a report as JSON says it; amounts are decimal strings."""
    simulation, report, program = found.simulation, found.report, found.simulation.program
    moves = [
        {
            "ladder": program.ladder_by_id(move.ladder_id).code,
            "from": program.tier_by_id(move.from_id).code,
            "to": program.tier_by_id(move.to_id).code,
            "members": move.members,
        }
        for move in report.tier_moves
    ]
    return {
        "campaign": simulation.campaign.code,
        "version": simulation.version.number if simulation.version else None,
        "from": simulation.start.isoformat(),
        "until": simulation.end.isoformat(),
        "windowSetAside": simulation.is_window_set_aside,
        "currency": program.currency,
        "ordersConsidered": report.orders_considered,
        "ordersApplied": report.orders_applied,
        "ordersTouched": report.orders_touched,
        "membersConsidered": report.members_considered,
        "membersTouched": report.members_touched,
        "cost": spelled(report.discount.difference, program.currency_scale),
        "discount": _change(report.discount, program.currency_scale),
        "payable": _change(report.payable, program.currency_scale),
        "gifts": {"before": report.gifts.before, "after": report.gifts.after},
        "points": {
            program.asset_by_id(asset_id).code: _change(change, program.asset_by_id(asset_id).scale)
            for asset_id, change in report.points.items()
        },
        "tierMoves": moves,
        "winners": [_member(one, program) for one in report.winners],
        "losers": [_member(one, program) for one in report.losers],
        "notApplied": {reason.value: orders for reason, orders in report.not_applied.items()},
        "budgetSpentAt": _instant(report.budget_spent_at),
        "limitReachedAt": _instant(report.limit_reached_at),
    }


def _change(change: Change, scale: int) -> dict[str, str]:
    return {"before": spelled(change.before, scale), "after": spelled(change.after, scale)}


def _member(found: MemberChange, program: Program) -> dict[str, Any]:
    points = {
        (asset := program.asset_by_id(asset_id)).code: asset.spelled(amount)
        for asset_id, amount in found.points.items()
    }
    return {
        "member": ids.encode(ids.MEMBER, found.member_id),
        "benefit": spelled(found.benefit, program.currency_scale),
        "discount": spelled(found.discount, program.currency_scale),
        "points": points,
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def text(found: Found) -> str:
    """Return a report as people read it."""
    facts = record(found)
    what = f"version {facts['version']} of {facts['campaign']}" if facts["version"] else f"without {facts['campaign']}"
    lines: list[tuple[str, ...]] = [(what, "before", "after")]
    lines += [
        (f"{name} {facts['currency']}", facts[name]["before"], facts[name]["after"]) for name in ("discount", "payable")
    ]
    lines += [(f"{code} issued", change["before"], change["after"]) for code, change in facts["points"].items()]
    lines.append(("pieces given", str(facts["gifts"]["before"]), str(facts["gifts"]["after"])))
    told = [
        f"From {facts['from']} until {facts['until']}: {facts['ordersConsidered']:,} orders, of which the campaign "
    ]
    told[0] += f"gives something to {facts['ordersApplied']:,} and {facts['ordersTouched']:,} would be others."
    if facts["windowSetAside"]:
        told.append("The version's own window lies outside the period: it was taken to run all through it.")
    told += ["", table(lines), "", f"cost {facts['cost']} {facts['currency']}, members {facts['membersTouched']:,}"]
    told += [
        f"{move['ladder']}: {move['from']} to {move['to']}, members {move['members']:,}" for move in facts["tierMoves"]
    ]
    told += [f"not applied, {reason}: orders {orders:,}" for reason, orders in facts["notApplied"].items()]
    for name, said in (("budgetSpentAt", "budget spent"), ("limitReachedAt", "limit first reached")):
        told += [f"{said} at {facts[name]}"] if facts[name] else []
    for name in ("winners", "losers"):
        told += [f"{name[:-1]} {one['member']}: {one['benefit']} {facts['currency']}" for one in facts[name]]
    return "\n".join(told)

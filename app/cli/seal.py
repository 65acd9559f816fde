"""`huiyuan seal`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app import sealer
from app.cli.database import named, rows
from app.cli.output import AnyProgramCode, Json, run, write, write_json
from app.settings import settings
from domain.seals import Seal
from services import programs
from services.reading import OrmSession


def seal(
    program: AnyProgramCode = None,
    *,
    head: Annotated[bool, typer.Option("--head", help="Seal nothing; print the newest hash of each program.")] = False,
    json: Json = False,
) -> None:
    """Chain the transfers that are not sealed yet, and print the newest hash of each program.

    A server does the same every few seconds. Keep the hash outside the database: `huiyuan verify --head HASH` tells
    later whether what it stands for is still there as it was. Safe at any time beside a server.
    """
    chosen = settings()
    database = named(chosen)

    async def work() -> list[tuple[str, Seal | None]]:
        async with rows(database):
            reads = OrmSession(database.dialect)
            if program is not None:
                await programs.by_code(program)
            if not head:
                await _seal(reads, program, chosen.seal_file)
            return [(code, newest) async for _, code, newest in sealer.heads(reads, program)]

    found = run(work())
    if json:
        write_json({"heads": [_record(code, newest) for code, newest in found]})
        return
    for code, newest in found:
        if newest is None:
            write(f"{code}: nothing is sealed.")
        else:
            write(f"{code}: block {newest.number}, sealed {newest.sealed_at:%Y-%m-%dT%H:%M:%SZ}: {newest.hash.hex()}")


async def _seal(reads: OrmSession, program: str | None, file: Path | None) -> None:
    async for code, block in sealer.sealed(reads, program):
        if file:
            sealer.append(file, sealer.told(code, block))


def _record(code: str, newest: Seal | None) -> dict[str, Any]:
    return {"program": code, "block": 0, "hash": None} if newest is None else sealer.told(code, newest)

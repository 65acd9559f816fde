"""Sealing beside the server: every few seconds what was written is chained, and the newest hash told outside."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import orjson
import structlog
from tortoise.exceptions import BaseORMException

import models
from domain.seals import Seal
from services import seals
from services.database.away import AWAY
from services.engine import Engine
from services.reading import OrmSession

log = structlog.get_logger(__name__)

PASSING = (*AWAY, BaseORMException)
"""What a database says that is busy or away, so that the same work succeeds later."""
PAUSE_SECONDS = 3.0
LOG_SECONDS = 60.0
"""How long the log is silent after a line about a program's blocks: each hash stands for all before it."""


class Sealer:
    """Seals all programs and tells new hashes: each in a file if there is one, and one a minute in the log."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._silent_until: dict[str, float] = {}
        """When the log may tell of each program's blocks again, by its code."""

    async def seal_forever(self, engine: Engine) -> None:
        """Seal again and again; any number of servers may do so at once. First tell what is sealed already."""
        is_told = False
        while True:
            try:
                if not is_told:
                    await self._tell_heads(engine.reads)
                    is_told = True
                async for code, block in sealed(engine.reads):
                    await self._tell("seal.block", code, block)
            except PASSING as error:
                log.warning("sealer.retry", reason=str(error) or type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311  (spreads servers)

    async def _tell_heads(self, reads: OrmSession) -> None:
        async for _, code, newest in heads(reads):
            if newest:
                await self._tell("seal.head", code, newest)

    async def _tell(self, event: str, code: str, block: Seal) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._silent_until.get(code, now):
            log.info(event, **told(code, block))
            self._silent_until[code] = now + LOG_SECONDS
        if self._file is None:
            return
        try:
            await asyncio.to_thread(append, self._file, told(code, block))
        except OSError as error:  # the hash is in the log, and the next line covers this one
            log.warning("seal.file", file=str(self._file), reason=error.strerror or str(error))


async def sealed(reads: OrmSession, program: str | None = None) -> AsyncIterator[tuple[str, Seal]]:
    """Seal what can be sealed of all programs, or of the one with this code; yield its code and each new block."""
    async for program_id, code, _ in heads(reads, program):
        while block := await seals.seal(reads, program_id, now=datetime.now(UTC)):
            yield code, block
            if block.transfers < seals.BLOCK_MAX:  # what arrived meanwhile is for the next time
                break


async def heads(reads: OrmSession, program: str | None = None) -> AsyncIterator[tuple[UUID, str, Seal | None]]:
    """Yield the id, the code and the newest block of all programs, or of the one with this code."""
    chosen = models.Program.all() if program is None else models.Program.filter(code=program)
    for row in await chosen.order_by("code"):
        yield row.id, row.code, await seals.head(reads, row.id)


def told(code: str, block: Seal) -> dict[str, str | int]:
    """Return what is told of a block."""
    return {
        "program": code,
        "block": block.number,
        "transfers": block.transfers,
        "sealed_at": block.sealed_at.isoformat(),
        "hash": block.hash.hex(),
    }


def append(file: Path, facts: dict[str, str | int]) -> None:
    """Add a line to the file, whole also when several processes do, and on the disk when this returns."""
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(opened, orjson.dumps(facts) + b"\n")
        os.fsync(opened)
    finally:
        os.close(opened)

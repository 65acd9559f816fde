"""Starting the worker, talking to it, and ending it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from domain.refusals import InvalidInput
from services.backtest.worker import LENGTH, Refused, Task, framed, unframed

MAIN = "import sys; sys.path[:] = sys.argv[1:]; from services.backtest.worker import main; main()"
"""What the worker runs: only what it needs of this program, and from where this process has it."""


class WorkerLostError(Exception):
    """The worker has ended before its work was done; what it said of it is on standard error."""


class Worker:
    """The other end of a worker's pipes. Each frame that is sent has one answer; they come in order."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None, "it was asked for"
        assert process.stdout is not None, "it was asked for"
        self.pid = process.pid
        self._to, self._from = process.stdin, process.stdout

    async def send(self, message: Any) -> None:
        """Send a message. Raises `WorkerLostError`."""
        self._to.write(framed(message))
        try:
            await self._to.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise WorkerLostError from None

    async def answer(self) -> Any:
        """Return the next answer. Raises `WorkerLostError`, and `InvalidInput` when an order cannot be replayed."""
        try:
            (length,) = LENGTH.unpack(await self._from.readexactly(LENGTH.size))
            found = unframed(await self._from.readexactly(length))
        except asyncio.IncompleteReadError:
            raise WorkerLostError from None
        if isinstance(found, Refused):
            raise InvalidInput(f"An order cannot be replayed: {found.message}", field=("campaign",))
        return found


@asynccontextmanager
async def worker(task: Task) -> AsyncIterator[Worker]:
    """Start a worker for a task, and end it whatever it is at. It knows no terminal, so Ctrl-C is not for it."""
    command = (sys.executable, "-c", MAIN, *sys.path)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, start_new_session=True)
    try:
        started = Worker(process)
        await started.send(task)
        await started.answer()
        yield started
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()

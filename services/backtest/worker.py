"""The process that replays orders: it holds the worlds, and takes the processor where the server needs it least.

It reads frames from its standard input and answers each on its standard output: first a `Task`, which it answers with
None, then pages, each with the number of orders replayed so far, and None, with the report. It ends with its input, so
it does not outlive whoever started it.
"""

import gc
import os
import pickle
import sys
from collections.abc import Iterator
from struct import Struct
from typing import Any, BinaryIO
from uuid import UUID

from domain.backtest import Backtest
from domain.program import Program
from domain.refusals import Refusal
from domain.values import value
from services.backtest.pages import Page
from services.backtest.rows import past_members, past_orders

NICENESS = 10
"""How far it stands back behind the server for the processor."""
COLLECT_EVERY = 50_000
"""Objects made, less those gone, between two looks for garbage in cycles: worlds grow, and an evaluation has none."""
LENGTH = Struct(">I")


@value
class Task:
    """Two programs to be compared, and the campaign by which they differ."""

    before: Program
    after: Program
    campaign_id: UUID


@value
class Refused:
    """That an order cannot be replayed, and why. It is the last answer."""

    message: str


def framed(message: Any) -> bytes:
    """Return a message as it goes through a pipe: its length, then itself."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def unframed(body: bytes) -> Any:
    """Return what a frame holds. Both ends of the pipe are of this program, and nobody else's."""
    return pickle.loads(body)  # noqa: S301


def main() -> None:
    """Serve one back-test."""
    os.nice(NICENESS)
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
    incoming = _messages(sys.stdin.buffer)
    answers = sys.stdout.buffer
    task = next(incoming, None)
    if task is None:
        return
    _answer(answers, None)
    backtest, done = Backtest(task.before, task.after, task.campaign_id), 0
    for page in incoming:
        if page is None:
            _answer(answers, backtest.report())
            return
        try:
            done += _replay(backtest, page)
        except Refusal as refusal:
            _answer(answers, Refused(refusal.message))
            return
        _answer(answers, done)


def _replay(backtest: Backtest, page: Page) -> int:
    for member in past_members(page, backtest.before.program):
        backtest.meet(member)
    done = 0
    for order in past_orders(page):
        backtest.replay(order)
        done += 1
    return done


def _messages(stream: BinaryIO) -> Iterator[Any]:
    while len(head := stream.read(LENGTH.size)) == LENGTH.size:
        yield unframed(stream.read(LENGTH.unpack(head)[0]))


def _answer(stream: BinaryIO, message: Any) -> None:
    stream.write(framed(message))
    stream.flush()

"""Hearing that the server is to stop before the server itself acts on it.

uvicorn ends the application's lifespan after the last response. What holds up responses has to hear of the signal.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_to_stop(act: Callable[[], None]) -> Iterator[None]:
    """While the block runs, call `act` in the event loop when a signal to stop comes, beside what handles it already.

    A signal that nobody handles is left alone, and so are all outside the main thread, where none can be heard.
    """
    loop = asyncio.get_running_loop()

    def and_act(handle: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], None]:
        def handle_and_act(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(act)
            handle(number, frame)

        return handle_and_act

    with ExitStack() as stack:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    signal.signal(number, and_act(handler))
                    stack.callback(signal.signal, number, handler)
        yield

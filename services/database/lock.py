"""One process writes a SQLite database at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DatabaseInUseError(Exception):
    """Another process has the SQLite database open for writing."""


_held: dict[Path, int] = {}
"""How often this process holds each lock: `serve` migrates inside its own."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold `<path>.lock` for as long as the block runs; the same process may enter again.

    Raises `DatabaseInUseError` at once when another process holds it. The kernel frees the lock when its holder dies.
    """
    lock_path = path.with_name(path.name + ".lock")
    if _held.get(lock_path):
        _held[lock_path] += 1
        try:
            yield
        finally:
            _held[lock_path] -= 1
        return
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    with lock_path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseInUseError(
                f"{path} is in use by another huiyuan process; SQLite serves one at a time. "
                "Stop the other one, or use its API."
            ) from None
        _held[lock_path] = 1
        try:
            yield
        finally:
            del _held[lock_path]

"""Files that commands read and write."""

import os
from pathlib import Path

from app.cli.output import CommandError


def readable(file: Path) -> Path:
    """Return a file that can be read, looking only: a pipe is not opened twice. Raises `CommandError`."""
    try:
        if file.is_dir():
            raise CommandError(f"{file} is a directory; name a file.")
        if not file.exists():
            raise CommandError(f"There is no file {file}.")
        may = os.access(file, os.R_OK, effective_ids=os.access in os.supports_effective_ids)
    except PermissionError:  # of a directory on the way to it
        may = False
    if not may:
        raise CommandError(f"The file {file} may not be read by this user.")
    return file


def writable(file: Path, *, option: str) -> Path:
    """Return a file that can be written, whether it is there or not. Raises `CommandError` naming the option."""
    try:
        if file.is_dir():
            raise CommandError(f"{option}: {file} is a directory; name a file.")
        if not file.parent.is_dir():
            raise CommandError(f"{option}: there is no directory {file.parent}.")
        place = file if file.exists() else file.parent
        may = os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
    except PermissionError:
        may = False
    if not may:
        raise CommandError(f"{option}: {file} may not be written by this user.")
    return file

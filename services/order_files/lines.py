"""The lines of a file, one in memory at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from domain.refusals import Refusal

LINE_BYTES_MAX = 1_000_000
"""As large as a body that the API takes."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class MalformedRow(Refusal):
    """The line cannot be read as its format asks."""

    code = "MALFORMED_ROW"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end. When `fault` says why it could not be read, `text` is only what it looks like."""

    number: int
    text: str
    fault: MalformedRow | None = None


class Lines:
    """The lines of a UTF-8 file, numbered from 1, without the blank ones."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position_bytes = 0
        """How far the file was read."""

    def __iter__(self) -> Iterator[Line]:
        number = 0
        while data := self._file.readline(LINE_BYTES_MAX):
            number += 1
            self.position_bytes += len(data)
            length = len(data) + self._skip_rest(data)
            text, fault = decoded(data.removeprefix(BYTE_ORDER_MARK) if number == 1 else data)
            if length > LINE_BYTES_MAX:
                fault = MalformedRow(f"The line has {length} bytes; at most {LINE_BYTES_MAX} are read.")
            if fault or text.strip():
                yield Line(number, text, fault)

    def _skip_rest(self, data: bytes) -> int:
        """Read on to the end of the line that begins with `data`; return how many bytes that were."""
        skipped = 0
        while len(data) == LINE_BYTES_MAX and not data.endswith(b"\n"):
            data = self._file.readline(LINE_BYTES_MAX)
            skipped += len(data)
        self.position_bytes += skipped
        return skipped


def decoded(data: bytes) -> tuple[str, MalformedRow | None]:
    """Return the text of a line; with what is no UTF-8 escaped, and then also the fault."""
    try:
        return data.decode().rstrip("\r\n"), None
    except UnicodeDecodeError as error:
        fault = MalformedRow(f"The line is not UTF-8: its byte {error.start + 1} is 0x{data[error.start]:02x}.")
        return data.decode(errors="backslashreplace").rstrip("\r\n"), fault

"""The words of a free expression, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<raw>[rR](?:"{3}.*?"{3}|'{3}.*?'{3}|"[^"\n]*"|'[^'\n]*'))
    |(?P<text>[bB]?(?:"{3}(?:[^\\]|\\.)*?"{3}|'{3}(?:[^\\]|\\.)*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    |(?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\|\||&&|[=!<>]=|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression; `offset` counts characters from its beginning, `kind` is the group of `TOKEN`."""

    kind: str
    text: str
    offset: int

    @property
    def sign(self) -> str | None:
        """What it spells, None for a text: a bracket in a text is no bracket."""
        return None if self.kind in {"text", "raw"} else self.text


def read(text: str) -> Iterator[Token]:
    """Yield the words of an expression, and one without text that stands for its end."""
    for found in TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found[0], found.start())
    yield Token("end", "", len(text))

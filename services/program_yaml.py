"""YAML as program documents use it: a plain tree of texts, numbers and lists, with the line of every part.

YAML 1.1 takes `no` for false, `10:30` for 630 and `007` for 7. Here only `true`, `false`, `null`, and whole numbers as
people write them are something else than text, and a fraction is the text of it, so no amount passes through a binary
float. Anchors, tags and keys that stand twice are refused: what is read is what is seen.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from domain.refusals import InvalidInput
from domain.values import value

Path = tuple[str, ...]

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER: Any = yaml.SafeDumper
LENGTH_MAX = 10_000_000
"""Characters of a document: some ten thousand campaigns."""
DEPTH_MAX = 64
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
WIDTH = 120


class Misread(InvalidInput):
    """The text is no document. Facts: `line`, counted from 1."""

    code = "DOCUMENT_UNREADABLE"

    def __init__(self, message: str, *, line: int, field: Path = ()) -> None:
        super().__init__(message, field=field, line=line)
        self.line = line


@value
class Tree:
    """What a text says: mappings, lists, texts, whole numbers, true, false and None; and where each part begins."""

    said: Any
    lines: dict[Path, int]
    """The line, counted from 1, of each part by its path; of a part with a name, that of the name."""

    def line(self, path: Path) -> int:
        """Return the line of a part, or of the nearest that it belongs to."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Tree:
    """Return what a YAML text says. Raises `Misread`."""
    if len(text) > LENGTH_MAX:
        raise Misread(f"The document has {len(text)} characters; at most {LENGTH_MAX} are allowed.", line=1)
    builder = _Builder(text)
    try:
        return Tree(builder.document(), builder.lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Misread(f"This is no YAML: {error.problem}.", line=mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        raise Misread(f"This is no YAML: {' '.join(str(error).split())}.", line=1) from None


def write(said: Mapping[str, Any]) -> str:
    """Return the YAML text of a document, the parts in the order that they have. `read` returns the same again."""
    text: str = yaml.dump(
        said, Dumper=DUMPER, sort_keys=False, allow_unicode=True, default_flow_style=False, width=WIDTH
    )
    return text


class _Builder:
    """Makes the tree of the events of one text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._events: Iterator[Any] = yaml.parse(text, Loader=LOADER)

    def document(self) -> Any:
        """Return what the one document says."""
        self._next()  # the beginning of the stream
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            raise Misread("The document is empty.", line=1)
        said = self._node(self._next(), ())
        self._next()  # the end of the document
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise Misread("There is one document in a file, and here a second begins.", line=_line(event))
        return said

    def _next(self) -> Any:
        return next(self._events)

    def _node(self, event: Any, path: Path) -> Any:
        self.lines.setdefault(path, _line(event))
        _check_plain(event, path)
        if len(path) > DEPTH_MAX:
            raise Misread(f"This nests deeper than {DEPTH_MAX} levels.", line=_line(event), field=path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise Misread("The name of a part is a text.", line=_line(event), field=path)
            _check_plain(event, path)
            name = event.value
            if name in found:
                raise Misread(f"`{name}` stands twice.", line=_line(event), field=(*path, name))
            self.lines[(*path, name)] = _line(event)
            found[name] = self._node(self._next(), (*path, name))
        return found

    def _list(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._node(event, (*path, str(len(found)))))
        return found


def _check_plain(event: Any, path: Path) -> None:
    """Refuse what stands for something else than is seen."""
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise Misread("Anchors (&) and references to them (*) are not read.", line=_line(event), field=path)
    if event.tag is not None:
        raise Misread(f"The tag {event.tag} is not read.", line=_line(event), field=path)


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style:  # quoted, or a block
        return text
    if text in WORDS:
        return WORDS[text]
    return int(text) if INTEGER.fullmatch(text) else text


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1

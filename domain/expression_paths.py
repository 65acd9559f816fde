"""A second reading of a free expression, which follows every path in it to see that there is what it names.

The library that compiles expressions knows neither the names that there are nor what an evaluation costs. It copies a
list whenever one is named, and the whole list so far for each item that `map` and `filter` add to one; so what would
take more than a second or two on an order of 500 lines is refused here as well. What binds stronger does not matter to
any of this.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from domain.amounts import to_minor
from domain.expression_tokens import Token, read
from domain.refusals import InvalidInput

NESTING_MAX = 20
"""How deep brackets may nest."""
MACROS_MAX = 6
"""How many macros an expression may have."""
LIST_MACROS_MAX = 2
"""How many of them may be `map` or `filter`."""
MACRO_DEPTH_MAX = 2
"""How deep macros may nest."""
INNER_LISTS_MAX = 1
"""How often a list of lines may be named within macros."""

MACROS = frozenset(("all", "exists", "exists_one", "map", "filter"))
LIST_MACROS = frozenset(("map", "filter"))
FUNCTIONS = frozenset(("has", "size", "money", "string", "int", "double"))
METHODS = MACROS | {"size", "contains", "startsWith", "endsWith", "matches"}
OPERATORS = frozenset(("||", "&&", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "in"))
LITERAL_WORDS = frozenset(("true", "false", "null"))


@dataclass(frozen=True, slots=True)
class Fields:
    """Something with named parts."""

    parts: "Mapping[str, Shape]"


@dataclass(frozen=True, slots=True)
class Items:
    """A list, or a map with any keys, and the shape of what is in it."""

    item: "Shape"


Shape = Fields | Items | None
"""What a value is made of; None for a single value: a number, a text, true, false or null."""


class Walker:
    """Reads an expression that the library could compile. Each step raises `InvalidInput` with line and column."""

    def __init__(self, text: str, shapes: Mapping[str, Shape], currency_scale: int, path: tuple[str, ...]) -> None:
        self.text = text
        self.shapes = shapes
        self.currency_scale = currency_scale
        self.path = path
        self.place = 0
        self.nesting = self.macros = self.list_macros = self.inner_lists = 0
        self.bound: list[tuple[str, Shape]] = []
        """The names that the macros about the present place bind, outermost first."""
        self.patterns: list[Token] = []
        """What is matched, of each `matches`."""
        self.tokens = [*read(text)]

    def walk(self) -> None:
        """Check the whole of it."""
        self._single(self._expression)
        self._expect("")

    # ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _token(self) -> Token:
        return self.tokens[self.place]

    def _take(self) -> Token:
        token = self._token
        self.place += token.kind != "end"
        return token

    def _accept(self, sign: str) -> bool:
        accepted = self._token.sign == sign
        self.place += accepted
        return accepted

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise self._unexpected()

    def _name(self) -> Token:
        if self._token.kind != "name":
            raise self._unexpected()
        return self._take()

    # ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _expression(self) -> Shape:
        if self.nesting == NESTING_MAX:
            raise self.refusal(f"Brackets nest deeper than {NESTING_MAX} levels", self._token.offset)
        self.nesting += 1
        offset = self._token.offset
        shape = self._operation()
        while self._accept("?"):
            self._check_single(shape, offset)
            self._single(self._operation)
            self._expect(":")
            self._single(self._operation)
        self.nesting -= 1
        return shape

    def _operation(self) -> Shape:
        """Read operands with operators between them. Only at the right of `in` may be something else than one value."""
        offset = self._token.offset
        shape = self._operand()
        while (operator := self._token.sign) in OPERATORS:
            self._check_single(shape, offset)
            self._take()
            offset = self._token.offset
            shape = self._operand()
            if operator == "in":
                shape = None
            self._check_single(shape, offset)
        return shape

    def _operand(self) -> Shape:
        sign, offset = self._token, self._token.offset
        while self._token.sign in {"!", "-"}:
            self._take()
        shape = self._value()
        while self._token.sign in {".", "["}:
            shape = self._part(shape)
        if isinstance(shape, Fields):
            raise self.refusal(f"A part of it must be named, one of {_spelled(shape.parts)}", offset)
        if sign.sign in {"!", "-"}:
            self._check_single(shape, offset)
        return shape

    def _value(self) -> Shape:
        if self._token.kind in {"text", "raw", "number"} or self._token.sign in LITERAL_WORDS:
            self._take()
            return None
        if self._accept("("):
            shape = self._expression()
            self._expect(")")
            return shape
        if self._accept("["):
            self._singles("]")
            return Items(None)
        if self._accept("{"):
            self._singles("}", pairs=True)
            return Items(None)
        token = self._name()
        if self._accept("("):
            return self._function(token)
        named = dict(self.shapes) | dict(self.bound)
        if token.text not in named:
            raise self.refusal(f"There is no `{token.text}`, but {_spelled(named)}", token.offset)
        return named[token.text]

    def _part(self, shape: Shape) -> Shape:
        """Read what stands behind a value: an index, a field or a method."""
        if self._accept("["):
            key = self._token
            self._single(self._expression)
            is_alone = self.tokens[self.place - 1] is key
            self._expect("]")
            if not isinstance(shape, Fields):
                return shape.item if isinstance(shape, Items) else None
            if key.kind != "text" or not is_alone:
                raise self.refusal(f"One of {_spelled(shape.parts)} must be named", key.offset)
            return self._field(shape, key.text[1:-1], key.offset)
        self._expect(".")
        name = self._name()
        if self._accept("("):
            return self._method(shape, name)
        return self._field(shape, name.text, name.offset)

    def _field(self, shape: Shape, name: str, offset: int) -> Shape:
        if isinstance(shape, Fields) and name in shape.parts:
            found = shape.parts[name]
            if isinstance(found, Items) and isinstance(found.item, Fields) and self.bound:
                self.inner_lists += 1
                if self.inner_lists > INNER_LISTS_MAX or len(self.bound) == MACRO_DEPTH_MAX:
                    raise self.refusal(f"Within macros `{name}` may be named once, and not within two", offset)
            return found
        if isinstance(shape, Items) and shape.item is None:
            return None  # a map with any keys; of a list the evaluation says that it has none
        there = f"but {_spelled(shape.parts)}" if isinstance(shape, Fields) else "it has no fields"
        raise self.refusal(f"There is no field `{name}`, {there}", offset)

    # ── functions ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _function(self, name: Token) -> Shape:
        if name.text not in FUNCTIONS:
            raise self.refusal(f"There is no function `{name.text}`, but {_spelled(FUNCTIONS)}", name.offset)
        if name.text == "money":
            self._money()
        elif name.text in {"has", "size"}:
            self._expression()
        else:
            self._single(self._expression)
        self._expect(")")
        return None

    def _method(self, shape: Shape, name: Token) -> Shape:
        if name.text not in METHODS:
            raise self.refusal(f"There is no method `{name.text}`, but {_spelled(METHODS)}", name.offset)
        if name.text in MACROS:
            return self._macro(shape, name)
        if name.text == "matches":
            if self.bound:
                raise self.refusal(
                    "`matches`, which reads its pattern anew each time, does not stand in a macro", name.offset
                )
            self._check_single(shape, name.offset)
            self.patterns.append(self._text('`matches` takes a regular expression as a text, as in matches("^A")'))
        elif name.text != "size":
            self._check_single(shape, name.offset)
            self._single(self._expression)
        self._expect(")")
        return None

    def _macro(self, shape: Shape, name: Token) -> Shape:
        self.macros += 1
        if self.macros > MACROS_MAX:
            raise self.refusal(f"An expression has at most {MACROS_MAX} macros", name.offset)
        if len(self.bound) == MACRO_DEPTH_MAX:
            raise self.refusal(f"Macros nest deeper than {MACRO_DEPTH_MAX} levels", name.offset)
        if name.text in LIST_MACROS:
            self.list_macros += 1
            if self.bound:
                raise self.refusal(f"`{name.text}` does not stand within another macro", name.offset)
            if self.list_macros > LIST_MACROS_MAX:
                raise self.refusal(f"`map` and `filter` stand at most {LIST_MACROS_MAX} times", name.offset)
        if not isinstance(shape, Items):
            raise self.refusal(f"`{name.text}` needs a list", name.offset)
        variable = self._name()
        self._expect(",")
        self.bound.append((variable.text, shape.item))
        self._single(self._expression)
        if name.text == "map" and self._accept(","):
            self._single(self._expression)
        self.bound.pop()
        self._expect(")")
        if name.text == "filter":
            return shape
        return Items(None) if name.text == "map" else None

    def _money(self) -> None:
        """Read the amount, which is a plain text: so that it is checked here once, and never fails later."""
        needed = '`money` takes an amount as a text, as in money("12.50")'
        token = self._text(needed)
        try:
            to_minor(Decimal(token.text[1:-1]), self.currency_scale, self.path)
        except InvalidOperation:
            raise self.refusal(needed, token.offset) from None
        except InvalidInput as refusal:
            raise self.refusal(refusal.message.removesuffix("."), token.offset) from None

    def _text(self, needed: str) -> Token:
        if self._token.sign is not None:
            raise self.refusal(needed, self._token.offset)
        return self._take()

    def _singles(self, end: str, *, pairs: bool = False) -> None:
        """Read the values of a list, or the pairs of a map, up to its end."""
        while not self._accept(end):
            self._single(self._expression)
            if pairs:
                self._expect(":")
                self._single(self._expression)
            if self._token.sign != end:
                self._expect(",")

    # ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _single(self, read: Callable[[], Shape]) -> None:
        offset = self._token.offset
        self._check_single(read(), offset)

    def _check_single(self, shape: Shape, offset: int) -> None:
        if shape is not None:
            raise self.refusal("A single value is needed here, no list and no map", offset)

    def _unexpected(self) -> InvalidInput:
        return self.refusal(f"`{self._token.text}` is not expected here", self._token.offset)

    def refusal(self, message: str, offset: int) -> InvalidInput:
        """Return the refusal with the place: line and column, each from 1."""
        before = self.text[:offset]
        line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
        return InvalidInput(f"{message} (at {line}:{column}).", field=self.path)


def _spelled(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))

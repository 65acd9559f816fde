"""A second reading of a free expression: that there is what it names, that kinds go together, and what it costs.

What cannot be of the right kind is refused with its place; of what may be, as a branch of `?:`, the evaluation decides.
"""

from collections.abc import Callable, Mapping

from domain.expression_costs import (
    ITEM_STEPS,
    LIST_MACROS_MAX,
    MACRO_DEPTH_MAX,
    MACROS_MAX,
    NESTING_MAX,
    adding_steps,
    naming_steps,
    pattern_steps,
)
from domain.expression_cursor import Cursor
from domain.expression_operators import LEVELS, operated
from domain.expression_shapes import (
    ANYTHING,
    BYTES,
    NULL,
    NUMBER,
    TEXT,
    TRUTH,
    Fields,
    Items,
    Shape,
    Single,
    either,
    kinds_told,
    names_told,
)
from domain.expression_tokens import Token

MACROS = frozenset(("all", "exists", "exists_one", "map", "filter"))
LIST_MACROS = frozenset(("map", "filter"))
FUNCTIONS = frozenset(("has", "size", "money", "string", "int", "double"))
METHODS = MACROS | {"size", "contains", "startsWith", "endsWith", "matches"}
LITERALS = {"true": TRUTH, "false": TRUTH, "null": NULL}
CONVERTED = {"string": TEXT, "int": NUMBER, "double": NUMBER}


class Walker:
    """Reads an expression that the library could compile. Each step raises `InvalidInput` with line and column."""

    def __init__(self, text: str, shapes: Mapping[str, Shape], currency_scale: int, path: tuple[str, ...]) -> None:
        self.at = Cursor(text, path)
        self.shapes = shapes
        self.currency_scale = currency_scale
        self.nesting = self.macros = self.list_macros = 0
        self.bound: list[tuple[str, Shape]] = []
        """The names that the macros about the present place bind, outermost first."""
        self.over_lines = 0  # so many of these macros go over lines
        self.times = 1
        """How often the present place is evaluated at most."""
        self.steps = 0  # what it costs at most: see `domain.expression_costs`
        self.named: dict[tuple[str, ...], Shape] = {}
        """The paths that are named, in their order, and what is there."""
        self.chain: tuple[str, ...] | None = None  # the path that is read at present, as long as it is one
        self.patterns: list[Token] = []

    def walk(self) -> Single:
        """Check the whole of it, and return of which kinds its result may be."""
        shape = self._single(self._expression)
        self.at.expect("")
        return shape

    # ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _expression(self) -> Shape:
        if self.nesting == NESTING_MAX:
            raise self.at.refusal(f"Brackets nest deeper than {NESTING_MAX} levels", self.at.offset)
        self.nesting += 1
        offset = self.at.offset
        shape = self._operation()
        while self.at.accept("?"):
            self.at.needs(shape, TRUTH, "?", offset)
            first = self._single(self._operation)
            self.at.expect(":")
            shape = either(first, self._single(self._operation))
        self.nesting -= 1
        return shape

    def _operation(self, level: int = 0) -> Shape:
        """Read operands with operators between them, those that bind least first."""
        if level == len(LEVELS):
            return self._operand()
        offset = self.at.offset
        shape = self._operation(level + 1)
        while self.at.token.sign in LEVELS[level]:
            operator = self.at.take()
            left, offset = self.at.single(shape, offset), self.at.offset
            right = self._operation(level + 1)
            self.steps += self.times * (right.most if isinstance(right, Items) else 1)
            shape = operated(self.at, operator, left, right, offset)
        return shape

    def _operand(self) -> Shape:
        signs, start = [], self.at.offset
        while self.at.token.sign in {"!", "-"}:
            signs.append(self.at.take())
        offset = self.at.offset
        self.chain = None
        shape = self._value()
        while self.at.token.sign in {".", "["}:
            shape = self._part(shape)
        if isinstance(shape, Fields):
            raise self.at.refusal(f"A part of it must be named, one of {names_told(shape.parts)}", start)
        self.steps += self.times
        self._note(shape)
        for sign in reversed(signs):
            shape = self.at.needs(shape, TRUTH if sign.text == "!" else NUMBER, sign.text, offset)
        return shape

    def _literal(self) -> Shape | None:
        """Read a text, a number, true, false or null; None when it is none of them."""
        token = self.at.token
        if token.kind in {"text", "raw"}:
            self.at.take()
            return BYTES if token.text[0] in "bB" else TEXT
        found = NUMBER if token.kind == "number" else LITERALS.get(token.sign or "")
        self.at.place += found is not None
        return found

    def _note(self, shape: Shape) -> None:
        """Keep the path that ends here."""
        if self.chain and not isinstance(shape, Fields):
            self.named.setdefault(self.chain, shape)
        self.chain = None

    def _value(self) -> Shape:
        if literal := self._literal():
            return literal
        if self.at.accept("("):
            shape = self._expression()
            self.at.expect(")")
            return shape
        if self.at.token.sign in {"[", "{"}:
            return self._list() if self.at.take().text == "[" else self._map()
        token = self.at.name()
        if self.at.accept("("):
            return self._function(token)
        named = dict(self.shapes) | dict(self.bound)
        if token.text not in named:
            raise self.at.refusal(f"There is no `{token.text}`, but {names_told(named)}", token.offset)
        self.chain = None if token.text in dict(self.bound) else (token.text,)
        return named[token.text]

    def _part(self, shape: Shape) -> Shape:
        """Read what stands behind a value: an index, a field or a method."""
        if self.at.accept("["):
            chain, key = self.chain, self.at.token
            offset, found = key.offset, self._single(self._expression)
            is_literal = key.kind == "text" and self.at.is_alone(key)
            self.at.expect("]")
            self.chain = chain if is_literal else None
            if isinstance(shape, Fields):
                if not is_literal:
                    raise self.at.refusal(f"One of {names_told(shape.parts)} must be named", offset)
                return self._field(shape, key.text[1:-1], offset)
            if not isinstance(shape, Items):
                raise self.at.refusal(f"{kinds_told(shape).capitalize()} has no items", offset)
            if not shape.is_map:
                self.at.numbered(shape, found, offset)
                return shape.item
            return self._field(shape, key.text[1:-1], offset) if is_literal else shape.item
        self.at.expect(".")
        name = self.at.name()
        if self.at.accept("("):
            self._note(shape)
            return self._method(shape, name)
        return self._field(shape, name.text, name.offset)

    def _field(self, shape: Shape, name: str, offset: int) -> Shape:
        if self.chain is not None:
            self.chain = (*self.chain, name)
        if isinstance(shape, Fields) and name in shape.parts:
            found = shape.parts[name]
            if isinstance(found, Items) and isinstance(found.item, Fields) and self.over_lines:
                raise self.at.refusal(f"Within a macro over lines `{name}` is not named again for each line", offset)
            self.steps += naming_steps(found) * self.times
            return found
        if isinstance(shape, Items) and shape.is_map and (shape.keys is None or name in shape.keys):
            self.steps += self.times
            return shape.item
        there = f"but {names_told(shape.parts)}" if isinstance(shape, Fields) else "it has no fields"
        if isinstance(shape, Items) and shape.keys:
            there = f"but {names_told(shape.keys)}"
        raise self.at.refusal(f"There is no field `{name}`, {there}", offset)

    def _list(self) -> Shape:
        """Read the values of a list up to its end."""
        found: list[Single] = []
        while not self.at.accept("]"):
            found.append(self._single(self._expression))
            if self.at.token.sign != "]":
                self.at.expect(",")
        return Items(either(*found) if found else ANYTHING, len(found))

    def _map(self) -> Shape:
        """Read the pairs of a map up to its end."""
        found: list[Single] = []
        keys: set[str] | None = set()
        while not self.at.accept("}"):
            key = self.at.token
            self._single(self._expression)
            is_literal = key.kind == "text" and self.at.is_alone(key)
            keys = keys | {key.text[1:-1]} if keys is not None and is_literal else None
            self.at.expect(":")
            found.append(self._single(self._expression))
            if self.at.token.sign != "}":
                self.at.expect(",")
        item = either(*found) if found else ANYTHING
        return Items(item, len(found), is_map=True, keys=None if keys is None else frozenset(keys))

    # ── functions ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _function(self, name: Token) -> Single:
        if name.text not in FUNCTIONS:
            raise self.at.refusal(f"There is no function `{name.text}`, but {names_told(FUNCTIONS)}", name.offset)
        offset, result = self.at.offset, TRUTH
        if name.text == "money":
            self.at.amount(self.currency_scale)
            result = NUMBER
        elif name.text == "has":
            self._expression()
        elif name.text == "size":
            result = self.at.sized(self._expression(), offset)
        else:
            result = CONVERTED[name.text]
            wanted = ANYTHING if result is TEXT else either(NUMBER, TEXT)
            self.at.needs(self._expression(), wanted, name.text, offset)
        self.at.expect(")")
        self.chain = None
        return result

    def _method(self, shape: Shape, name: Token) -> Shape:
        if name.text not in METHODS:
            raise self.at.refusal(f"There is no method `{name.text}`, but {names_told(METHODS)}", name.offset)
        if name.text in MACROS:
            return self._macro(shape, name)
        result = TRUTH
        if name.text == "size":
            result = self.at.sized(shape, name.offset)
        else:
            self.at.needs(shape, TEXT, name.text, name.offset)
            if name.text == "matches":
                self._pattern(name)
            else:
                offset = self.at.offset
                self.at.needs(self._expression(), TEXT, name.text, offset)
        self.at.expect(")")
        self.chain = None
        return result

    def _pattern(self, name: Token) -> None:
        if self.bound:
            words = "`matches`, which reads its pattern anew each time, does not stand in a macro"
            raise self.at.refusal(words, name.offset)
        pattern = self.at.literal('`matches` takes a regular expression as a text, as in matches("^A")')
        self.patterns.append(pattern)
        self.steps += pattern_steps(pattern.text)

    def _macro(self, shape: Shape, name: Token) -> Shape:
        items = self._items_of_macro(shape, name)
        is_lines = isinstance(items.item, Fields)
        variable = self.at.name()
        self.at.expect(",")
        outer = self.times
        self.times *= items.most
        self.steps += self.times * ITEM_STEPS
        self.over_lines += is_lines
        self.bound.append((variable.text, TEXT if items.is_map else items.item))
        offset = self.at.offset
        result = self._single(self._expression)
        if name.text != "map":
            self.at.needs(result, TRUTH, name.text, offset)
        elif self.at.accept(","):
            self.at.needs(result, TRUTH, name.text, offset)
            result = self._single(self._expression)
        self.bound.pop()
        self.over_lines -= is_lines
        self.times = outer
        self.at.expect(")")
        self.chain = None
        if name.text in LIST_MACROS:
            self.steps += adding_steps(items)
            return Items(result if name.text == "map" else items.item, items.most, unordered=items.unordered)
        return TRUTH

    def _items_of_macro(self, shape: Shape, name: Token) -> Items:
        """Return what a macro goes over. Raises when it may not stand there."""
        self.macros += 1
        if self.macros > MACROS_MAX:
            raise self.at.refusal(f"An expression has at most {MACROS_MAX} macros", name.offset)
        if len(self.bound) == MACRO_DEPTH_MAX:
            raise self.at.refusal(f"Macros nest deeper than {MACRO_DEPTH_MAX} levels", name.offset)
        if name.text in LIST_MACROS:
            self.list_macros += 1
            if self.bound:
                raise self.at.refusal(f"`{name.text}` does not stand within another macro", name.offset)
            if self.list_macros > LIST_MACROS_MAX:
                raise self.at.refusal(f"`map` and `filter` stand at most {LIST_MACROS_MAX} times", name.offset)
        if not isinstance(shape, Items):
            raise self.at.refusal(f"`{name.text}` needs a list", name.offset)
        if name.text == "filter" and isinstance(shape.item, Fields):
            words = "`filter` copies all lines for each that it finds: use `exists`, or `map` with a condition"
            raise self.at.refusal(words, name.offset)
        return shape

    def _single(self, read: Callable[[], Shape]) -> Single:
        offset = self.at.offset
        return self.at.single(read(), offset)

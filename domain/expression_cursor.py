"""The words of a free expression as they are read one after the other, and refusals with their place."""

from decimal import Decimal, InvalidOperation

from domain.amounts import to_minor
from domain.expression_shapes import NUMBER, Items, Shape, Single, kinds_told
from domain.expression_tokens import Token, read
from domain.refusals import InvalidInput


class Cursor:
    """A place among the words of an expression. Each step raises `InvalidInput` with line and column."""

    def __init__(self, text: str, path: tuple[str, ...]) -> None:
        self.text = text
        self.path = path
        self.place = 0
        self.tokens = [*read(text)]

    @property
    def token(self) -> Token:
        """The word that comes next."""
        return self.tokens[self.place]

    @property
    def offset(self) -> int:
        """Where that begins."""
        return self.token.offset

    def take(self) -> Token:
        """Return the next word and go on."""
        token = self.token
        self.place += token.kind != "end"
        return token

    def accept(self, sign: str) -> bool:
        """Go on if the next word is `sign`, and tell whether it was."""
        accepted = self.token.sign == sign
        self.place += accepted
        return accepted

    def expect(self, sign: str) -> None:
        """Go on behind `sign`, which has to come next."""
        if not self.accept(sign):
            raise self.unexpected()

    def name(self) -> Token:
        """Return the name that has to come next."""
        if self.token.kind != "name":
            raise self.unexpected()
        return self.take()

    def literal(self, needed: str) -> Token:
        """Return the text that has to come next; `needed` says so."""
        if self.token.sign is not None:
            raise self.refusal(needed, self.offset)
        return self.take()

    def amount(self, currency_scale: int) -> None:
        """Read the amount of `money`, which is a plain text: so that it is checked here once, and never fails later."""
        needed = '`money` takes an amount as a text, as in money("12.50")'
        token = self.literal(needed)
        try:
            to_minor(Decimal(token.text[1:-1]), currency_scale, self.path)
        except InvalidOperation:
            raise self.refusal(needed, token.offset) from None
        except InvalidInput as refusal:
            raise self.refusal(refusal.message.removesuffix("."), token.offset) from None

    def is_alone(self, token: Token) -> bool:
        """Whether this word was the last one that was read."""
        return self.tokens[self.place - 1] is token

    def single(self, shape: Shape, offset: int) -> Single:
        """Return what has to be a single value."""
        if not isinstance(shape, Single):
            raise self.refusal("A single value is needed here, no list and no map", offset)
        return shape

    def needs(self, shape: Shape, wanted: Single, by: str, offset: int) -> Single:
        """Return `wanted`, which `by` needs; refuse what can never be that."""
        found = self.single(shape, offset)
        if not found.kinds & wanted.kinds:
            raise self.refusal(f"`{by}` needs {kinds_told(wanted)}, and this is {kinds_told(found)}", offset)
        return wanted

    def numbered(self, items: Items, found: Single, offset: int) -> None:
        """Check the number of an item of a list; lines have none, as their order must not change what is decided."""
        if items.unordered:
            words = "The order of lines tells nothing, so none is taken by its number: use `exists` or `all`"
            raise self.refusal(words, offset)
        self.needs(found, NUMBER, "[", offset)

    def sized(self, shape: Shape, offset: int) -> Single:
        """Return the kind of the `size` of a list or a map. Of a text there is none: the library counts its bytes."""
        if not isinstance(shape, Items):
            told = kinds_told(self.single(shape, offset))
            raise self.refusal(f"`size` is of a list or a map, and this is {told}", offset)
        return NUMBER

    def unexpected(self) -> InvalidInput:
        """Return the refusal of the next word."""
        return self.refusal(f"`{self.token.text}` is not expected here", self.offset)

    def refusal(self, message: str, offset: int) -> InvalidInput:
        """Return the refusal with the place: line and column, each from 1."""
        before = self.text[:offset]
        line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
        return InvalidInput(f"{message} (at {line}:{column}).", field=self.path)

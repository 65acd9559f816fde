"""What the operators of free expressions take and make."""

from domain.expression_cursor import Cursor
from domain.expression_shapes import NULL, NUMBER, TEXT, TRUTH, Items, Shape, Single, either, kinds_told
from domain.expression_tokens import Token

LEVELS = (
    frozenset(("||",)),
    frozenset(("&&",)),
    frozenset(("==", "!=", "<=", ">=", "<", ">", "in")),
    frozenset(("+", "-")),
    frozenset(("*", "/", "%")),
)
"""Operators, from those that bind least."""
SUMS = frozenset(("+", "-", "*", "/", "%"))


def operated(at: Cursor, operator: Token, left: Single, right: Shape, offset: int) -> Single:
    """Return what an operator makes of two operands, of which the right one begins at `offset`.

    Raises `InvalidInput` with the place for what can never go together. Only at the right of `in` stands a list.
    """
    sign = operator.text
    if sign == "in":
        if not isinstance(right, Items):
            raise at.refusal("`in` needs a list or a map at its right", offset)
        return _together(at, operator, left, TEXT if right.is_map else at.single(right.item, offset))
    other = at.single(right, offset)
    if sign in {"||", "&&"}:
        at.needs(left, TRUTH, sign, operator.offset)
        return at.needs(other, TRUTH, sign, offset)
    if sign in {"==", "!="}:
        return _together(at, operator, left, other)
    if sign in SUMS:
        wanted = either(NUMBER, TEXT) if sign == "+" else NUMBER
        _together(at, operator, left, other, wanted.kinds)
        return Single(left.kinds & other.kinds & wanted.kinds)
    return _together(at, operator, left, other, frozenset(left.kinds - NULL.kinds))


def _together(at: Cursor, operator: Token, left: Single, right: Single, kinds: frozenset[str] | None = None) -> Single:
    """Refuse what can never be of one kind, and of one of `kinds` if they are given."""
    both = left.kinds & right.kinds
    if not (both if kinds is None else both & kinds):
        words = f"`{operator.text}` stands between {kinds_told(left)} and {kinds_told(right)}"
        raise at.refusal(words, operator.offset)
    return TRUTH

"""Relay connections over keyset cursors."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

import strawberry

from schema import ids
from schema.errors import PublicError, RequestErrorCode
from schema.scalars import Cursor

T = TypeVar("T")
R = TypeVar("R")

FIRST_DEFAULT = 20
FIRST_MAX = 100


@strawberry.type(description="Where a page of a list begins and ends.")
class PageInfo:
    """Relay's page info; lists go forward only."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether the page was asked for with `after`.")
    start_cursor: Cursor | None = strawberry.field(description="Cursor of the first item; null when there is none.")
    end_cursor: Cursor | None = strawberry.field(description="Pass it as `after` for the next page.")


@strawberry.type(description="An item of a list with its cursor.")
class Edge(Generic[T]):
    """An item and its place."""

    node: T = strawberry.field(description="The item.")
    cursor: Cursor = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """A page."""

    edges: list[Edge[T]] = strawberry.field(description="The items with their cursors.")
    nodes: list[T] = strawberry.field(description="The items.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")


def page_size(first: int | None) -> int:
    """Return how many items are asked for. Raises BAD_REQUEST outside 1 to 100."""
    if first is None:
        return FIRST_DEFAULT
    if not 1 <= first <= FIRST_MAX:
        raise PublicError(
            RequestErrorCode.BAD_REQUEST, f"`first` is {first}; 1 to {FIRST_MAX} is allowed.", field=["first"]
        )
    return first


def bad_cursor() -> PublicError:
    """Return the error for a cursor that this list did not give."""
    return PublicError(RequestErrorCode.BAD_REQUEST, "`after` is not a cursor of this list.", field=["after"])


def connection(
    rows: Sequence[R], size: int, after: str | None, node: Callable[[R], T], cursor: Callable[[R], str]
) -> Connection[T]:
    """Return the page of up to `size` of `rows`, which were read one row further to know whether there is more."""
    shown = rows[:size]
    edges = [Edge(node=node(row), cursor=Cursor(cursor(row))) for row in shown]
    info = PageInfo(
        has_next_page=len(rows) > size,
        has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, nodes=[edge.node for edge in edges], page_info=info)


def key_of(prefix: str, after: str | None) -> UUID | None:
    """Return the key that a cursor of ids stands for. Raises BAD_REQUEST."""
    if after is None:
        return None
    key = ids.decode(prefix, after)
    if key is None:
        raise bad_cursor()
    return key

"""Server-sent events as browsers, urql and graphql-sse read them, resumable by `Last-Event-ID`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import JSONEncoder, SSETransport
from typing_extensions import override

POSITION_FIELDS = ("position", "cursor")
"""Where an event of one stream, or a batch of events, says how far it has come."""


class EventStream(SSETransport):
    """Lines end with LF (urql does not read CRLF), and each event carries `id:`, its position in the stream.

    The position is read from the single root field of the answer, under the plain names `position` or `cursor`; a
    query that does not select one of them gets events without `id:` and cannot be resumed.
    """

    headers: ClassVar[Mapping[str, str]] = {
        **SSETransport.headers,
        "Content-Type": "text/event-stream; charset=utf-8",
    }

    @override
    def encode_next(self, response: GraphQLHTTPResponse, encode_json: JSONEncoder) -> str:
        """Return the event for one answer."""
        position = position_of(response.get("data"))
        head = "" if position is None else f"id: {position}\n"
        return f"{head}event: next\ndata: {encode_json(response)}\n\n"

    @override
    def encode_complete(self) -> str:
        """Return the last event. Browsers drop an event without data, hence the empty one."""
        return "event: complete\ndata:\n\n"

    @override
    def encode_comment(self, comment: str) -> str:
        """Return a line that readers skip."""
        return f": {comment}\n\n"


def position_of(data: dict[str, Any] | None) -> str | None:
    """Return the position of the answer `data`, or None when it has none that fits in one line."""
    if not data or len(data) != 1:
        return None
    (event,) = data.values()
    if not isinstance(event, dict):
        return None
    position = next((event[name] for name in POSITION_FIELDS if name in event), None)
    if not isinstance(position, (str, int)) or not str(position) or not str(position).isprintable():
        return None
    return str(position)


def resumed(variables: dict[str, Any] | None, last_event_id: str | None) -> dict[str, Any] | None:
    """Return `variables` with `after` set to the last event seen.

    The header wins over the variable: a reader that reconnects repeats its first request word for word. A document
    that does not declare `$after` ignores it.
    """
    return {**(variables or {}), "after": last_event_id} if last_event_id else variables

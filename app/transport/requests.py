"""What a request over HTTP may look like, and what sort of answer it asks for."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from cross_web import HTTPException, StarletteRequestAdapter
from starlette.requests import Request
from strawberry.http import GraphQLRequestData, GraphQLRequestProtocol
from typing_extensions import override

BODY_BYTES_MAX = 2**20
PREFLIGHT_HEADER = "graphql-require-preflight"
JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return the caller's `x-request-id` when it is well-formed, else a new one."""
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_urlsafe(12)


class BoundedRequestAdapter(StarletteRequestAdapter):
    """Reads at most `BODY_BYTES_MAX` bytes of a body, whether or not its length was announced."""

    _request: Request

    @override
    async def get_body(self) -> bytes:
        """Return the body. Raises `HTTPException` 413 when it is too large."""
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > BODY_BYTES_MAX:
            raise _too_large()
        body = bytearray()
        async for chunk in self._request.stream():
            body += chunk
            if len(body) > BODY_BYTES_MAX:
                raise _too_large()
        return bytes(body)


def check_preflight(headers: Mapping[str, str]) -> None:
    """Refuse a GET that a foreign page could send with the reader's cookies: the header forces a CORS preflight."""
    if PREFLIGHT_HEADER not in headers:
        raise HTTPException(400, f"A GET request must carry the header `{PREFLIGHT_HEADER}`, with any value.")


def check_content_type(content_type: str | None) -> None:
    """Refuse a body that is not JSON. Other types could be sent by a foreign page without a preflight."""
    given = (content_type or "").partition(";")[0].strip().lower()
    if given != JSON:
        raise HTTPException(415, f"The content type must be `{JSON}`, not `{given[:100]}`.")


def parameters_of(data: object, protocol: GraphQLRequestProtocol) -> GraphQLRequestData:
    """Return the GraphQL request in the decoded body or query string `data`. Raises `HTTPException` 400."""
    if not isinstance(data, dict):
        raise HTTPException(400, "A GraphQL request is a JSON object with `query`; batches are not accepted.")
    query = data.get("query")
    if not isinstance(query, str) or not query.strip():
        raise HTTPException(400, "`query` must be a GraphQL document.")
    operation_name = data.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise HTTPException(400, "`operationName` must be a string.")
    return GraphQLRequestData(
        query=query,
        variables=_object(data, "variables"),
        operation_name=operation_name,
        extensions=_object(data, "extensions"),
        protocol=protocol,
    )


def media_type_for(accept: str | None) -> str:
    """Return the type of the answer: the GraphQL one when Accept ranks it as high as plain JSON, else plain JSON."""
    ranks = _ranks(accept or "")
    rank = ranks.get(GRAPHQL_RESPONSE, 0.0)
    chosen = GRAPHQL_RESPONSE if rank > 0 and rank >= ranks.get(JSON, 0.0) else JSON
    return f"{chosen}; charset=utf-8"


def _ranks(accept: str) -> dict[str, float]:
    ranks: dict[str, float] = {}
    for part in accept.split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((value for value in parameters if value.startswith("q=")), "q=1")[2:]
        try:
            ranks[media_type] = float(quality)
        except ValueError:
            ranks[media_type] = 0.0
    return ranks


def _object(data: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise HTTPException(400, f"`{name}` must be a JSON object.")
    return value


def _too_large() -> HTTPException:
    return HTTPException(413, f"The body is larger than {BODY_BYTES_MAX} bytes.")

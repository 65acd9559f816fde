"""Answers that are not the result of an operation, and answers that take their time."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import cast

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send
from typing_extensions import override

from app.transport.errors import refusal
from app.transport.requests import media_type_for
from schema.errors import PublicError, RequestErrorCode

STATUSES = {
    RequestErrorCode.UNAUTHENTICATED.value: HTTPStatus.UNAUTHORIZED,
    RequestErrorCode.FORBIDDEN.value: HTTPStatus.FORBIDDEN,
    RequestErrorCode.OVERLOADED.value: HTTPStatus.SERVICE_UNAVAILABLE,
    RequestErrorCode.INTERNAL.value: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class ClosingResponse(StreamingResponse):
    """Closes its generator when the client leaves, instead of leaving that to the garbage collector."""

    @override
    async def stream_response(self, send: Send) -> None:
        async with aclosing(cast("AsyncGenerator[str, None]", self.body_iterator)):
            await super().stream_response(send)


def refuse(request: Request, status: int, error: PublicError) -> Response:
    """Return the answer to a request that did not get as far as GraphQL."""
    headers = {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = "POST" if request.method == "GET" else "GET, POST"
    if status == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    return Response(
        orjson.dumps(refusal(error, request.state.request_id)),
        status,
        headers,
        media_type=media_type_for(request.headers.get("accept")),
    )


def refuse_caller(request: Request, error: PublicError) -> Response:
    """Return the answer to a caller who may not, or cannot now, be served."""
    return refuse(request, STATUSES.get(str(error.extensions["code"]), HTTPStatus.BAD_REQUEST), error)

"""What callers learn of errors, and what the log learns.

A caller's mistake is told to the caller and not logged. A bug is logged once, with the request id, and the caller gets
"Internal error." with the same id. Every error carries `extensions.code` and `extensions.requestId`.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError, StrawberryInputCoercionError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from app.transport.coercion import is_coercion
from schema.errors import PublicError, RequestErrorCode
from services.database.away import is_away

INTERNAL_MESSAGE = "Internal error."
PUBLIC = (
    PublicError,
    StrawberryInputCoercionError,
    # Over a WebSocket Strawberry wraps these three like any other exception.
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)

logger = structlog.get_logger(__name__)


def is_bug(error: GraphQLError) -> bool:
    """Whether `error` is our fault, so that its text must not reach the caller."""
    cause = error.original_error or error
    if isinstance(cause, PUBLIC):
        return False
    if not isinstance(cause, GraphQLError):
        return True
    # graphql-core raises a GraphQLError for an argument that does not fit its type (the caller's mistake) and for a
    # result that does not (ours); both have a path.
    return error.path is not None and "code" not in (cause.extensions or {}) and not is_coercion(cause.message)


def is_passing(result: object) -> bool:
    """Whether `result` failed because the database was away: the same operation may well succeed in a moment."""
    return isinstance(result, ExecutionResult) and any(is_away(error.original_error) for error in result.errors or ())


def published(error: GraphQLError, request_id: str) -> GraphQLError:
    """Return `error` as callers may see it. The one place that decides so, for every transport."""
    if is_bug(error):
        message, extensions = INTERNAL_MESSAGE, {"code": RequestErrorCode.INTERNAL.value}
    else:
        message, extensions = error.message, {"code": RequestErrorCode.BAD_REQUEST.value, **(error.extensions or {})}
    extensions["requestId"] = request_id
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )


def formatted(errors: Iterable[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """Return `errors` as the `errors` of an answer."""
    return [dict(published(error, request_id).formatted) for error in errors]


def is_request_error(result: ExecutionResult) -> bool:
    """Whether nothing was executed, or the source of a subscription failed: there is no `data` to speak of."""
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def answer(result: ExecutionResult, request_id: str) -> dict[str, Any]:
    """Return `result` as the object that goes over the wire."""
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = formatted(result.errors, request_id)
    if not is_request_error(result):
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def refusal(error: PublicError, request_id: str) -> dict[str, Any]:
    """Return the answer to a request that did not get as far as GraphQL."""
    return {"errors": [{"message": str(error), "extensions": {**error.extensions, "requestId": request_id}}]}


def log_bugs(errors: Iterable[GraphQLError], request_id: str, operation: str | None = None) -> None:
    """Log each bug among `errors` with its traceback, once even when many fields failed for the same reason."""
    logged: set[int] = set()
    for error in errors:
        cause = error.original_error or error
        if is_bug(error) and id(cause) not in logged:
            logged.add(id(cause))
            facts = {"request_id": request_id, "operation": operation, "path": error.path}
            logger.error("An operation failed.", **facts, exc_info=cause)

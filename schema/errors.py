"""Errors of the whole request: they stand in the top-level `errors`, each with a code that clients branch on."""

from enum import StrEnum


class RequestErrorCode(StrEnum):
    """Codes of top-level errors."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    BAD_REQUEST = "BAD_REQUEST"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    RATE_LIMITED = "RATE_LIMITED"
    OVERLOADED = "OVERLOADED"
    INTERNAL = "INTERNAL"


class PublicError(Exception):
    """An error whose text may reach the caller. graphql-core copies `extensions` into the answer."""

    def __init__(self, code: RequestErrorCode, message: str, **facts: object) -> None:
        super().__init__(message)
        self.extensions: dict[str, object] = {"code": code.value, **facts}

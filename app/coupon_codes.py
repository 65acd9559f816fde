"""`GET /coupon-batches/{id}/codes`: the codes of a batch as CSV, sent while they are read."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response

from app.transport.errors import INTERNAL_MESSAGE
from app.transport.requests import request_id_of
from app.transport.responses import ClosingResponse, refuse, refuse_caller
from domain.instants import NEVER
from schema import ids
from schema.errors import PublicError, RequestErrorCode
from services import batch_codes, coupon_batches
from services.actors import Actor, ActorKind, Scope
from services.database.away import AWAY
from services.engine import Engine

log = structlog.get_logger(__name__)

HEADER = "code,state,expires_at\r\n"
NEEDED = Scope.COUPONS_READ.value


async def download(
    request: Request, authenticate: Callable[[str | None], Awaitable[Actor]], engine: Engine
) -> Response:
    """Answer with the codes of a batch that are made by now; 401, 403 or 404 as JSON."""
    request.state.request_id = request_id_of(request.headers)
    try:
        response = await _codes(request, await authenticate(request.headers.get("authorization")), engine)
    except PublicError as error:
        response = refuse_caller(request, error)
    except AWAY:
        message = "The database cannot be reached; try again later."
        response = refuse_caller(request, PublicError(RequestErrorCode.OVERLOADED, message))
    except Exception:
        log.exception("codes.failed", request_id=request.state.request_id)
        response = refuse_caller(request, PublicError(RequestErrorCode.INTERNAL, INTERNAL_MESSAGE))
    response.headers["x-request-id"] = request.state.request_id
    return response


async def _codes(request: Request, actor: Actor, engine: Engine) -> Response:
    if actor.kind is ActorKind.ANONYMOUS:
        raise PublicError(RequestErrorCode.UNAUTHENTICATED, "A credential is needed: `Authorization: Bearer …`.")
    if not actor.may(Scope.COUPONS_READ):
        raise PublicError(RequestErrorCode.FORBIDDEN, f"The credential lacks `{NEEDED}`.")
    id = request.path_params["id"]
    key = ids.decode(ids.COUPON_BATCH, id)
    batch = await coupon_batches.find(actor, key) if key else None
    if batch is None:
        error = PublicError(RequestErrorCode.BAD_REQUEST, "There is no such batch of codes.")
        return refuse(request, HTTPStatus.NOT_FOUND, error)

    async def lines() -> AsyncGenerator[str, None]:
        yield HEADER
        async with aclosing(batch_codes.of_batch(engine, batch)) as pieces:
            async for piece in pieces:
                yield "".join(
                    f"{code or ''},{coupon.state.value},{_told(coupon.expires_at)}\r\n" for code, coupon in piece
                )

    headers = {
        "content-disposition": f'attachment; filename="{id}.csv"',
        "cache-control": "no-store",  # codes are as good as money
        "x-content-type-options": "nosniff",
    }
    return ClosingResponse(lines(), headers=headers, media_type="text/csv")


def _told(instant: datetime) -> str:
    """Return an instant as the API tells it, nothing for never."""
    return "" if instant >= NEVER else f"{instant.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"

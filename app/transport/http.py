"""The endpoint `/graphql`: queries and mutations over HTTP, streams over SSE and multipart, and the WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.streaming import AsyncTextStream, HTTPStreamTransport, merge_stream_with_heartbeat
from strawberry.schema._graphql_core import GraphQLIncrementalExecutionResults, SubsequentIncrementalExecutionResult
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from typing_extensions import override

from app.transport import requests
from app.transport.errors import (
    INTERNAL_MESSAGE,
    answer,
    is_bug,
    is_passing,
    is_request_error,
    log_bugs,
    published,
    refusal,
)
from app.transport.expiry import EXPIRED_MESSAGE, CredentialExpired, until_expiry
from app.transport.responses import ClosingResponse, refuse, refuse_caller
from app.transport.schema import Schema
from app.transport.sse import EventStream, resumed
from app.transport.streams import Streams
from app.transport.websocket import SocketHandler, TextSocket
from schema.context import Context
from schema.errors import PublicError, RequestErrorCode
from services.actors import ANONYMOUS, Actor

T = TypeVar("T")

Authenticate = Callable[[str | None], Awaitable[Actor]]
"""From the raw Authorization value, or None, to the caller; raises `PublicError` when the credential is no good."""
MakeContext = Callable[[Actor, str], Context]
"""From the caller and the request id to what resolvers see."""

INIT_WAIT = timedelta(seconds=5)
SOCKET_OPERATIONS_MAX = 50


class GraphQLView(GraphQL[Context, None]):
    """An ASGI application; mount it with `routes`. The IDE is served elsewhere."""

    request_adapter_class = requests.BoundedRequestAdapter
    websocket_adapter_class = TextSocket
    graphql_transport_ws_handler_class = SocketHandler
    stream_transport_classes_by_protocol = {  # noqa: RUF012  (declared by Strawberry, never changed)
        **GraphQL.stream_transport_classes_by_protocol,
        GRAPHQL_SSE_PROTOCOL: EventStream,
    }
    ping_seconds = 25.0
    """How often an open WebSocket hears from us; below the usual idle time-outs of proxies."""

    def __init__(
        self,
        schema: Schema,
        *,
        authenticate: Authenticate,
        make_context: MakeContext,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(
                GRAPHQL_TRANSPORT_WS_PROTOCOL,
                GRAPHQL_SSE_PROTOCOL,
                MULTIPART_SUBSCRIPTION_PROTOCOL,
            ),
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=SOCKET_OPERATIONS_MAX,
            allowed_origins=allowed_origins,
        )
        self.authenticate = authenticate
        self.make_context = make_context
        self.streams = Streams()

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive=receive, send=send)
            socket.state.request_id = requests.request_id_of(socket.headers)
            await self.run(socket)
            return
        request = Request(scope, receive)
        request.state.request_id = requests.request_id_of(request.headers)
        try:
            response = await self._respond(request)
        except ClientDisconnect:  # in the middle of its own body: nobody is there to answer
            return
        response.headers["x-request-id"] = request.state.request_id
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            return await self.run(request)
        except ClientDisconnect:
            raise
        except HTTPException as error:
            return refuse(request, error.status_code, PublicError(RequestErrorCode.BAD_REQUEST, error.reason))
        except PublicError as error:
            return refuse_caller(request, error)
        except Exception as error:  # noqa: BLE001  (the edge of the program: whatever it is, the caller gets JSON)
            log_bugs([GraphQLError(str(error), original_error=error)], request.state.request_id)
            return refuse_caller(request, PublicError(RequestErrorCode.INTERNAL, INTERNAL_MESSAGE))

    @override
    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Never: a GET from a browser reaches this view only when it is not asking for a page."""
        return False

    @override
    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Return the context of a request; that of a WebSocket is made anew for each operation, after the init."""
        if isinstance(request, WebSocket):
            return self.make_context(ANONYMOUS, request.state.request_id)
        actor = await self.authenticate(request.headers.get("authorization"))
        request.state.actor = actor
        return self.make_context(actor, request.state.request_id)

    @override
    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return the sheet on which later steps note type and status of the answer."""
        sub_response = await super().get_sub_response(request)
        sub_response.media_type = requests.media_type_for(request.headers.get("accept"))
        request.state.sub_response = sub_response
        return sub_response

    @override
    def decode_json(self, data: str | bytes) -> object:
        """Decode with orjson, which refuses what is nested too deeply instead of exhausting the stack."""
        return orjson.loads(data)

    @override
    def encode_json(self, data: object) -> bytes:
        """Encode with orjson."""
        return orjson.dumps(data)

    @override
    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Return the GraphQL request that an HTTP request carries. Raises `HTTPException`."""
        transport = self._get_stream_transport_from_headers(request.headers)
        if request.method == "GET":
            requests.check_preflight(request.headers)
            # An empty `variables=` means none.
            data: object = {
                name: value or None for name, value in self.parse_query_params(request.query_params).items()
            }
        else:
            requests.check_content_type(request.content_type)
            data = self.parse_json(await request.get_body())
        parameters = requests.parameters_of(data, transport.protocol if transport else "http")
        if parameters.protocol == EventStream.protocol:
            parameters.variables = resumed(parameters.variables, request.headers.get("last-event-id"))
        return parameters

    @override
    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """Run a query, or by POST a mutation. Raises `HTTPException` for what this sort of request cannot run."""
        allowed = {OperationType.QUERY}
        if request_adapter.method == "POST":
            allowed.add(OperationType.MUTATION)
        try:
            work = self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=allowed,
                operation_extensions=request_data.extensions,
            )
            result = await _unless_left(request, context, work)
        except CannotGetOperationTypeError as error:
            raise HTTPException(400, error.as_http_error_reason()) from error
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.MUTATION:
                raise HTTPException(405, "A mutation must be sent by POST.") from error
            message = "A subscription needs a stream: accept `text/event-stream`, or open a WebSocket."
            raise HTTPException(400, message) from error
        if isinstance(result, GraphQLIncrementalExecutionResults):
            if "multipart/mixed" not in request_adapter.headers.get("accept", ""):
                await result.subsequent_results.aclose()
                raise HTTPException(406, "`@defer` and `@stream` need `multipart/mixed` in Accept.")
            # Strawberry reports the errors of every result but this one.
            log_bugs(result.initial_result.errors or (), request.state.request_id, request_data.operation_name)
        return result

    @override
    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the body for `result`, and note the status when nothing was executed."""
        sub_response: Response = request.state.sub_response
        if is_request_error(result) and str(sub_response.media_type).startswith(requests.GRAPHQL_RESPONSE):
            sub_response.status_code = 500 if any(is_bug(error) for error in result.errors or ()) else 400
        return answer(result, request.state.request_id)  # type: ignore[return-value]  # a TypedDict of the same keys

    @override
    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """Return the finished answer."""
        # Strawberry marks an undecided status with None.
        return Response(
            self.encode_json(response_data), sub_response.status_code or 200, media_type=sub_response.media_type
        )

    @override
    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """Return the answer that sends `stream` piece by piece."""
        return ClosingResponse(stream(), headers=dict(headers))

    @override
    def _stream_result(self, request: Request, result: Any, transport: HTTPStreamTransport) -> AsyncTextStream:
        """Return the text of a stream, which ends when the caller's credential does, and when the server stops.

        Server-sent events end without `complete` whenever a client should come back and go on from its position.
        """
        is_resumed = transport.protocol == EventStream.protocol

        async def frames() -> AsyncGenerator[str, None]:
            pending: list[Any] = []
            lasting = until_expiry(result, request.state.actor.expires_at)
            async with aclosing(self.streams.until_over(lasting)) as results:
                try:
                    async for value in results:
                        if is_resumed and is_passing(value):
                            return
                        response, pending = await self._process_stream_result(request, value, pending)
                        yield transport.encode_next(response, self.encode_json_string)
                except CredentialExpired:
                    error = PublicError(RequestErrorCode.UNAUTHENTICATED, EXPIRED_MESSAGE)
                    body: Any = refusal(error, request.state.request_id)
                    yield transport.encode_next(body, self.encode_json_string)
                    if is_resumed:
                        return
            if not self.streams.are_over:  # what was cut off is not complete, whatever carries it
                yield transport.encode_complete()

        return merge_stream_with_heartbeat(
            frames,
            lambda: transport.heartbeat_message(self.encode_json_string),
            interval=transport.heartbeat_interval,
            send_initial_heartbeat=transport.send_initial_heartbeat,
        )

    @override
    async def _process_stream_result(
        self, request: Request, value: Any, all_pending: list[Any]
    ) -> tuple[GraphQLHTTPResponse, list[Any]]:
        """Mask the errors of deferred parts, which Strawberry formats by itself."""
        if isinstance(value, SubsequentIncrementalExecutionResult):
            for part in (*(value.incremental or ()), *(value.completed or ())):
                if part.errors:
                    log_bugs(part.errors, request.state.request_id)
                    part.errors = [published(error, request.state.request_id) for error in part.errors]
        return await super()._process_stream_result(request, value, all_pending)


async def _unless_left(request: Request, context: Context, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` does; stop it when the caller hangs up, so that those who retry do not pile up.

    Raises `ClientDisconnect`.
    """
    answer, left = asyncio.ensure_future(work), asyncio.create_task(_hung_up(request))
    try:
        await asyncio.wait((answer, left), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() and context.may_stop:
            raise ClientDisconnect
        return await answer
    finally:
        left.cancel()
        answer.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def routes(view: GraphQLView) -> list[BaseRoute]:
    """Return the routes of `/graphql`. A page for browsers, if any, goes before them."""
    return [Route("/graphql", view), WebSocketRoute("/graphql", view)]

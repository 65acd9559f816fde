"""`graphql-transport-ws`: one socket, many operations, one credential.

Close codes that a standard client retries: 4403 (credential), 4408 (init too late), 1013 (we cannot serve now), and
1012 (restart), which uvicorn sends. Final ones, sent only for what a retry would not cure: 4400 (malformed), 4401 (no
init), 4409 (id in use), 4429 (two inits), 1009 (too big).
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.schema.schema import StreamResult
from strawberry.subscriptions.protocols.graphql_transport_ws import types
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.types.execution import ExecutionResult
from strawberry.utils.aio import aclosing
from typing_extensions import override

from app.transport.errors import answer, formatted, is_passing, is_request_error, log_bugs
from app.transport.expiry import EXPIRED_MESSAGE, seconds_left
from app.transport.frames import FRAME_BYTES_MAX, malformed
from schema.context import Context
from schema.errors import PublicError, RequestErrorCode
from services.actors import ANONYMOUS, Actor

if TYPE_CHECKING:
    from app.transport.http import GraphQLView  # the view names this handler

REASON_BYTES_MAX = 123
"""What a close frame has room for."""
FORBIDDEN, TOO_BIG, TRY_LATER = 4403, 1009, 1013


class TextSocket(ASGIWebSocketAdapter):
    """Sends text frames, and is safe to use after the socket has closed."""

    @override
    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield the decoded frames until the socket closes. Raises for a frame that is binary or not JSON."""
        while self.ws.application_state is WebSocketState.CONNECTED:
            frame = await self.ws.receive()
            if frame["type"] == "websocket.disconnect":
                return
            text = frame.get("text")
            if text is None:
                raise NonTextMessageReceived
            if len(text) > FRAME_BYTES_MAX:  # the server should be set to refuse it sooner
                await self.close(TOO_BIG, "The message is too big")
                return
            try:
                message = orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise NonJsonMessageReceived from error
            yield message

    @override
    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send `message`. Raises `WebSocketDisconnected` when the socket is closed."""
        await self.send_text(orjson.dumps(message).decode())

    async def send_text(self, text: str) -> None:
        """Send a message that is encoded already. Raises `WebSocketDisconnected` when the socket is closed."""
        if self.ws.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnected
        try:
            await self.ws.send({"type": "websocket.send", "text": text})
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error

    @override
    async def close(self, code: int, reason: str) -> None:
        """Close the socket unless it is closed."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            cut = reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")
            with suppress(WebSocketDisconnect):
                await self.ws.close(code=code, reason=cut)


class SocketOperation(Operation[Context, None]):
    """One operation of a socket; what it sends is masked."""

    __slots__ = ("extensions",)

    def __init__(self, handler: "SocketHandler", message: types.SubscribeMessage) -> None:
        payload = message["payload"]
        super().__init__(
            handler, message["id"], payload["query"], payload.get("variables"), payload.get("operationName")
        )
        self.extensions = payload.get("extensions")

    @property
    def request_id(self) -> str:
        """The id of the request that opened the socket."""
        return cast("SocketHandler", self.handler).request_id

    @override
    async def send_next(self, execution_result: ExecutionResult) -> None:
        """Send one result."""
        payload: Any = answer(execution_result, self.request_id)
        await self.send_operation_message({"id": self.id, "type": "next", "payload": payload})

    @override
    async def send_initial_errors(self, errors: list[GraphQLError]) -> None:
        """End this operation with `errors`; the socket stays."""
        payload: Any = formatted(errors, self.request_id)
        await self.send_operation_message({"id": self.id, "type": "error", "payload": payload})


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """The server's side of one socket."""

    view: "GraphQLView"
    websocket: TextSocket

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = ANONYMOUS
        self.request_id: str = self.websocket.ws.state.request_id
        self.watch_task: asyncio.Task[None] | None = None

    @override
    async def shutdown(self) -> None:
        """End everything that runs for this socket."""
        if self.watch_task:
            self.watch_task.cancel()
            with suppress(asyncio.CancelledError):
                await self.watch_task
        await super().shutdown()

    @override
    async def handle_message(self, message: types.Message) -> None:
        """Handle one frame, or close the socket when it is malformed."""
        if problem := malformed(message):
            await self.handle_invalid_message(problem)
        else:
            await super().handle_message(message)

    @override
    async def handle_connection_init(self, message: types.ConnectionInitMessage) -> None:
        """Authenticate the socket and acknowledge it."""
        if self.connection_timed_out:
            return
        if self.connection_init_timeout_task:
            self.connection_init_timeout_task.cancel()
        if self.connection_init_received:
            await self.websocket.close(4429, "Too many initialisation requests")
            return
        self.connection_init_received = True
        params = message.get("payload") or {}
        try:
            self.actor = await self._authenticate(params)
        except PublicError as error:
            overloaded = error.extensions["code"] == RequestErrorCode.OVERLOADED.value
            await self.websocket.close(TRY_LATER if overloaded else FORBIDDEN, str(error))
            return
        except Exception as error:  # noqa: BLE001  (the edge of the program: the client is told to come back)
            log_bugs([GraphQLError(str(error), original_error=error)], self.request_id)
            await self.websocket.close(TRY_LATER, "Try again later")
            return
        self.context.connection_params = params
        await self.send_message({"type": "connection_ack"})
        self.connection_acknowledged = True
        self.watch_task = asyncio.create_task(self._watch())
        self.watch_task.add_done_callback(self._task_done)

    @override
    async def handle_ping(self, message: types.PingMessage) -> None:
        """Answer with the payload of the ping, so that a client can tell its pings apart."""
        payload = message.get("payload")
        await self.send_message({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})

    @override
    async def handle_subscribe(self, message: types.SubscribeMessage) -> None:
        """Start an operation: a subscription, or a query or mutation, which gives one result."""
        if not self.connection_acknowledged:
            await self.websocket.close(4401, "Unauthorized")
            return
        operation_id = message["id"]
        if operation_id in self.operations:
            await self.websocket.close(4409, f"Subscriber for {operation_id} already exists")
            return
        operation = SocketOperation(self, message)
        full = len(self.operations) == self.max_subscriptions_per_connection
        # Registered before it can finish, since its last message removes it.
        self.operations[operation_id] = operation
        if full:
            await operation.send_initial_errors(
                [GraphQLError(f"This connection runs {self.max_subscriptions_per_connection} operations already.")]
            )
            return
        operation.task = asyncio.create_task(self.run_operation(operation))
        operation.task.add_done_callback(self._task_done)

    @override
    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run `operation` to its end. A bug in the transport ends the operation and is logged; the socket stays."""
        try:
            source = await self.schema.stream(
                operation.query,
                variable_values=operation.variables,
                context_value=self._fresh_context(),
                operation_name=operation.operation_name,
                operation_extensions=cast("SocketOperation", operation).extensions,
            )
            async with aclosing(source):
                await self._send_result_stream(operation, source)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except WebSocketDisconnected:
            pass
        except Exception as error:  # noqa: BLE001  (the edge of the program)
            bug = GraphQLError(str(error), original_error=error)
            log_bugs([bug], self.request_id, operation.operation_name)
            with suppress(WebSocketDisconnected):
                await operation.send_initial_errors([bug])
        finally:
            if self.operations.get(operation.id) is operation:
                del self.operations[operation.id]

    @override
    async def _send_result_stream(self, operation: Operation[Context, None], result_source: StreamResult) -> None:
        """Send each result; one without data is the last and goes out as `error`, never as a silent end."""
        async for result in result_source:
            if not isinstance(result, ExecutionResult):
                await self._reject_incremental_delivery(operation)
                return
            if is_passing(result):
                # A standard client comes back by itself and goes on from its last position; an error would end it.
                await self.websocket.close(TRY_LATER, "Try again later")
                return
            if is_request_error(result):
                await operation.send_initial_errors(result.errors or [])
                return
            await operation.send_next(result)

    async def _authenticate(self, params: Mapping[str, object]) -> Actor:
        """Return who opened the socket: by `authorization` of the init, else by the header of the upgrade."""
        credential = params.get("authorization")
        if credential is None:
            credential = self.websocket.ws.headers.get("authorization")
        if not isinstance(credential, str | None):
            raise PublicError(RequestErrorCode.UNAUTHENTICATED, "`authorization` must be a string.")
        return await self.view.authenticate(credential)

    def _fresh_context(self) -> Context:
        """Return a context for one operation. One per socket would serve old rows from its loaders for hours."""
        context = self.view.make_context(self.actor, self.request_id)
        context.connection_params = self.context.connection_params
        return context

    async def _watch(self) -> None:
        """Ping the client now and then, so that proxies keep the socket open, and close it with its credential."""
        while (left := seconds_left(self.actor.expires_at)) > 0:
            await asyncio.sleep(min(left, self.view.ping_seconds))
            if left > self.view.ping_seconds:
                with suppress(WebSocketDisconnected):
                    await self.send_message({"type": "ping"})
        # Operations end first: a client that does not read can hold up the close.
        for operation_id in list(self.operations):
            await self.cleanup_operation(operation_id)
        await self.websocket.close(FORBIDDEN, EXPIRED_MESSAGE)

"""The bus over Redis publish/subscribe."""

from typing import Any, NoReturn

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from app.bus_backend import CHANNEL, SupervisedBackend

QUIET_SECONDS = 2.0
COMMAND_TIMEOUT_SECONDS = 5.0
CONNECT_TIMEOUT_SECONDS = 2.0


class RedisBackend(SupervisedBackend):
    """One subscription, and a pooled connection for publishing; `client_name` shows in `CLIENT LIST`."""

    def __init__(self, url: str, client_name: str) -> None:
        super().__init__("redis")
        self._redis = Redis.from_url(
            url,
            client_name=client_name,
            decode_responses=True,
            protocol=2,
            # Off: the supervisor and the sender are the ones that try again, each with its own waits.
            retry=Retry(NoBackoff(), 0),
            socket_timeout=COMMAND_TIMEOUT_SECONDS,
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        )

    async def disconnect(self) -> None:
        """Stop listening and close the connections."""
        await super().disconnect()
        await self._redis.aclose()

    async def publish(self, channel: str, message: Any) -> None:
        """Send `message` to every process; raises `redis.RedisError` when it did not leave."""
        await self._redis.publish(channel, message)

    async def listen(self) -> NoReturn:
        """Subscribe and receive until the connection ends or stops answering."""
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(CHANNEL)
            is_ping_open = False
            while True:
                message = await subscription.get_message(timeout=QUIET_SECONDS)
                if message is None:
                    # A network that drops packets ends no connection: only an unanswered ping tells.
                    if is_ping_open:
                        raise TimeoutError(f"Redis did not answer a ping within {QUIET_SECONDS} seconds.")
                    await subscription.ping()
                    is_ping_open = True
                    continue
                is_ping_open = False
                if message["type"] == "subscribe":
                    self.connected()
                elif message["type"] == "message":
                    self.receive(message["data"])

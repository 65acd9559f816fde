"""What every resolver can reach: who is calling, and the engine that serves the call."""

from dataclasses import dataclass, field
from typing import Any

from services.actors import ANONYMOUS, Actor


@dataclass
class Context:
    """Built once per HTTP request and once per WebSocket; Strawberry fills `connection_params` on a WebSocket."""

    actor: Actor = ANONYMOUS
    request_id: str = ""
    engine: Any = None
    loaders: Any = None
    connection_params: dict[str, Any] | None = field(default=None)

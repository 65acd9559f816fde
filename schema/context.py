"""What every resolver can reach: who is calling, and the engine that serves the call."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from uuid import UUID

import strawberry

from services.actors import ANONYMOUS, Actor
from services.reading import one_moment

if TYPE_CHECKING:
    from schema.loaders import Loaders
    from services.engine import Engine


@dataclass
class Context:
    """Built once per HTTP request and once per operation of a WebSocket; Strawberry fills `connection_params` there."""

    actor: Actor = ANONYMOUS
    request_id: str = ""
    engine: "Engine" = field(default_factory=lambda: cast("Engine", None))
    loaders: "Loaders" = field(default_factory=lambda: cast("Loaders", None))
    connection_params: dict[str, Any] | None = field(default=None)
    may_stop: bool = True
    """Whether its work may stop when the caller has hung up: not that of a mutation, which is done whole."""

    @property
    def program_id(self) -> UUID:
        """The program of the caller's credential, which the field has asked for."""
        assert self.actor.program_id is not None, "`Needs` refuses callers without a credential"
        return self.actor.program_id

    def answering(self) -> AbstractContextManager[None]:
        """Make one answer within: everything in it is read at one moment, so that its parts agree."""
        return one_moment() if self.loaders else nullcontext()  # without a database: the tests of the transport


Info: TypeAlias = strawberry.Info[Context, None]

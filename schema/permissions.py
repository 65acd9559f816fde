"""Who may use a field. Deny by default: a root field without `Needs` fails a test."""

from collections.abc import Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField
from strawberry.utils.await_maybe import await_maybe

from schema.context import Context
from schema.errors import PublicError, RequestErrorCode
from services.actors import Actor, ActorKind, Scope


def require(context: Context, scope: Scope) -> None:
    """Raise UNAUTHENTICATED or FORBIDDEN unless the caller holds `scope`.

    For what a field does only when it is asked to; what it always needs is said by `Needs`.
    """
    if context.actor.kind is ActorKind.ANONYMOUS:
        raise PublicError(RequestErrorCode.UNAUTHENTICATED, "A credential is needed: `Authorization: Bearer …`.")
    if not context.actor.may(scope):
        raise PublicError(RequestErrorCode.FORBIDDEN, f"The credential lacks `{scope.value}`.")


def _say(field: StrawberryField, sentence: str) -> None:
    """End the description with a sentence, once: fields are the same objects for every schema that is built."""
    said = field.description or ""
    if sentence not in said:
        field.description = f"{said} {sentence}".strip()


class Personal(FieldExtension):
    """A fact of a member that only the member and who may read members are shown; null to others.

    A member is reached through orders and payloads too, with credentials for those. What is not the member's own
    business, such as how a program marks them, is not shown to the member either.
    """

    def __init__(self, *, own: bool = True) -> None:
        self.own = own

    def apply(self, field: StrawberryField) -> None:
        """Say in the description what is needed."""
        _say(field, f"Null without `{Scope.MEMBERS_READ.value}`.")

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        """Return the fact of `source`, or None."""
        actor: Actor = info.context.actor
        is_shown = actor.may(Scope.MEMBERS_READ) or (self.own and actor.member_id == source.row.id)
        return next_(source, info, **arguments) if is_shown else None


class Needs(FieldExtension):
    """The caller holds `scope`, or `instead`; with `member`, a member may call too and sees only itself."""

    def __init__(self, scope: Scope, *, instead: Scope | None = None, member: bool = False) -> None:
        self.scope = scope
        self.instead = instead
        self.member = member

    def apply(self, field: StrawberryField) -> None:
        """Say in the description what is needed."""
        also = f" or `{self.instead.value}`" if self.instead else ""
        also += ", or a member's own token" if self.member else ""
        _say(field, f"Requires `{self.scope.value}`{also}.")

    def check(self, context: Context) -> None:
        """Raise UNAUTHENTICATED or FORBIDDEN unless the caller may use the field."""
        is_enough = self.instead is not None and context.actor.may(self.instead)
        if not is_enough and not (self.member and context.actor.kind is ActorKind.MEMBER):
            require(context, self.scope)

    def resolve(self, next_: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        """Check, then go on."""
        self.check(info.context)
        return next_(source, info, **arguments)

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        """Check, then go on."""
        self.check(info.context)
        result = next_(source, info, **arguments)
        return result if hasattr(result, "__aiter__") else await await_maybe(result)

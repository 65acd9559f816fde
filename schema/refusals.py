"""From a refusal of the domain to a member of the payload's `userErrors`."""

from collections.abc import Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from domain.refusals import Refusal
from schema.errors import PublicError, RequestErrorCode
from services.writer.writer import Overloaded


class Refusals(FieldExtension):
    """Answers a `Refusal` with the payload's error of the same code. One instance for each field."""

    def apply(self, field: StrawberryField) -> None:
        """Remember the field, whose payload names the errors it may answer."""
        self.field = field

    async def resolve_async(self, next_: Callable[..., Any], source: Any, info: Any, **arguments: Any) -> Any:
        """Go on; turn a refusal into a value."""
        try:
            return await next_(source, info, **arguments)
        except Refusal as refusal:
            payload: Any = self.field.type
            return payload(user_errors=[error_for(payload, refusal)])
        except Overloaded as overloaded:
            raise PublicError(RequestErrorCode.OVERLOADED, str(overloaded)) from overloaded


def error_for(payload: Any, refusal: Refusal) -> Any:
    """Return the error of `payload`'s union that stands for `refusal`; one that is not in it is a bug, and raised."""
    union = payload.__strawberry_definition__.get_field("user_errors").type.of_type
    kind = next((member for member in union.types if refusal.code == member.CODE), None)
    if kind is None:
        raise refusal
    return kind.of(refusal)

"""Strawberry's schema with our documents and our errors."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLInputObjectType, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.execution import ExecutionContext
from typing_extensions import override

from app.transport.coercion import field_of
from app.transport.documents import DocumentCache, Documents
from app.transport.errors import log_bugs

SUGGESTION = re.compile(r" Did you mean [^?]*\?")


class Execution(StrawberryGraphQLCoreExecutionContext):
    """Makes every answer within `Context.answering`.

    This is the one place that all answers go through, and none of the waiting: a query's, a mutation's, and each single
    one of a subscription, whose source runs outside it.
    """

    @override
    def execute_operation(self, serially: bool | None = None) -> Any:
        """Return an awaitable of the answer."""
        self.context_value.may_stop = self.operation.operation is not OperationType.MUTATION
        return self._answer(serially)

    async def _answer(self, serially: bool | None) -> Any:
        with self.context_value.answering():
            result = super().execute_operation(serially)
            return await result if self.is_awaitable(result) else result


class Schema(strawberry.Schema):
    """Takes the arguments of `strawberry.Schema`; `Documents` is on, before the extensions given.

    Errors are prepared for `app.transport.errors` here, because this hook sees every error of every transport once,
    together with the document that it belongs to.
    """

    def __init__(
        self,
        query: type,
        *,
        extensions: Iterable[type[SchemaExtension] | Callable[[], SchemaExtension]] = (),
        **kwargs: Any,
    ) -> None:
        self.documents = DocumentCache()
        extensions = (partial(Documents, self.documents), *extensions)
        super().__init__(query, extensions=extensions, execution_context_class=Execution, **kwargs)
        for type_ in self._schema.type_map.values():
            if isinstance(type_, GraphQLInputObjectType):
                definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                # Strawberry checks @oneOf by itself and then cannot say which field is wrong; graphql-core can.
                type_.is_one_of = bool(getattr(definition, "is_one_of", False))

    @override
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Name the input field that an error of coercion is about, and log what is a bug."""
        document = execution_context.graphql_document if execution_context else None
        for error in errors:
            extensions = error.extensions or {}
            if "field" not in extensions and (field := field_of(error, document)):
                error.extensions = {**extensions, "field": list(field)}
        context = execution_context.context if execution_context else None
        name = execution_context.operation_name if execution_context else None
        log_bugs(errors, getattr(context, "request_id", ""), name)

    @staticmethod
    @override
    def remove_field_suggestion(error: GraphQLError) -> None:
        """Remove every "Did you mean …?"; Strawberry would leave those about arguments, inputs and enum values.

        Called for each error when `StrawberryConfig(disable_field_suggestions=True)`.
        """
        error.message = SUGGESTION.sub("", error.message)

"""Parsed and validated documents, kept: parsing and validation cost several times what a small execution does."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    ValuesOfCorrectTypeRule,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from typing_extensions import override

from app.transport.coercion import ValuesOfCorrectType

DOCUMENTS_MAX = 1_000
STORED_LENGTH_MAX = 20_000
"""Characters; a longer document is served, and parsed again each time."""
STORED_TOKENS_MAX = 200_000
"""All kept documents together. A token takes some 300 bytes, so hostile documents cannot fill the memory."""
TOKENS_MAX = 2_000
"""Tokens of one document."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to run, or the reasons why it is not."""

    document: DocumentNode
    errors: list[GraphQLError]
    operations: int
    tokens: int


class DocumentCache:
    """The documents of one schema by their text; the least recently used leave first. Make one per schema."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._tokens = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, text: str) -> Prepared | None:
        """Return what is kept for `text`."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
        return found

    def put(self, text: str, prepared: Prepared) -> None:
        """Keep `prepared` for `text`, unless the text is too long to be kept."""
        if len(text) > STORED_LENGTH_MAX or text in self._kept:
            return
        self._kept[text] = prepared
        self._tokens += prepared.tokens
        while len(self._kept) > DOCUMENTS_MAX or self._tokens > STORED_TOKENS_MAX:
            _, oldest = self._kept.popitem(last=False)
            self._tokens -= oldest.tokens


class Documents(SchemaExtension):
    """Parses and validates each document once, and refuses one with several operations when none is named.

    Rules that other extensions add (`AddValidationRules` and its kin) are part of the validation; what they find is
    kept too, so a rule may look at the document and the schema only.
    """

    def __init__(self, cache: DocumentCache) -> None:
        self.cache = cache
        self.prepared: Prepared | None = None

    @override
    def on_parse(self) -> Iterator[None]:
        """Hand over the kept document, or parse and validate it now."""
        context = self.execution_context
        text = context.query or ""
        self.prepared = self.cache.get(text)
        if self.prepared is None:
            context.parse_options = {"max_tokens": TOKENS_MAX}
            try:
                document = parse(text, max_tokens=TOKENS_MAX)
            except GraphQLError:
                # Strawberry parses again and reports the error. Raised from here it would end a WebSocket operation
                # with a bare `complete`.
                yield
                return
            self.prepared = self._prepare(document)
            self.cache.put(text, self.prepared)
        context.graphql_document = self.prepared.document
        yield

    @override
    def on_validate(self) -> Iterator[None]:
        """Hand over the errors found. Setting them, even to `[]`, makes Strawberry skip its own validation."""
        context = self.execution_context
        if self.prepared is not None:
            context.pre_execution_errors = self.prepared.errors
            # graphql-core would say so itself, but Strawberry always gives it the name of the first operation.
            unnamed = context._provided_operation_name is None  # noqa: SLF001  (`operation_name` hides the difference)
            if not self.prepared.errors and self.prepared.operations > 1 and unnamed:
                message = (
                    f"The document has {self.prepared.operations} operations; `operationName` must name one of them."
                )
                context.pre_execution_errors = [GraphQLError(message)]
        yield

    def _prepare(self, document: DocumentNode) -> Prepared:
        context = self.execution_context
        graphql_schema = context.schema._schema  # noqa: SLF001  (Strawberry has no public name for it)
        errors = validate(graphql_schema, document, _rules(context.validation_rules))
        return Prepared(
            document=document,
            errors=errors,
            operations=sum(isinstance(node, OperationDefinitionNode) for node in document.definitions),
            tokens=document.token_count,
        )


def _rules(rules: Sequence[type[ASTValidationRule]]) -> list[type[ASTValidationRule]]:
    """Put our rule of literals in place of its parent. `@oneOf` is checked by graphql-core, see `Schema`."""
    ours = [ValuesOfCorrectType if rule is ValuesOfCorrectTypeRule else rule for rule in rules]
    return [*ours, MaybeNullValidationRule]

"""Which input field an error of coercion is about, as the path that clients see in `extensions.field`.

The path starts at the argument of the root field and names input fields and list indexes, all as strings:
`["input", "order", "lines", "0", "quantity"]`. It is the same whether the value came as a variable or as a literal.

For literals the validation rule below is told the path. For variables graphql-core (3.3) gives it only in the message,
as a prefix that starts the text and holds nothing but GraphQL names and indexes, so it cannot be forged by a value.
"""

import re
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLInputType,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    visit,
)
from graphql.language import SKIP
from graphql.utilities.validate_input_value import validate_input_literal
from typing_extensions import override

Path = tuple[str, ...]

COERCION = re.compile(
    r"(?P<source>Variable '\$|Argument ')(?P<name>\w+)' "
    r"(?:has invalid value(?: at (?P<path>(?:\.\w+|\[\d+\])+))?: (?P<reason>.*)|of required type )",
    re.DOTALL,
)
STEP = re.compile(r"\w+")
NAMED_FIELD = re.compile(
    r"Expected value of type '[^']+' (?:to include required|not to include unknown) field '(.+?)'"
    r"|Expected variable '\$\w+' provided to field '(.+?)'",
)
ARGUMENT_RULE = re.compile(r"Argument '[^']+\((\w+):\)' of type |Unknown argument '(\w+)' on field ")


def is_coercion(message: str) -> bool:
    """Whether graphql-core says with `message` that a variable or an argument does not fit its type."""
    return COERCION.match(message) is not None


def field_of(error: GraphQLError, document: DocumentNode | None) -> Path | None:
    """Return the path of the input field that `error` refuses, or None when it is about something else."""
    if found := COERCION.match(error.message):
        inner = (*STEP.findall(found["path"] or ""), *_named_field(found["reason"] or ""))
        if found["source"].startswith("Variable") and document is not None:
            return (*_place_of_variable(found["name"], document), *inner)
        return (found["name"], *inner)
    if found := ARGUMENT_RULE.match(error.message):
        return (found[1] or found[2],)
    if document is not None and error.nodes and isinstance(error.nodes[0], (ArgumentNode, ObjectFieldNode)):
        return _Inputs(document).places.get(id(error.nodes[0]))
    return None


class ValuesOfCorrectType(ValuesOfCorrectTypeRule):
    """The rule of the specification; its errors also carry `extensions.field`, and a location even from our scalars.

    A scalar that raises while it reads a literal is an answer to the caller, not a bug, so the cause is dropped.
    """

    root: str = ""

    def enter_argument(self, node: ArgumentNode, *_args: Any) -> None:
        """Remember the argument that the following literals belong to."""
        self.root = node.name.value

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: Any) -> None:
        """Remember the variable that the following default value belongs to."""
        self.root = node.variable.name.value

    @override
    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Report what is wrong with the literal `node`, the outermost of its argument."""

        def on_error(error: GraphQLError, path: list[str | int]) -> None:
            field = [self.root, *map(str, path), *_named_field(error.message)]
            self.report_error(GraphQLError(error.message, error.nodes or node, extensions={"field": field}))

        if input_type:
            validate_input_literal(node, input_type, on_error, None, None, self.context.hide_suggestions)
        return SKIP


def _named_field(reason: str) -> Path:
    """Some fields, a missing one for instance, are reported at the object around them; return the name of such."""
    found = NAMED_FIELD.match(reason)
    return (found[1] or found[2],) if found else ()


def _place_of_variable(name: str, document: DocumentNode) -> Path:
    """Return where the variable is used; its own name when it is used nowhere or in different places."""
    places = _Inputs(document).usages.get(name, set())
    return next(iter(places)) if len(places) == 1 else (name,)


class _Inputs(Visitor):
    """The path of every argument and input field of a document, and those at which each variable is used."""

    def __init__(self, document: DocumentNode) -> None:
        super().__init__()
        self.places: dict[int, Path] = {}
        self.usages: dict[str, set[Path]] = {}
        visit(document, self)

    def enter_argument(self, node: ArgumentNode, *_args: Any) -> VisitorAction:
        self._record(node, node.value, (node.name.value,))
        return SKIP

    def _record(self, owner: Node, value: ValueNode, path: Path) -> None:
        self.places[id(owner)] = path
        if isinstance(value, VariableNode):
            self.usages.setdefault(value.name.value, set()).add(path)
        elif isinstance(value, ListValueNode):
            for index, item in enumerate(value.values):
                self._record(item, item, (*path, str(index)))
        elif isinstance(value, ObjectValueNode):
            for field in value.fields:
                self._record(field, field.value, (*path, field.name.value))

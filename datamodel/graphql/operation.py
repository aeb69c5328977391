"""One operation of a document, ready for many requests: what is the same for all of them is found once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import get_variable_values
from graphql.language import DirectiveNode, DocumentNode, NamedTypeNode, NonNullTypeNode, OperationType

__all__ = ["InvalidRequest", "PreparedOperation"]

SMALL = 2**31
MOST_ERRORS = 5

PLAIN: dict[str, type] = {"ID": str, "String": str, "Int": int, "Boolean": bool, "Float": float}
"""Scalars whose values need no coercion where they are of this very type."""


class InvalidRequest(Exception):  # noqa: N818  says what is wrong
    """The document cannot be run: its operation or its variables do not fit."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True, eq=False)
class PreparedOperation:
    """An operation of a valid document."""

    schema: GraphQLSchema
    document: DocumentNode
    node: OperationDefinitionNode
    root: GraphQLObjectType

    @property
    def name(self) -> str | None:
        return self.node.name.value if self.node.name else None

    @property
    def kind(self) -> OperationType:
        return self.node.operation

    @cached_property
    def fragments(self) -> dict[str, FragmentDefinitionNode]:
        definitions = self.document.definitions
        return {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}

    @cached_property
    def deciding(self) -> frozenset[str]:
        """The variables that decide, in a directive, what is selected at all."""
        return variables_in(self.document, only_directives=True)

    @cached_property
    def reading(self) -> frozenset[str]:
        """The variables that what is read depends on; what a mutation writes is not among them."""
        selections = self.node.selection_set.selections
        if self.kind is OperationType.QUERY:
            return variables_in(self.document)
        below: list[Node] = [
            f.selection_set for f in selections if isinstance(f, FieldNode) and f.selection_set
        ]
        below += [each for each in selections if not isinstance(each, FieldNode)]
        below += self.fragments.values()
        return self.deciding.union(*map(variables_in, below))

    @cached_property
    def accepted(self) -> tuple[tuple[str, type | None, bool], ...] | None:
        """Each variable with the type that needs no coercion, and whether it may be null; None with defaults."""
        found = []
        for each in self.node.variable_definitions or ():
            if each.default_value is not None:
                return None
            is_nullable = not isinstance(each.type, NonNullTypeNode)
            node = each.type.type if isinstance(each.type, NonNullTypeNode) else each.type
            kind = PLAIN.get(node.name.value) if isinstance(node, NamedTypeNode) else None
            found.append((each.variable.name.value, kind, is_nullable))
        return tuple(found)

    def relevant(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the variables that what is read depends on."""
        reading = self.reading
        if values.keys() <= reading:
            return values
        return {name: value for name, value in values.items() if name in reading}

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables as their types coerce them; raise InvalidRequest."""
        values = self.accept(given)
        if values is not None:
            return values
        coerced = get_variable_values(
            self.schema, self.node.variable_definitions or (), dict(given), max_errors=MOST_ERRORS
        )
        if isinstance(coerced, list):
            raise InvalidRequest(coerced)
        return coerced

    def accept(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return variables that are as they should be; None where graphql-core has to look at them."""
        if self.accepted is None:
            return None
        values: dict[str, Any] = {}
        for name, kind, is_nullable in self.accepted:
            value = given.get(name)
            if value is None:
                if not is_nullable:
                    return None
                if name in given:
                    values[name] = None
            elif type(value) is not kind or (isinstance(value, int) and not -SMALL <= value < SMALL):
                return None
            else:
                values[name] = value
        return values


def variables_in(node: Node, *, only_directives: bool = False) -> frozenset[str]:
    """Return the names of the variables that are used within a node of a document."""
    finder = UsedVariables(only_directives)
    visit(node, finder)
    return frozenset(finder.names)


class UsedVariables(Visitor):
    """Collects the variables that are used, not those that are only defined."""

    def __init__(self, only_directives: bool) -> None:
        super().__init__()
        self.only_directives = only_directives
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_args: Any) -> None:
        found = (argument.value for argument in node.arguments)
        self.names |= {value.name.value for value in found if isinstance(value, VariableNode)}

    def enter_variable_definition(self, *_args: Any) -> Any:
        return self.SKIP

    def enter_variable(self, node: VariableNode, *_args: Any) -> None:
        if not self.only_directives:
            self.names.add(node.name.value)

"""One operation of a document, ready for many requests: what is the same for all of them is found once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLSchema,
    Node,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    is_input_type,
    visit,
)
from graphql.execution.values import get_variable_values
from graphql.language import DirectiveNode, DocumentNode, NonNullTypeNode, OperationType
from graphql.utilities import type_from_ast

from datamodel.graphql.coercion import Coerce, Unusual, quick_coercion

__all__ = ["InvalidRequest", "PreparedOperation", "variables_in"]

MOST_ERRORS = 5


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
    def quick(self) -> tuple[tuple[str, Coerce, bool], ...] | None:
        """Each variable's name, its coercion, and whether it must be given; None where one has a default value."""
        known: dict[GraphQLInputType, Coerce] = {}
        found = []
        for each in self.node.variable_definitions or ():
            type_ = type_from_ast(self.schema, each.type)
            if each.default_value is not None or not is_input_type(type_):
                return None
            coerce = quick_coercion(cast(GraphQLInputType, type_), known)
            found.append((each.variable.name.value, coerce, isinstance(each.type, NonNullTypeNode)))
        return tuple(found)

    def relevant(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the variables that what is read depends on."""
        reading = self.reading
        if values.keys() <= reading:
            return values
        return {name: value for name, value in values.items() if name in reading}

    def coerce(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the variables as their types coerce them; raise InvalidRequest."""
        values = self.coerce_quickly(given)
        if values is not None:
            return values
        coerced = get_variable_values(
            self.schema, self.node.variable_definitions or (), dict(given), max_errors=MOST_ERRORS
        )
        if isinstance(coerced, list):
            raise InvalidRequest(coerced)
        return coerced

    def coerce_quickly(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return variables that are as they should be; None where graphql-core has to look at them."""
        if self.quick is None:
            return None
        values: dict[str, Any] = {}
        try:
            for name, coerce, is_required in self.quick:
                if name in given:
                    values[name] = coerce(given[name])
                elif is_required:
                    return None
        except Unusual:
            return None
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

"""Limits on what a document is made of: depth, aliases, root fields, and the cost of running it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.language import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)

from datamodel.graphql.errors import LimitExceeded
from datamodel.limits import get_limit

__all__ = ["check_cost", "check_structure"]


def check_structure(document: DocumentNode) -> None:
    """Raise LimitExceeded where the document has too much of anything."""
    definitions = document.definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
    refuse_more("operations", len(operations), "GRAPHQL_MAX_OPERATIONS")
    refuse_more("fragments", len(fragments), "GRAPHQL_MAX_FRAGMENTS")
    visit(document, Counter())
    measure = Measure(fragments)
    for operation in operations:
        refuse_more("root fields", measure.width(operation.selection_set), "GRAPHQL_MAX_ROOT_FIELDS")
        if measure.depth(operation.selection_set) > get_limit("GRAPHQL_MAX_DEPTH"):
            raise LimitExceeded(f"A document nests at most {get_limit('GRAPHQL_MAX_DEPTH')} levels deep.")


def refuse_more(what: str, number: int, limit_name: str) -> None:
    limit = get_limit(limit_name)
    if number > limit:
        raise LimitExceeded(f"A document has at most {limit} {what}.")


class Counter(Visitor):
    """Counts aliases, directives, and fields repeated side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases = 0
        self.directives = 0

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        if node.alias is not None:
            self.aliases += 1
            refuse_more("aliases", self.aliases, "GRAPHQL_MAX_ALIASES")

    def enter_directive(self, _node: DirectiveNode, *_args: Any) -> None:
        self.directives += 1
        refuse_more("directives", self.directives, "GRAPHQL_MAX_DIRECTIVES")

    def enter_selection_set(self, node: SelectionSetNode, *_args: Any) -> None:
        # Comparing equal fields with each other takes time by the square of their number.
        seen: dict[str, int] = {}
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                name = selection.name.value
                seen[name] = seen.get(name, 0) + 1
                refuse_more(f"fields '{name}' side by side", seen[name], "GRAPHQL_MAX_ALIASES")


class Measure:
    """Depth and width of selections, each fragment measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.depths: dict[str, int] = {}
        self.widths: dict[str, int] = {}

    def depth(self, selections: SelectionSetNode | None) -> int:
        if selections is None:
            return 0
        deepest = 0
        for selection in selections.selections:
            match selection:
                case FieldNode(name=name, selection_set=inner):
                    # Introspection has a rule of its own.
                    step = 1 if name.value.startswith("__") else 1 + self.depth(inner)
                case InlineFragmentNode(selection_set=inner):
                    step = self.depth(inner)
                case FragmentSpreadNode(name=name):
                    step = self.fragment(name.value, self.depths, self.depth)
                case _:
                    step = 0
            deepest = max(deepest, step)
        return deepest

    def width(self, selections: SelectionSetNode) -> int:
        number = 0
        for selection in selections.selections:
            match selection:
                case InlineFragmentNode(selection_set=inner):
                    number += self.width(inner)
                case FragmentSpreadNode(name=name):
                    number += self.fragment(name.value, self.widths, self.width)
                case _:
                    number += 1
        return number

    def fragment(self, name: str, known: dict[str, int], measure: Any) -> int:
        """Return a fragment's measure; a fragment inside itself counts nothing, validation refuses it."""
        if name not in known:
            known[name] = 0
            if name in self.fragments:
                known[name] = measure(self.fragments[name].selection_set)
        return known[name]


def check_cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> None:
    """Raise LimitExceeded where the answer might hold too many records."""
    root = schema.get_root_type(operation.operation)
    if root is None:
        return
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    limit = get_limit("GRAPHQL_MAX_COST")
    if Cost(schema, fragments, variables).selections(root, operation.selection_set) > limit:
        raise LimitExceeded(f"The answer might hold more than {limit} records. Ask for less with 'limit'.")


class Cost:
    """How many records selections may answer with: the product of the limits along each path."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.known: dict[str, int] = {}

    def selections(self, parent: GraphQLObjectType, selections: SelectionSetNode | None) -> int:
        return sum(self.field(parent, field) for field in (selections.selections if selections else ()))

    def field(self, parent: GraphQLObjectType, node: Any) -> int:
        match node:
            case InlineFragmentNode(selection_set=inner):
                return self.selections(parent, inner)
            case FragmentSpreadNode(name=name):
                return self.fragment(parent, name.value)
        definition = parent.fields.get(node.name.value)
        if definition is None:
            return 0
        named = get_named_type(definition.type)
        if not isinstance(named, GraphQLObjectType):
            return 0
        if "items" in named.fields and "nextToken" in named.fields:
            return self.limit(node) * self.selections(named, node.selection_set)
        return 1 + self.selections(named, node.selection_set)

    def fragment(self, parent: GraphQLObjectType, name: str) -> int:
        if name not in self.known:
            self.known[name] = 0
            self.known[name] = self.selections(parent, self.fragments[name].selection_set)
        return self.known[name]

    def limit(self, node: FieldNode) -> int:
        """Return the page size a field asks for, the default where it does not say."""
        default = get_limit("LIST_DEFAULT_LIMIT")
        for argument in node.arguments:
            if argument.name.value != "limit":
                continue
            match argument.value:
                case IntValueNode(value=text):
                    return max(int(text), 1)
                case VariableNode(name=name):
                    given = self.variables.get(name.value)
                    return max(given, 1) if isinstance(given, int) else default
        return default

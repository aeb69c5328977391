"""Limits on what a document is made of: depth, aliases, fields, and the cost of running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from datamodel.graphql.errors import LimitExceeded
from datamodel.limits import get_limit
from datamodel.schema.ir import Schema

__all__ = ["check_cost", "check_structure"]

INTROSPECTION_DEPTH = 20
MAX_PAIRS = 10_000
"""Comparisons of equal fields in one document."""


def check_structure(*documents: DocumentNode) -> None:
    """Raise LimitExceeded where documents have too much of anything, or grow too large with their fragments.

    It runs before validation, some of whose rules take time by the square of what they look at.
    """
    counter, total = Counter(), Total()
    for document in documents:
        counter.count(document)
    for document in documents:
        measure_growth(document, total)


def measure_growth(document: DocumentNode, total: Total) -> None:
    """Measure a document's widest operation, which is the one that might run, and every fragment."""
    definitions = document.definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    growth = Growth(fragments, total)
    operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
    total.root_fields += max((growth.measure(operation.selection_set) for operation in operations), default=0)
    refuse_more("root fields", total.root_fields, "GRAPHQL_MAX_ROOT_FIELDS")
    for name in fragments.keys() - growth.seen:
        growth.measure(fragments[name].selection_set)


def refuse_more(what: str, number: int, limit_name: str) -> None:
    limit = get_limit(limit_name)
    if number > limit:
        raise LimitExceeded(f"A document has at most {limit} {what}.")


class Counter:
    """Counts what documents are written of, and how deep they nest, to the letter."""

    def __init__(self) -> None:
        self.operations = 0
        self.fragments = 0
        self.aliases = 0
        self.directives = 0
        self.deepest = 4 * get_limit("GRAPHQL_MAX_DEPTH")

    def count(self, document: DocumentNode) -> None:
        kinds = [type(definition) for definition in document.definitions]
        self.operations += kinds.count(OperationDefinitionNode)
        self.fragments += kinds.count(FragmentDefinitionNode)
        refuse_more("operations", self.operations, "GRAPHQL_MAX_OPERATIONS")
        refuse_more("fragments", self.fragments, "GRAPHQL_MAX_FRAGMENTS")
        for definition in document.definitions:
            self.add_directives(definition)
            for variable in getattr(definition, "variable_definitions", None) or ():
                self.add_directives(variable)
            if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
                self.walk(definition.selection_set, 1)

    def walk(self, selections: SelectionSetNode, depth: int) -> None:
        if depth > self.deepest:
            raise too_deep()
        for selection in selections.selections:
            self.add_directives(selection)
            if isinstance(selection, FieldNode) and selection.alias is not None:
                self.aliases += 1
                refuse_more("aliases", self.aliases, "GRAPHQL_MAX_ALIASES")
            inner = getattr(selection, "selection_set", None)
            if inner is not None:
                self.walk(inner, depth + 1)

    def add_directives(self, node: Any) -> None:
        self.directives += len(node.directives or ())
        refuse_more("directives", self.directives, "GRAPHQL_MAX_DIRECTIVES")


def too_deep() -> LimitExceeded:
    return LimitExceeded(f"A document nests at most {get_limit('GRAPHQL_MAX_DEPTH')} levels deep.")


@dataclass
class Total:
    """What the selections of some documents come to."""

    root_fields: int = 0
    fields: int = 0
    pairs: int = 0
    introspections: int = 0


class Growth:
    """What selections grow to once fragments are followed and equal fields merged, as an answer would be.

    Everything is counted while it is followed, so that a document that grows without bound is left at the limit.
    """

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], total: Total) -> None:
        self.fragments = fragments
        self.total = total
        self.seen: set[str] = set()
        self.deepest = get_limit("GRAPHQL_MAX_DEPTH")
        self.widest = get_limit("GRAPHQL_MAX_ALIASES")

    def measure(self, selections: SelectionSetNode) -> int:
        """Return how many fields stand at the top; raise LimitExceeded where the selections grow too large."""
        merged = self.merge([selections])
        self.follow(merged, 1, self.deepest)
        return sum(len(nodes) for nodes in merged.values())

    def follow(self, merged: Mapping[str, list[FieldNode]], depth: int, deepest: int) -> None:
        if depth > deepest:
            raise too_deep()
        for key, nodes in merged.items():
            self.compare(key, len(nodes))
            inner = [node.selection_set for node in nodes if node.selection_set is not None]
            if not inner:
                continue
            is_meta = nodes[0].name.value.startswith("__")
            if is_meta:
                self.total.introspections += len(nodes)
                refuse_more("introspections", self.total.introspections, "GRAPHQL_MAX_INTROSPECTIONS")
            # The API's own description has depths of its own: the usual question goes to 15.
            self.follow(self.merge(inner), depth + 1, INTROSPECTION_DEPTH if is_meta else deepest)

    def compare(self, key: str, number: int) -> None:
        """Count the comparisons that validation makes of equal fields."""
        if number > self.widest:
            raise LimitExceeded(f"A document has at most {self.widest} fields '{key[:40]}' side by side.")
        self.total.pairs += number * (number - 1) // 2
        if self.total.pairs > MAX_PAIRS:
            raise LimitExceeded(f"A document repeats fields side by side: at most {MAX_PAIRS} pairs of them.")

    def merge(self, sets: Sequence[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """Return the fields by the key they answer under, each fragment followed once."""
        merged: dict[str, list[FieldNode]] = {}
        followed: set[str] = set()
        waiting = list(sets)
        while waiting:
            for selection in waiting.pop().selections:
                match selection:
                    case FieldNode(name=name, alias=alias):
                        merged.setdefault((alias or name).value, []).append(selection)
                        self.total.fields += 1
                    case InlineFragmentNode(selection_set=inner):
                        waiting.append(inner)
                        self.total.fields += 1
                    case FragmentSpreadNode(name=name):
                        self.total.fields += 1
                        self.seen.add(name.value)
                        if name.value not in followed and name.value in self.fragments:
                            followed.add(name.value)
                            waiting.append(self.fragments[name.value].selection_set)
                refuse_more("fields, fragments followed", self.total.fields, "GRAPHQL_MAX_FIELDS")
        return merged


def check_cost(
    api: GraphQLSchema,
    schema: Schema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """Return how many records the answer might hold; raise LimitExceeded where they are too many."""
    root = api.get_root_type(operation.operation)
    if root is None:
        return 0
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    limit = get_limit("GRAPHQL_MAX_COST")
    given = defaults_of(operation) | dict(variables)
    cost = Cost(schema, fragments, given).selections(root, operation.selection_set)
    if cost > limit:
        raise LimitExceeded(f"The answer might hold more than {limit} records. Ask for less with 'limit'.")
    return cost


def defaults_of(operation: OperationDefinitionNode) -> dict[str, int]:
    """Return the whole numbers that variables have where none is given."""
    return {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions
        if isinstance(definition.default_value, IntValueNode)
    }


class Cost:
    """How many records selections may answer with: the product of the limits along each path."""

    def __init__(
        self,
        schema: Schema,
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
            return self.limit(parent, node) * self.selections(named, node.selection_set)
        return 1 + self.selections(named, node.selection_set)

    def fragment(self, parent: GraphQLObjectType, name: str) -> int:
        if name not in self.known:
            self.known[name] = 0
            self.known[name] = self.selections(parent, self.fragments[name].selection_set)
        return self.known[name]

    def limit(self, parent: GraphQLObjectType, node: FieldNode) -> int:
        """Return the page size a field asks for; where it does not say, that of its relation or the default."""
        model = self.schema.find_model(parent.name)
        field = model.find_field(node.name.value) if model else None
        relation = field.relation if field else None
        default = (relation.limit if relation else None) or get_limit("LIST_DEFAULT_LIMIT")
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

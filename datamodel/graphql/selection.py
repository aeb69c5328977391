"""What a document asks of a model's records: fields, and relations with their arguments, level by level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_named_type,
    print_ast,
)
from graphql.execution.collect_fields import collect_sub_fields
from graphql.execution.values import get_argument_values

from datamodel.graphql import naming
from datamodel.modelgen import Record
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldOrigin, Link, ModelField, Relation, Side

__all__ = ["ConnectionSelection", "RecordSelection", "RelationSelection", "Selector", "find_items"]

METADATA = {
    "_version": "joinery_version",
    "_deleted": "joinery_deleted",
    "_lastChangedAt": "joinery_changed_at",
}
"""DataStore's fields and the attributes behind them."""


@dataclass(frozen=True)
class RelationSelection:
    """A relation field: its far records, under one or more response keys that ask for the same."""

    keys: tuple[str, ...]
    field: ModelField
    relation: Relation
    link: Link
    arguments: dict[str, Any]
    connection: ConnectionSelection | None
    """For a to-many field."""
    far: RecordSelection | None
    """For a to-one field."""

    @property
    def far_model(self) -> str:
        return self.link.parent if self.is_parent else self.link.child

    @property
    def is_parent(self) -> bool:
        """Return whether the far record is the parent."""
        return self.relation.side is Side.CHILD

    @property
    def near_fields(self) -> tuple[str, ...]:
        """The fields of this side that tell the far records."""
        return self.link.reference_fields if self.is_parent else self.link.identifier_fields

    @property
    def far_fields(self) -> tuple[str, ...]:
        return self.link.identifier_fields if self.is_parent else self.link.reference_fields


@dataclass(frozen=True)
class ConnectionSelection:
    """A connection: the selections of its `items`, and the other fields, by response key."""

    items: tuple[tuple[str, RecordSelection], ...]
    fields: tuple[tuple[str, str], ...]

    @property
    def attributes(self) -> set[str]:
        return {name for _, selection in self.items for name in selection.attributes}


@dataclass(frozen=True)
class RecordSelection:
    """What is asked of the records of one model."""

    record: type[Record]
    scalars: tuple[tuple[str, str | None], ...] = ()
    """Response key and attribute; no attribute for a field that has no value."""
    relations: tuple[RelationSelection, ...] = field(default=())

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes to read: those asked for, and those that tell the related records."""
        needed = {attribute for _, attribute in self.scalars if attribute is not None}
        for relation in self.relations:
            needed |= {self.record.names.attribute(name) for name in relation.near_fields}
        return frozenset(needed)


class Selector:
    """Reads selections from the document that is being executed."""

    def __init__(self, info: GraphQLResolveInfo, datamodel: DataModel) -> None:
        self.schema: GraphQLSchema = info.schema
        self.fragments: dict[str, FragmentDefinitionNode] = info.fragments
        self.variables: dict[str, Any] = info.variable_values
        self.datamodel = datamodel

    def fields(
        self, object_type: GraphQLObjectType, nodes: Sequence[FieldNode]
    ) -> Iterator[tuple[str, list[FieldNode]]]:
        """Yield response key and nodes of every field asked of an object, fragments followed."""
        found = collect_sub_fields(self.schema, self.fragments, self.variables, object_type, list(nodes))
        return ((key, asked) for key, asked in found.items() if not asked[0].name.value.startswith("__"))

    def object_type(self, name: str) -> GraphQLObjectType:
        return cast(GraphQLObjectType, self.schema.type_map[name])

    def arguments(self, object_type: GraphQLObjectType, node: FieldNode) -> dict[str, Any]:
        return get_argument_values(object_type.fields[node.name.value], node, self.variables)

    def record(self, model: str, nodes: Sequence[FieldNode]) -> RecordSelection:
        """Return what is asked of the records of ``model``."""
        record = self.datamodel.model(model)
        object_type = self.object_type(model)
        scalars: list[tuple[str, str | None]] = []
        relations: dict[str, list[tuple[str, list[FieldNode]]]] = {}
        for key, asked in self.fields(object_type, nodes):
            name = asked[0].name.value
            found = record.model_type.find_field(name)
            if name in METADATA and found is None:
                scalars.append((key, METADATA[name]))
            elif found is not None and found.origin is FieldOrigin.VERSION:
                scalars.append((key, METADATA["_version"]))
            elif found is not None and found.relation is not None:
                relations.setdefault(name, []).append((key, asked))
            elif found is not None and found.is_stored:
                scalars.append((key, record.names.attribute(name)))
            else:
                scalars.append((key, None))
        selected = [
            relation
            for name, group in relations.items()
            for relation in self.same_field(record.model_type.field(name), object_type, group)
        ]
        return RecordSelection(record, tuple(scalars), tuple(selected))

    def same_field(
        self,
        model_field: ModelField,
        object_type: GraphQLObjectType,
        group: list[tuple[str, list[FieldNode]]],
    ) -> Iterator[RelationSelection]:
        """Yield the selections of one relation field; equal ones under several aliases only once."""
        if len(group) == 1:
            key, nodes = group[0]
            yield self.relation((key,), model_field, self.arguments(object_type, nodes[0]), nodes)
            return
        alike: dict[str, tuple[list[str], list[FieldNode], dict[str, Any]]] = {}
        for key, nodes in group:
            arguments = self.arguments(object_type, nodes[0])
            look = f"{arguments!r} {' '.join(print_ast(n.selection_set) for n in nodes if n.selection_set)}"
            alike.setdefault(look, ([], nodes, arguments))[0].append(key)
        for keys, nodes, arguments in alike.values():
            yield self.relation(tuple(keys), model_field, arguments, nodes)

    def relation(
        self,
        keys: tuple[str, ...],
        model_field: ModelField,
        arguments: dict[str, Any],
        nodes: list[FieldNode],
    ) -> RelationSelection:
        relation = cast(Relation, model_field.relation)
        link = self.datamodel.schema.link(relation.link)
        far = link.parent if relation.side is Side.CHILD else link.child
        if relation.is_many:
            connection = self.connection(far, nodes)
            return RelationSelection(keys, model_field, relation, link, arguments, connection, None)
        record = self.record(far, nodes)
        return RelationSelection(keys, model_field, relation, link, arguments, None, record)

    def connection(
        self, model: str, nodes: Sequence[FieldNode], type_name: str | None = None
    ) -> ConnectionSelection:
        """Return what is asked of a connection to records of ``model``."""
        object_type = self.object_type(type_name or naming.connection_type(model))
        items: list[tuple[str, RecordSelection]] = []
        fields: list[tuple[str, str]] = []
        for key, asked in self.fields(object_type, nodes):
            if asked[0].name.value == "items":
                items.append((key, self.record(model, asked)))
            else:
                fields.append((key, asked[0].name.value))
        return ConnectionSelection(tuple(items), tuple(fields))


def find_items(info: GraphQLResolveInfo) -> str:
    """Return the name of the connection type that a root field answers with."""
    return get_named_type(info.return_type).name

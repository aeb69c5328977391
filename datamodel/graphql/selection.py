"""What a document asks of a model's records: fields, and relations with their arguments, level by level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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

from datamodel.access import Permissions
from datamodel.graphql import naming
from datamodel.graphql.errors import LimitExceeded
from datamodel.graphql.permission import refused_in_relation
from datamodel.limits import get_limit
from datamodel.modelgen import Record
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldOrigin, Link, ModelField, Relation, Side

__all__ = [
    "METADATA",
    "ConnectionSelection",
    "Document",
    "FieldSelection",
    "RecordSelection",
    "Refused",
    "RelationSelection",
    "Selector",
    "TypeName",
    "ValueSelection",
    "find_items",
]

METADATA = {
    "_version": "joinery_version",
    "_deleted": "joinery_deleted",
    "_lastChangedAt": "joinery_changed_at",
}
"""DataStore's fields and the attributes behind them."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """`__typename`, which is known without a look at any record."""

    name: str


@dataclass(frozen=True, slots=True)
class ValueSelection:
    """A field that a record holds itself."""

    name: str
    attribute: str | None
    """None for a field that has no value: a relation without a directive."""
    nodes: tuple[FieldNode, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A field that the caller may not read: null, with an error."""

    name: str


@dataclass(frozen=True)
class RelationSelection:
    """A relation field: what is asked of its far records, and how they are found."""

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
    """A connection: by response key the selection of its `items`, or the name of another field."""

    fields: tuple[tuple[str, RecordSelection | TypeName | str], ...]

    @property
    def items(self) -> Iterator[tuple[str, RecordSelection]]:
        return ((key, each) for key, each in self.fields if isinstance(each, RecordSelection))

    @property
    def attributes(self) -> set[str]:
        return {name for _, selection in self.items for name in selection.attributes}


@dataclass(frozen=True)
class RecordSelection:
    """What is asked of the records of one model, by response key, in the order of the answer.

    A relation that is asked for alike under several keys is one and the same object under all of them.
    """

    record: type[Record]
    fields: tuple[tuple[str, FieldSelection], ...]

    @cached_property
    def values(self) -> tuple[tuple[str, str | None], ...]:
        """Response keys and attributes of the fields that the record holds itself."""
        return tuple((key, each.attribute) for key, each in self.fields if isinstance(each, ValueSelection))

    @property
    def refused(self) -> Iterator[tuple[str, str]]:
        """Response keys and names of the fields that the caller may not read."""
        return ((key, each.name) for key, each in self.fields if isinstance(each, Refused))

    @cached_property
    def relations(self) -> tuple[tuple[RelationSelection, tuple[str, ...]], ...]:
        """Each relation with the response keys that ask for it."""
        found: dict[int, tuple[RelationSelection, tuple[str, ...]]] = {}
        for key, each in self.fields:
            if isinstance(each, RelationSelection):
                found[id(each)] = (each, (*found.get(id(each), (each, ()))[1], key))
        return tuple(found.values())

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes to read: those asked for, and those that tell the related records."""
        needed = {attribute for _, attribute in self.values if attribute is not None}
        for relation, _ in self.relations:
            needed |= {self.record.names.attribute(name) for name in relation.near_fields}
        return frozenset(needed)

    @property
    def tells_deleted(self) -> bool:
        """Return whether `_deleted` is asked for."""
        return METADATA["_deleted"] in self.attributes

    def shows_tombstone(self, relation: RelationSelection) -> bool:
        """Return whether a parent that was deleted is answered as its tombstone.

        It is where `_deleted` is asked for, of the parent or of the record that refers to it: that is how
        DataStore asks, and it needs the answer. To everybody else the parent is gone.
        """
        asked = relation.is_parent and relation.far is not None
        return asked and (self.tells_deleted or cast(RecordSelection, relation.far).tells_deleted)


FieldSelection = TypeName | ValueSelection | RelationSelection | Refused


@dataclass(frozen=True, slots=True)
class Document:
    """What selections are read from, by whom. ``arguments`` holds what stands for variables in arguments."""

    permissions: Permissions
    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: dict[str, Any]
    arguments: dict[str, Any]

    @classmethod
    def of(cls, info: GraphQLResolveInfo) -> Document:
        """Return the document that is being executed."""
        variables = info.variable_values
        return cls(info.context.permissions, info.schema, info.fragments, variables, variables)


class Selector:
    """Reads selections from a document."""

    def __init__(self, document: Document, datamodel: DataModel) -> None:
        self.document = document
        self.datamodel = datamodel
        self.selected = 0
        self.most_fields = get_limit("GRAPHQL_MAX_FIELDS")

    def fields(
        self, object_type: GraphQLObjectType, nodes: Iterable[FieldNode]
    ) -> list[tuple[str, list[FieldNode]]]:
        """Return response key and nodes of every field asked of an object, fragments followed."""
        document = self.document
        found = collect_sub_fields(
            document.schema, document.fragments, document.variables, object_type, list(nodes)
        )
        self.selected += len(found)
        if self.selected > self.most_fields:
            raise LimitExceeded(f"A document has at most {self.most_fields} fields, fragments followed.")
        return list(found.items())

    def object_type(self, name: str) -> GraphQLObjectType:
        return cast(GraphQLObjectType, self.document.schema.type_map[name])

    def arguments(self, object_type: GraphQLObjectType, node: FieldNode) -> dict[str, Any]:
        """Return a field's arguments as the API's types coerce them."""
        definition = object_type.fields[node.name.value]
        return get_argument_values(definition, node, self.document.arguments)

    def record(
        self, model: str, nodes: Iterable[FieldNode], hidden: frozenset[str] | None = None
    ) -> RecordSelection:
        """Return what is asked of the records of ``model``; ``hidden`` are the fields kept from the caller."""
        record = self.datamodel.model(model)
        object_type = self.object_type(model)
        hidden = self.document.permissions.model(model).hidden if hidden is None else hidden
        found = self.fields(object_type, nodes)
        repeated = Counter(asked[0].name.value for _, asked in found)
        known: dict[str, FieldSelection] = {}
        fields: list[tuple[str, FieldSelection]] = []
        for key, asked in found:
            name = asked[0].name.value
            field = record.model_type.find_field(name)
            if name == "__typename":
                fields.append((key, TypeName(object_type.name)))
            elif name in hidden:
                fields.append((key, Refused(name)))
            elif field is not None and field.relation is not None:
                arguments = self.arguments(object_type, asked[0])
                look = look_of(name, arguments, asked) if repeated[name] > 1 else name
                if look not in known:
                    known[look] = self.relation(field, field.relation, arguments, asked)
                fields.append((key, known[look]))
            else:
                fields.append((key, ValueSelection(name, find_attribute(record, name), tuple(asked))))
        return RecordSelection(record, tuple(fields))

    def relation(
        self,
        field: ModelField,
        relation: Relation,
        arguments: dict[str, Any],
        nodes: Sequence[FieldNode],
    ) -> RelationSelection | Refused:
        """Return what is asked of a relation field, or that the caller may not follow it as it is asked for."""
        link = self.datamodel.schema.link(relation.link)
        far = link.parent if relation.side is Side.CHILD else link.child
        grants = self.document.permissions.model(far)
        if refused_in_relation(grants, relation.sort_fields, arguments, is_many=relation.is_many):
            return Refused(field.name)
        if relation.is_many:
            connection = self.connection(far, nodes)
            return RelationSelection(field, relation, link, arguments, connection, None)
        return RelationSelection(field, relation, link, arguments, None, self.record(far, nodes))

    def connection(
        self, model: str, nodes: Iterable[FieldNode], type_name: str | None = None
    ) -> ConnectionSelection:
        """Return what is asked of a connection to records of ``model``."""
        object_type = self.object_type(type_name or naming.connection_type(model))
        fields: list[tuple[str, RecordSelection | TypeName | str]] = []
        for key, asked in self.fields(object_type, nodes):
            match asked[0].name.value:
                case "__typename":
                    fields.append((key, TypeName(object_type.name)))
                case "items":
                    fields.append((key, self.record(model, asked)))
                case name:
                    fields.append((key, name))
        return ConnectionSelection(tuple(fields))


def look_of(name: str, arguments: Mapping[str, Any], nodes: Iterable[FieldNode]) -> str:
    """Return a text that is the same for fields that ask for the same."""
    return " ".join([name, repr(arguments), *(print_ast(n.selection_set) for n in nodes if n.selection_set)])


def find_attribute(record: type[Record], name: str) -> str | None:
    """Return the attribute behind a field that is no relation, None where it has no value."""
    field = record.model_type.find_field(name)
    if field is None:
        return METADATA.get(name)
    if field.origin is FieldOrigin.VERSION:
        return METADATA["_version"]
    return record.names.attribute(name) if field.is_stored else None


def find_items(info: GraphQLResolveInfo) -> str:
    """Return the name of the connection type that a root field answers with."""
    return get_named_type(info.return_type).name

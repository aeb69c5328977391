"""A document's selection as the tree of what to read, for one caller."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.db.models import Q
from graphql import FieldNode

from datamodel.graphql.compiler.conditions import field_of
from datamodel.graphql.compiler.pages import Pages
from datamodel.graphql.compiler.sql import NotCompiled
from datamodel.graphql.compiler.tree import (
    Blank,
    Column,
    ConnectionField,
    Embedded,
    Fixed,
    ListRead,
    Match,
    OneRead,
    PageKey,
    Part,
    RecordRead,
    StartedAt,
    Value,
)
from datamodel.graphql.errors import ApiError
from datamodel.graphql.queries import ListQuery, related_query
from datamodel.graphql.selection import (
    METADATA,
    ConnectionSelection,
    RecordSelection,
    Refused,
    RelationSelection,
    Selector,
    TypeName,
    ValueSelection,
)
from datamodel.modelgen import Record
from datamodel.schema.ir import FieldKind, FieldType

__all__ = ["Lowering"]

LIVE = Q(joinery_deleted=False)
NO_VALUE = Fixed(None)


class Lowering:
    """Turns selections into trees."""

    def __init__(self, selector: Selector, pages: Pages) -> None:
        self.selector = selector
        self.datamodel = selector.datamodel
        self.schema = selector.datamodel.schema
        self.pages = pages

    def record(self, selection: RecordSelection, blanks: frozenset[str] = frozenset()) -> RecordRead:
        """Return what to read of each record; raise NotCompiled where something cannot be.

        ``blanks`` names the attributes whose values are filled in afterwards.
        """
        model = selection.record
        fields: list[tuple[str, Value]] = []
        for key, each in selection.fields:
            match each:
                case TypeName(name=name):
                    fields.append((key, Fixed(name)))
                case ValueSelection(attribute=attribute) if attribute in blanks:
                    fields.append((key, Blank(attribute)))
                case ValueSelection():
                    fields.append((key, self.value(model, each)))
                case Refused(name=name):
                    # Every record has an error of its own.
                    raise NotCompiled(f"'{name}' is not for this caller.")
                case RelationSelection(connection=None):
                    fields.append((key, self.one(selection, each)))
                case RelationSelection():
                    fields.append((key, self.many(model, each)))
        return RecordRead(model, tuple(fields))

    def value(self, model: type[Record], selection: ValueSelection) -> Value:
        """Return a field that the record holds itself."""
        field = model.model_type.find_field(selection.name)
        if selection.attribute is None:
            if field is None or field.type.is_required:
                raise NotCompiled(f"'{selection.name}' has no value.")
            return NO_VALUE
        column = field_of(model, selection.attribute)
        if field is None or selection.attribute in METADATA.values():
            return Column(column, is_flag=selection.attribute == METADATA["_deleted"])
        match field.type.kind:
            case FieldKind.CUSTOM:
                return Embedded(column, self.part(field.type, selection.nodes))
            case FieldKind.ENUM if not field.type.is_list:
                return Column(column, choices=self.schema.enum(field.type.name).names)
        return Column(column)

    def part(self, type_: FieldType, nodes: Sequence[FieldNode]) -> Part:
        """Return what is selected of a part of an embedded value."""
        shape = type_.is_list, type_.is_required, type_.is_item_required
        match type_.kind:
            case FieldKind.SCALAR:
                return Part(type_.name, *shape)
            case FieldKind.ENUM:
                return Part("enum", *shape, choices=self.schema.enum(type_.name).names)
            case FieldKind.CUSTOM:
                return Part("object", *shape, fields=self.part_fields(type_.name, nodes))
        raise NotCompiled(f"'{type_.name}' may be of several types.")

    def part_fields(
        self, type_name: str, nodes: Sequence[FieldNode]
    ) -> tuple[tuple[str, str, Part | Fixed], ...]:
        object_type = self.selector.object_type(type_name)
        hidden = self.selector.document.permissions.embedded(type_name)
        fields = {field.name: field for field in self.schema.custom_type(type_name).fields}
        found: list[tuple[str, str, Part | Fixed]] = []
        for key, asked in self.selector.fields(object_type, nodes):
            name = asked[0].name.value
            if name in hidden:
                raise NotCompiled(f"'{name}' is not for this caller.")
            if name == "__typename":
                found.append((key, name, Fixed(object_type.name)))
            elif fields[name].is_stored:
                found.append((key, name, self.part(fields[name].type, asked)))
            elif fields[name].type.is_required:
                raise NotCompiled(f"'{name}' has no value.")
            else:
                found.append((key, name, NO_VALUE))
        return tuple(found)

    def one(self, near: RecordSelection, selection: RelationSelection) -> OneRead:
        """Return a to-one field."""
        far = cast(RecordSelection, selection.far)
        return OneRead(
            self.record(far),
            self.match(near.record, far.record, selection),
            is_live=not near.shows_tombstone(selection),
            is_unique=selection.is_parent and selection.link.is_enforceable,
            is_required=selection.field.type.is_required,
        )

    def many(self, model: type[Record], selection: RelationSelection) -> ListRead:
        """Return a to-many field; a token continues the list of one parent only."""
        far = self.datamodel.model(selection.far_model)
        connection = cast(ConnectionSelection, selection.connection)
        try:
            query = related_query(selection, far)
        except ApiError as error:
            # Arguments that cannot be served are an error only where there is a record to read them for.
            raise NotCompiled(error.message) from error
        return self.list(query, connection, self.match(model, far, selection))

    def list(self, query: ListQuery, selection: ConnectionSelection, match: Match = ()) -> ListRead:
        """Return a page of a query, of one parent where ``match`` says how its records are found."""
        near = [ours for ours, _ in match]
        plan = self.pages.add(query.page, near)
        condition = query.condition & self.pages.past(query.record, plan)
        return ListRead(
            query.record,
            condition & LIVE if query.is_live else condition,
            query.page,
            plan.number,
            tuple((key, self.connection_field(each)) for key, each in selection.fields),
            match,
            self.pages.parent(plan, near),
        )

    def connection_field(self, selected: RecordSelection | TypeName | str) -> ConnectionField:
        match selected:
            case TypeName(name=name):
                return Fixed(name)
            case RecordSelection():
                return self.record(selected)
            case "nextToken":
                return PageKey()
            case "startedAt":
                return StartedAt()
        raise NotCompiled(f"'{selected}' is no field of a connection.")

    def match(self, near: type[Record], far: type[Record], selection: RelationSelection) -> Match:
        """Return the fields that tell a relation's far records; none where the ends are never equal."""
        if not selection.link.is_comparable:
            return ()
        ours = [field_of(near, near.names.attribute(name)) for name in selection.near_fields]
        theirs = [field_of(far, far.names.attribute(name)) for name in selection.far_fields]
        return tuple(zip(ours, theirs, strict=True))

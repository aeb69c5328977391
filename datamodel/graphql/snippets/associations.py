"""What the data client makes of a relationship: its lazy loaders go by the model introspection, not by the API."""

from __future__ import annotations

from typing import Any

from datamodel.graphql import naming
from datamodel.graphql.introspection import describe_model
from datamodel.graphql.shape import ApiShape
from datamodel.schema.ir import FieldKind, Link, ModelType, Side
from datamodel.schema.naming import plural_upper, upper_first

__all__ = ["Associations"]


class Associations:
    """Which calls of ``client.models`` work for a schema."""

    def __init__(self, shape: ApiShape) -> None:
        self.shape = shape
        self.schema = shape.schema
        self._fields: dict[str, dict[str, Any]] = {}

    def fields(self, model: str) -> dict[str, Any]:
        """Return the fields of a model as the introspection tells them."""
        if model not in self._fields:
            self._fields[model] = describe_model(self.schema, self.schema.model(model))["fields"]
        return self._fields[model]

    def has(self, model: ModelType, operation: str) -> bool:
        """Return whether the client can ``get``, ``list``, ``create``…: it knows the default names only."""
        name = plural_upper(model.name) if operation == "list" else upper_first(model.name)
        found: str | None = getattr(model.operations, operation)
        return found == f"{operation}{name}" and self._types_keys(model, operation)

    def _types_keys(self, model: ModelType, operation: str) -> bool:
        """Return whether the client declares the key's variables as they are: it knows no enums there."""
        keys = {"get": model.primary_key, "list": model.primary_key[:1]}.get(operation, ())
        return all(model.field(name).type.kind is FieldKind.SCALAR for name in keys)

    def breaks(self, model: str) -> bool:
        """Return whether the client fails over every record of the model that it makes loaders for.

        It looks up the field that a list is associated with; version 1's introspection names none.
        """
        return any(
            field["association"]["connectionType"] != "BELONGS_TO"
            and self._related(field).get(next(iter(field["association"]["associatedWith"]), "")) is None
            for field in self.fields(model).values()
            if "association" in field
        )

    def _related(self, field: dict[str, Any]) -> dict[str, Any]:
        return self.fields(field["type"]["model"])

    def is_lazy(self, link: Link, side: Side) -> bool:
        """Return whether calling the relationship's field on a record loads the right records."""
        model = self.schema.model(link.child if side is Side.CHILD else link.parent)
        name = link.child_field if side is Side.CHILD else link.parent_field
        field = self.fields(model.name).get(name or "")
        parent = self.schema.model(link.parent)
        if field is None or "association" not in field or self.breaks(model.name):
            return False
        if link.identifier_fields != parent.primary_key:
            return False
        return self._finds_parent(link, field) if side is Side.CHILD else self._finds_children(link, field)

    def _finds_parent(self, link: Link, field: dict[str, Any]) -> bool:
        """A ``get`` by the first reference: other key fields are looked for under the wrong names."""
        association = field["association"]
        return (
            association["connectionType"] == "BELONGS_TO"
            and association["targetNames"] == list(link.reference_fields)
            and len(link.reference_fields) == 1
            and link.reference_fields[0] in self.fields(link.child)
            and self.has(self.schema.model(link.parent), "get")
            and not self.breaks(link.parent)
        )

    def _finds_children(self, link: Link, field: dict[str, Any]) -> bool:
        """A ``list`` filtered by the fields that the association names, in the order of the key."""
        related = self._related(field)
        names = field["association"]["associatedWith"]
        far = related[names[0]]
        names = far["association"]["targetNames"] if "association" in far else names
        child = self.schema.model(link.child)
        return (
            names == list(link.reference_fields)
            and self.has(child, "list")
            and not self.breaks(link.child)
            and self.filters(child, link.reference_fields)
        )

    def filters(self, model: ModelType, names: tuple[str, ...]) -> bool:
        """Return whether lists of the model can be filtered by the fields."""
        stem = naming.made_by_model(model.name, self.shape.generation)
        known = self.shape.inputs.get(naming.filter_input(stem), {})
        return all(name in known for name in names)

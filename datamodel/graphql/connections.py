"""What Amplify's model generator makes of version 1's connections: it has rules of its own for them."""

from __future__ import annotations

from dataclasses import dataclass

from datamodel.schema.ir import FieldKind, FieldType, ModelField, ModelType, RelationDeclaration, Schema
from datamodel.schema.naming import camel_case

__all__ = ["Connection", "added_keys", "find_connection"]


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection field as the introspection tells it."""

    kind: str
    """``HAS_MANY``, ``HAS_ONE`` or ``BELONGS_TO``."""
    target: str | None = None
    """The key field that a to-one field stands for, which is not listed beside it."""
    added: str | None = None
    """The key that a list adds to the far model."""


def find_connection(schema: Schema, model: ModelType, field: ModelField) -> Connection | None:
    """Return what a field is, None where the generator leaves it out."""
    declared = field.relation.declaration if field.relation else None
    if declared is None:
        return None
    other = find_other_side(schema.model(field.type.name), model, field, declared)
    key = declared.fields[0] if declared.fields else generated_key(model, field)
    is_list, is_other_list = field.type.is_list, other is not None and other.type.is_list
    if is_list:
        if is_other_list:
            return None
        return Connection("HAS_MANY", added=generated_key(model, field) if other is None else None)
    if other is None or is_other_list or (field.type.is_required and not other.type.is_required):
        return Connection("BELONGS_TO", target=key)
    return Connection("HAS_ONE")


def find_other_side(
    far: ModelType, model: ModelType, field: ModelField, declared: RelationDeclaration
) -> ModelField | None:
    """Return the field of the far model that a connection is taken to meet; None where there is none yet."""
    connections = [
        (item, item.relation.declaration)
        for item in far.fields
        if item.relation and item.relation.declaration
    ]
    if declared.fields:
        key = far.find_index(declared.key_name) if declared.key_name else None
        name = (key.fields if key else far.primary_key)[0]
        meeting = (item for item, other in connections if other.fields and other.fields[0] == name)
        implicit_id = ModelField("id", FieldType("ID", FieldKind.SCALAR, is_required=True))
        return next(meeting, far.find_field(name) or implicit_id)
    if declared.name:
        return next((i for i, other in connections if other.name == declared.name and i is not field), None)
    found = far.find_field(generated_key(model, field))
    return found if found is not None and found.is_in_type else None


def generated_key(model: ModelType, field: ModelField) -> str:
    return camel_case((model.name, field.name, "id"))


def added_keys(schema: Schema, model: ModelType) -> set[str]:
    """Return the keys that lists of other models add to ``model``."""
    found = (
        find_connection(schema, parent, field)
        for parent in schema.models
        for field in parent.relation_fields
        if field.type.name == model.name
    )
    return {each.added for each in found if each is not None and each.added}

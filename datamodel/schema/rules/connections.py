"""What only ``@connection`` of version 1 has: names, key fields, sort fields."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import FieldKind, ModelField, ModelType, RelationDeclaration, RelationKind, Schema
from datamodel.schema.normalize.connections import find_other_half
from datamodel.schema.rules.findings import error
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_connections"]

KEY_TYPES = frozenset({"ID", "String"})


def check_connections(schema: Schema) -> Iterator[Problem]:
    """Report named connections without another half, and key and sort fields that do not fit."""
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            other = schema.find_model(item.type.name)
            if declared is None or declared.kind is not RelationKind.CONNECTION or other is None:
                continue
            if declared.fields:
                continue  # fields decide, whatever else is given
            if declared.name is not None:
                yield from _check_half(model, item, declared, other)
            if declared.key_field is not None:
                yield from _check_key_field(model, item, declared, other)
            if declared.sort_field is not None and declared.name is not None:
                yield from _check_sort_field(model, item, declared, other)


def _check_half(
    model: ModelType, item: ModelField, declared: RelationDeclaration, other: ModelType
) -> Iterator[Problem]:
    at = declared.location or item.location
    half = find_other_half(other, item, declared.name or "")
    if half is None:
        message = f"Connection '{declared.name}' has one half, '{model.name}.{item.name}', and none on '{other.name}'."
        names = [
            each.declared_relation.name
            for each in other.fields
            if each.declared_relation and each.declared_relation.name and each is not item
        ]
        hint = did_you_mean(declared.name or "", names)
        hint = hint or f"Add '@connection(name: \"{declared.name}\")' to a field of '{other.name}'."
        yield error(Code.CONNECTION_NAME, message, hint, at)
    elif half.type.is_list and item.type.is_list:
        message = f"Connection '{declared.name}' joins two lists; many-to-many needs a model of its own."
        hint = f"Write a model with a connection to '{model.name}' and one to '{other.name}'."
        yield error(Code.CONNECTION_NAME, message, hint, at)
    elif half.type.name != model.name:
        message = f"Connection '{declared.name}' leads from '{other.name}' to '{half.type.name}', not to '{model.name}'."
        yield error(Code.CONNECTION_NAME, message, "Give each connection its own name.", at)


def _check_key_field(
    model: ModelType, item: ModelField, declared: RelationDeclaration, other: ModelType
) -> Iterator[Problem]:
    """A key field that is declared must be able to hold a key."""
    holder = other if item.type.is_list else model
    own = holder.find_field(declared.key_field or "")
    if own is not None and (own.type.is_list or own.type.name not in KEY_TYPES):
        message = f"Key field '{holder.name}.{own.name}' of '{model.name}.{item.name}' is {own.type}."
        yield error(
            Code.RELATION_FIELD_TYPE, message, "Make it ID or String.", declared.location or item.location
        )


def _check_sort_field(
    model: ModelType, item: ModelField, declared: RelationDeclaration, other: ModelType
) -> Iterator[Problem]:
    """The sort field is a plain field of the model that is listed."""
    at = declared.location or item.location
    listed = other if item.type.is_list else model
    own = listed.find_field(declared.sort_field or "")
    if own is None:
        message = f"Sort field '{declared.sort_field}' of connection '{declared.name}' is no field of '{listed.name}'."
        hint = did_you_mean(declared.sort_field or "", [each.name for each in listed.fields])
        yield error(
            Code.RELATION_FIELDS, message, hint or f"Declare '{listed.name}.{declared.sort_field}'.", at
        )
    elif own.type.is_list or own.type.kind not in (FieldKind.SCALAR, FieldKind.ENUM):
        message = f"Sort field '{listed.name}.{own.name}' is not a single plain value."
        yield error(Code.RELATION_FIELD_TYPE, message, "Name a text, number, date or enum.", at)

"""Primary keys: fields that exist, hold plain values, and are never null."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import Dialect, FieldKind, FieldType, ModelType, Schema
from datamodel.schema.rules.findings import error, warning
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_primary_keys", "unsuitable"]


def unsuitable(type_: FieldType) -> str:
    """Say in a few words why a field cannot be part of a key; empty where it can."""
    if type_.is_list:
        return "is a list"
    if type_.kind is FieldKind.MODEL:
        return "is a relationship"
    if type_.kind in (FieldKind.CUSTOM, FieldKind.ABSTRACT):
        return "holds an object"
    return "is a Boolean" if type_.name == "Boolean" else ""


def check_primary_keys(schema: Schema) -> Iterator[Problem]:
    """Report primary keys that cannot identify a record."""
    for model in schema.models:
        if model.is_key_explicit:
            yield from _check_key(model, schema.dialect)
        else:
            yield from _check_id(model)


def _check_id(model: ModelType) -> Iterator[Problem]:
    item = model.find_field("id")
    if item is not None and (reason := unsuitable(item.type)):
        message = f"Field '{model.name}.id' cannot identify records: it {reason}."
        yield error(Code.KEY_FIELD_UNSUITABLE, message, "Make it 'id: ID!'.", item.location)


def _check_key(model: ModelType, dialect: Dialect) -> Iterator[Problem]:
    at = model.key_location or model.location
    if not model.primary_key:
        message = f"The primary key of '{model.name}' names no field."
        yield error(Code.KEY_FIELD_UNKNOWN, message, "Name at least one.", at)
    for position, name in enumerate(model.primary_key):
        if name in model.primary_key[:position]:
            message = f"The primary key of '{model.name}' names '{name}' twice."
            yield error(Code.KEY_REPEATED, message, "Name each field once.", at)
            continue
        is_dropped = dialect is Dialect.GEN2 and position == 0
        yield from _check_key_field(model, name, is_dropped)


def _check_key_field(model: ModelType, name: str, is_dropped: bool) -> Iterator[Problem]:
    """Check one key field; Gen 2 drops a key whose first field is missing."""
    at = model.key_location or model.location
    item = model.find_field(name)
    if item is None:
        message = f"The primary key of '{model.name}' names '{name}', which is no field of it."
        hint = did_you_mean(name, [field.name for field in model.fields])
        if is_dropped:
            yield warning(Code.UNRESOLVED_FIELD, message, f"{hint} The key is 'id' for now.".strip(), at)
        else:
            yield error(Code.KEY_FIELD_UNKNOWN, message, hint or f"Declare '{name}'.", at)
    elif reason := unsuitable(item.type):
        message = f"Field '{model.name}.{name}' cannot be part of the primary key: it {reason}."
        hint = "Use a text, number, date or enum."
        yield error(Code.KEY_FIELD_UNSUITABLE, message, hint, at)
    elif not item.type.is_required:
        message = f"Field '{model.name}.{name}' is part of the primary key and may be null."
        yield error(Code.KEY_FIELD_NULLABLE, message, f"Write '{name}: {item.type}!'.", at)

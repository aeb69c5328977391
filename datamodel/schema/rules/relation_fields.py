"""``fields:`` and ``indexName:`` of version 2, ``fields:`` and ``keyName:`` of version 1."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import (
    Dialect,
    FieldKind,
    ModelField,
    ModelType,
    RelationDeclaration,
    RelationKind,
    Schema,
)
from datamodel.schema.rules.findings import error, quoted
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_relation_fields"]


def check_relation_fields(schema: Schema) -> Iterator[Problem]:
    """Report fields that do not exist, or that do not hold the key they are matched with."""
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            other = schema.find_model(item.type.name)
            if declared is None or other is None:
                continue
            if declared.fields is not None or schema.dialect is not Dialect.V1:
                yield from _check_index(model, item, declared, other)
            if declared.fields and declared.references is None:
                yield from _check_fields(schema.dialect, model, item, declared, other)


def _check_index(
    model: ModelType, item: ModelField, declared: RelationDeclaration, other: ModelType
) -> Iterator[Problem]:
    name = declared.key_name
    if name is None:
        return
    at = declared.location or item.location
    if not item.type.is_list:
        message = f"'{model.name}.{item.name}' is a single record and is not found by index '{name}'."
        yield error(Code.RELATION_INDEX, message, "Remove the index name.", at)
    elif other.find_index(name) is None:
        message = f"Model '{other.name}' has no index '{name}', which '{model.name}.{item.name}' reads."
        hint = did_you_mean(name, [index.name for index in other.indexes])
        yield error(Code.RELATION_INDEX, message, hint or f"Add the index to '{other.name}'.", at)


def _check_fields(
    dialect: Dialect, model: ModelType, item: ModelField, declared: RelationDeclaration, other: ModelType
) -> Iterator[Problem]:
    at = declared.location or item.location
    fields = declared.fields or ()
    found = []
    for name in fields:
        own = model.find_field(name)
        if own is None and name != "id":
            message = f"'{model.name}.{item.name}' names '{name}', which is no field of '{model.name}'."
            hint = did_you_mean(name, [each.name for each in model.fields]) or f"Declare '{name}'."
            yield error(Code.RELATION_FIELDS, message, hint, at)
            return
        if own is not None and not _is_plain(own, dialect):
            message = f"'{model.name}.{item.name}' names '{name}', which is not a single plain value."
            yield error(Code.RELATION_FIELD_TYPE, message, "Name a text, number, date or enum.", at)
            return
        found.append(own)
    key = _far_key(declared, other)
    if key:
        yield from _match(model, item, declared, found, key, other)


def _is_plain(item: ModelField, dialect: Dialect) -> bool:
    """Version 2 lets a list pass, though nothing will match it."""
    if item.type.is_list and dialect is Dialect.V1:
        return False
    return item.type.kind in (FieldKind.SCALAR, FieldKind.ENUM, FieldKind.UNKNOWN)


def _far_key(declared: RelationDeclaration, other: ModelType) -> tuple[str, ...]:
    """Return the fields of the other model that are matched, empty where its index is missing."""
    if declared.key_name is None:
        return other.primary_key
    index = other.find_index(declared.key_name)
    return index.fields if index else ()


def _match(
    model: ModelType,
    item: ModelField,
    declared: RelationDeclaration,
    found: list[ModelField | None],
    key: tuple[str, ...],
    other: ModelType,
) -> Iterator[Problem]:
    at = declared.location or item.location
    label = f"'{model.name}.{item.name}'"
    if len(found) > 1 and len(found) != len(key):
        message = f"{label} names {len(found)} fields for the {len(key)} key fields of '{other.name}'."
        hint = f"Name one for each of {quoted(key)}" + (", or only the first." if len(key) > 1 else ".")
        yield error(Code.RELATION_FIELDS, message, hint, at)
        return
    if declared.kind is RelationKind.HAS_MANY and declared.key_name is None:
        return  # the official transformer does not compare with a child's primary key
    for own, far in zip(found, key, strict=False):
        mine, theirs = _type_name(own), _type_name(other.find_field(far))
        if mine != theirs:
            name = own.name if own else "id"
            message = f"{label} matches '{name}' ({mine}) with '{other.name}.{far}' ({theirs})."
            yield error(Code.RELATION_FIELD_TYPE, message, f"Make '{model.name}.{name}' {theirs}.", at)


def _type_name(item: ModelField | None) -> str:
    return item.type.name if item else "ID"

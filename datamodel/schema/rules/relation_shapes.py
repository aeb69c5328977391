"""Relationship fields: a model on the other side, a list where many are meant."""

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
from datamodel.schema.rules.findings import error, warning
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_relation_shapes"]

LISTS = frozenset({RelationKind.HAS_MANY, RelationKind.MANY_TO_MANY})
SINGLES = {RelationKind.HAS_ONE: "hasMany", RelationKind.BELONGS_TO: "manyToMany"}


def check_relation_shapes(schema: Schema) -> Iterator[Problem]:
    """Report relationships to something that is no model, lists and singles mixed up, and bare models."""
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            if declared is not None:
                yield from _check_target(schema, model, item, declared)
                yield from _check_list(model, item, declared)
                yield from _check_keys(model, item, declared)
            elif item.type.kind is FieldKind.MODEL:
                yield _bare(schema, model, item)


def _check_target(
    schema: Schema, model: ModelType, item: ModelField, declared: RelationDeclaration
) -> Iterator[Problem]:
    name = item.type.name
    if item.type.kind in (FieldKind.MODEL, FieldKind.UNKNOWN):
        return
    if item.type.kind is FieldKind.CUSTOM:
        hint = f"Add '@model' to type '{name}'."
    else:
        hint = did_you_mean(name, [each.name for each in schema.models]) or "Name a model as its type."
    message = f"Field '{model.name}.{item.name}' is a relationship, and '{name}' is no model."
    yield error(Code.RELATION_TARGET, message, hint, declared.location or item.location)


def _check_list(model: ModelType, item: ModelField, declared: RelationDeclaration) -> Iterator[Problem]:
    label = f"'{model.name}.{item.name}'"
    at = declared.location or item.location
    if declared.kind in LISTS and not item.type.is_list:
        hint = f"Write '[{item.type.name}]'" + (
            ", or use '@hasOne'." if declared.kind is RelationKind.HAS_MANY else "."
        )
        yield error(Code.RELATION_SHAPE, f"{label} is {declared.kind.value} and must be a list.", hint, at)
    elif declared.kind in SINGLES and item.type.is_list:
        hint = f"Write '{item.type.name}', or use '@{SINGLES[declared.kind]}'."
        yield error(Code.RELATION_SHAPE, f"{label} is {declared.kind.value} and cannot be a list.", hint, at)


def _check_keys(model: ModelType, item: ModelField, declared: RelationDeclaration) -> Iterator[Problem]:
    label = f"'{model.name}.{item.name}'"
    at = declared.location or item.location
    if declared.fields is not None and declared.references is not None:
        message = f"{label} gives both 'fields' and 'references'."
        yield error(Code.RELATION_FIELDS, message, "Keep one of them.", at)
    for name, value in (("fields", declared.fields), ("references", declared.references)):
        if value == ():
            yield error(
                Code.RELATION_FIELDS, f"'{name}' of {label} is empty.", "Name a field, or leave it out.", at
            )
    if declared.references is not None and declared.key_name:
        message = f"{label} gives an index name beside 'references'."
        yield error(Code.RELATION_FIELDS, message, "Remove 'indexName'.", at)


def _bare(schema: Schema, model: ModelType, item: ModelField) -> Problem:
    label = f"Field '{model.name}.{item.name}'"
    at = item.type.location or item.location
    if schema.dialect is Dialect.GEN2:
        message = f"{label} refers to model '{item.type.name}' by 'a.ref'."
        hint = "Use 'a.belongsTo', 'a.hasOne' or 'a.hasMany'."
        return error(Code.RELATION_SHAPE, message, hint, at)
    message = f"{label} holds model '{item.type.name}' without a relationship directive and is always null."
    if schema.dialect is Dialect.V1:
        hint = "Add '@connection'."
    else:
        hint = "Add '@hasMany'." if item.type.is_list else "Add '@hasOne' or '@belongsTo'."
    return warning(Code.UNRESOLVED_FIELD, message, hint, at)

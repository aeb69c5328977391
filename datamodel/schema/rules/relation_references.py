"""``references:``: the same fields named on both sides, in the order of the parent's key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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

__all__ = ["check_relation_references"]

PARENT_KINDS = (RelationKind.HAS_ONE, RelationKind.HAS_MANY)
TEXT_KEYS = frozenset({"ID", "String"})


def check_relation_references(schema: Schema) -> Iterator[Problem]:
    """Report references that are missing, do not fit the parent's key, or stand on one side only."""
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            other = schema.find_model(item.type.name)
            if declared is None or other is None or not declared.references:
                continue
            is_child = declared.kind is RelationKind.BELONGS_TO
            child, parent = (model, other) if is_child else (other, model)
            yield from _check_nullable(model, item, declared)
            problems = list(_check_fields(model, item, declared, child, parent))
            yield from problems or _check_pairs(schema, model, item, declared, other)


def _check_nullable(model: ModelType, item: ModelField, declared: RelationDeclaration) -> Iterator[Problem]:
    if item.type.is_required or item.type.is_item_required:
        plain = f"[{item.type.name}]" if item.type.is_list else item.type.name
        message = f"Relationship field '{model.name}.{item.name}' cannot be required."
        hint = f"Write '{item.name}: {plain}'; required reference fields say the same."
        yield error(Code.RELATION_SHAPE, message, hint, declared.location or item.location)


def _check_fields(
    model: ModelType, item: ModelField, declared: RelationDeclaration, child: ModelType, parent: ModelType
) -> Iterator[Problem]:
    at = declared.location or item.location
    label = f"'{model.name}.{item.name}'"
    references = declared.references or ()
    found = [child.find_field(name) for name in references]
    for name, own in zip(references, found, strict=True):
        if own is None:
            message = f"{label} refers by '{name}', which is no field of '{child.name}'."
            hint = did_you_mean(name, [each.name for each in child.fields])
            yield error(Code.RELATION_REFERENCES, message, hint or f"Declare '{child.name}.{name}'.", at)
        elif own.type.is_list or own.type.kind not in (FieldKind.SCALAR, FieldKind.ENUM):
            message = f"{label} refers by '{child.name}.{name}', which is not a single plain value."
            yield error(Code.RELATION_FIELD_TYPE, message, "Give it the type of the parent's key.", at)
    fields = [own for own in found if own is not None and not own.type.is_list]
    if len(fields) != len(references):
        return
    if len(fields) != len(parent.primary_key):
        key = parent.primary_key
        message = f"{label} names {_count(fields)}, and the key of '{parent.name}' has {_count(key)}."
        yield error(Code.RELATION_REFERENCES, message, f"Name one for each of {quoted(key)}.", at)
        return
    yield from _check_types(label, fields, child, parent, declared)


def _count(fields: Sequence[object]) -> str:
    return f"{len(fields)} field{'' if len(fields) == 1 else 's'}"


def _check_types(
    label: str, fields: list[ModelField], child: ModelType, parent: ModelType, declared: RelationDeclaration
) -> Iterator[Problem]:
    for own, far in zip(fields, parent.primary_key, strict=True):
        key = parent.find_field(far)
        wanted = key.type.name if key else "ID"
        if own.type.name != wanted and not {own.type.name, wanted} <= TEXT_KEYS:
            message = f"{label} matches '{child.name}.{own.name}' ({own.type.name}) with '{parent.name}.{far}' ({wanted})."
            hint = f"Make '{child.name}.{own.name}' {wanted}."
            yield error(Code.RELATION_FIELD_TYPE, message, hint, declared.location)
    if len({own.type.is_required for own in fields}) > 1:
        required = quoted(own.name for own in fields if own.type.is_required)
        message = f"{label} has required and nullable reference fields: {required} required, the others not."
        hint = "Make all of them required, or none."
        yield error(Code.RELATION_REFERENCES, message, hint, declared.location)


def _check_pairs(
    schema: Schema, model: ModelType, item: ModelField, declared: RelationDeclaration, other: ModelType
) -> Iterator[Problem]:
    """Each side needs the other, with the same references; in Gen 2 exactly one."""
    at = declared.location or item.location
    is_child = declared.kind is RelationKind.BELONGS_TO
    wanted = PARENT_KINDS if is_child else (RelationKind.BELONGS_TO,)
    partners = [
        each
        for each in other.fields
        if each is not item
        and each.type.name == model.name
        and each.declared_relation is not None
        and each.declared_relation.kind in wanted
        and each.declared_relation.references == declared.references
    ]
    label = f"'{model.name}.{item.name}'"
    names = quoted(declared.references or ())
    if not partners:
        kind = "hasMany or hasOne" if is_child else "belongsTo"
        message = f"{label} has no other side: '{other.name}' has no {kind} of '{model.name}' by {names}."
        hint = f"Add one to '{other.name}' with the same references, in the same order."
        yield error(Code.RELATION_COUNTERPART, message, hint, at)
    elif is_child and len(partners) > 1 and schema.dialect is Dialect.GEN2:
        message = (
            f"{label} has several other sides: {quoted(each.name for each in partners)} of '{other.name}'."
        )
        yield error(Code.RELATION_COUNTERPART, message, "Give each its own reference field.", at)

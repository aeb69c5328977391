"""``@manyToMany``: one relation name on exactly two models that list each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import FieldKind, ModelField, Schema
from datamodel.schema.normalize.joins import ManyToMany, find_many_to_many
from datamodel.schema.rules.findings import error, named_types, warning
from datamodel.schema.source import Location

__all__ = ["check_many_to_many"]

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z", re.ASCII)


def check_many_to_many(schema: Schema) -> Iterator[Problem]:
    """Report many-to-many relationships that make no join model."""
    taken = {each.name for each in named_types(schema)}
    for relationship in find_many_to_many(schema):
        yield from _check_name(relationship, taken)
        yield from _check_uses(relationship)
        taken.add(relationship.join)


def _place(item: ModelField) -> Location | None:
    declared = item.declared_relation
    return declared.location if declared and declared.location else item.location


def _check_name(relationship: ManyToMany, taken: set[str]) -> Iterator[Problem]:
    at = _place(relationship.uses[0][1])
    name = relationship.join
    if not NAME.match(name):
        message = f"Relation name '{name[:80]}' cannot be the name of a model."
        yield error(Code.MANY_TO_MANY, message, "Use letters, digits and '_'.", at)
    elif name in taken:
        message = f"The join model of relation '{name}' has the name of another type."
        yield error(Code.MANY_TO_MANY, message, "Choose another 'relationName'.", at)
    elif not relationship.is_named:
        label = " and ".join(f"'{model.name}.{item.name}'" for model, item in relationship.uses)
        message = f"The relation of {label} has no name; its join model is called '{name}'."
        hint = f"Write '@manyToMany(relationName: \"{name}\")' on both."
        yield warning(Code.GENERATED_NAME, message, hint, at)


def _check_uses(relationship: ManyToMany) -> Iterator[Problem]:
    uses = relationship.uses
    if any(item.type.kind is not FieldKind.MODEL for _, item in uses):
        return
    first, item = uses[0]
    name = f"Relation '{relationship.join}'"
    if len(uses) != 2:
        times = "once" if len(uses) == 1 else f"{len(uses)} times"
        message = f"{name} is used {times}; it takes two fields, one on either side."
        hint = f"Add a '@manyToMany' field of '{first.name}' to '{item.type.name}' with the same name."
        yield error(
            Code.MANY_TO_MANY,
            message,
            hint if len(uses) == 1 else "Give each pair its own name.",
            _place(uses[-1][1]),
        )
        return
    second, back = uses[1]
    if first.name == second.name:
        message = f"{name} joins '{first.name}' with itself, which makes two keys of one name."
        hint = "Write a join model with two belongsTo fields."
        yield error(Code.MANY_TO_MANY, message, hint, _place(back))
    elif item.type.name != second.name:
        message = f"{name} leads from '{first.name}' to '{item.type.name}', and is used on '{second.name}'."
        yield error(Code.MANY_TO_MANY, message, f"Move the field to '{item.type.name}'.", _place(back))
    elif back.type.name != first.name:
        message = f"{name} leads back to '{back.type.name}' instead of '{first.name}'."
        yield error(
            Code.MANY_TO_MANY, message, f"Make '{second.name}.{back.name}' [{first.name}].", _place(back)
        )

"""Fields that every model has without saying so: the id, the timestamps, the owner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datamodel.schema.defaults import plain_default
from datamodel.schema.ir import FieldKind, FieldOrigin, FieldType, ModelField, ModelType

__all__ = ["add_id", "add_owners", "add_timestamps", "add_version", "plain_defaults"]

TIMESTAMPS = ("createdAt", "updatedAt")
FILLED_TYPES = frozenset({"String", "AWSDateTime"})
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z")


def add_id(model: ModelType) -> ModelType:
    """Give a model without a key of its own its ``id: ID!``."""
    if model.is_key_explicit or model.find_field("id"):
        return model
    implicit = ModelField(
        "id", FieldType("ID", FieldKind.SCALAR, is_required=True), origin=FieldOrigin.IMPLICIT_ID
    )
    return replace(model, fields=(*model.fields, implicit))


def add_timestamps(model: ModelType) -> ModelType:
    """Add the timestamps that ``@model(timestamps:)`` leaves on, unless they are declared."""
    created, updated = timestamp_names(model)
    missing = tuple(
        ModelField(
            name,
            FieldType("AWSDateTime", FieldKind.SCALAR, is_required=True),
            origin=FieldOrigin.TIMESTAMP,
            is_read_only=True,
        )
        for name in dict.fromkeys((created, updated))
        if name is not None and model.find_field(name) is None
    )
    return replace(
        model,
        fields=(*model.fields, *missing),
        created_at=_if_filled(model, created),
        updated_at=_if_filled(model, updated),
    )


def timestamp_names(model: ModelType) -> tuple[str | None, str | None]:
    """Return the configured names of both timestamps; None is one that is switched off."""
    configured = dict(model.model_arguments).get("timestamps", {})
    if configured is None:
        return None, None
    names: Mapping[str, Any] = configured if isinstance(configured, Mapping) else {}
    created, updated = (names.get(name, name) for name in TIMESTAMPS)
    return created or None, updated or None


def _if_filled(model: ModelType, name: str | None) -> str | None:
    """A timestamp declared as something else than a date or text is the user's to fill."""
    declared = model.find_field(name) if name else None
    if declared is None:
        return name
    return name if declared.type.name in FILLED_TYPES and not declared.type.is_list else None


def add_version(model: ModelType) -> ModelType:
    """Show the number that ``@versioned`` counts; one that is declared is shown in its place.

    A declared field that is no number, or part of a key, is the user's own.
    """
    if not model.is_versioned:
        return model
    name, type_ = model.version_field, FieldType("Int", FieldKind.SCALAR, is_required=True)
    declared = model.find_field(name)
    if declared is None:
        shown = ModelField(name, type_, origin=FieldOrigin.VERSION, is_read_only=True)
        return replace(model, fields=(*model.fields, shown))
    indexed = {*model.primary_key, *(item for index in model.indexes for item in index.fields)}
    if declared.type.name != "Int" or declared.type.is_list or name in indexed:
        return replace(model, is_versioned=False)
    shown = replace(declared, type=type_, origin=FieldOrigin.VERSION)
    return replace(model, fields=tuple(shown if item is declared else item for item in model.fields))


def add_owners(model: ModelType) -> ModelType:
    """Add the owner fields that auth rules name and the model does not declare."""
    rules = [rule for rule in model.auth or () if rule.allow == "owner"]
    names = dict.fromkeys(rule.owner_field or "owner" for rule in rules)
    missing = tuple(
        ModelField(name, FieldType("String", FieldKind.SCALAR), origin=FieldOrigin.OWNER, is_read_only=True)
        for name in names
        if model.find_field(name) is None and NAME.match(name)
    )
    return replace(model, fields=(*model.fields, *missing))


def plain_defaults(model: ModelType) -> ModelType:
    """Write every default the way its field stores it."""
    fields = tuple(
        item if item.default is None else replace(item, default=plain_default(item.type.name, item.default))
        for item in model.fields
    )
    return replace(model, fields=fields)

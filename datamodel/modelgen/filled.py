"""Which fields the server fills in where the input leaves them out."""

from __future__ import annotations

from datamodel.schema.ir import FieldType, ModelField, ModelType

__all__ = ["created_field", "id_field", "is_filled_in", "updated_field"]


def created_field(model_type: ModelType) -> str | None:
    """Return the field that is filled in on create; None where there is none that can hold a moment."""
    return _text_field(model_type, model_type.created_at, {"String", "AWSDateTime"})


def updated_field(model_type: ModelType) -> str | None:
    """Return the field that is filled in with every write, likewise."""
    return _text_field(model_type, model_type.updated_at, {"String", "AWSDateTime"})


def id_field(model_type: ModelType) -> str | None:
    """Return ``id`` where a uuid fits it."""
    return _text_field(model_type, "id", {"String", "ID"})


def is_filled_in(model_type: ModelType, field: ModelField) -> bool:
    """Return whether a new record needs no value for the field, though it be required."""
    filled = {created_field(model_type), updated_field(model_type), id_field(model_type)}
    return field.is_read_only or field.name in filled


def _text_field(model_type: ModelType, name: str | None, types: set[str]) -> str | None:
    field = model_type.find_field(name) if name is not None else None
    return name if field is not None and _is_one_of(field.type, types) else None


def _is_one_of(field_type: FieldType, types: set[str]) -> bool:
    return not field_type.is_list and field_type.name in types

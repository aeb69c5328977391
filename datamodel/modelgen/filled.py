"""Which fields the server fills in where the input leaves them out."""

from __future__ import annotations

from datamodel.schema.ir import ModelField, ModelType

__all__ = ["created_field", "id_field", "is_filled_in", "updated_field"]


def created_field(model_type: ModelType) -> str | None:
    """Return the field that is filled in on create; None where there is none that can hold a moment."""
    return model_type.filled_fields.created


def updated_field(model_type: ModelType) -> str | None:
    """Return the field that is filled in with every write, likewise."""
    return model_type.filled_fields.updated


def id_field(model_type: ModelType) -> str | None:
    """Return ``id`` where a uuid fits it."""
    return model_type.filled_fields.id


def is_filled_in(model_type: ModelType, field: ModelField) -> bool:
    """Return whether a new record needs no value for the field, though it be required."""
    return field.is_read_only or field.name in model_type.filled_fields

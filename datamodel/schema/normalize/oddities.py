"""What the official tools accept and drop."""

from __future__ import annotations

from dataclasses import replace

from datamodel.schema.ir import Dialect, ModelIndex, ModelType

__all__ = ["drop_oddities"]


def drop_oddities(model: ModelType, dialect: Dialect) -> ModelType:
    """Drop keys and indexes that have no effect officially: on missing fields in Gen 2, on lists in version 1."""
    if dialect is Dialect.GEN2 and model.is_key_explicit and not _has(model, model.primary_key[0]):
        model = replace(model, primary_key=("id",), is_key_explicit=False)
    return replace(model, indexes=tuple(index for index in model.indexes if _is_usable(model, index)))


def _has(model: ModelType, name: str) -> bool:
    return name == "id" or model.find_field(name) is not None


def _is_usable(model: ModelType, index: ModelIndex) -> bool:
    fields = [model.find_field(name) for name in index.fields]
    return _has(model, index.fields[0]) and not any(item is not None and item.type.is_list for item in fields)

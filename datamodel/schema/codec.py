"""The intermediate representation as JSON and back. Locations are dropped."""

from __future__ import annotations

import types
import typing
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from datamodel.schema.ir import Schema
from datamodel.schema.source import Location

__all__ = ["decode_schema", "encode_schema"]


def encode_schema(schema: Schema) -> dict[str, Any]:
    """Return the schema as JSON-able data; what has its default value is left out."""
    encoded: dict[str, Any] = _encode(schema)
    return encoded


def decode_schema(data: dict[str, Any]) -> Schema:
    """Return the schema that ``encode_schema`` wrote."""
    decoded: Schema = _decode(Schema, data)
    return decoded


def _encode(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if is_dataclass(value):
        return {
            item.name: _encode(content)
            for item in fields(value)
            if not isinstance(content := getattr(value, item.name), Location) and content != item.default
        }
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    if isinstance(value, dict):
        return {key: _encode(item) for key, item in value.items()}
    return value


def _decode(kind: Any, data: Any) -> Any:
    """Read ``data`` as a value of the annotated type ``kind``."""
    if data is None or kind is Any:
        return data
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _decode(next(option for option in inner if option is not types.NoneType), data)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_decode(inner[0], item) for item in data)
        return tuple(_decode(each, item) for each, item in zip(inner, data, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        kinds = _kinds(kind)
        return kind(**{name: _decode(kinds[name], item) for name, item in data.items() if name in kinds})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(data)
    return data


@cache
def _kinds(kind: type) -> dict[str, Any]:
    """The annotations of a dataclass, without places in a text."""
    hints = typing.get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind) if hints[item.name] != Location | None}

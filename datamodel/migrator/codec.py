"""Migration operations to JSON and back, so that applied ones can be replayed.

Only classes of Django and of this project are ever looked up by name.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.migrations.operations.base import Operation
from django.utils.module_loading import import_string

__all__ = ["decode_operation", "encode_operation"]

KNOWN_PACKAGES = ("django.db.", "datamodel.modelgen.", "datamodel.migrator.")


def encode_operation(operation: Operation) -> dict[str, Any]:
    """Return the operation as JSON."""
    _, args, kwargs = operation.deconstruct()
    path = f"{type(operation).__module__}.{type(operation).__qualname__}"
    return {"class": path, "args": _encode(list(args)), "kwargs": _encode(kwargs)}


def decode_operation(data: dict[str, Any]) -> Operation:
    """Read what ``encode_operation`` wrote."""
    kwargs = {name: _decode(value) for name, value in data["kwargs"].items()}
    operation: Operation = _find_class(data["class"])(*_decode(data["args"]), **kwargs)
    return operation


def _encode(value: Any) -> Any:
    """Objects and tuples become JSON objects with one key that says what they are."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return {"tuple": [_encode(item) for item in value]}
        case list():
            return [_encode(item) for item in value]
        case dict():
            if all(isinstance(key, str) for key in value):
                pairs = {key: _encode(item) for key, item in value.items()}
                return {"dict": pairs} if _is_marked(pairs) else pairs
        case type():
            return {"type": f"{value.__module__}.{value.__qualname__}"}
    return _encode_object(value)


def _encode_object(value: Any) -> dict[str, Any]:
    if not hasattr(value, "deconstruct"):
        raise TypeError(f"{value!r} cannot be stored.")
    parts = value.deconstruct()
    # A field's name comes first.
    path, args, kwargs = parts[1:] if isinstance(value, models.Field) else parts
    if isinstance(value, models.Field | models.BaseConstraint | models.Index):
        path = f"{type(value).__module__}.{type(value).__qualname__}"
    return {"object": [path, _encode(list(args)), {key: _encode(item) for key, item in kwargs.items()}]}


MARKS = frozenset({"tuple", "dict", "type", "object"})


def _is_marked(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)) in MARKS


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if not _is_marked(value):
        return {key: _decode(item) for key, item in value.items()}
    match value:
        case {"tuple": items}:
            return tuple(_decode(item) for item in items)
        case {"dict": pairs}:
            return {key: _decode(item) for key, item in pairs.items()}
        case {"type": path}:
            return _find_class(path)
        case {"object": [path, args, kwargs]}:
            return _find_class(path)(*_decode(args), **{key: _decode(item) for key, item in kwargs.items()})
    raise TypeError(f"{value!r} is no stored operation.")


def _find_class(path: str) -> Any:
    if not path.startswith(KNOWN_PACKAGES):
        raise TypeError(f"'{path}' is no class that an operation is made of.")
    found = import_string(path)
    if not isinstance(found, type):
        raise TypeError(f"'{path}' is not a class.")
    return found

"""Values on their way in: API and JSON input to what is stored, and the server's own clock."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from datamodel.modelgen.clock import now_ms
from datamodel.modelgen.scalars import parse_scalar, shown
from datamodel.schema.ir import CustomType, FieldKind, FieldType, ModelField, Schema

__all__ = ["ValueProblem", "coerce", "default_value", "is_json", "iso_timestamp", "now_ms", "parse_scalar"]

MAX_DEPTH = 64
_WHOLE = re.compile(r"\s*[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Path = tuple[str | int, ...]


class ValueProblem(ValueError):  # noqa: N818  named like a schema's Problem
    """A value that does not fit its type: where inside the value, and a sentence."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message

    def __str__(self) -> str:
        where = ".".join(str(step) for step in self.path)
        return f"{where}: {self.message}" if where else self.message


def iso_timestamp(ms: int) -> str:
    """Return a moment as the API writes it: ``2026-11-20T08:00:00.000Z``."""
    moment = EPOCH + timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def is_json(value: Any) -> bool:
    """Return whether JSON has room for a stored value: not for bytes, nor for a number that is none."""
    return not isinstance(value, bytes) and not (isinstance(value, float) and not math.isfinite(value))


def coerce(schema: Schema, type: FieldType, value: Any) -> Any:
    """Return the stored form of ``value``; raise ValueProblem where it does not fit ``type``."""
    return _coerce(schema, type, value, ())


def default_value(schema: Schema, field: ModelField) -> Any:
    """Return the stored form of a field's ``@default``, None where it has none.

    As in AppSync's templates, a number is read from the beginning of the text.
    """
    text = field.default
    if text is None:
        return None
    match field.type.name:
        case "Int" | "AWSTimestamp":
            return parse_scalar(field.type.name, int(_number_at(_WHOLE, text)))
        case "Float":
            return parse_scalar("Float", float(_number_at(_NUMBER, text)))
        case "Boolean":
            return text.strip().lower() == "true"
        case _:
            return coerce(schema, field.type, text)


def _number_at(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    if found is None:
        raise ValueError(f"{shown(text)} is not a number.")
    return found[0]


def _coerce(schema: Schema, type_: FieldType, value: Any, path: Path) -> Any:
    if len(path) > MAX_DEPTH:
        raise ValueProblem(path[:3], "The value is nested too deeply.")
    if value is None:
        if type_.is_required:
            raise ValueProblem(path, "A value is required.")
        return None
    if type_.is_list:
        return _coerce_list(schema, type_, value, path)
    match type_.kind:
        case FieldKind.ENUM:
            return _coerce_enum(schema, type_, value, path)
        case FieldKind.CUSTOM:
            return _coerce_embedded(schema, schema.custom_type(type_.name), value, path)
        case FieldKind.SCALAR:
            try:
                return parse_scalar(type_.name, value)
            except ValueError as error:
                raise ValueProblem(path, str(error)) from None
        case _:
            raise ValueProblem(path, "A relation is set by its reference fields.")


def _coerce_list(schema: Schema, type_: FieldType, value: Any, path: Path) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueProblem(path, f"{shown(value)} is not a list.")
    limit = getattr(settings, "ARRAY_MAX_ITEMS", 10_000)
    if len(value) > limit:
        raise ValueProblem(path, f"The list is too long: {limit} items are the limit.")
    item_type = FieldType(type_.name, type_.kind, is_required=type_.is_item_required)
    return [_coerce(schema, item_type, item, (*path, index)) for index, item in enumerate(value)]


def _coerce_enum(schema: Schema, type_: FieldType, value: Any, path: Path) -> str:
    members = schema.enum(type_.name).names
    if not isinstance(value, str) or value not in members:
        some = ", ".join(members[:10]) + (", …" if len(members) > 10 else "")
        raise ValueProblem(path, f"{shown(value)} is not one of {some}.")
    return value


def _coerce_embedded(schema: Schema, custom: CustomType, value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueProblem(path, f"{shown(value)} is not an object of type {custom.name}.")
    fields = {field.name: field for field in custom.fields if field.is_stored}
    for name in value:
        if name not in fields:
            raise ValueProblem((*path, name), f"{custom.name} has no field {shown(name)}.")
    # Fields that were left out stay out, required ones are reported.
    return {
        name: _coerce(schema, field.type, value.get(name), (*path, name))
        for name, field in fields.items()
        if name in value or field.type.is_required
    }

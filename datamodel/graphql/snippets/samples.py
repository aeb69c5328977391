"""Values to show: valid for every type, told apart by a number, and the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from datamodel.schema.ir import FieldKind, FieldType, ModelField, Schema
from datamodel.schema.words import noun_of

__all__ = ["sample_value"]

MOMENT = datetime(2025, 1, 31, 12, 30, tzinfo=UTC)
ORDINALS = ("My", "Another", "A third")


def sample_value(schema: Schema, field: ModelField, number: int = 1) -> Any:
    """Return a JSON-like value for ``field``; records with different numbers get different ones."""
    return _value(schema, field.name, field.type, number, frozenset())


def _value(schema: Schema, name: str, type_: FieldType, number: int, inside: frozenset[str]) -> Any:
    if type_.is_list:
        is_endless = type_.kind is FieldKind.CUSTOM and type_.name in inside
        return [] if is_endless else [_single(schema, name, type_, number, inside)]
    return _single(schema, name, type_, number, inside)


def _single(schema: Schema, name: str, type_: FieldType, number: int, inside: frozenset[str]) -> Any:
    match type_.kind:
        case FieldKind.ENUM:
            values = schema.enum(type_.name).names
            return values[(number - 1) % len(values)]
        case FieldKind.CUSTOM:
            return _embedded(schema, type_.name, number, inside | {type_.name})
        case _:
            return SCALARS.get(type_.name, _text)(name, number)


def _embedded(schema: Schema, type_name: str, number: int, inside: frozenset[str]) -> dict[str, Any]:
    """Fill what is required; where nothing is, the first field that can be filled."""
    fields = [f for f in schema.custom_type(type_name).fields if f.type.kind is not FieldKind.MODEL]
    wanted = [f for f in fields if f.type.is_required]
    wanted = wanted or [f for f in fields if f.type.name not in inside][:1]
    return {f.name: _value(schema, f.name, f.type, number, inside) for f in wanted}


def _text(name: str, number: int) -> str:
    start = ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}."
    return f"{start} {noun_of(name)}"


def _id(name: str, number: int) -> str:
    return _text(name, number).lower().replace(" ", "-")


def _moment(number: int) -> datetime:
    return MOMENT + timedelta(days=number - 1)


SCALARS: dict[str, Callable[[str, int], Any]] = {
    "ID": _id,
    "Int": lambda _, number: number,
    "Float": lambda _, number: number + 0.5,
    "Boolean": lambda _, number: number % 2 == 1,
    "AWSDate": lambda _, number: _moment(number).date().isoformat(),
    "AWSTime": lambda _, number: f"12:30:{number - 1:02}",
    "AWSDateTime": lambda _, number: f"{_moment(number):%Y-%m-%dT%H:%M:%S}.000Z",
    "AWSTimestamp": lambda _, number: int(_moment(number).timestamp()),
    "AWSEmail": lambda name, number: f"{_id(name, number)}@example.com",
    "AWSJSON": lambda name, number: json.dumps({_id(name, number): number}),
    "AWSURL": lambda name, number: f"https://example.com/{_id(name, number)}",
    "AWSPhone": lambda _, number: f"+1206555{number:04}",
    "AWSIPAddress": lambda _, number: f"192.0.2.{number}",
}
"""How each scalar is made from the field's name and the record's number; all else is text."""

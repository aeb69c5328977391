"""Turning stored values of one type into another: what fits, what does not, and how it is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from datamodel.modelgen.values import coerce
from datamodel.schema.ir import FieldKind, FieldType, Schema

__all__ = [
    "Conversion",
    "Storage",
    "storage_of",
    "value_from_column_text",
    "value_to_column_text",
    "zero_value",
]


class Storage(StrEnum):
    """How a column holds a value."""

    TEXT = "text"
    INTEGER = "integer"
    BIG_INTEGER = "big integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    JSON = "json"


SCALAR_STORAGE = {
    "Int": Storage.INTEGER,
    "AWSTimestamp": Storage.BIG_INTEGER,
    "Float": Storage.FLOAT,
    "Boolean": Storage.BOOLEAN,
}

ZEROS: dict[Storage, Any] = {
    Storage.TEXT: "",
    Storage.INTEGER: 0,
    Storage.BIG_INTEGER: 0,
    Storage.FLOAT: 0.0,
    Storage.BOOLEAN: False,
    Storage.JSON: {},
}

WIDENING = {
    (Storage.INTEGER, Storage.BIG_INTEGER),
    (Storage.INTEGER, Storage.FLOAT),
    (Storage.BIG_INTEGER, Storage.FLOAT),
}


def storage_of(field_type: FieldType) -> Storage:
    """Return how a column of this type holds its values."""
    if field_type.is_list or field_type.kind is FieldKind.CUSTOM:
        return Storage.JSON
    return SCALAR_STORAGE.get(field_type.name, Storage.TEXT)


def value_from_column_text(storage: Storage, text: str) -> Any:
    """Read a value back from the text that its column was turned into; both databases' spellings."""
    match storage:
        case Storage.TEXT:
            return text
        case Storage.BOOLEAN:
            return text in {"true", "t", "1"}
        case Storage.FLOAT:
            return float(text)
        case _:
            return json.loads(text)


def value_to_column_text(storage: Storage, value: Any) -> str:
    """Write a value as text that either database turns into the column's type."""
    match storage:
        case Storage.TEXT:
            return str(value)
        case Storage.BOOLEAN:
            return "1" if value else "0"
        case _:
            return json.dumps(value, ensure_ascii=False)


def zero_value(schema: Schema, field_type: FieldType) -> Any:
    """Return a value for a column that no live record needs: Django wants one for an empty table."""
    if field_type.is_list:
        return []
    if field_type.kind is FieldKind.ENUM:
        return schema.enum(field_type.name).names[0]
    return ZEROS[storage_of(field_type)]


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one type to another. ``old`` and ``new`` are the schemas that define the types."""

    source: FieldType
    target: FieldType
    old: Schema
    new: Schema

    @property
    def is_direct(self) -> bool:
        """True where the database widens the column by itself."""
        return (storage_of(self.source), storage_of(self.target)) in WIDENING

    @property
    def moves_storage(self) -> bool:
        return storage_of(self.source) is not storage_of(self.target)

    @property
    def checks_values(self) -> bool:
        """True where a value may not fit, so that every one must be looked at."""
        if self.is_direct:
            return False
        if replace(self.source, is_required=False) != replace(self.target, is_required=False):
            return not self._is_any_text
        return self._removed_values() != set()

    @property
    def _is_any_text(self) -> bool:
        """True where whatever text is stored fits: to String or ID from any other text."""
        plain = self.target.name in {"String", "ID"} and not self.target.is_list
        return plain and storage_of(self.source) is Storage.TEXT

    def _removed_values(self) -> set[str]:
        if self.source.kind is not FieldKind.ENUM:
            return set()
        return set(self.old.enum(self.source.name).names) - set(self.new.enum(self.target.name).names)

    def convert(self, value: Any) -> Any:
        """Return the value in the new type; raise ValueError where it does not fit.

        A list keeps the items that fit: see ``loses_items``.
        """
        if value is None:
            return None
        if self.target.is_list:
            return self._convert_items(value)[0]
        if self.source.is_list:
            return self._convert_only_item(value)
        return self._convert_one(value)

    def loses_items(self, value: Any) -> bool:
        """Return whether a list would come out shorter."""
        return value is not None and self.target.is_list and self._convert_items(value)[1]

    def _convert_items(self, value: Any) -> tuple[list[Any], bool]:
        items = value if isinstance(value, list) and self.source.is_list else [value]
        kept: list[Any] = []
        for item in items:
            try:
                kept.append(None if item is None else self._convert_one(item))
            except ValueError:
                continue
        if self.target.is_item_required:
            kept = [item for item in kept if item is not None]
        return kept, len(kept) < len(items)

    def _convert_only_item(self, value: list[Any]) -> Any:
        if len(value) > 1:
            raise ValueError(f"A list of {len(value)} items is more than one value.")
        return self._convert_one(value[0]) if value and value[0] is not None else None

    def _convert_one(self, value: Any) -> Any:
        single = replace(self.target, is_list=False, is_required=True, is_item_required=False)
        if self.target.name == self.source.name or self.target.kind is not FieldKind.SCALAR:
            return coerce(self.new, single, value)
        if self.source.kind is FieldKind.CUSTOM and self.target.name != "AWSJSON":
            raise ValueError("An embedded value is no single value.")
        turn = BETWEEN.get((self.source.name, self.target.name)) or TOWARDS[self.target.name]
        try:
            return coerce(self.new, single, turn(value))
        except (TypeError, OverflowError, OSError) as error:
            raise ValueError(f"{value!r} is no {self.target.name}.") from error


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _to_whole_number(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(f"{value} is not a whole number.")
    return int(value)


def _to_number(value: Any) -> float:
    return float(value)


def _to_boolean(value: Any) -> bool:
    words = {"true": True, "false": False, "1": True, "0": False}
    try:
        return words[_to_text(value).strip().lower()]
    except KeyError:
        raise ValueError(f"'{value}' is neither true nor false.") from None


def _to_json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _seconds_to_datetime(value: int) -> str:
    moment = datetime.fromtimestamp(value, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _datetime_to_seconds(value: str) -> int:
    return int(datetime.fromisoformat(value).timestamp())


TOWARDS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(
        [
            "ID",
            "String",
            "AWSDate",
            "AWSTime",
            "AWSDateTime",
            "AWSEmail",
            "AWSURL",
            "AWSPhone",
            "AWSIPAddress",
        ],
        _to_text,
    ),
    "AWSJSON": _to_json_text,
    "Int": _to_whole_number,
    "AWSTimestamp": _to_whole_number,
    "Float": _to_number,
    "Boolean": _to_boolean,
}

BETWEEN: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("AWSTimestamp", "AWSDateTime"): _seconds_to_datetime,
    ("AWSDateTime", "AWSTimestamp"): _datetime_to_seconds,
    ("AWSDateTime", "AWSDate"): lambda value: value[:10],
    ("AWSDate", "AWSDateTime"): lambda value: f"{value[:10]}T00:00:00.000Z",
    ("String", "AWSJSON"): lambda value: value,
}
"""Pairs whose values mean more than their text."""

"""What does not fit inside a stored value: every place, and in which way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from datamodel.modelgen.scalars import shown
from datamodel.modelgen.values import ValueProblem, coerce
from datamodel.schema.ir import FieldKind, FieldType, Schema

__all__ = ["Misfit", "MisfitKind", "find_misfits", "known_part", "may_have"]


class MisfitKind(StrEnum):
    """In which way a value does not fit its type."""

    MISSING = "missing"
    """Null where a value is required."""
    ENUM = "enum"
    """A text that the enum does not have."""
    VALUE = "value"
    """Of another kind than the type, or malformed."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place inside a value that does not fit, and what is there."""

    kind: MisfitKind
    path: tuple[str | int, ...]
    type_name: str
    value: Any

    def __str__(self) -> str:
        where = ".".join(map(str, self.path))
        text = "no value" if self.value is None else shown(self.value).strip("'")
        return f"{where}: {text}" if where else text


def find_misfits(
    schema: Schema, type_: FieldType, value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[Misfit]:
    """Yield everything in a stored value that does not fit ``type_``.

    Fields that an embedded type no longer has are no misfits: nobody sees them.
    """
    if value is None:
        if type_.is_required:
            yield Misfit(MisfitKind.MISSING, path, type_.name, None)
    elif type_.is_list:
        yield from in_list(schema, type_, value, path)
    elif type_.kind is FieldKind.CUSTOM:
        yield from in_embedded(schema, type_, value, path)
    elif type_.kind is FieldKind.ENUM and isinstance(value, str):
        if value not in schema.enum(type_.name).names:
            yield Misfit(MisfitKind.ENUM, path, type_.name, value)
    elif not fits(schema, type_, value):
        yield Misfit(MisfitKind.VALUE, path, type_.name, value)


def in_list(schema: Schema, type_: FieldType, value: Any, path: tuple[str | int, ...]) -> Iterator[Misfit]:
    if not isinstance(value, list):
        yield Misfit(MisfitKind.VALUE, path, type_.name, value)
        return
    type_of_items = item_type(type_)
    for index, item in enumerate(value):
        yield from find_misfits(schema, type_of_items, item, (*path, index))


@cache
def item_type(type_: FieldType) -> FieldType:
    """Return the type of a list's items; asked for every value, and there are few types."""
    return replace(type_, is_list=False, is_required=type_.is_item_required, is_item_required=False)


def in_embedded(
    schema: Schema, type_: FieldType, value: Any, path: tuple[str | int, ...]
) -> Iterator[Misfit]:
    if not isinstance(value, Mapping):
        yield Misfit(MisfitKind.VALUE, path, type_.name, value)
        return
    for field in schema.custom_type(type_.name).fields:
        if field.is_stored:
            yield from find_misfits(schema, field.type, value.get(field.name), (*path, field.name))


def fits(schema: Schema, type_: FieldType, value: Any) -> bool:
    """Return whether the value is one of the type; a text of any length is one."""
    if type_.name in {"ID", "String"}:
        return isinstance(value, str)
    try:
        return bool(coerce(schema, type_, value) == value)
    except ValueProblem:
        return False


def may_have(
    schema: Schema, type_: FieldType, kind: MisfitKind, within: frozenset[str] = frozenset()
) -> bool:
    """Return whether a value of the type has room for such a misfit, however deep."""
    if kind is MisfitKind.VALUE:
        return True
    if kind is MisfitKind.MISSING and (type_.is_required or type_.is_item_required):
        return True
    if kind is MisfitKind.ENUM and type_.kind is FieldKind.ENUM:
        return True
    if type_.kind is not FieldKind.CUSTOM or type_.name in within:
        return False
    fields = schema.custom_type(type_.name).fields
    return any(may_have(schema, f.type, kind, within | {type_.name}) for f in fields if f.is_stored)


def known_part(schema: Schema, type_: FieldType, value: Any) -> Any:
    """Return the value without what its embedded types no longer have, which input does not take."""
    if type_.is_list and isinstance(value, list):
        return [known_part(schema, item_type(type_), item) for item in value]
    if type_.kind is FieldKind.CUSTOM and isinstance(value, Mapping):
        fields = {field.name: field for field in schema.custom_type(type_.name).fields if field.is_stored}
        return {n: known_part(schema, fields[n].type, part) for n, part in value.items() if n in fields}
    return value

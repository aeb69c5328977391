"""Types stored inside a record hold values only, and come to an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import FieldKind, ModelField, Schema
from datamodel.schema.rules.findings import error

__all__ = ["check_embedded_types", "check_endless_types", "endless_names"]

NOT_STORED = (FieldKind.MODEL, FieldKind.ABSTRACT)


def check_embedded_types(schema: Schema) -> Iterator[Problem]:
    """Report models and abstract types inside types that some model embeds."""
    for name in sorted(embedded_names(schema)):
        for item in schema.custom_type(name).fields:
            if item.type.kind in NOT_STORED:
                message = (
                    f"Field '{name}.{item.name}' holds '{item.type.name}', "
                    "which cannot be stored inside another record."
                )
                hint = f"Store its key, or add '@model' to type '{name}' and relate it."
                yield error(Code.UNSUITABLE_TYPE, message, hint, item.type.location or item.location)


def check_endless_types(schema: Schema) -> Iterator[Problem]:
    """Report embedded types that need others of themselves inside: no record could ever hold one."""
    endless = endless_names({name: _needed_names(schema, name) for name in embedded_names(schema)})
    for name in sorted(endless):
        for item in schema.custom_type(name).fields:
            if _is_needed(item) and item.type.name in endless:
                message = (
                    f"Field '{name}.{item.name}' needs a '{item.type.name}' inside, and so on without end."
                )
                hint = f"Make it optional: '{item.name}: {item.type.name}'."
                yield error(Code.UNSUITABLE_TYPE, message, hint, item.type.location or item.location)


def _is_needed(item: ModelField) -> bool:
    return item.type.kind is FieldKind.CUSTOM and item.type.is_required and not item.type.is_list


def _needed_names(schema: Schema, name: str) -> set[str]:
    """The types that every value of a type holds directly."""
    return {item.type.name for item in schema.custom_type(name).fields if _is_needed(item)}


def endless_names(needed: Mapping[str, set[str]]) -> set[str]:
    """Return the types left over once those are taken away, again and again, that need no other."""
    holders: dict[str, list[str]] = {}
    for name, inner in needed.items():
        for each in inner:
            holders.setdefault(each, []).append(name)
    missing = {name: len(inner) for name, inner in needed.items()}
    finished = [name for name, count in missing.items() if not count]
    for name in finished:
        for holder in holders.get(name, ()):
            missing[holder] -= 1
            if not missing[holder]:
                finished.append(holder)
    return needed.keys() - set(finished)


def embedded_names(schema: Schema) -> set[str]:
    """Return the custom types that records hold, directly or inside others."""
    fields_of = {custom.name: custom.fields for custom in schema.custom_types}
    found: set[str] = set()
    waiting = [item for model in schema.models for item in model.fields]
    while waiting:
        item = waiting.pop()
        if item.type.kind is FieldKind.CUSTOM and item.type.name in fields_of and item.type.name not in found:
            found.add(item.type.name)
            waiting.extend(fields_of[item.type.name])
    return found

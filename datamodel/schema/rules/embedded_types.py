"""Types stored inside a record hold values only."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import FieldKind, Schema
from datamodel.schema.rules.findings import error

__all__ = ["check_embedded_types"]

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

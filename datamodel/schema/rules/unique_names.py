"""Every type, and every field of a type, is defined once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import CustomType, ModelType, Schema
from datamodel.schema.rules.findings import Named, error, named_types

__all__ = ["check_unique_names"]


def check_unique_names(schema: Schema) -> Iterator[Problem]:
    """Report types and fields that are defined again."""
    for again, first in _repeats(named_types(schema)):
        message = f"Type '{again.name}' is defined more than once."
        yield error(Code.DUPLICATE_TYPE, message, _hint(first), again.location)
    fields_of: list[ModelType | CustomType] = [*schema.models, *schema.custom_types]
    for holder in fields_of:
        for again, first in _repeats(list(holder.fields)):
            message = f"Field '{holder.name}.{again.name}' is defined more than once."
            yield error(Code.DUPLICATE_FIELD, message, _hint(first), again.location)


def _repeats(items: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    """Each item whose name came before, with the item that had it first, in the order written."""
    seen: dict[str, Named] = {}
    for item in sorted(items, key=_position):
        if item.name in seen:
            yield item, seen[item.name]
        seen.setdefault(item.name, item)


def _position(item: Named) -> tuple[int, int]:
    return (item.location.line, item.location.column) if item.location else (0, 0)


def _hint(first: Named) -> str:
    where = f" at {first.location}" if first.location else ""
    return f"It is already defined{where}: rename or remove one of them."

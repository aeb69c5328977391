"""Short ways to make a problem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem, Severity
from datamodel.schema.ir import CustomType, ModelField, ModelType, Schema
from datamodel.schema.source import Location

__all__ = ["Named", "error", "holders", "named_types", "quoted", "type_names", "warning"]


def error(code: Code, message: str, hint: str = "", at: Location | None = None) -> Problem:
    """Make a problem that stops the schema from being used."""
    return Problem(code, message, hint, at)


def warning(code: Code, message: str, hint: str = "", at: Location | None = None) -> Problem:
    """Make a problem that is shown and passes."""
    return Problem(code, message, hint, at, Severity.WARNING)


def holders(schema: Schema) -> Iterator[tuple[ModelType | CustomType, ModelField]]:
    """Every field with the type that holds it."""
    for model in schema.models:
        for item in model.fields:
            yield model, item
    for custom in schema.custom_types:
        for item in custom.fields:
            yield custom, item


class Named(Protocol):
    """Anything with a name and a place."""

    @property
    def name(self) -> str: ...

    @property
    def location(self) -> Location | None: ...


def named_types(schema: Schema) -> list[Named]:
    """Every type that the schema defines, interfaces, unions and inputs among them."""
    custom = [each for each in schema.custom_operations if each.parent is None]
    return [*schema.models, *schema.custom_types, *schema.enums, *custom]


def type_names(schema: Schema) -> list[str]:
    """The names of everything a field may hold."""
    return [
        *(each.name for each in schema.models),
        *(each.name for each in schema.custom_types),
        *(each.name for each in schema.enums),
    ]


def quoted(names: Iterable[str]) -> str:
    """Return names for a sentence: ``'a', 'b'``."""
    return ", ".join(f"'{name}'" for name in names)

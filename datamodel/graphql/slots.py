"""Slots: what stands for a request's values while a statement is built, so that the next request can reuse it.

A statement is built once for many requests. Where a value only becomes a parameter, a `Slot` takes its
place. Where the statement itself depends on a value (a limit, a direction), it is asked for through
`known`, which notes that it was: the statement then serves the requests that agree in what was noted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Expression,
    Field,
    FloatField,
    IntegerField,
    TextField,
)
from django.db.models.sql.compiler import SQLCompiler

from datamodel.changes.syncing import buried_since
from datamodel.graphql.errors import BadRequest

__all__ = [
    "NOW",
    "PAGES",
    "Binding",
    "JsonList",
    "Lifetime",
    "Look",
    "Looks",
    "Moment",
    "Path",
    "Slot",
    "check_text",
    "count_values",
    "known",
    "mark",
    "shape_of",
]

Path = tuple[str | int, ...]
Values = Mapping[str, Any]

NOW = "#now"
"""Where a request's values hold its time; no variable is called so."""

PAGES = "#pages"
"""Where they hold the positions that its tokens tell, page by page."""

SMALL = 2**31
OUTPUT_FIELDS: dict[type, type[Field[Any, Any]]] = {
    str: TextField,
    bool: BooleanField,
    int: IntegerField,
    float: FloatField,
}


@dataclass(frozen=True, slots=True)
class Look:
    """A value that a statement depends on: where it is, and what of it matters."""

    path: Path
    by: Callable[[Any], Hashable]

    def at(self, values: Values) -> Hashable:
        """Return what matters of the value that a request brings."""
        return self.by(follow(values, self.path))


@dataclass(slots=True)
class Looks:
    """Everything that building a statement has looked at so far."""

    noted: dict[Look, None] = field(default_factory=dict)

    def note(self, path: Path, by: Callable[[Any], Hashable]) -> None:
        self.noted[Look(path, by)] = None


class Binding:
    """A parameter whose value each request brings; ``example`` tells the type of its values."""

    example: Any = ""

    def bind(self, values: Values) -> Any:
        """Return the value of this request; raise BadRequest where no database can hold it."""
        raise NotImplementedError


# Django's own base class defines equality by arguments; one slot is as good as another of the same path.
class Slot(Expression, Binding):
    """Stands for one value of a request; serves as an expression in conditions."""

    def __init__(self, path: Path, value: Any, looks: Looks) -> None:
        super().__init__(output_field=OUTPUT_FIELDS.get(type(value), TextField)())
        self.path = path
        self.value = value
        self.looks = looks
        self.example = value

    def __repr__(self) -> str:
        return f"Slot({'.'.join(map(str, self.path))})"

    def __bool__(self) -> bool:
        raise TypeError("The value of a slot differs from request to request: ask with 'known'.")

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        return "%s", [self]

    def bind(self, values: Values) -> Any:
        value = follow(values, self.path)
        return check_text(value) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class JsonList(Binding):
    """A list as JSON text, some of its items brought by the request."""

    items: tuple[Any, ...]

    def bind(self, values: Values) -> str:
        return json.dumps([resolve(item, values) for item in self.items])


@dataclass(frozen=True, slots=True)
class Moment(Binding):
    """The time of the request, in milliseconds."""

    def bind(self, values: Values) -> int:
        moment: int = values[NOW]
        return moment


class Lifetime(Expression, Binding):
    """The time from which on a first sync tells of deleted records, in milliseconds."""

    example = 2**40

    def __init__(self) -> None:
        super().__init__(output_field=BigIntegerField())

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        return "%s", [self]

    def bind(self, values: Values) -> int:
        return buried_since()


def same(value: Any) -> Any:
    return value


def known(value: Any, by: Callable[[Any], Any] = same) -> Any:
    """Return what matters of a value, noting that the statement depends on it where a request brings it."""
    if isinstance(value, Slot):
        value.looks.note(value.path, by)
        return by(value.value)
    return by(value)


def mark(value: Any, looks: Looks, path: Path) -> Any:
    """Return a request's value with slots in place of all that is neither list, object nor null."""
    match value:
        case dict():
            return {key: mark(item, looks, (*path, key)) for key, item in value.items()}
        case list():
            return [mark(item, looks, (*path, index)) for index, item in enumerate(value)]
        case None:
            return None
        case _:
            return Slot(path, value, looks)


def resolve(value: Any, values: Values) -> Any:
    """Return a structure with the request's values in place of slots."""
    match value:
        case Binding():
            return value.bind(values)
        case dict():
            return {key: resolve(item, values) for key, item in value.items()}
        case list() | tuple():
            return [resolve(item, values) for item in value]
        case _:
            return value


def shape_of(value: Any) -> Hashable:
    """Return what a statement depends on in any case: objects' names, lists' lengths, types, what is null."""
    kind: Any = type(value)
    if kind is dict:
        return tuple([(key, shape_of(item)) for key, item in value.items()])
    if kind is list:
        return (list, *map(shape_of, value))
    if kind is int and not -SMALL <= value < SMALL:
        return "large"
    return cast(Hashable, kind)


def count_values(value: Any) -> int:
    """Return how many values there are, inside objects and lists too."""
    match value:
        case dict():
            return 1 + sum(map(count_values, value.values()))
        case list():
            return 1 + sum(map(count_values, value))
    return 1


def follow(values: Values, path: Path) -> Any:
    found: Any = values
    for step in path:
        found = found[step]
    return found


def check_text(text: str) -> str:
    """Return text that both databases can hold; raise BadRequest for any other."""
    if "\x00" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise BadRequest("A filter's text may not contain NUL or lone surrogate characters.")
    return text

"""What the expressions of a schema file evaluate to.

Strings, numbers, booleans and ``null`` are Python's own. Everything kept in a list, an object or a
call knows where it was written, so that a problem found much later still points at its character.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from tree_sitter import Node

from datamodel.schema.source import Location

if TYPE_CHECKING:
    from datamodel.schema.dialects.typescript.modules import Module, Scope

MAX_TEXT = 100_000
"""The longest text that is put together."""
MAX_ITEMS = 10_000
"""The longest list that is put together."""


@dataclass(frozen=True, slots=True)
class Undefined:
    """JavaScript's ``undefined``."""


UNDEFINED = Undefined()


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value that only running the code would give. Harmless until the schema needs it."""

    reason: str
    hint: str
    location: Location
    scope: Scope | None = None
    """For a name that nothing defines: where it was looked for."""
    name: str = ""
    is_host: bool = False
    """True for what the computer gives, such as ``process``: then all that is got from it is named."""


@dataclass(slots=True, eq=False)
class Located:
    """A value and where its expression begins."""

    value: Value
    location: Location


@dataclass(slots=True, eq=False)
class Entry:
    """A member of an object: its value, and where its key stands."""

    value: Value
    key_location: Location
    location: Location


@dataclass(slots=True, eq=False)
class ListValue:
    """An array. ``unknown`` is a spread part that could not be evaluated."""

    items: list[Located] = field(default_factory=list)
    unknown: Unknown | None = None

    def __iter__(self) -> Iterator[Located]:
        return iter(self.items)


@dataclass(slots=True, eq=False)
class ObjectValue:
    """An object. ``unknown`` is a spread part or a key that could not be evaluated."""

    entries: dict[str, Entry] = field(default_factory=dict)
    unknown: Unknown | None = None


@dataclass(slots=True, eq=False)
class Function:
    """A function of the uploaded code with the scope it closes over."""

    node: Node
    scope: Scope


@dataclass(frozen=True, slots=True)
class Native:
    """A function of JavaScript itself: ``Object.keys``, or a method of a list or string (``target``)."""

    name: str
    target: ListValue | str | None = None


@dataclass(frozen=True, slots=True)
class Namespace:
    """Something builders hang from: ``a``, ``a.handler``, ``allow``, an imported package."""

    name: str


@dataclass(frozen=True, slots=True)
class BuilderFunction:
    """A builder that was named and not yet called: ``a.string``."""

    family: str
    name: str


@dataclass(slots=True, eq=False)
class Call:
    """A method called on a builder."""

    name: str
    arguments: list[Located]
    location: Location


@dataclass(slots=True, eq=False)
class Builder:
    """``a.string().required()``: a builder and the methods called on it, in order.

    The methods change the builder they are called on, as the official ones do: two fields that
    share a constant share what is called on it.
    """

    family: str
    name: str
    arguments: list[Located]
    location: Location
    calls: list[Call] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.family}.{self.name}()" if self.family else f"{self.name}()"


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a builder that was named and not yet called."""

    builder: Builder
    name: str
    location: Location


@dataclass(frozen=True, slots=True)
class ModuleObject:
    """``import * as models from './models'``."""

    module: Module


Value: TypeAlias = (
    bool
    | int
    | float
    | str
    | Undefined
    | Unknown
    | ListValue
    | ObjectValue
    | Function
    | Native
    | Namespace
    | BuilderFunction
    | Builder
    | Method
    | ModuleObject
    | None
)


def join_texts(values: Iterable[Value], separator: str = ",") -> str:
    """Return the texts of ``values`` in one; raise ValueError where that is too long."""
    parts: list[str] = []
    length = 0
    for value in values:
        # null and undefined are empty text inside an array
        parts.append("" if value is None or value is UNDEFINED else to_text(value))
        length += len(parts[-1]) + len(separator)
        if length > MAX_TEXT:
            raise ValueError("too long")
    return separator.join(parts)


def to_text(value: Value) -> str:
    """Return what JavaScript's ``String(value)`` gives; lists inside lists are not followed."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return _number_text(value)
        case Undefined():
            return "undefined"
        case ListValue() if not any(isinstance(item.value, ListValue) for item in value):
            return join_texts(item.value for item in value)
        case _:
            return "[object Object]"


def _number_text(value: float) -> str:
    """Return a number as JavaScript prints it: the shortest digits, an exponent only far from 1."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    shortest = Decimal(repr(float(value))).normalize()
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return f"{shortest:f}"
    mantissa, exponent = f"{shortest:e}".split("e")
    return f"{mantissa}e{int(exponent):+d}"


def describe(value: Value) -> str:
    """Return a noun for ``value``, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Undefined():
            return "undefined"
        case ListValue():
            return "a list"
        case ObjectValue() | ModuleObject():
            return "an object"
        case Function() | Native():
            return "a function"
        case Namespace():
            return f"'{value.name}'"
        case BuilderFunction():
            return f"'{value.family}.{value.name}' without its parentheses"
        case Method():
            return f"'.{value.name}' without its parentheses"
        case Builder():
            return f"'{value}'"
        case Unknown():
            return "a value that is not known"


def is_truthy(value: Value) -> bool:
    """Return whether JavaScript takes ``value`` for true."""
    return not (value is None or value is UNDEFINED or value is False or value == 0 or value == "")

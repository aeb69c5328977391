"""Which rows may hold a value that cannot be read, told by SQL: all that do, and few others.

Python has the last word on those. A column that its database keeps clean by itself is not looked at.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.lookups import Exact, Range
from django.db.models.sql.compiler import SQLCompiler

from datamodel.schema.ir import FieldKind, FieldType

__all__ = ["find_doubt"]

INFINITE = (float("nan"), float("inf"), float("-inf"))
RANGES = {
    "Int": (-(2**31), 2**31 - 1),
    "AWSTimestamp": (-(2**53), 2**53 - 1),
    "Float": (-1.7976931348623157e308, 1.7976931348623157e308),
}
STORED_AS = {"Float": ("real", "integer")}

NO_DAYS = ("02-29", "02-30", "02-31", "04-31", "06-31", "09-31", "11-31")
"""Days that no year has, and the one that some have."""

MASKS = {
    "AWSDate": ("9999-99-99",),
    "AWSTime": ("99:99:99", "99:99:99.999"),
    "AWSDateTime": ("9999-99-99T99:99:99.999Z", "9999-99-99T99:99:99Z"),
}
"""How moments are usually written; a nine stands for any digit."""

DATE = (
    "substr({0}, 1, 4) > '0000' AND substr({0}, 6, 2) BETWEEN '01' AND '12'"
    " AND substr({0}, 9, 2) BETWEEN '01' AND '31'"
    f" AND substr({{0}}, 6, 5) NOT IN {NO_DAYS}"
)
TIME = "substr({{0}}, {0}, 2) <= '23' AND substr({{0}}, {1}, 2) <= '59' AND substr({{0}}, {2}, 2) <= '59'"
NUMBERS = {
    "AWSDate": DATE,
    "AWSTime": TIME.format(1, 4, 7),
    "AWSDateTime": f"{DATE} AND {TIME.format(12, 15, 18)}",
}
"""What is true of the digits of a moment that there is."""


def find_doubt(attribute: str, type_: FieldType) -> Q | None:
    """Return the condition of rows whose value may be unreadable, None where none can be."""
    is_sqlite = connection.vendor == "sqlite"
    given = Q(**{f"{attribute}__isnull": False})
    if type_.is_list or type_.kind is FieldKind.CUSTOM:
        return given
    if type_.name == "Boolean":
        return None  # SQLite's driver reads all that is not true as false
    if type_.name in RANGES:
        return sqlite_number(attribute, type_.name) & given if is_sqlite else number(attribute, type_.name)
    text = ~Q(Exact(stored_as(attribute), Value("text"))) & given if is_sqlite else None
    if type_.kind is FieldKind.ENUM or type_.name in {"ID", "String"}:
        return text
    if type_.name in MASKS:
        odd = ~Q(WellWritten(F(attribute), name=type_.name)) & given
        return odd if text is None else text | odd
    return given


def number(attribute: str, name: str) -> Q | None:
    """Return the condition of numbers out of range; PostgreSQL's own types keep the others in theirs."""
    if name == "Float":
        return Q(**{f"{attribute}__in": INFINITE})
    return ~Q(Range(F(attribute), RANGES[name])) if name == "AWSTimestamp" else None


def sqlite_number(attribute: str, name: str) -> Q:
    """Return the condition of what is no number of the kind; SQLite's columns take anything."""
    kinds = Q(pk__in=[])
    for kind in STORED_AS.get(name, ("integer",)):
        kinds |= Q(Exact(stored_as(attribute), Value(kind)))
    low, high = RANGES[name]
    return ~(kinds & Q(Plain(F(attribute), low=low, high=high)))


class Plain(Func):
    """A column between two numbers, compared as it is stored."""

    template = "(%(expressions)s BETWEEN %(low)r AND %(high)r)"
    output_field = BooleanField()
    conditional = True


def stored_as(attribute: str) -> Func:
    """Return SQLite's word for how the value is stored."""
    return Func(F(attribute), function="TYPEOF", output_field=TextField())


class WellWritten(Func):
    """True where a date or time is written as it usually is; it may be a good one elsewhere, too."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, expression: Any, *, name: str) -> None:
        super().__init__(expression)
        self.name = name

    def as_sqlite(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.get_source_expressions()[0])
        globs = [mask.replace("9", "[0-9]") for mask in MASKS[self.name]]
        shapes = " OR ".join(f"{column} GLOB '{glob}'" for glob in globs)
        return f"(({shapes}) AND {NUMBERS[self.name].format(column)})", [*params]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        """Compare masks: a regular expression takes three times as long."""
        column, params = compiler.compile(self.get_source_expressions()[0])
        masks = ", ".join(f"'{mask}'" for mask in MASKS[self.name])
        shape = f"translate({column}, '012345678', '999999999') IN ({masks})"
        return f"({shape} AND {NUMBERS[self.name].format(column)})", [*params]

"""The SQL that conditions need beyond Django's lookups, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Func, IntegerField, Value
from django.db.models.sql.compiler import SQLCompiler

from datamodel.graphql.slots import JsonList, Slot

__all__ = ["ListEquals", "ListHolds", "ListLength", "RowAfter"]

Compiled = tuple[str, list[Any]]


class ListEquals(Func):
    """True where the list stored in ``attribute`` has exactly these items, in this order."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, attribute: str, items: Sequence[Any]) -> None:
        super().__init__(F(attribute))
        self.items = tuple(items)

    def as_sqlite(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        # The column holds what `json.dumps` made, as the parameter does.
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = %s", [*params, parameter(self.items)]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} = %s::jsonb", [*params, parameter(self.items)]


class ListHolds(Func):
    """True where the list stored in ``attribute`` has ``item`` among its members; null where there is none."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, attribute: str, item: Any) -> None:
        super().__init__(F(attribute))
        self.item = item

    def as_sqlite(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        sql, params = compiler.compile(self.source_expressions[0])
        # The column was quoted by Django.
        return f"EXISTS(SELECT 1 FROM json_each({sql}) WHERE value = %s)", [*params, self.item]  # noqa: S608

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} @> %s::jsonb", [*params, parameter((self.item,))]


class ListLength(Func):
    """The number of items of the list stored in an attribute."""

    output_field = IntegerField()
    function = "JSON_ARRAY_LENGTH"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        sql, params = self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)
        return sql, list(params)


class RowAfter(Func):
    """True where the attributes, compared as tuples are, come after ``values``; an index serves it."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, attributes: Sequence[str], values: Sequence[Any], *, is_descending: bool) -> None:
        given: list[Expression] = [each if isinstance(each, Slot) else Value(each) for each in values]
        super().__init__(*(F(attribute) for attribute in attributes), *given)
        self.sign = "<" if is_descending else ">"

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> Compiled:
        compiled = [compiler.compile(source) for source in self.source_expressions]
        half = len(compiled) // 2
        columns = ", ".join(sql for sql, _ in compiled[:half])
        values = ", ".join(sql for sql, _ in compiled[half:])
        return f"({columns}) {self.sign} ({values})", [param for _, params in compiled for param in params]


def parameter(items: tuple[Any, ...]) -> Any:
    """Return a list as JSON text: now where all is known, else with each request."""
    made = JsonList(items)
    return made if any(isinstance(item, Slot) for item in items) else made.bind({})

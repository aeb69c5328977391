"""The SQL that filters need beyond Django's lookups: list membership and list length, on both databases."""

from __future__ import annotations

import json
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler

__all__ = ["ListHolds", "ListLength"]


class ListHolds(Func):
    """True where the list stored in ``attribute`` has ``item`` among its members; null where there is none."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, attribute: str, item: Any) -> None:
        super().__init__(F(attribute))
        self.item = item

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self.source_expressions[0])
        # The column was quoted by Django.
        return f"EXISTS(SELECT 1 FROM json_each({sql}) WHERE value = %s)", (*params, self.item)  # noqa: S608

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"{sql} @> %s::jsonb", (*params, json.dumps([self.item]))


class ListLength(Func):
    """The number of items of the list stored in an attribute."""

    output_field = IntegerField()
    function = "JSON_ARRAY_LENGTH"

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        sql, params = self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **context)
        return sql, list(params)

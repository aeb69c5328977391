"""Sets of values as one SQL parameter, so that a statement's shape does not depend on their number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.sql.compiler import SQLCompiler

__all__ = ["Among"]


class Among(Func):
    """True where the attributes, together, equal one of ``rows``: ``Among(("a", "b"), [(1, "x")])``."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, attributes: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        super().__init__(*(F(attribute) for attribute in attributes))
        self.rows = rows

    def as_sqlite(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        columns, params = self.compile_columns(compiler)
        parts = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(len(columns)))
        sql = f"({', '.join(columns)}) IN (SELECT {parts} FROM json_each(%s))"  # noqa: S608 (columns are quoted by Django)
        return sql, [*params, json.dumps(self.rows)]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        columns, params = self.compile_columns(compiler)
        types = [source.output_field.db_type(connection) for source in self.get_source_expressions()]
        arrays = [list(values) for values in zip(*self.rows, strict=True)]
        if len(columns) == 1:
            return f"{columns[0]} = ANY(%s::{types[0]}[])", [*params, *arrays]
        parts = ", ".join(f"%s::{db_type}[]" for db_type in types)
        sql = f"({', '.join(columns)}) IN (SELECT * FROM unnest({parts}))"  # noqa: S608 (likewise)
        return sql, [*params, *arrays]

    def compile_columns(self, compiler: SQLCompiler) -> tuple[list[str], list[Any]]:
        """Return the SQL of every attribute and their parameters."""
        compiled = [compiler.compile(source) for source in self.get_source_expressions()]
        return [sql for sql, _ in compiled], [param for _, params in compiled for param in params]

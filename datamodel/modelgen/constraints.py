"""References as real constraints: foreign keys over one or several columns, checked at commit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint, Model

__all__ = ["ReferenceConstraint"]


class ReferenceConstraint(BaseConstraint):
    """A FOREIGN KEY of ``fields`` to columns of another table that are unique together.

    It is deferred, so that within a transaction the order of writes does not matter. A reference
    with a null in it is not checked. SQLite has it in CREATE TABLE; PostgreSQL adds it after all
    tables are there, so that their order does not matter either.
    """

    template = (
        "FOREIGN KEY (%(columns)s) REFERENCES %(to_table)s (%(to_columns)s) DEFERRABLE INITIALLY DEFERRED"
    )

    def __init__(self, *, name: str, fields: Iterable[str], to_table: str, to_columns: Iterable[str]) -> None:
        super().__init__(name=name)
        self.fields = tuple(fields)
        self.to_table = to_table
        self.to_columns = tuple(to_columns)

    def constraint_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> str | None:
        """Return the clause for CREATE TABLE, or None where it is added afterwards."""
        if schema_editor.connection.vendor != "sqlite":
            schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
            return None
        quote = schema_editor.quote_name
        return f"CONSTRAINT {quote(self.name)} " + self.template % {
            "columns": ", ".join(quote(column) for column in self._columns(model)),
            "to_table": quote(self.to_table),
            "to_columns": ", ".join(quote(column) for column in self.to_columns),
        }

    def create_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        """Return the statement that adds the constraint; SQLite's editor remakes the table instead."""
        quote = schema_editor.quote_name
        return Statement(
            f"ALTER TABLE %(table)s ADD CONSTRAINT %(name)s {self.template}",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            columns=Columns(model._meta.db_table, self._columns(model), quote),
            to_table=Table(self.to_table, quote),
            to_columns=Columns(self.to_table, list(self.to_columns), quote),
        )

    def remove_sql(  # type: ignore[override]
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor
    ) -> Statement:
        """Return the statement that drops the constraint; SQLite's editor remakes the table instead."""
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave the check to the write path, which locks the parent, and to the database."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return (
            path,
            tuple(args),
            {
                **kwargs,
                "fields": self.fields,
                "to_table": self.to_table,
                "to_columns": self.to_columns,
            },
        )

    def _columns(self, model: type[Model]) -> list[str]:
        columns = {field.name: field.column for field in model._meta.concrete_fields if field.column}
        return [columns[name] for name in self.fields]

    @property
    def _identity(self) -> tuple[Any, ...]:
        return self.name, self.fields, self.to_table, self.to_columns

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ReferenceConstraint):
            return self._identity == other._identity
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._identity)

    def __repr__(self) -> str:
        return (
            f"<ReferenceConstraint: {self.name} {', '.join(self.fields)} -> "
            f"{self.to_table} ({', '.join(self.to_columns)})>"
        )

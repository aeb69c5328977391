"""Conditions of the caller: asked of the locked record, or of nothing where none is stored yet."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, Q, QuerySet
from django.db.models.sql import Query

from datamodel.modelgen import Record
from datamodel.modelgen.errors import ConditionFailed

__all__ = ["check_condition", "check_condition_of_nothing"]


def check_condition(record: Record, condition: Q | None) -> None:
    """Raise ConditionFailed unless the stored record meets the condition."""
    if condition is None:
        return
    if not type(record).all_objects.filter(condition, pk=record.pk).exists():
        raise ConditionFailed


class RowOfNulls(Query):
    """A query in which every column may be null, required ones too."""

    def is_nullable(self, field: Field[Any, Any]) -> bool:
        return True


def check_condition_of_nothing(record_class: type[Record], condition: Q | None) -> None:
    """Raise ConditionFailed unless the condition holds where no record is: every attribute is missing.

    A row of nulls stands in for the table, so that the condition means what it means for a record.
    """
    if condition is None:
        return
    records: QuerySet[Record, Any] = (
        QuerySet(record_class, query=RowOfNulls(record_class)).filter(condition).values_list("pk")
    )
    try:
        sql, params = records.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        raise ConditionFailed from None
    with connection.cursor() as cursor:
        cursor.execute(f"{null_row(record_class)} {sql}", params)
        if cursor.fetchone() is None:
            raise ConditionFailed


def null_row(record_class: type[Record]) -> str:
    """Return a WITH clause that puts one row of nulls in the place of the model's table."""
    quote = connection.ops.quote_name
    nulls = ", ".join(
        f"CAST(NULL AS {field.db_type(connection)}) AS {quote(field.column or field.attname)}"
        for field in record_class._meta.concrete_fields
    )
    return f"WITH {quote(record_class._meta.db_table)} AS (SELECT {nulls})"

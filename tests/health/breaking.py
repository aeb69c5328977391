"""Breaking records on purpose, as nothing but SQL written by hand can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from datamodel.modelgen import Record
from datamodel.registry import DataModel


@contextmanager
def unenforced() -> Iterator[None]:
    """Let no foreign key stand in the way."""
    is_sqlite = connection.vendor == "sqlite"
    off, on = (
        ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        if is_sqlite
        else ("SET session_replication_role=replica", "SET session_replication_role=origin")
    )
    with connection.cursor() as cursor:
        cursor.execute(off)
        try:
            yield
        finally:
            cursor.execute(on)


def put(record: Record, **values: Any) -> None:
    """Write values into the row, past everything."""
    quote, names = connection.ops.quote_name, type(record).names
    assignments = ", ".join(f"{quote(names.column(name))} = %s" for name in values)
    sql = f"UPDATE {quote(names.table)} SET {assignments} WHERE joinery_pk = %s"
    with unenforced(), connection.cursor() as cursor:
        cursor.execute(sql, [*values.values(), record.pk])


def erase(record: Record) -> None:
    """Delete the row, past everything."""
    quote = connection.ops.quote_name
    with unenforced(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote(type(record).names.table)} WHERE joinery_pk = %s", [record.pk])


def bury(record: Record) -> None:
    """Make the record a tombstone and leave what refers to it as it is."""
    quote = connection.ops.quote_name
    sql = f"UPDATE {quote(type(record).names.table)} SET joinery_deleted = %s WHERE joinery_pk = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [True, record.pk])


def let_be_null(datamodel: DataModel, model: str, field: str) -> None:
    """Take NOT NULL off a column."""
    names = datamodel.model(model).names
    table, column = names.table, names.column(field)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP NOT NULL')
            return
        cursor.execute("PRAGMA writable_schema=ON")
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        (sql,) = cursor.fetchone()
        head, _, tail = sql.partition(f'"{column}" ')
        changed = f'{head}"{column}" {tail.replace(" NOT NULL", "", 1)}'
        cursor.execute("UPDATE sqlite_master SET sql = %s WHERE name = %s", [changed, table])
        cursor.execute("PRAGMA writable_schema=RESET")

"""Rows of the change log on their way into the table: many by one statement, whatever is in them.

Going through model instances would cost more than the rest of a write of many records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from datamodel.modelgen.statements import Ask, Ready
from datamodel.models import Change

__all__ = ["insert", "inserting"]

MAX_ROWS = 1000
MAX_CHARACTERS = 8_000_000
"""What one statement carries at most, but for a single row of more."""

Row = list[Any]


def insert(entries: Sequence[Mapping[str, Any]]) -> None:
    """Insert entries, given as values by field, in their order."""
    rows = [to_row(entry, connection.vendor) for entry in entries]
    with connection.cursor() as cursor:
        for some in batches(rows):
            if len(some) == 1:
                cursor.execute(one_row(connection.vendor).text, some[0])
            else:
                cursor.execute(many_rows(connection.vendor), [json.dumps(some)])


def inserting(entry: Mapping[str, Any], vendor: str) -> Ask:
    """Return the statement that inserts one entry."""
    return Ask(one_row(vendor), to_row(entry, vendor))


def to_row(entry: Mapping[str, Any], vendor: str) -> Row:
    return [make(entry[name]) for name, make in preparations(vendor).items()]


def batches(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the rows in pieces that one statement can carry."""
    some: list[Row] = []
    size = 0
    for row in rows:
        length = sum(len(value) for value in row if isinstance(value, str))
        if some and (len(some) == MAX_ROWS or size + length > MAX_CHARACTERS):
            yield some
            some, size = [], 0
        some.append(row)
        size += length
    if some:
        yield some


def fields() -> list[models.Field[Any, Any]]:
    """Return the fields that the database does not fill in."""
    return [
        field for field in Change._meta.concrete_fields if not (field.primary_key or field.has_db_default())
    ]


@cache
def preparations(vendor: str) -> dict[str, Callable[[Any], Any]]:
    """Return by field what makes the database's form of a value, one that JSON can carry too."""
    makers: dict[type[models.Field[Any, Any]], Callable[[Any], Any]] = {
        models.JSONField: lambda value: None if value is None else json.dumps(value),
        models.UUIDField: (lambda value: value.hex) if vendor == "sqlite" else str,
    }
    return {field.name: makers.get(type(field), unchanged) for field in fields()}


def unchanged(value: Any) -> Any:
    return value


@cache
def one_row(vendor: str) -> Ready:
    """Return the statement for a single row; its values are parameters."""
    return Ready(f"{into()} VALUES ({', '.join(['%s'] * len(fields()))})")


@cache
def many_rows(vendor: str) -> str:
    """Return the statement for many rows; they are one parameter, a JSON list of lists."""
    if vendor == "sqlite":
        values = [f"json_extract(value, '$[{place}]')" for place in range(len(fields()))]
        return f"{into()} SELECT {', '.join(values)} FROM json_each(%s)"  # noqa: S608 (numbers only)
    values = [f"(value->>{place})::{field.db_type(connection)}" for place, field in enumerate(fields())]
    rows = "jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS given(value, place)"
    return f"{into()} SELECT {', '.join(values)} FROM {rows} ORDER BY place"  # noqa: S608 (names and numbers)


def into() -> str:
    """Return the beginning of both."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.attname) for field in fields())
    return f"INSERT INTO {quote(Change._meta.db_table)} ({columns})"

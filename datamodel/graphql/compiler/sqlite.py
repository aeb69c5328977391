"""JSON in the spelling of SQLite, and the function it lacks."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from functools import singledispatch
from itertools import groupby
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from datamodel.graphql.compiler.embedding import Place, embedded_text
from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.compiler.marks import FAILED_VALUE, FAILURE
from datamodel.graphql.compiler.spelling import Columns, Member, choose, concatenated
from datamodel.graphql.compiler.sql import Sql, concat, literal
from datamodel.graphql.compiler.tree import Column, Part

__all__ = ["SQLiteSpelling", "add_functions", "is_unreadable"]


MOST_PAIRS = 60
"""A function of SQLite takes 127 arguments."""

FEWEST_PAIRS = 3
"""Below this, putting fields together one by one is as quick."""

JSON_TYPES = {
    "Int": ("integer",),
    "AWSTimestamp": ("integer",),
    "Float": ("integer", "real"),
    "Boolean": ("true", "false"),
    "object": ("object",),
    "list": ("array",),
}
"""What `json_type` calls the values of each kind; all others are texts."""


def number_text(value: Any) -> str | None:
    """Return a number as JSON, all of its digits; SQLite itself writes fifteen."""
    if value is None:
        return None
    return repr(value) if isinstance(value, int | float) and math.isfinite(value) else FAILURE


def is_unreadable(error: Exception) -> bool:
    """Return whether a statement met a value that is not of its column's type: SQLite takes any."""
    text = str(error)
    return "malformed JSON" in text or "JSON cannot hold" in text


def add_functions(connection: sqlite3.Connection) -> None:
    """Add what SQLite lacks to a connection."""
    connection.create_function("joinery_number", 1, number_text, deterministic=True)


def prepare_connection(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    if connection.vendor == "sqlite":
        add_functions(connection.connection)


connection_created.connect(prepare_connection, dispatch_uid="joinery_number")


class SQLiteSpelling:
    """`json_object` is by far the quickest way to write plain values."""

    most_joins = 40
    stamps_pages = False
    """Asking once more costs less than a column of a hundred rows."""
    gathers_pages = True
    """Every row that Python is handed costs more than a record."""

    def member(self, key: str, value: Column, column: str) -> Member:
        if isinstance(value.field, models.JSONField):
            stray = f"CASE WHEN {column} IS NULL THEN 'null' ELSE {literal(FAILURE)} END"
            return Member(key, Sql(f"CASE WHEN substr({column},1,1)='[' THEN {column} ELSE {stray} END"))
        return Member(key, Sql(column_text(value, column)), column_flat(value, column))

    def object(self, members: Sequence[Member]) -> Sql:
        if all(member.flat for member in members) and 0 < len(members) <= MOST_PAIRS:
            return Sql(json_object(members))
        pieces: list[str | Sql] = []
        for run in runs(members):
            pieces.append("," if pieces else "{")
            if len(run) >= FEWEST_PAIRS and run[0].flat:
                pieces.append(Sql(f"substr(rtrim({json_object(run)},'}}'),2)"))
            else:
                pieces += concatenated(run)
        return concat([*(pieces or ["{"]), "}"])

    def array(self, columns: Columns) -> str:
        return f"json_array({','.join(flat(field, column) for field, column in columns)})"

    def gathered(self, item: str, separator: str) -> str:
        return f"group_concat({item},{separator})"

    def character(self, code: int) -> str:
        return f"char({code})"

    def embedded(self, part: Part, column: str, alias: str) -> str:
        return embedded_text(SQLitePlace(column), part, alias)


def json_object(members: Sequence[Member]) -> str:
    return f"json_object({','.join(f'{literal(member.key)},{member.flat}' for member in members)})"


def runs(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Yield the members in stretches that are all plain values, or none."""
    for _, group in groupby(members, lambda member: member.flat is not None):
        stretch = list(group)
        for start in range(0, len(stretch), MOST_PAIRS):
            yield stretch[start : start + MOST_PAIRS]


def column_flat(value: Column, column: str) -> str:
    """Return a column's value as an argument of `json_object`."""
    if value.is_flag:
        return f"json(CASE WHEN {column} THEN 'true' END)"
    if value.choices:
        cases = ((each, column) for each in value.choices)
        return choose(column, cases, f"char({FAILED_VALUE})", "NULL" if value.field.null else None)
    return flat(value.field, column)


def column_text(value: Column, column: str) -> str:
    """Return the JSON text of a column's value."""
    if value.is_flag:
        return f"CASE WHEN {column} THEN 'true' ELSE 'null' END"
    if value.choices:
        cases = ((each, literal(f'"{each}"')) for each in value.choices)
        return choose(column, cases, literal(FAILURE), "'null'" if value.field.null else None)
    return text(value.field, column)


@singledispatch
def flat(field: Field, column: str) -> str:
    """Return an argument of `json_object`: texts are fine as they are. What is no value of its type is marked."""
    return column


@flat.register(models.IntegerField)
def _(field: Field, column: str) -> str:
    return case(field, [(in_range(field, column), column)], column, "NULL", f"char({FAILED_VALUE})")


@flat.register(models.BooleanField)
def _(field: Field, column: str) -> str:
    cases = [(f"{column}=1", "json('true')"), (f"{column}=0", "json('false')")]
    return case(field, cases, column, "NULL", f"char({FAILED_VALUE})")


@flat.register(models.FloatField)
def _(field: Field, column: str) -> str:
    return f"json(joinery_number({column}))"


@singledispatch
def text(field: Field, column: str) -> str:
    """Return JSON text; `json_quote` writes null too."""
    return f"json_quote({column})"


@text.register(models.IntegerField)
def _(field: Field, column: str) -> str:
    return case(field, [(in_range(field, column), column)], column, "'null'", literal(FAILURE))


@text.register(models.BooleanField)
def _(field: Field, column: str) -> str:
    cases = [(f"{column}=1", "'true'"), (f"{column}=0", "'false'")]
    return case(field, cases, column, "'null'", literal(FAILURE))


@text.register(models.FloatField)
def _(field: Field, column: str) -> str:
    return f"coalesce(joinery_number({column}),'null')"


def case(field: Field, cases: list[tuple[str, str]], column: str, null: str, stray: str) -> str:
    """Return what a column holds where it meets a condition; else null where it may be, else ``stray``."""
    known = " ".join(f"WHEN {condition} THEN {result}" for condition, result in cases)
    unset = f" WHEN {column} IS NULL THEN {null}" if field.null else ""
    return f"CASE {known}{unset} ELSE {stray} END"


def in_range(field: Field, column: str) -> str:
    """Return whether a column holds a whole number that the API can answer; any text is larger."""
    limit = 2**53 if isinstance(field, models.BigIntegerField) else 2**31
    return f"{column} BETWEEN {-limit} AND {limit - 1}"


class SQLitePlace(Place):
    """A place inside a JSON column, as a path from its root."""

    def __init__(self, root: str, path: str = "$") -> None:
        self.root = root
        self.path = path

    def field(self, name: str) -> SQLitePlace:
        return SQLitePlace(self.root, f'{self.path}."{name}"')

    @property
    def json(self) -> str:
        # `->` keeps numbers and texts as they were written.
        return f"({self.root} -> '{self.path}')"

    @property
    def is_null(self) -> str:
        return f"coalesce(json_type({self.root},'{self.path}'),'null')='null'"

    def is_kind(self, kind: str) -> str:
        kinds = ",".join(literal(each) for each in JSON_TYPES.get(kind, ("text",)))
        return f"json_type({self.root},'{self.path}') IN ({kinds})"

    def items(self, alias: str) -> str:
        return f"json_each({self.root},'{self.path}') \"{alias}\""

    def item(self, alias: str) -> SQLiteItem:
        return SQLiteItem(f'"{alias}"."value"', alias=alias)

    def gathered(self, item: str, alias: str) -> str:
        return f"group_concat({item},',')"


class SQLiteItem(SQLitePlace):
    """An item of a list: `json_each` shows plain values as SQL has them, and tells their type beside."""

    def __init__(self, root: str, path: str = "$", *, alias: str) -> None:
        super().__init__(root, path)
        self.alias = alias

    @property
    def json(self) -> str:
        return f"json_quote({self.root})"

    @property
    def is_null(self) -> str:
        return f'"{self.alias}"."type"=\'null\''

    def is_kind(self, kind: str) -> str:
        kinds = ",".join(literal(each) for each in JSON_TYPES.get(kind, ("text",)))
        return f'"{self.alias}"."type" IN ({kinds})'

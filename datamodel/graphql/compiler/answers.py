"""The rows of a compiled field as bytes of the response. Nothing is parsed; texts are put side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import models

from datamodel.access import Actor
from datamodel.graphql.compiler import marks
from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.compiler.pages import PagePlan
from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.errors import BadRequest, LimitExceeded
from datamodel.graphql.paging import Position
from datamodel.graphql.slots import NOW, PAGES
from datamodel.limits import get_limit

__all__ = [
    "CompiledField",
    "ConnectionForm",
    "GatheredRows",
    "Irregular",
    "JsonText",
    "RecordForm",
    "Request",
    "Rows",
    "TupleRows",
    "filled",
    "reader_of",
]

FAILURE, FAILED_VALUE = marks.FAILURE.encode(), marks.FAILED_VALUE
PAGE, PART, BLANK, RECORD = (bytes([mark]) for mark in (marks.PAGE, marks.PART, marks.BLANK, marks.RECORD))


class Irregular(Exception):  # noqa: N818  says what was found
    """Something in the answer needs an error of its own: the field has to be executed without the compiler."""


class Rows(Protocol):
    """What a statement answered: texts as bytes, what tells a position, and last the stamp of the version."""

    count: int

    def texts(self, column: int, most: int) -> Sequence[bytes | memoryview]:
        """Return the first texts of a column."""

    def cells(self, row: int, first: int, last: int) -> Sequence[Any]:
        """Return some cells of a row, each as the driver gives it or as bytes."""


class TupleRows:
    """Rows of a driver that answers with tuples, its texts as bytes or decoded."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = rows
        self.count = len(rows)

    def texts(self, column: int, most: int) -> list[bytes]:
        found = [row[column] for row in self.rows[:most]]
        return found if not found or isinstance(found[0], bytes) else [text.encode() for text in found]

    def cells(self, row: int, first: int, last: int) -> Sequence[Any]:
        return self.rows[row][first:last]


class GatheredRows:
    """The rows of a page that came as one: the records' texts together, their keys, the stamp, how many they are.

    One record more than the page holds says that there is more. Its text, whose length comes along, is cut off.
    """

    def __init__(self, rows: Rows, most: int) -> None:
        texts, keys, _stamp, count, length = rows.cells(0, 0, 5)
        self.count = int(count)
        self.keys = as_bytes(keys)
        # A page is large: it is not copied before it is put into the answer.
        text = memoryview(as_bytes(texts))
        self.text = text[: -int(length) - 1] if self.count > most else text

    def texts(self, column: int, most: int) -> list[memoryview]:
        return [self.text] if self.count else []

    def cells(self, row: int, first: int, last: int) -> Sequence[Any]:
        return [self.keys.split(b",", row + 1)[row]]


def as_bytes(text: str | bytes | None) -> bytes:
    """Return a text as bytes; none where nothing was put together."""
    return text.encode() if isinstance(text, str) else text or b""


@dataclass(frozen=True, slots=True)
class JsonText:
    """A field's finished JSON: nothing looks into it again."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What an answer is made for: the coerced variables, the time and the pages asked for, and who asks."""

    values: Mapping[str, Any]
    actor: Actor


@dataclass(frozen=True, slots=True)
class RecordForm:
    """The answer of a field that reads one record."""

    @property
    def columns(self) -> int:
        return 1

    def text(self, rows: Rows, request: Request) -> bytes:
        return bytes(rows.texts(0, 1)[0]) if rows.count else b"null"


@dataclass(frozen=True, slots=True)
class ConnectionForm:
    """The answer of a field that lists records: each field of the connection with its key."""

    fields: tuple[tuple[bytes, int | bytes | str], ...]
    """The column of the records' texts; or what is known beforehand; or `nextToken`, `startedAt`."""
    page: PagePlan
    width: int
    """How many columns hold records' texts; the position comes next."""
    readers: tuple[Callable[[Any], Any], ...]
    """What makes values of the position's columns."""

    def text(self, rows: Rows, request: Request) -> bytes:
        limit = self.page.page.limit
        pieces: list[bytes | memoryview] = [b"{"]
        for key, what in self.fields:
            pieces.append(key)
            if isinstance(what, int):
                texts = rows.texts(what, limit)
                pieces += [b"[", texts[0] if len(texts) == 1 else b",".join(texts), b"]"]
            elif isinstance(what, bytes):
                pieces.append(what)
            elif what == "startedAt":
                pieces.append(b"%d" % request.values[NOW])
            else:
                pieces.append(self.next_token(rows, request) if rows.count > limit else b"null")
        pieces.append(b"}")
        return b"".join(pieces)

    @property
    def columns(self) -> int:
        return self.width + len(self.readers)

    def next_token(self, rows: Rows, request: Request) -> bytes:
        last = self.page.page.limit - 1
        position = rows.cells(last, self.width, self.width + len(self.readers))
        values = tuple(read(value) for read, value in zip(self.readers, position, strict=True))
        parent = (request.values[NOW],) if self.page.page.is_sync else ()
        return f'"{self.page.token(request.values, request.actor, Position(values, parent))}"'.encode()

    @property
    def is_timed(self) -> bool:
        """Return whether the answer tells a time."""
        return self.page.page.is_sync or any(what == "startedAt" for _, what in self.fields)


@dataclass(frozen=True, slots=True)
class CompiledField:
    """A field that one statement answers."""

    statement: Statement
    form: RecordForm | ConnectionForm
    pages: tuple[PagePlan, ...] = ()
    may_fail: bool = False
    has_tokens: bool = False
    """True where lists inside the records have tokens."""
    is_timed: bool = False
    """True where the answer tells the time from which on a client syncs next."""
    is_written: bool = False
    """True where it answers a mutation."""
    is_counted: bool = False
    """True where the records might be more than an answer may hold."""

    @property
    def width(self) -> int:
        """How many columns come before the stamp of the version."""
        return self.form.columns

    def begin(self, values: Mapping[str, Any], actor: Actor) -> Request:
        """Return what a request asks; raise BadRequest for a token that is not of this field.

        Raise Irregular for one of a list inside the records, which may never come to be read.
        """
        if any(plan.page.token is not None for plan in self.pages):
            values = {**values, PAGES: [begin(plan, values, actor) for plan in self.pages]}
            if isinstance(self.form, ConnectionForm) and self.form.page.continues_sync:
                values[NOW] = values[PAGES][self.form.page.number][-1]
        return Request(values, actor)

    def answer(self, rows: Rows, request: Request) -> bytes:
        """Return the field's JSON; raise Irregular, or LimitExceeded where it holds too much."""
        if self.statement.is_gathered and isinstance(self.form, ConnectionForm):
            rows = GatheredRows(rows, self.form.page.page.limit)
        text = self.form.text(rows, request)
        # Looking for the one character first is many times as fast.
        if self.may_fail and FAILED_VALUE in text and FAILURE in text:
            raise Irregular
        if self.is_counted:
            check_count(text.count(RECORD))
        return self.signed(text, request) if self.has_tokens else text

    def signed(self, text: bytes, request: Request) -> bytes:
        """Return the text with tokens in place of the positions where lists inside it end."""
        pieces = text.split(PAGE)
        for place in range(1, len(pieces), 2):
            number, parent, last, _ = pieces[place].split(PART)
            position = Position(tuple(json.loads(last)), tuple(json.loads(parent)))
            token = self.pages[int(number)].token(request.values, request.actor, position)
            pieces[place] = f'"{token}"'.encode()
        return b"".join(pieces)


def begin(plan: PagePlan, values: Mapping[str, Any], actor: Actor) -> tuple[Any, ...]:
    """Return where a page begins."""
    try:
        return plan.begin(values, actor)
    except BadRequest as error:
        if plan.parents:
            raise Irregular from error
        raise


def filled(text: bytes, blanks: Mapping[str, Any]) -> bytes:
    """Return a text with the values that were not known while the statement ran."""
    pieces = text.split(BLANK)
    for place in range(1, len(pieces), 2):
        pieces[place] = json.dumps(blanks[pieces[place].decode()]).encode()
    return b"".join(pieces)


def check_count(records: int) -> None:
    """Raise LimitExceeded where an answer holds too many records."""
    most = get_limit("GRAPHQL_MAX_RESULT_NODES")
    if records > most:
        raise LimitExceeded(f"The answer holds more than {most} records.")


def reader_of(field: Field) -> Callable[[Any], Any]:
    """Return what makes a value of a field from what a driver gives: as it is, or as bytes."""
    match field:
        case models.IntegerField():
            return int
        case models.FloatField():
            return float
    return decoded


def decoded(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value

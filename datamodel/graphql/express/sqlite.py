"""Reading SQLite on the event loop: short statements at once, long ones in a thread.

A statement on a local file is done sooner than a thread has woken up. It may take only so long, though: past
that it is interrupted, begun anew in a thread, and from then on sent there at once until it is quick again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings

from datamodel.graphql.compiler.answers import Irregular, TupleRows
from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.compiler.sqlite import add_functions, is_unreadable
from datamodel.graphql.express.source import Unanswered, Work, ended, too_long
from datamodel.limits import get_limit

__all__ = ["SQLiteSource"]

QUICK_S = 0.02
"""How long a statement may keep the event loop waiting."""

CHECKED_EVERY = 20_000
"""Instructions of SQLite's machine between two looks at the clock."""

LOOKED_AFTER_S = 1.0
"""How often the file is looked at: another may have been put in its place."""

STATEMENTS = 256
BATCH = 101
"""Rows read at once: a page of the usual size and the one after it."""
MOST_SLOW = 1_000

PRAGMAS = (
    "query_only=ON",
    # Pages are read where the system keeps them. Mapped ones count as the process's memory: hence not the whole file.
    "mmap_size=33554432",
    "cache_size=-6144",
    "temp_store=MEMORY",
)


class Connection:
    """One connection, whose statements are interrupted at a deadline."""

    def __init__(self, path: Path, wait_s: float) -> None:
        self.deadline = 0.0
        self.raw = sqlite3.connect(
            path, timeout=wait_s, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
        )
        # Texts are put into the answer as they are.
        self.raw.text_factory = bytes
        for pragma in PRAGMAS:
            self.raw.execute(f"PRAGMA {pragma}").fetchall()
        # An answer may not grow past what may be sent; one value is never larger than that.
        self.raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, get_limit("GRAPHQL_MAX_RESULT_BYTES"))
        self.raw.set_progress_handler(self.is_late, CHECKED_EVERY)
        add_functions(self.raw)

    def is_late(self) -> bool:
        return monotonic() > self.deadline

    def fetch(self, statement: Statement, params: Sequence[Any], within_s: float) -> list[Any]:
        """Return the rows of a statement; raise LimitExceeded where they are more than an answer may hold."""
        self.deadline = monotonic() + within_s
        cursor = self.raw.execute(statement.sqlite, params)
        if statement.most_rows <= BATCH:
            return cursor.fetchall()
        rows: list[Any] = []
        size, longest = 0, get_limit("GRAPHQL_MAX_RESULT_BYTES")
        while found := cursor.fetchmany(BATCH):
            rows += found
            size += sum([len(row[0]) for row in found if isinstance(row[0], bytes)])
            if size > longest:
                cursor.close()
                raise too_long()
        return rows


class SQLiteSource:
    """The connections to one file: one on the event loop, and some that threads use in turn."""

    def __init__(self, path: Path, work: Work) -> None:
        self.path = path
        self.work = work
        self.own: Connection | None = None
        self.spare: list[Connection] = []
        self.slow: set[str] = set()
        self.file: tuple[int, int] | None = None
        self.looked_at = 0.0

    async def fetch(self, statement: Statement, params: Sequence[Any]) -> TupleRows:
        try:
            if statement.text not in self.slow:
                try:
                    return TupleRows(self.connection().fetch(statement, params, QUICK_S))
                except sqlite3.OperationalError as error:
                    if not is_interrupted(error):
                        raise
                    self.note_slow(statement)
            return TupleRows(await self.work(lambda: self.fetch_in_thread(statement, params)))
        except sqlite3.Error as error:
            raise explained(error) from error

    def fetch_in_thread(self, statement: Statement, params: Sequence[Any]) -> list[Any]:
        """Run a long statement; one that turns out to be short is run on the event loop again."""
        began, file = monotonic(), self.file
        try:
            connection = self.spare.pop()
        except IndexError:
            connection = Connection(self.path, wait_s=5)
        try:
            rows = connection.fetch(statement, params, settings.DB_STATEMENT_TIMEOUT_S)
        except Exception:
            connection.raw.close()
            raise
        if file == self.file:
            self.spare.append(connection)
        else:
            connection.raw.close()
        if monotonic() - began < QUICK_S / 4:
            self.slow.discard(statement.text)
        return rows

    def note_slow(self, statement: Statement) -> None:
        if len(self.slow) >= MOST_SLOW:
            self.slow.clear()
        self.slow.add(statement.text)

    def connection(self) -> Connection:
        """Return the event loop's connection, to the file that is there now."""
        now = monotonic()
        if self.own is None or now > self.looked_at + LOOKED_AFTER_S:
            self.looked_at = now
            file = identity(self.path)
            if self.own is None or file != self.file:
                self.close()
                self.own, self.file = Connection(self.path, wait_s=0), file
        return self.own

    def close(self) -> None:
        if self.own is not None:
            self.own.raw.close()
            self.own = None
        while self.spare:
            self.spare.pop().raw.close()


def identity(path: Path) -> tuple[int, int]:
    """Return what tells a file from any other that goes by its name."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise Unanswered("The database file is not there.") from error
    return found.st_dev, found.st_ino


def explained(error: sqlite3.Error) -> Exception:
    """Return what a failure of SQLite means to the request."""
    if is_unreadable(error):
        return Irregular()
    match getattr(error, "sqlite_errorcode", None):
        case sqlite3.SQLITE_INTERRUPT:
            return ended()
        case sqlite3.SQLITE_TOOBIG:
            return too_long()
    return Unanswered(str(error))


def is_interrupted(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT

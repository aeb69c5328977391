"""Reading PostgreSQL on the event loop: statements prepared once, each by itself."""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import pq

from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.express.pool import Pool
from datamodel.graphql.express.source import Unanswered, Work, ended, too_long
from datamodel.graphql.express.wire import Result, Wire, text_of
from datamodel.limits import get_limit

__all__ = ["PostgreSQLSource"]

WAIT_S = 5.0
"""How long a request waits for a connection."""

ALONE_S = 0.0004
"""How long the only request waits at once: most answers are there before the event loop has gone round."""

CANCELED = b"57014"
"""The code of a statement that took too long."""

CHUNK = 100
"""Rows that arrive at once; a longer page is looked at before all of it is here."""

GOOD = frozenset({pq.ExecStatus.TUPLES_OK, pq.ExecStatus.TUPLES_CHUNK, pq.ExecStatus.COMMAND_OK})


class ResultRows:
    """Rows of libpq, whose cells are made only when they are asked for."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.rows = [(result.get_value, row) for result in results for row in range(result.ntuples)]
        self.count = len(self.rows)

    def texts(self, column: int, most: int) -> list[bytes]:
        return [get(row, column) for get, row in self.rows[:most]]

    def cells(self, row: int, first: int, last: int) -> Sequence[Any]:
        get, place = self.rows[row]
        return [get(place, column) for column in range(first, last)]


class ReadingWire(Wire):
    """One connection. It runs one statement at a time."""

    async def run(self, statement: Statement, params: list[bytes | None], *, is_alone: bool) -> list[Result]:
        """Return the results of a statement, prepared on first use."""
        self.attach()
        sql = statement.postgresql
        name = self.name_of(sql) or await self.prepare(sql)
        self.pg.send_query_prepared(name, params)
        if statement.most_rows > CHUNK:
            self.pg.set_chunked_rows_mode(CHUNK)
        return await self.results(is_alone=is_alone)

    async def prepare(self, sql: str) -> bytes:
        name, outdated = self.new_name(sql)
        if outdated is not None:
            self.pg.send_query(b"DEALLOCATE " + outdated)
            await self.results()
        self.pg.send_prepare(name, sql.encode())
        await self.results()
        return name

    async def results(self, *, is_alone: bool = False) -> list[Result]:
        """Return what the server answers to what was sent; raise what its failure means."""
        await self.flush()
        if is_alone:
            select.select([self.pg.socket], [], [], ALONE_S)
        self.pg.consume_input()
        found: list[Result] = []
        size, longest = 0, get_limit("GRAPHQL_MAX_RESULT_BYTES")
        while (result := await self.next_result()) is not None:
            check(result)
            found.append(result)
            if result.status == pq.ExecStatus.TUPLES_CHUNK:
                size += sum(len(result.get_value(row, 0) or b"") for row in range(result.ntuples))
                if size > longest:
                    raise too_long()
        return found


class PostgreSQLSource:
    """A few connections to one database."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], work: Work, size: int) -> None:
        self.pool = Pool(connect, ReadingWire, work, size, WAIT_S)

    async def fetch(self, statement: Statement, params: Sequence[Any]) -> ResultRows:
        texts = [text_of(param) for param in params]
        wire = await self.pool.acquire()
        try:
            results = await wire.run(statement, texts, is_alone=self.pool.has_one_busy)
        except psycopg.Error as error:
            self.pool.discard(wire)
            raise Unanswered(str(error)) from error
        except BaseException:
            # Cut off in the middle, or a statement that the tables have outgrown.
            self.pool.discard(wire)
            raise
        self.pool.release(wire)
        return ResultRows(results)

    def close(self) -> None:
        self.pool.close()


def check(result: Result) -> None:
    """Raise what a result means that is none."""
    if result.status in GOOD:
        return
    if result.error_field(pq.DiagnosticField.SQLSTATE) == CANCELED:
        raise ended()
    raise Unanswered((result.error_message or b"").decode(errors="replace"))

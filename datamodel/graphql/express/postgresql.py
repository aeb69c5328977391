"""Reading PostgreSQL on the event loop: a few connections, statements prepared once, texts as they come.

libpq is driven directly. Its socket stays with the event loop, where psycopg's own asynchronous cursors
register and forget it with every statement; that is most of what a small statement costs.
"""

from __future__ import annotations

import asyncio
import select
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import pq

from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.express.source import Unanswered, Work, ended, too_long
from datamodel.limits import get_limit

__all__ = ["PostgreSQLSource"]

STATEMENTS = 256
"""Prepared statements per connection."""

PATIENCE_S = 15.0
"""How long an answer may take to come; the server gives up on a statement sooner."""

WAIT_S = 5.0
"""How long a request waits for a connection."""

ALONE_S = 0.0004
"""How long the only request waits at once: most answers are there before the event loop has gone round."""

CANCELED = b"57014"
"""The code of a statement that took too long."""

CHUNK = 100
"""Rows that arrive at once; a longer page is looked at before all of it is here."""

GOOD = frozenset({pq.ExecStatus.TUPLES_OK, pq.ExecStatus.TUPLES_CHUNK, pq.ExecStatus.COMMAND_OK})

Result = Any
"""A `PGresult`; the implementation in C has a class of its own."""


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


class Connection:
    """One connection. It runs one statement at a time."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.pg = raw.pgconn
        self.pg.nonblocking = 1
        self.loop: asyncio.AbstractEventLoop | None = None
        self.waiter: asyncio.Future[None] | None = None
        self.prepared: OrderedDict[str, bytes] = OrderedDict()
        self.number = 0

    async def run(self, statement: Statement, params: list[bytes | None], *, is_alone: bool) -> list[Result]:
        """Return the results of a statement, prepared on first use."""
        self.attach()
        sql = statement.postgresql
        name = self.prepared.get(sql)
        if name is None:
            name = await self.prepare(sql)
        else:
            self.prepared.move_to_end(sql)
        self.pg.send_query_prepared(name, params)
        if statement.most_rows > CHUNK:
            self.pg.set_chunked_rows_mode(CHUNK)
        return await self.results(is_alone=is_alone)

    async def prepare(self, sql: str) -> bytes:
        if len(self.prepared) >= STATEMENTS:
            _, oldest = self.prepared.popitem(last=False)
            self.pg.send_query(b"DEALLOCATE " + oldest)
            await self.results()
        self.number += 1
        name = b"joinery_%d" % self.number
        self.pg.send_prepare(name, sql.encode())
        await self.results()
        self.prepared[sql] = name
        return name

    async def results(self, *, is_alone: bool = False) -> list[Result]:
        """Return what the server answers to what was sent; raise what its failure means."""
        while self.pg.flush():
            await self.wait(is_writing=True)
        if is_alone:
            select.select([self.pg.socket], [], [], ALONE_S)
        self.pg.consume_input()
        found: list[Result] = []
        size, longest = 0, get_limit("GRAPHQL_MAX_RESULT_BYTES")
        while True:
            while self.pg.is_busy():
                await self.wait()
                self.pg.consume_input()
            result = self.pg.get_result()
            if result is None:
                return found
            check(result)
            found.append(result)
            if result.status == pq.ExecStatus.TUPLES_CHUNK:
                size += sum(len(result.get_value(row, 0) or b"") for row in range(result.ntuples))
                if size > longest:
                    raise too_long()

    # The event loop

    def attach(self) -> None:
        """Have the running event loop tell of what the server sends."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop = loop
            loop.add_reader(self.pg.socket, self.wake)

    async def wait(self, *, is_writing: bool = False) -> None:
        assert self.loop is not None  # noqa: S101  attached before anything is sent
        self.waiter = self.loop.create_future()
        patience = self.loop.call_later(PATIENCE_S, self.give_up)
        if is_writing:
            self.loop.add_writer(self.pg.socket, self.wake)
        try:
            await self.waiter
        finally:
            patience.cancel()
            self.waiter = None
            if is_writing:
                self.loop.remove_writer(self.pg.socket)

    def wake(self) -> None:
        if self.waiter is None:
            # Nobody waits: the server closes the connection, or says something on the side.
            self.pg.consume_input()
        elif not self.waiter.done():
            self.waiter.set_result(None)

    def give_up(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(Unanswered("The database did not answer in time."))

    def close(self) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.remove_reader(self.pg.socket)
        self.raw.close()


class PostgreSQLSource:
    """A few connections to one database, opened as they are needed."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], work: Work, size: int) -> None:
        self.connect = connect
        self.work = work
        self.size = size
        self.opened = 0
        self.idle: list[Connection] = []
        self.waiting: deque[asyncio.Future[Connection | None]] = deque()

    async def fetch(self, statement: Statement, params: Sequence[Any]) -> ResultRows:
        texts = [text_of(param) for param in params]
        connection = await self.acquire()
        try:
            is_alone = len(self.idle) == self.opened - 1
            results = await connection.run(statement, texts, is_alone=is_alone)
        except psycopg.Error as error:
            self.discard(connection)
            raise Unanswered(str(error)) from error
        except BaseException:
            # Cut off in the middle, the connection holds an answer that nobody waits for, or a statement that
            # the tables have outgrown.
            self.discard(connection)
            raise
        self.release(connection)
        return ResultRows(results)

    async def acquire(self) -> Connection:
        """Return a connection that nobody uses; raise Unanswered where none is to be had."""
        if self.idle:
            return self.idle.pop()
        if self.opened < self.size:
            return await self.open()
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(waiter)
        try:
            found = await asyncio.wait_for(waiter, WAIT_S)
        except TimeoutError as error:
            raise Unanswered("No connection became free.") from error
        return found if found is not None else await self.open()

    async def open(self) -> Connection:
        self.opened += 1
        try:
            return Connection(await self.work(self.connect))
        except BaseException as error:
            self.opened -= 1
            self.hand_on(None)
            if isinstance(error, psycopg.Error):
                raise Unanswered("The database cannot be reached.") from error
            raise

    def release(self, connection: Connection) -> None:
        if connection.pg.status != pq.ConnStatus.OK:
            self.discard(connection)
        elif not self.hand_on(connection):
            self.idle.append(connection)

    def discard(self, connection: Connection) -> None:
        self.opened -= 1
        connection.close()
        self.hand_on(None)

    def hand_on(self, connection: Connection | None) -> bool:
        """Give the connection, or the room for a new one, to whoever waits longest."""
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return True
        return False

    def close(self) -> None:
        while self.idle:
            self.opened -= 1
            self.idle.pop().close()


def text_of(param: Any) -> bytes | None:
    """Return a parameter as the server reads it; its type stands in the statement."""
    match param:
        case None:
            return None
        case bool():
            return b"true" if param else b"false"
        case str():
            return param.encode()
    return repr(param).encode()


def check(result: Result) -> None:
    """Raise what a result means that is none."""
    if result.status in GOOD:
        return
    if result.error_field(pq.DiagnosticField.SQLSTATE) == CANCELED:
        raise ended()
    raise Unanswered((result.error_message or b"").decode(errors="replace"))

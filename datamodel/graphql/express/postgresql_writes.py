"""Writing PostgreSQL on the event loop: each batch of a write is sent at once, the commit along with the last.

A pipeline's statements up to a synchronisation are one transaction. Where a batch's rows are judged, the
server is only asked for them; after the last one it synchronises, and so commits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import pq

from datamodel.changes.bell import bell
from datamodel.graphql.express.pool import Pool
from datamodel.graphql.express.source import Begin, Lost, Unanswered, Work, check_room, refusal
from datamodel.graphql.express.wire import Result, Wire, text_of
from datamodel.modelgen.statements import Ask
from datamodel.swift import Batch, Rows

__all__ = ["PostgreSQLWrites"]

WAIT_S = 5.0
"""How long a write waits for a connection. Whatever another's lock holds up gives its connection back soon."""

DONE = frozenset({pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK})

HARMLESS = (b"22", b"23", b"40", b"55")
"""Beginnings of codes that say something of the values, or of others who write: the connection is as it was."""

UNCERTAIN = (b"08", b"57P")
"""Those of a connection, or a server, that ends."""

READERS: dict[int, Callable[[bytes], Any]] = {
    16: lambda text: text == b"t",
    **dict.fromkeys((20, 21, 23), int),
    **dict.fromkeys((700, 701), float),
}
"""What makes values, by the number of the server's type; all else is text."""


class Failed(Exception):  # noqa: N818  says what happened
    """A statement failed, or the commit did, and the server says so."""

    def __init__(self, result: Result | None) -> None:
        message = result.error_message if result is not None else None
        super().__init__((message or b"").decode(errors="replace"))
        self.code: bytes = (result and result.error_field(pq.DiagnosticField.SQLSTATE)) or b""

    @property
    def is_certain(self) -> bool:
        """Return whether the transaction was rolled back; a connection may end just after its commit."""
        return bool(self.code) and not self.code.startswith(UNCERTAIN)

    @property
    def is_harmless(self) -> bool:
        return self.code.startswith(HARMLESS)


class WritingWire(Wire):
    """One connection, in a pipeline all the time."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        super().__init__(raw)
        self.pg.enter_pipeline_mode()
        self.is_committing = False
        """True from the moment on at which the server may commit."""
        self.readers: dict[bytes, list[tuple[int, Callable[[bytes], Any]]]] = {}
        """What makes values of the columns that a prepared statement answers with."""

    async def exchange(self, batch: Batch) -> list[Rows]:
        """Send a batch; return the rows of each statement. Raise Failed."""
        sent = [self.send(ask) for ask in batch.asks]
        if batch.is_last:
            self.is_committing = True
            self.pg.pipeline_sync()
        else:
            self.pg.send_flush_request()
        await self.flush()
        found = []
        for name, before in sent:
            for _ in range(before):
                await self.command()
            found.append(self.rows_of(name, await self.command()))
        if batch.is_last:
            await self.synchronised()
        return found

    def send(self, ask: Ask) -> tuple[bytes, int]:
        """Send a statement, prepared on first use; return its name, and how many commands come before it."""
        sql, count = ask.ready.postgresql, 0
        name = self.name_of(sql)
        if name is None:
            name, outdated = self.new_name(sql)
            if outdated is not None:
                self.pg.send_query_params(b"DEALLOCATE " + outdated, None)
                self.readers.pop(outdated, None)
                count += 1
            self.pg.send_prepare(name, sql.encode())
            count += 1
        self.pg.send_query_prepared(name, list(map(text_of, ask.params)))
        return name, count

    async def command(self) -> Result:
        """Return the result of the next command."""
        if self.pg.is_busy():
            await self.wait()
        result = self.pg.get_result()
        if result is None or result.status not in DONE:
            raise Failed(result)
        # What comes next says that the command is done; it is here already.
        self.pg.get_result()
        return result

    def rows_of(self, name: bytes, result: Result) -> Rows:
        """Return a result's rows as values."""
        if not result.ntuples:
            return ()
        readers = self.readers.get(name)
        if readers is None:
            types = map(result.ftype, range(result.nfields))
            readers = [(column, READERS.get(type_, bytes.decode)) for column, type_ in enumerate(types)]
            self.readers[name] = readers
        get = result.get_value
        return [
            [None if (cell := get(row, column)) is None else read(cell) for column, read in readers]
            for row in range(result.ntuples)
        ]

    async def commit(self) -> None:
        """End the transaction, and keep what it wrote."""
        self.is_committing = True
        self.pg.pipeline_sync()
        await self.flush()
        await self.synchronised()

    async def synchronised(self) -> None:
        """Wait until the server has committed; raise Failed where it could not."""
        result = await self.next_result()
        if result is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            raise Failed(result)
        self.is_committing = False

    async def abandon(self) -> None:
        """End the transaction, and let go of its locks, keeping nothing; where it failed already, read on."""
        if not self.is_committing:
            self.pg.send_query_params(b"ROLLBACK", None)
            self.pg.pipeline_sync()
            await self.flush()
        while True:
            result = await self.next_result()
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                break
            if not self.is_good:
                raise psycopg.OperationalError("The connection is lost.")
        self.is_committing = False


class PostgreSQLWrites:
    """A few connections to one database."""

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]], work: Work, size: int) -> None:
        self.pool = Pool(connect, WritingWire, work, size, WAIT_S)
        self.spelling = connections[DEFAULT_DB_ALIAS]
        """Django's connection, on which nothing is run."""

    async def write(self, begin: Begin) -> bytes:
        check_room(len(self.pool.waiting))
        wire = await self.pool.acquire()
        try:
            wire.attach()
            answer = await self.run(begin, wire)
        except (psycopg.Error, Unanswered) as error:
            is_lost = wire.is_committing
            self.pool.discard(wire)
            raise (Lost if is_lost else Unanswered)(str(error)) from error
        except BaseException:
            self.pool.discard(wire)
            raise
        self.pool.release(wire)
        if isinstance(answer, Unanswered):
            raise answer
        bell.ring(self.spelling.vendor)
        return answer

    async def run(self, begin: Begin, wire: WritingWire) -> bytes | Unanswered:
        """Return the answer of a write that was committed; of one that was rolled back, why."""
        try:
            return await self.carry_out(begin, wire)
        except (psycopg.Error, Unanswered, Lost):
            raise
        except Failed as failure:
            if not (wire.is_committing and not failure.is_certain):
                await wire.abandon()
                if failure.is_harmless:
                    return Unanswered(str(failure))
            raise Unanswered(str(failure)) from failure
        except Exception as error:
            await wire.abandon()
            return refusal(error)

    async def carry_out(self, begin: Begin, wire: WritingWire) -> bytes:
        steps = begin(self.spelling)
        batch = next(steps)
        try:
            while True:
                rows = await wire.exchange(batch)
                batch = steps.send(rows)
        except StopIteration as end:
            answer: bytes = end.value
        except Exception as error:
            if batch.is_last and not isinstance(error, Failed | Unanswered | psycopg.Error):
                raise Lost("A write was committed, and its answer failed.") from error
            raise
        if not batch.is_last:
            await wire.commit()
        return answer

    def close(self) -> None:
        self.pool.close()

"""Writing SQLite: a lone write at once, several together in a thread.

A commit waits for the disk, longer than a write takes, and so whatever waits is committed in one transaction:
each write has a savepoint in it, and a change group to itself; one that is refused is rolled back alone. A
thread does that, and the event loop goes on meanwhile. To wake it takes as long as a small write, though: where
nothing else goes on, the event loop writes itself.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel.changes.bell import bell
from datamodel.graphql.compiler.sqlite import add_functions
from datamodel.graphql.express.source import Begin, Work, check_room, refusal
from datamodel.graphql.express.sqlite import identity
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.turns import PATIENCE_S, turn

__all__ = ["SQLiteWrites"]

logger = logging.getLogger(__name__)

MOST = 32
"""Writes in one transaction; those of other processes wait for the end of it."""

ROUNDS = 1
"""Of the event loop: the writes of requests that were read together with this one wait as well by then."""

CROWDED_S = 0.05
"""How long a thread is woken at once after there was more than one write, or after a slow one."""

QUICK_S = 0.01
"""How long a write may keep the event loop waiting without being called slow."""


@dataclass(eq=False, slots=True)
class Job:
    """A write, what became of it, and who waits for that."""

    begin: Begin
    waiter: asyncio.Future[bytes]
    outcome: bytes | Exception = b""

    def tell(self) -> None:
        """Hand over what became of it."""
        if self.waiter.done():
            return
        if isinstance(self.outcome, Exception):
            self.waiter.set_exception(self.outcome)
        else:
            self.waiter.set_result(self.outcome)


class SQLiteWrites:
    """The writes that wait, and the one connection on which they are carried out."""

    def __init__(self, path: Path, work: Work) -> None:
        self.path = path
        self.work = work
        self.waiting: list[Job] = []
        self.is_running = False
        """True while somebody sees to what waits."""
        self.crowded_until = 0.0
        self.raw: sqlite3.Connection | None = None
        self.spelling: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS]
        """Django's connection, on which nothing is run."""
        self.file: tuple[int, int] | None = None

    async def write(self, begin: Begin) -> bytes:
        check_room(len(self.waiting))
        loop = asyncio.get_running_loop()
        job = Job(begin, loop.create_future())
        self.waiting.append(job)
        if not self.is_running:
            self.is_running = True
            self.see_to(loop, ROUNDS)
        return await job.waiter

    def close(self) -> None:
        if self.raw is not None:
            self.raw.close()
            self.raw = None

    # On the event loop

    def see_to(self, loop: asyncio.AbstractEventLoop, rounds: int) -> None:
        """Carry out what waits, at once or in a thread."""
        is_lone = len(self.waiting) == 1 and monotonic() > self.crowded_until
        if is_lone and rounds:
            loop.call_soon(self.see_to, loop, rounds - 1)
            return
        if is_lone and self.write_at_once():
            self.go_on(loop)
            return
        jobs: list[Job] = []
        try:
            running = asyncio.ensure_future(self.work(lambda: self.run(jobs)))
        except RuntimeError as error:
            # The threads are gone: the server stops.
            jobs += self.take()
            note(jobs, refusal(error))
            self.end(loop, jobs)
        else:
            running.add_done_callback(lambda _done: self.end(loop, jobs))

    def go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to what came meanwhile."""
        if self.waiting:
            loop.call_soon(self.see_to, loop, ROUNDS)
        else:
            self.is_running = False

    def take(self) -> list[Job]:
        """Return what is written together."""
        jobs = self.waiting[:MOST]
        del self.waiting[: len(jobs)]
        return jobs

    def write_at_once(self) -> bool:
        """Carry out the only write, unless others write; return whether that was done."""
        if self.raw is None or not self.is_in_place():
            return False
        began = monotonic()
        job = self.waiting.pop()
        self.carry_out([job], patience_s=0)
        if isinstance(job.outcome, DatabaseBusy):
            self.waiting.append(job)
            return False
        job.tell()
        if monotonic() - began > QUICK_S:
            self.crowded_until = monotonic() + CROWDED_S
        return True

    def is_in_place(self) -> bool:
        """Return whether the file is there, and the one that the connection is to."""
        try:
            return identity(self.path) == self.file
        except Exception as error:
            # Whatever it is, a thread meets it too, and those who wait are told.
            refusal(error)
            return False

    def end(self, loop: asyncio.AbstractEventLoop, jobs: Sequence[Job]) -> None:
        """Hand over what a thread did, and go on."""
        for job in jobs:
            job.tell()
        if len(jobs) > 1:
            self.crowded_until = monotonic() + CROWDED_S
        self.go_on(loop)

    # Wherever it is

    def run(self, jobs: list[Job]) -> None:
        """Carry out what waits in a thread, where one may wait for the database; add it to ``jobs``."""
        jobs += self.take()
        try:
            raw = self.opened()
            raw.execute(f"PRAGMA busy_timeout = {PATIENCE_S * 1000:.0f}")
            self.carry_out(jobs, PATIENCE_S)
            raw.execute("PRAGMA busy_timeout = 0")
        except Exception as error:
            # Whoever waits is told in any case; a thread of their own finds out what is wrong.
            note(jobs, refusal(error))

    def opened(self) -> sqlite3.Connection:
        """Return the connection, to the file that is there now."""
        file = identity(self.path)
        if self.raw is None or file != self.file:
            self.close()
            database = connections[DEFAULT_DB_ALIAS]
            raw: sqlite3.Connection = database.get_new_connection(database.get_connection_params())
            raw.isolation_level = None
            add_functions(raw)
            self.raw, self.file = raw, file
        return self.raw

    def carry_out(self, jobs: Sequence[Job], patience_s: float) -> None:
        """Write all of them, or note on each why not."""
        raw = self.raw
        assert raw is not None  # noqa: S101  opened before
        try:
            with turn(str(self.path), patience_s), transaction(raw):
                for job in jobs:
                    job.outcome = self.attempt(job, raw)
        except DatabaseBusy as error:
            note(jobs, error)
        except Exception as error:
            note(jobs, refusal(error))
        else:
            bell.ring(self.spelling.vendor)

    def attempt(self, job: Job, raw: sqlite3.Connection) -> bytes | Exception:
        """Write one; return its answer, or why it was rolled back."""
        raw.execute("SAVEPOINT swift")
        try:
            outcome: bytes | Exception = run_steps(job.begin, self.spelling, raw)
        except Exception as error:
            raw.execute("ROLLBACK TO swift")
            outcome = refusal(error)
        raw.execute("RELEASE swift")
        return outcome


def note(jobs: Sequence[Job], error: Exception) -> None:
    for job in jobs:
        job.outcome = error


@contextmanager
def transaction(raw: sqlite3.Connection) -> Iterator[None]:
    """Write within the block; all of it happens or nothing."""
    raw.execute("BEGIN IMMEDIATE")
    try:
        yield
        raw.execute("COMMIT")
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")


def run_steps(begin: Begin, spelling: BaseDatabaseWrapper, raw: sqlite3.Connection) -> bytes:
    """Return the answer of a write, whose statements are run one by one."""
    steps = begin(spelling)
    batch = next(steps)
    while True:
        rows = [raw.execute(ask.ready.sqlite, ask.params).fetchall() for ask in batch.asks]
        try:
            batch = steps.send(rows)
        except StopIteration as end:
            answer: bytes = end.value
            return answer

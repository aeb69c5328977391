"""Following the change log: a tail that reads what is committed, and what wakes it.

Commits of the same process ring the bell. For those of other processes, SQLite's tail asks the database
file whether anything was committed, which costs a few microseconds; PostgreSQL's is notified.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import connection

from datamodel.changes import reading
from datamodel.changes.bell import bell
from datamodel.models import Change

__all__ = ["Tail", "Waker"]

Work = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a function in a thread that has a database connection."""

POLL_S = 0.02
"""How often SQLite is asked for news, and the longest that events wait there."""


class Tail:
    """A reader of the change log from now on, in the order of the commits.

    ``read`` and ``advance`` are called in a thread, the rest on the event loop.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._position = ""
        self._has_more = True
        self._waker: Waker | None = None

    async def open(self) -> None:
        """Begin here: what is committed before is not read."""
        make = await self._work(choose_waker)
        self._waker = make(asyncio.get_running_loop())
        await self._waker.open()
        bell.wakers.add(self._waker)
        self._position = await self._work(reading.position)

    def read(self, limit: int) -> tuple[list[Change], str]:
        """Return the next changes, and the position after them for `advance`."""
        changes, position = reading.read_since(self._position, limit)
        self._has_more = len(changes) == limit
        return changes, position

    def advance(self, position: str) -> None:
        """Go on from there: what was read has been dealt with."""
        self._position = position

    async def skip(self) -> None:
        """Begin again here, whatever was not read."""
        self._position = await self._work(reading.position)

    async def wait(self) -> None:
        """Wait until there may be something to read."""
        if not self._has_more and self._waker is not None:
            await self._waker.wait()
        self._has_more = True

    async def close(self) -> None:
        """Stop waiting for commits."""
        if self._waker is not None:
            bell.wakers.discard(self._waker)
            await self._waker.close()


class Waker:
    """Waits for the next commit; those of this process ring at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.rung = asyncio.Event()

    def ring(self) -> None:
        """Wake who waits. Called in any thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self.rung.set)

    async def doze(self, seconds: float) -> bool:
        """Wait so long, or until it rings; return whether it rang."""
        try:
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        except TimeoutError:
            return False
        return True

    async def open(self) -> None: ...

    async def wait(self) -> None: ...

    async def close(self) -> None: ...


def choose_waker() -> Callable[[asyncio.AbstractEventLoop], Waker]:
    """Return what makes a waker for the database of this process."""
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        return lambda loop: FileWaker(loop, path)
    # Only where PostgreSQL is used: its driver takes memory.
    from datamodel.changes.notifications import NotificationWaker, listening_params

    params = listening_params()
    return lambda loop: NotificationWaker(loop, params)


class FileWaker(Waker):
    """Asks SQLite whether another connection has committed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, path: str) -> None:
        super().__init__(loop)
        self.path = path
        self.seen = -1

    async def open(self) -> None:
        self.connection = sqlite3.connect(self.path, uri=self.path.startswith("file:"), timeout=1)
        self.seen = self.version()

    def version(self) -> int:
        number: int = self.connection.execute("PRAGMA data_version").fetchone()[0]
        return number

    async def wait(self) -> None:
        while (version := self.version()) == self.seen:
            if await self.doze(POLL_S):
                self.rung.clear()
        self.seen = version

    async def close(self) -> None:
        self.connection.close()

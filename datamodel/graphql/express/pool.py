"""A few connections to PostgreSQL, opened as they are needed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import psycopg

from datamodel.graphql.express.source import Unanswered, Work
from datamodel.graphql.express.wire import Wire

__all__ = ["Pool"]

W = TypeVar("W", bound=Wire)


class Pool(Generic[W]):
    """The connections of one kind to one database."""

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection[Any]],
        kind: Callable[[psycopg.Connection[Any]], W],
        work: Work,
        size: int,
        wait_s: float,
    ) -> None:
        self.connect = connect
        self.kind = kind
        self.work = work
        self.size = size
        self.wait_s = wait_s
        """How long a request waits for a connection."""
        self.opened = 0
        self.idle: list[W] = []
        self.waiting: deque[asyncio.Future[W | None]] = deque()

    @property
    def has_one_busy(self) -> bool:
        return len(self.idle) == self.opened - 1

    async def acquire(self) -> W:
        """Return a connection that nobody uses; raise Unanswered where none is to be had.

        It is released afterwards; discarded where it may hold an answer that nobody waits for.
        """
        if self.idle:
            return self.idle.pop()
        if self.opened < self.size:
            return await self.open()
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[W | None] = loop.create_future()
        self.waiting.append(waiter)
        patience = loop.call_later(self.wait_s, give_up, waiter)
        try:
            found = await waiter
        finally:
            patience.cancel()
        return found if found is not None else await self.open()

    async def open(self) -> W:
        self.opened += 1
        try:
            return self.kind(await self.work(self.connect))
        except BaseException as error:
            self.opened -= 1
            self.hand_on(None)
            if isinstance(error, psycopg.Error):
                raise Unanswered("The database cannot be reached.") from error
            raise

    def release(self, wire: W) -> None:
        if not wire.is_good:
            self.discard(wire)
        elif not self.hand_on(wire):
            self.idle.append(wire)

    def discard(self, wire: W) -> None:
        self.opened -= 1
        wire.close()
        self.hand_on(None)

    def hand_on(self, wire: W | None) -> bool:
        """Give the connection, or the room for a new one, to whoever waits longest."""
        while self.waiting:
            waiter = self.waiting.popleft()
            if not waiter.done():
                waiter.set_result(wire)
                return True
        return False

    def close(self) -> None:
        while self.idle:
            self.opened -= 1
            self.idle.pop().close()


def give_up(waiter: asyncio.Future[Any]) -> None:
    if not waiter.done():
        waiter.set_exception(Unanswered("No connection became free."))

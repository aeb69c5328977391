"""PostgreSQL's notifications: they wake the tails of other processes."""

from __future__ import annotations

import asyncio
import atexit
import logging
import threading
from typing import Any

import psycopg
from django.db import connection

from datamodel.changes.feed import Waker

__all__ = ["NotificationWaker", "listening_params", "ringer"]

logger = logging.getLogger(__name__)

CHANNEL = "joinery_changes"

FALLBACK_S = 1.0
"""How often the log is read without a notification: a process may die between its commit and that."""


def listening_params() -> dict[str, Any]:
    """Return how to connect to PostgreSQL without Django."""
    given = connection.get_connection_params()
    return {name: value for name, value in given.items() if name not in {"context", "cursor_factory"}}


class NotificationWaker(Waker):
    """Listens to PostgreSQL's notifications; reads anyway every second, and while the connection is away."""

    def __init__(self, loop: asyncio.AbstractEventLoop, params: dict[str, Any]) -> None:
        super().__init__(loop)
        self.params = params
        self.task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self.task = asyncio.create_task(self.listen())

    async def listen(self) -> None:
        while True:
            try:
                await self.listen_once()
            except psycopg.Error as error:
                logger.warning("Not listening to PostgreSQL: %s", type(error).__name__)
                await asyncio.sleep(FALLBACK_S)

    async def listen_once(self) -> None:
        listening = await psycopg.AsyncConnection.connect(**self.params, autocommit=True)
        async with listening:
            await listening.execute(f"LISTEN {CHANNEL}")
            self.rung.set()
            async for _ in listening.notifies():
                self.rung.set()

    async def wait(self) -> None:
        await self.doze(FALLBACK_S)
        self.rung.clear()

    async def close(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


class Ringer:
    """Notifies other processes of this one's commits.

    A notification inside the writer's transaction would make PostgreSQL's commits wait for each other.
    So a thread sends one afterwards, for all commits of a few milliseconds. It ends when it has nothing
    to do for a while.
    """

    TOGETHER_S = 0.005
    IDLE_S = 5.0

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._pause = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """Say that the current connection has committed."""
        self._rung.set()
        if self._thread is None:
            self._start(listening_params())

    def _start(self, params: dict[str, Any]) -> None:
        with self._lock:
            if self._thread is None:
                self._pause.clear()
                self._thread = threading.Thread(target=self._run, args=(params,), name="ringer", daemon=True)
                self._thread.start()

    def _run(self, params: dict[str, Any]) -> None:
        try:
            with psycopg.connect(**params, autocommit=True) as ringing:
                while self._rung.wait(self.IDLE_S):
                    self._rung.clear()
                    ringing.execute(f"NOTIFY {CHANNEL}")
                    if self._pause.wait(self.TOGETHER_S):
                        break
        except psycopg.Error as error:
            # The tails read once a second anyway.
            logger.warning("Other processes were not notified: %s", type(error).__name__)
        finally:
            with self._lock:
                self._thread = None

    def close(self) -> None:
        """Notify of what was rung, and end the thread."""
        thread = self._thread
        if thread is not None:
            self._pause.set()
            self._rung.set()
            thread.join(5)


ringer = Ringer()
"""The ringer of this process."""

atexit.register(ringer.close)

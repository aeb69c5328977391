"""The hub of a process: it follows the change log and hands each event to those who listen.

An event is built once for all subscriptions that are equal, and handed to their sockets in the order
of the log. The log is read in a thread; everything else happens on the event loop.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel import registry
from datamodel.access import authenticate_key
from datamodel.changes import feed
from datamodel.graphql.realtime.subscriptions import Event, Subscription
from datamodel.models import Change

__all__ = ["Hub", "Listener"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 40
"""Events read at once: fewer than a socket's queue holds."""

RECHECK_S = 20
"""How often the credentials of open sockets are looked at again."""

SETTLING_S = 0.25
"""How long the hub waits for a socket that still takes what it was sent."""

RESTARTED = 1012
FAILED = 1011


class Listener(Protocol):
    """A socket, as the hub knows it."""

    def deliver(self, subscription_id: str, payload: str) -> None: ...
    def end(self, code: int, reason: str) -> None: ...
    def revoke(self) -> None: ...
    @property
    def is_behind(self) -> bool: ...


@dataclass(eq=False, slots=True)
class Channel:
    """Equal subscriptions, and who waits for them."""

    subscription: Subscription
    listeners: dict[tuple[Listener, str], None] = field(default_factory=dict)


class Watcher(Protocol):
    """Who wants to know of every change, in short."""

    def notice(self, changes: Sequence[Change]) -> None: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read at once, and what it means for the subscriptions."""

    changes: Sequence[Change]
    answers: Sequence[tuple[Channel, str]]
    is_outdated: bool = False
    """True where somebody listens with a schema that is not active any more."""


class Hub:
    """Listens to the log while anybody listens to it."""

    def __init__(self) -> None:
        self.channels: dict[tuple[Any, ...], Channel] = {}
        self.by_target: dict[tuple[str, str], dict[tuple[Any, ...], Channel]] = {}
        self.keys: dict[str, set[Listener]] = {}
        self.watchers: set[Watcher] = set()
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._connections: list[BaseDatabaseWrapper] = []
        self._tail: feed.Tail | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: asyncio.Lock | None = None

    # Threads

    async def work(self, task: Callable[[], T]) -> T:
        """Run ``task`` in a thread with a database connection of the hub's."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(2, "realtime", initializer=self._begin_thread)
        return await asyncio.get_running_loop().run_in_executor(self._executor, with_connection, task)

    def _begin_thread(self) -> None:
        self._connections.append(connections[DEFAULT_DB_ALIAS])

    # Listening

    async def start(self) -> None:
        """Follow the log from now on, unless the hub does already."""
        if self._starting is None:
            self._starting = asyncio.Lock()
        async with self._starting:
            if self._tail is not None:
                return
            tail = feed.Tail(self.work)
            await tail.open()
            self._tail = tail
            self._tasks = [asyncio.create_task(self.follow(tail)), asyncio.create_task(self.recheck())]

    def add(self, subscription: Subscription, listener: Listener, subscription_id: str) -> None:
        """Hand the subscription's events to the listener from now on."""
        with self._lock:
            channel = self.channels.get(subscription.key)
            if channel is None:
                channel = self.channels[subscription.key] = Channel(subscription)
                target = self.by_target.setdefault((subscription.model, subscription.action), {})
                target[subscription.key] = channel
            channel.listeners[(listener, subscription_id)] = None

    def remove(self, subscription: Subscription, listener: Listener, subscription_id: str) -> None:
        """Hand nothing more to the listener for this subscription."""
        with self._lock:
            channel = self.channels.get(subscription.key)
            if channel is None:
                return
            channel.listeners.pop((listener, subscription_id), None)
            if not channel.listeners:
                del self.channels[subscription.key]
                target = self.by_target[(subscription.model, subscription.action)]
                del target[subscription.key]
                if not target:
                    del self.by_target[(subscription.model, subscription.action)]

    def hold_key(self, raw: str, listener: Listener) -> None:
        """Watch the key that a socket was opened with."""
        self.keys.setdefault(raw, set()).add(listener)

    def drop_listener(self, listener: Listener) -> None:
        """Forget the keys of a socket that is gone."""
        for raw in [raw for raw, holders in self.keys.items() if listener in holders]:
            self.keys[raw].discard(listener)
            if not self.keys[raw]:
                del self.keys[raw]

    # Following

    async def follow(self, tail: feed.Tail) -> None:
        """Hand out what is committed, batch by batch, for as long as the process lives."""
        while True:
            try:
                await self.hand_out(await self.work(lambda: self.collect(tail)))
            except (DatabaseError, InterfaceError) as error:
                logger.warning("The change log was not read: %s", type(error).__name__)
                await asyncio.sleep(1)
                continue
            except Exception:
                # Nothing may be skipped on an open socket: they all begin anew.
                logger.exception("Events could not be told")
                self.end_all(FAILED, "Events could not be told.")
                await tail.skip()
            await tail.wait()

    def collect(self, tail: feed.Tail) -> Batch:
        """Read the next changes and build their events. Runs in a thread."""
        if self.is_outdated():
            return Batch((), (), is_outdated=True)
        changes, position = tail.read(BATCH)
        datamodel = registry.current() if changes else None
        answers: list[tuple[Channel, str]] = []
        for change in changes:
            # After the changes were read: whoever listens by now gets all that is committed from here on.
            with self._lock:
                channels = list(self.by_target.get((change.model, change.action), {}).values())
            if channels and datamodel is not None and change.model in datamodel.models:
                answers += self.tell(channels, change, datamodel)
        tail.advance(position)
        return Batch(changes, answers)

    def tell(
        self, channels: list[Channel], change: Change, datamodel: registry.DataModel
    ) -> list[tuple[Channel, str]]:
        event = Event.of(change, datamodel.model(change.model))
        answers = ((channel, channel.subscription.answer(event)) for channel in channels)
        return [(channel, answer) for channel, answer in answers if answer is not None]

    def is_outdated(self) -> bool:
        """Return whether anybody listens with a schema that is not active any more."""
        with self._lock:
            versions = {channel.subscription.datamodel.version for channel in self.channels.values()}
        return bool(versions - {registry.active_version()}) if versions else False

    async def hand_out(self, batch: Batch) -> None:
        """Put the answers into the sockets' queues, and wait a moment for them to be sent."""
        if batch.is_outdated:
            self.end_all(RESTARTED, "The schema was changed.")
            return
        listeners: set[Listener] = set()
        for channel, answer in batch.answers:
            with self._lock:
                waiting = list(channel.listeners)
            for listener, subscription_id in waiting:
                listener.deliver(subscription_id, answer)
                listeners.add(listener)
        if batch.changes:
            for watcher in tuple(self.watchers):
                watcher.notice(batch.changes)
        if listeners:
            await settle(listeners)

    def end_all(self, code: int, reason: str) -> None:
        with self._lock:
            listeners = {listener for channel in self.channels.values() for listener, _ in channel.listeners}
        for listener in listeners:
            listener.end(code, reason)

    # Credentials

    async def recheck(self) -> None:
        """Close the sockets whose key was revoked or has expired."""
        while True:
            await asyncio.sleep(RECHECK_S)
            for raw in list(self.keys):
                try:
                    caller = await self.work(lambda raw=raw: authenticate_key(raw))  # type: ignore[misc]
                except (DatabaseError, InterfaceError):
                    break
                if caller is None:
                    for listener in list(self.keys.get(raw, ())):
                        listener.revoke()

    # The end

    async def stop(self) -> None:
        """Stop following the log and close the hub's connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._tail is not None:
            await self._tail.close()
            self._tail = None
        self._starting = None
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Close the threads and their connections."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
        while self._connections:
            held = self._connections.pop()
            # Its thread is gone: nobody else uses it.
            held.inc_thread_sharing()
            held.close()


async def settle(listeners: set[Listener]) -> None:
    """Let the sockets send what they were handed; do not wait for one that takes nothing."""
    deadline = asyncio.get_running_loop().time() + SETTLING_S
    await asyncio.sleep(0)
    behind = [listener for listener in listeners if listener.is_behind]
    while behind and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.005)
        behind = [listener for listener in behind if listener.is_behind]


def with_connection(task: Callable[[], T]) -> T:
    """Run ``task``; a connection that fails is closed, so that the next task opens another."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        return task()
    except (DatabaseError, InterfaceError):
        connection.close()
        raise
    finally:
        connection.close_if_unusable_or_obsolete()

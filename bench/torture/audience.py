"""Subscribers over real WebSockets that keep what they were told, to be held against the change log."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from bench.realtime.crowd import Crowd, Member

__all__ = ["Event", "Subscriber", "judge"]

Event: TypeAlias = tuple[str, str, int]
"""What happened, to which record, and the version that it has since."""

ACTIONS = ("create", "update", "delete")
CLOSE = 0x88
"""The first byte of a frame that closes."""


class Subscriber(Member):
    """A socket that listens to all that happens to the things, by a subscription for each action."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__(crowd)
        self.events: list[Event] = []
        self.acknowledged = 0
        self.code: int | None = None
        """What the server closed the socket with."""
        self.is_lost = False

    def stop_reading(self) -> None:
        """Take nothing more, with little room for what is under way."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        self.transport.pause_reading()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.is_lost = True
        self.crowd.done.set()

    def take(self) -> bytes | None:
        is_close = bool(self.buffer) and self.buffer[0] == CLOSE
        payload = super().take()
        if payload is None or not is_close:
            return payload
        self.code = int.from_bytes(payload[:2], "big")
        self.transport.close()
        return None

    def handle(self, payload: bytes) -> None:
        frame = json.loads(payload)
        match frame["type"]:
            case "data":
                self.note(frame["payload"])
            case "connection_ack":
                for action in ACTIONS:
                    self.subscribe(action)
            case "start_ack":
                self.acknowledged += 1
                if self.acknowledged == len(ACTIONS):
                    self.crowd.ready()
            case "ka":
                pass
            case _:
                raise RuntimeError(payload.decode())

    def subscribe(self, action: str) -> None:
        query = f"subscription {{ on{action.title()}Thing {{ id number text _version }} }}"
        data = json.dumps({"query": query, "variables": {}})
        extensions = {"authorization": {"host": "localhost", "x-api-key": self.crowd.key}}
        self.send({"id": action, "type": "start", "payload": {"data": data, "extensions": extensions}})

    def forget(self) -> None:
        super().forget()
        self.events.clear()

    def note(self, payload: dict[str, dict[str, dict[str, object]]]) -> None:
        """Keep an event; an answer that is none fails the run."""
        ((name, thing),) = payload["data"].items()
        action = name.removeprefix("on").removesuffix("Thing").lower()
        self.events.append((action, str(thing["id"]), int(str(thing["_version"]))))
        self.count += 1
        self.crowd.arrived()


def judge(subscribers: Iterable[Subscriber], happened: list[Event]) -> Iterator[str]:
    """Yield what a subscriber was not told, was told twice, or was told in another order than it happened."""
    due = Counter(happened)
    for place, one in enumerate(subscribers):
        told = Counter(one.events)
        if one.is_lost:
            yield f"Subscriber {place} was closed with {one.code}."
        if missing := due - told:
            yield f"Subscriber {place} misses {missing.total()} events, {next(iter(missing))} for one."
        if extra := told - due:
            yield f"Subscriber {place} was told {extra.total()} events too many, {next(iter(extra))} for one."
        yield from (f"Subscriber {place}: {fault}" for fault in disorder(one.events))


def disorder(events: Iterable[Event]) -> Iterator[str]:
    """Yield where an event of a record comes after one of a later version."""
    latest: dict[str, int] = {}
    for action, key, version in events:
        if version <= latest.get(key, 0):
            yield f"{action} of '{key}' as version {version} came after version {latest[key]}."
        latest[key] = version

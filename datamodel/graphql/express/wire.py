"""A connection to PostgreSQL on the event loop: prepared statements, texts as they come.

libpq is driven directly. Its socket stays with the event loop, where psycopg's own asynchronous cursors
register and forget it with every statement; that is most of what a small statement costs.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import pq
from psycopg.types.json import Jsonb

from datamodel.graphql.express.source import Unanswered

__all__ = ["Wire", "text_of"]

STATEMENTS = 256
"""Prepared statements per connection."""

PATIENCE_S = 15.0
"""How long an answer may take to come; the server gives up on a statement sooner."""

Result = Any
"""A `PGresult`; the implementation in C has a class of its own."""


class Wire:
    """One connection, and the event loop that its socket is with."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.pg = raw.pgconn
        self.pg.nonblocking = 1
        self.loop: asyncio.AbstractEventLoop | None = None
        self.waiter: asyncio.Future[None] | None = None
        self.prepared: OrderedDict[str, bytes] = OrderedDict()
        self.number = 0

    @property
    def is_good(self) -> bool:
        return bool(self.pg.status == pq.ConnStatus.OK)

    def name_of(self, sql: str) -> bytes | None:
        """Return the name of a statement that was prepared."""
        name = self.prepared.get(sql)
        if name is not None:
            self.prepared.move_to_end(sql)
        return name

    def new_name(self, sql: str) -> tuple[bytes, bytes | None]:
        """Return a name for a statement to be prepared, and that of one to be given up for it."""
        outdated = self.prepared.popitem(last=False)[1] if len(self.prepared) >= STATEMENTS else None
        self.number += 1
        self.prepared[sql] = name = b"joinery_%d" % self.number
        return name, outdated

    async def flush(self) -> None:
        """Send what was begun to be sent."""
        while self.pg.flush():
            await self.wait(is_writing=True)

    async def next_result(self) -> Result | None:
        """Return the next result; None where those of a command end."""
        while self.pg.is_busy():
            await self.wait()
        return self.pg.get_result()

    def attach(self) -> None:
        """Have the running event loop tell of what the server sends."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:
            self.loop = loop
            loop.add_reader(self.pg.socket, self.wake)

    async def wait(self, *, is_writing: bool = False) -> None:
        """Wait until the next result is here, or until more can be sent."""
        assert self.loop is not None  # noqa: S101  attached before anything is sent
        self.waiter = self.loop.create_future()
        patience = self.loop.call_later(PATIENCE_S, self.give_up)
        if is_writing:
            self.loop.add_writer(self.pg.socket, self.go_on)
        try:
            await self.waiter
        finally:
            patience.cancel()
            self.waiter = None
            if is_writing:
                self.loop.remove_writer(self.pg.socket)

    def wake(self) -> None:
        """Take in what the server sends; the server may also close the connection, or say something on the side.

        It is read here and now: read later, it would wake somebody for nothing.
        """
        try:
            self.pg.consume_input()
        except psycopg.Error as error:
            if self.waiter is not None and not self.waiter.done():
                self.waiter.set_exception(error)
            elif self.loop is not None:
                self.loop.remove_reader(self.pg.socket)
            return
        if not self.pg.is_busy():
            self.go_on()

    def go_on(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def give_up(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(Unanswered("The database did not answer in time."))

    def close(self) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.remove_reader(self.pg.socket)
        self.raw.close()


def text_of(param: Any) -> bytes | None:
    """Return a parameter as the server reads it; its type stands in the statement, or is plain there."""
    kind: Any = type(param)
    make = TEXTS.get(kind)
    return make(param) if make is not None else text_of_other(param)


def text_of_other(param: Any) -> bytes:
    """Return what is of none of the usual types: Django wraps integers and JSON for psycopg."""
    match param:
        case int():
            return b"%d" % param
        case Jsonb():
            return json_text(param)
    return repr(float(param)).encode()


TEXTS: dict[type, Callable[[Any], bytes | None]] = {
    str: str.encode,
    int: lambda number: b"%d" % number,
    bool: lambda truth: b"true" if truth else b"false",
    type(None): lambda _nothing: None,
}
"""What makes the texts of the usual types."""


def json_text(param: Jsonb) -> bytes:
    """Return the JSON of what Django has wrapped for psycopg."""
    text = param.dumps(param.obj) if param.dumps else json.dumps(param.obj)
    return text if isinstance(text, bytes) else text.encode()

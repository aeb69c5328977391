"""The practical limit of a Python server: a bare ASGI callable that hands back the database's own JSON.

It takes ``{"op": "Q2", "a": [25]}``. No document, no key, no limits. `BENCH_LIMIT` names the database;
`BENCH_LIMIT_ASYNC` has PostgreSQL asked through a pool of four asynchronous connections.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

from bench.api.statements import LOGGED, STATEMENTS

__all__ = ["application"]

DATABASE = os.environ.get("BENCH_LIMIT", "")
IS_POSTGRESQL = DATABASE.startswith("postgres")
IS_ASYNC = IS_POSTGRESQL and bool(os.environ.get("BENCH_LIMIT_ASYNC"))
SQL = STATEMENTS["postgresql" if IS_POSTGRESQL else "sqlite"]
READERS = 4

Message = dict[str, Any]
_open: dict[str, Any] = {}


def connection() -> Any:
    """Return the connection of the process, opened with the first request."""
    if "connection" not in _open:
        _open["connection"] = open_postgresql() if IS_POSTGRESQL else open_sqlite()
    return _open["connection"]


def open_sqlite() -> sqlite3.Connection:
    made = sqlite3.connect(DATABASE, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "cache_size=-65536", "mmap_size=268435456", "temp_store=MEMORY"):
        made.execute(f"PRAGMA {pragma}").fetchall()
    return made


def open_postgresql() -> Any:
    import psycopg

    return psycopg.connect(DATABASE, autocommit=True, prepare_threshold=0)


async def open_pool() -> Any:
    if "pool" not in _open:
        import psycopg_pool

        given = {"autocommit": True, "prepare_threshold": 0}
        pool = psycopg_pool.AsyncConnectionPool(
            DATABASE, kwargs=given, min_size=READERS, max_size=READERS, open=False
        )
        await pool.open(wait=True)
        _open["pool"] = pool
    return _open["pool"]


async def answer(body: bytes) -> bytes:
    asked = json.loads(body)
    if asked["op"] in LOGGED and not IS_POSTGRESQL:
        return b'{"data":{"r":' + write_logged(asked["op"], asked["a"]).encode() + b"}}"
    sql, params = SQL[asked["op"]], asked["a"]
    if IS_ASYNC:
        async with (await open_pool()).connection() as taken:
            row = await (await taken.execute(sql, params)).fetchone()
    else:
        row = connection().execute(sql, params).fetchall()[0]
    return b'{"data":{"r":' + row[0].encode() + b"}}"


def write_logged(operation: str, params: list[Any]) -> str:
    """Write a record and its entry in the log; return its JSON."""
    execute = connection().execute
    execute("BEGIN IMMEDIATE")
    if operation == "L1":
        write, log = LOGGED["L1"]
        (text,) = execute(write, params).fetchone()
        execute(log)
    else:
        read, write, log = LOGGED["L2"]
        given = dict(zip(("title", "rating", "id"), params, strict=True))
        given["before"] = execute(read, given).fetchone()[0]
        (text,) = execute(write, given).fetchall()[0]
        execute(log, given)
    execute("COMMIT")
    made: str = text
    return made


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Answer a POST; the lifespan has nothing to do."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    text = await answer(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text})

"""``python -m bench.realtime [--sockets 1000] [--rounds 20] [--burst 20] [--database URL]``

Prints the time from a commit to the last socket, beside that of a bare loop in the same worker, taken in
turns; then how a burst of events arrives; then what a client costs that stops reading.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.realtime.crowd import Crowd

KEY = "da2-bench-realtime-0000000000"
SCHEMA = "type Thing @model { id: ID! number: Int! text: String }\n"
CREATE = "mutation($i: CreateThingInput!) { createThing(input: $i) { id } }"
TEXT = "x" * 200


@contextmanager
def joinery(port: int, database: str | None) -> Iterator[subprocess.Popen[bytes]]:
    """Serve Joinery with one worker and the schema above."""
    folder = Path(tempfile.mkdtemp())
    (folder / "thing.graphql").write_text(SCHEMA)
    env = {
        **os.environ,
        "JOINERY_VAR": str(folder),
        "JOINERY_API_KEY": KEY,
        "WS_MAX_CONNECTIONS": "20000",
        **({"DATABASE_URL": database} if database else {}),
    }
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "1"]
    with serving([*command, "--schema", str(folder / "thing.graphql")], env, port) as server:
        yield server


@contextmanager
def bare(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the bare loop with the same worker."""
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-class", "asgi"]
    command = [sys.executable, "-m", "gunicorn", *bind, "bench.realtime.bare:application"]
    with serving(command, dict(os.environ), port) as server:
        yield server


@contextmanager
def serving(command: list[str], env: dict[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        wait_for(port)
        yield server
    finally:
        server.terminate()
        server.wait(30)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", data=b"", timeout=2)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start.")


class Writer:
    """Makes events: a mutation, or a post to the bare loop. Keeps one connection."""

    def __init__(self, port: int, *, is_bare: bool) -> None:
        self.port = port
        self.is_bare = is_bare
        self.number = 0

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def write(self) -> None:
        """Make one event and wait for the answer: from then on it is committed."""
        self.number += 1
        thing = {"id": f"t{time.time_ns()}", "number": self.number, "text": TEXT}
        if self.is_bare:
            event = {"data": {"onCreateThing": thing}}
            body = json.dumps({"id": "s", "type": "data", "payload": event}, separators=(",", ":")).encode()
        else:
            body = json.dumps({"query": CREATE, "variables": {"i": thing}}).encode()
        head = f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nx-api-key: {KEY}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        await self.writer.drain()
        answer = await self.reader.readuntil(b"\r\n\r\n")
        size = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        content = await self.reader.readexactly(size)
        if b'"errors"' in content:
            raise SystemExit(content.decode())


class Contestant:
    """A server with its crowd."""

    def __init__(self, name: str, port: int, *, is_bare: bool) -> None:
        self.name = name
        self.port = port
        self.writer = Writer(port, is_bare=is_bare)
        self.crowd = Crowd(KEY, is_bare=is_bare)
        self.times: list[float] = []
        self.bursts: list[float] = []

    async def prepare(self, sockets: int) -> None:
        await self.writer.open()
        await self.crowd.gather(self.port, sockets)

    async def round(self, events: int) -> float:
        """Return the seconds from the first write to the last arrival of ``events``."""
        goal = self.crowd.events + events * len(self.crowd.members)
        began = time.perf_counter()
        arriving = asyncio.create_task(self.crowd.until(lambda: self.crowd.events >= goal, 300))
        for _ in range(events):
            await self.writer.write()
        await arriving
        return self.crowd.last_at - began


async def measure(options: argparse.Namespace, ours: Contestant, limit: Contestant) -> None:
    for one in (ours, limit):
        await one.prepare(options.sockets)
        await one.round(1)
    for _ in range(options.rounds):
        for one in (ours, limit):
            one.times.append(await one.round(1))
    for _ in range(3):
        for one in (ours, limit):
            one.bursts.append(await one.round(options.burst))
    report(options, ours, limit)
    for one in (ours, limit):
        one.crowd.leave()


def report(options: argparse.Namespace, ours: Contestant, limit: Contestant) -> None:
    for one in (ours, limit):
        rate = options.burst * options.sockets / statistics.median(one.bursts)
        print(
            f"{one.name:8} one event to {options.sockets} sockets: {statistics.median(one.times) * 1000:7.1f} ms"
            f"   burst of {options.burst}: {rate:9,.0f} messages/s   out of order {one.crowd.disorder}, lost {one.crowd.lost}"
        )
    ratios = [limit_s / ours_s for ours_s, limit_s in zip(ours.times, limit.times, strict=True)]
    bursts = [limit_s / ours_s for ours_s, limit_s in zip(ours.bursts, limit.bursts, strict=True)]
    print(
        f"ratio    one event {statistics.median(ratios):.2f} of the bare loop, burst {statistics.median(bursts):.2f}"
    )


def memory_mib(pid: int) -> float:
    """Return the resident memory of a server's worker processes."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children]
    return max(pages, default=0) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def stall(options: argparse.Namespace, port: int, pid: int) -> None:
    """One client stops reading while events go on: what it costs the server, and the others."""
    crowd, writer = Crowd(KEY), Writer(port, is_bare=False)
    await writer.open()
    await crowd.gather(port, 21)
    still, *reading = crowd.members
    still.transport.pause_reading()
    before, began = memory_mib(pid), time.perf_counter()
    for _ in range(2000):
        await writer.write()
    await crowd.until(lambda: all(member.count >= 2000 for member in reading), 120)
    seconds = time.perf_counter() - began
    print(
        f"stalled  2,000 events to 20 readers beside it in {seconds:.1f} s; "
        f"memory grew by {memory_mib(pid) - before:.1f} MiB"
    )
    crowd.leave()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.realtime")
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--burst", type=int, default=20)
    parser.add_argument("--database", help="a PostgreSQL URL; SQLite otherwise")
    options = parser.parse_args()
    ours, limit = Contestant("Joinery", 8391, is_bare=False), Contestant("bare", 8392, is_bare=True)
    with ExitStack() as stack:
        server = stack.enter_context(joinery(ours.port, options.database))
        stack.enter_context(bare(limit.port))
        asyncio.run(measure(options, ours, limit))
        asyncio.run(stall(options, ours.port, server.pid))


if __name__ == "__main__":
    main()

"""Starting servers, asking them, and loading them with wrk."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.api.contestants import ROOT, Contestant
from bench.api.data import Data
from bench.api.operations import Operation

__all__ = ["Measured", "Running", "content_of", "fault_of", "running"]

POST = Path(__file__).with_name("post.lua")
START_SECONDS = 60
SETTLING_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """What wrk saw in one turn."""

    per_second: float
    p50_ms: float
    p95_ms: float
    bad: int
    size: float
    count: int
    cpu_us: float = 0
    """Processor time of the contestant per request, which a busy machine changes least."""


@dataclass(slots=True)
class Running:
    """A contestant that answers."""

    contestant: Contestant
    port: int
    process: subprocess.Popen[bytes]
    folder: Path

    def ask(self, operation: Operation, variables: dict[str, Any]) -> bytes:
        """Return the body of an answer."""
        body = json.dumps(self.contestant.body(operation, variables)).encode()
        headers = {"content-type": "application/json", **self.contestant.headers}
        url = f"http://127.0.0.1:{self.port}{self.contestant.path}"
        request = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
                found: bytes = answer.read()
        except urllib.error.HTTPError as refusal:
            found = refusal.read()
        return found

    def load(self, operation: Operation, data: Data, connections: int, seconds: int) -> Measured:
        """Ask with many connections at once, for a while."""
        bodies = self.folder / f"{self.contestant.title.replace('/', '.')}.{operation.name}.txt"
        if not bodies.exists():
            lines = (json.dumps(self.contestant.body(operation, v)) for v in operation.variants(data))
            bodies.write_text("\n".join(lines) + "\n")
        headers = [
            part for name, value in self.contestant.headers.items() for part in ("-H", f"{name}: {value}")
        ]
        url = f"http://127.0.0.1:{self.port}{self.contestant.path}"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", *headers]
        # The command is our own.
        before = self.cpu_seconds()
        found = subprocess.run(  # noqa: S603
            [*command, "-s", str(POST), url, "--", str(bodies)], capture_output=True, text=True, check=True
        )
        line = next(line for line in found.stdout.splitlines() if line.startswith("RESULT"))
        measured = Measured(**json.loads(line.removeprefix("RESULT")))
        spent = self.cpu_seconds() - before
        self.settle()
        return replace(measured, cpu_us=spent / max(measured.count, 1) * 1e6)

    def settle(self) -> None:
        """Wait until it has done with the requests that wrk gave up at the end, which would slow down the next."""
        before, deadline = -1.0, time.monotonic() + SETTLING_SECONDS
        while (now := self.cpu_seconds()) > before and time.monotonic() < deadline:
            before = now
            time.sleep(0.1)

    def cpu_seconds(self) -> float:
        """Return the processor time that the contestant has spent so far; a database server's is not in it."""
        return sum(ticks_of(pid) for pid in family(self.process.pid)) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> dict[str, float]:
        """Return the proportional memory of the whole, and of its largest process: the worker."""
        sizes = [size for pid in family(self.process.pid) if (size := memory_of(pid))]
        return {"all": sum(sizes) / 1024, "worker": max(sizes, default=0) / 1024}


@contextlib.contextmanager
def running(contestant: Contestant, folder: Path) -> Iterator[Running]:
    """Start a contestant; stop it, and whatever it started, afterwards."""
    port = free_port()
    log = (folder / f"{contestant.title.replace('/', '.')}.log").open("w")
    environment = os.environ | dict(contestant.environment) | {"PORT": str(port)}
    command = contestant.command(port)
    process = subprocess.Popen(  # noqa: S603 - the contestants are our own
        command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        wait_for(process, port, log.name)
        yield Running(contestant, port, process, folder)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(process: subprocess.Popen[bytes], port: int, log: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"A contestant did not start: see {log}.") from None
            time.sleep(0.1)


def family(pid: int) -> Iterator[int]:
    """Yield a process and all it started."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def ticks_of(pid: int) -> int:
    """Return the processor time of a process, 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def memory_of(pid: int) -> int:
    """Return a process's proportional share of memory in KiB, 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def fault_of(answer: bytes) -> str:
    """Return what an answer says went wrong, nothing where all is well."""
    try:
        errors = json.loads(answer).get("errors")
    except ValueError:
        return answer.decode(errors="replace") or "nothing"
    return json.dumps(errors) if errors else ""


def content_of(answer: bytes) -> Any:
    """Return what an answer says, however its dialect says it.

    That is the value of its only field, where a connection (`items`, `nodes`) is the list of what it connects, and what
    turns the page (`nextToken`, `pageInfo`) is left out. Names, values and order have to be the same.
    """
    (found,) = json.loads(answer)["data"].values()
    return unwrapped(found)


def unwrapped(value: Any) -> Any:
    match value:
        case {"items": list(found)} | {"nodes": list(found)} | list(found):
            return [unwrapped(each) for each in found]
        case dict():
            return {name: unwrapped(each) for name, each in value.items()}
        case _:
            return value

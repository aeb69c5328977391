"""What a body costs the server: CPU time, memory, statements, measured in a process of its own."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Cost", "measured"]

STATUS = Path("/proc/self/status")
RESET_PEAK = "5"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request took, and what it was answered with."""

    milliseconds: float
    mebibytes: float
    statements: int
    """On the tables of records; looking up the key and the version is not counted."""
    status: int
    answers: tuple[str | None, ...]


def measured(body: bytes, key: str) -> Cost:
    """Send a body to the endpoint in a forked process and return what that took."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            json.dump(asdict(spend(body, key)), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = json.load(pipe)
    os.waitpid(child, 0)
    return Cost(**told | {"answers": tuple(told["answers"])})


def spend(body: bytes, key: str) -> Cost:
    from django.db import connections
    from django.db.backends.utils import CursorWrapper

    from datamodel import access
    from tests.conftest import call_asgi

    connections.close_all()
    access.authenticate_key(key)
    statements: list[str] = []
    execute = CursorWrapper.execute

    def noting(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        statements.append(str(sql))
        return execute(self, sql, params)

    CursorWrapper.execute = noting  # type: ignore[method-assign]
    headers = {"content-type": "application/json", "x-api-key": key, "content-length": str(len(body))}
    Path("/proc/self/clear_refs").write_text(RESET_PEAK)
    before, began = memory("VmRSS"), time.process_time()
    status, _, text = call_asgi(body, headers)
    taken, peak = time.process_time() - began, memory("VmHWM")
    errors = json.loads(text).get("errors", [])
    return Cost(
        taken * 1000,
        max(peak - before, 0) / 1024,
        sum('"data_' in sql for sql in statements),
        status,
        tuple(dict.fromkeys(error["errorType"] for error in errors)),
    )


def memory(name: str) -> int:
    """Return a figure of this process in KiB."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])

"""The clock of the writes. In one database it never goes back, whatever the clocks of the machines do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["not_before", "now_ms"]

_earliest: ContextVar[int] = ContextVar("joinery_earliest", default=0)


def now_ms() -> int:
    """Return the milliseconds since 1970; within `not_before` at least those."""
    return max(time.time_ns() // 1_000_000, _earliest.get())


@contextmanager
def not_before(ms: int) -> Iterator[None]:
    """Let the clock show at least ``ms`` within the block: a transaction is not older than what it follows."""
    token = _earliest.set(max(ms, _earliest.get()))
    try:
        yield
    finally:
        _earliest.reset(token)

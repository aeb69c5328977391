"""Turns: SQLite's writers wait for each other at a file beside the database, all with the same chance.

SQLite's own wait asks at intervals that grow to a tenth of a second. While quick writers come and go it hardly
ever asks at the right moment: one writer in a thousand waited for seconds where most took milliseconds.
"""

from __future__ import annotations

import fcntl
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO

from django.db import connection

from datamodel.modelgen.errors import DatabaseBusy

__all__ = ["PATIENCE_S", "turn"]

PATIENCE_S = 5.0
"""As long as SQLite would wait itself (``timeout`` in the settings)."""
ASK_S = (0.0005, 0.0025)
"""Asked again after a moment between these, however long one waits already."""


@contextmanager
def turn(name: str | None = None, patience_s: float | None = None) -> Iterator[None]:
    """Hold the turn to write, where the database is a SQLite file; raise DatabaseBusy where it does not come.

    It ends with the block, and with the process. ``name`` is the file's, for who has it without Django.
    """
    path = turn_path(name)
    if path is None:
        yield
        return
    with FileIO(path, "a") as file:
        wait_for(file, PATIENCE_S if patience_s is None else patience_s)
        yield


def turn_path(name: str | None = None) -> str | None:
    if name is None:
        if connection.vendor != "sqlite":
            return None
        name = str(connection.settings_dict["NAME"])
    return None if ":memory:" in name or "mode=memory" in name else f"{name}.turn"


def wait_for(file: FileIO, patience_s: float) -> None:
    """Lock the file; ask again until it is free."""
    deadline = time.monotonic() + patience_s
    while not is_taken(file):
        if time.monotonic() >= deadline:
            raise DatabaseBusy
        time.sleep(random.uniform(*ASK_S))  # noqa: S311 - a moment, not a secret


def is_taken(file: FileIO) -> bool:
    """Return whether the lock is ours now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

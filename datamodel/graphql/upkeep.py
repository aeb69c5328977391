"""The database connection of a thread of the endpoint, between its requests.

Opening a SQLite file costs as much as a write to it, and so a thread keeps its connection. On PostgreSQL a
connection goes back to the pool, or is closed.
"""

from __future__ import annotations

import os
import threading

from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

__all__ = ["after_request", "before_request"]


class Opened(threading.local):
    """The file that was there when the thread's latest request began."""

    file: tuple[int, int] | None = None


_opened = Opened()


def before_request() -> None:
    """Let go of a connection that is of no use any more: of one to a file that another took the place of."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        # Looked at before a connection is opened: it is to this file, or to one that is told from it the next time.
        file = identity(connection)
        if file != _opened.file and connection.connection is not None and not connection.in_atomic_block:
            connection.close()
        _opened.file = file
    tidy(connection)


def after_request() -> None:
    """Close the connection where it cannot be used again."""
    tidy(connections[DEFAULT_DB_ALIAS])


def tidy(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "sqlite":
        connection.close_at = None
    close_old_connections()


def identity(connection: BaseDatabaseWrapper) -> tuple[int, int] | None:
    """Tell a file from another of the same name; None where there is none."""
    try:
        found = os.stat(connection.settings_dict["NAME"])
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino

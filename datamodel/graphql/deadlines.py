"""How long the database may work for one request. PostgreSQL is told so by each connection, SQLite here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection

__all__ = ["is_ended", "limited"]

STEPS = 20_000
"""SQLite asks after so many steps of its machine whether to go on."""

QUERY_CANCELED = "57014"


class Patience:
    """When the running statement has to end: by its own limit, or with the request."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.end = deadline

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Run a statement; Django calls this around each."""
        self.end = min(self.deadline, time.monotonic() + settings.DB_STATEMENT_TIMEOUT_S)
        return execute(*arguments)

    def is_over(self) -> bool:
        return time.monotonic() > self.end


@contextmanager
def limited(deadline: float) -> Iterator[None]:
    """Let no statement run longer than ``DB_STATEMENT_TIMEOUT_S``, nor past ``deadline``."""
    if connection.vendor != "sqlite":
        yield
        return
    patience = Patience(deadline)
    connection.ensure_connection()
    handle: Any = connection.connection
    handle.set_progress_handler(patience.is_over, STEPS)
    try:
        with connection.execute_wrapper(patience):
            yield
    finally:
        handle.set_progress_handler(None, 0)


def is_ended(error: BaseException | None) -> bool:
    """Return whether a statement was ended because it took too long."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED or str(error) == "interrupted"

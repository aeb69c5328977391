"""How long checking may take: a deadline that ends a running statement, on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

__all__ = ["Deadline", "OutOfTime"]

STEPS = 20_000
"""SQLite asks after so many steps of its machine whether to go on."""
QUERY_CANCELED = "57014"


class OutOfTime(Exception):  # noqa: N818  says what happened
    """The time for checking is over; what was running was stopped."""


class Deadline:
    """A moment after which no statement runs; ``seconds`` None means never."""

    def __init__(self, seconds: float | None = None) -> None:
        self.end = None if seconds is None else time.monotonic() + seconds

    @property
    def left(self) -> float | None:
        return None if self.end is None else self.end - time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left <= 0

    def check(self) -> None:
        """Raise OutOfTime where the time is over."""
        if self.is_over:
            raise OutOfTime

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Run statements that end at the deadline; raise OutOfTime where one was ended."""
        self.check()
        limited = on_postgresql if connection.vendor == "postgresql" else on_sqlite
        try:
            with limited(self):
                yield
        except OperationalError as error:
            if is_ended(error):
                raise OutOfTime from error
            raise


@contextmanager
def on_postgresql(deadline: Deadline) -> Iterator[None]:
    """Let the server end the statement; without a deadline it may take as long as it takes."""
    milliseconds = 0 if deadline.left is None else max(1, int(deadline.left * 1000))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
        yield


@contextmanager
def on_sqlite(deadline: Deadline) -> Iterator[None]:
    """Let SQLite ask now and then whether the time is over."""
    connection.ensure_connection()
    handle: Any = connection.connection
    handle.set_progress_handler(lambda: deadline.is_over, STEPS)
    try:
        yield
    finally:
        handle.set_progress_handler(None, 0)


def is_ended(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == QUERY_CANCELED or "interrupted" in str(error)

"""Where the express lane reads and writes: connections of its own, which last."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

import django.db
import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel.graphql.compiler.answers import Irregular, Rows
from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.errors import TOOK_TOO_LONG, ApiError, LimitExceeded
from datamodel.limits import get_limit
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.swift import REFUSALS, Steps

__all__ = [
    "Begin",
    "Lost",
    "Source",
    "Unanswered",
    "Work",
    "Writes",
    "check_room",
    "ended",
    "refusal",
    "too_long",
]

logger = logging.getLogger(__name__)

T = TypeVar("T")

EXPECTED = (*REFUSALS, Irregular, ApiError, sqlite3.Error, psycopg.Error, django.db.Error)
"""What comes up in a write that is refused, or that takes a closer look."""


class Work(Protocol):
    """Runs a function in a thread."""

    def __call__(self, task: Callable[[], T], /) -> Awaitable[T]: ...


class Unanswered(Exception):  # noqa: N818  says what happened
    """The express lane cannot answer a request. Nothing was written: a thread may begin anew."""


class Lost(Exception):  # noqa: N818  says what happened
    """The connection was lost while it wrote: nobody knows whether the write was carried out."""


def check_room(waiting: int) -> None:
    """Raise DatabaseBusy where too many writes wait already."""
    if waiting >= get_limit("GRAPHQL_MAX_WAITING"):
        raise DatabaseBusy


def refusal(error: Exception) -> Unanswered:
    """Return what it means that a write raised an error and was rolled back: a thread looks at it again."""
    if isinstance(error, Unanswered):
        return error
    if not isinstance(error, EXPECTED):
        logger.error("A write failed.", exc_info=error)
    return Unanswered(str(error))


def too_long() -> LimitExceeded:
    """Return what is told of an answer that holds more than may be sent."""
    return LimitExceeded(f"The answer is longer than {get_limit('GRAPHQL_MAX_RESULT_BYTES')} bytes.")


def ended() -> LimitExceeded:
    """Return what is told of a statement that was ended because it took too long."""
    return LimitExceeded(TOOK_TOO_LONG)


class Source(Protocol):
    """The connections to one database."""

    async def fetch(self, statement: Statement, params: Sequence[Any]) -> Rows:
        """Run a statement; raise Unanswered where that did not work, Irregular, LimitExceeded."""

    def close(self) -> None:
        """Let go of every connection."""


Begin: TypeAlias = Callable[[BaseDatabaseWrapper], Steps[bytes]]
"""Begins a write, which returns the JSON of its answer; the given connection says how statements are spelled."""


class Writes(Protocol):
    """Carries out writes, each as a transaction."""

    async def write(self, begin: Begin) -> bytes:
        """Return the answer, committed; raise Unanswered where nothing was written, Lost, or DatabaseBusy."""

    def close(self) -> None:
        """Let go of every connection."""

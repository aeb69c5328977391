"""Where the express lane reads: connections of its own, which last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from datamodel.graphql.compiler.answers import Rows
from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.errors import TOOK_TOO_LONG, LimitExceeded
from datamodel.limits import get_limit

__all__ = ["Source", "Unanswered", "Work", "ended", "too_long"]

T = TypeVar("T")


class Work(Protocol):
    """Runs a function in a thread."""

    def __call__(self, task: Callable[[], T], /) -> Awaitable[T]: ...


class Unanswered(Exception):  # noqa: N818  says what happened
    """The express lane cannot answer a request. Nothing was written: a thread may begin anew."""


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

"""Who writes: the person, the API key or the system behind what happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

__all__ = ["Actor", "Caller", "acting_as", "current_actor"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes: a ``user``, an ``api_key`` or the ``system``."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API, and how far that reaches: ``full``, ``public`` or ``none``."""

    actor: Actor
    scope: str


_SYSTEM = Actor("system", "")
_actor: ContextVar[Actor] = ContextVar("joinery_actor", default=_SYSTEM)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Write as ``actor`` within the block; the change log notes it."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Return who writes right now."""
    return _actor.get()

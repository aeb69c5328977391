"""The bell that a commit rings, for those who follow the change log."""

from __future__ import annotations

from typing import Protocol

from django.db import connection

__all__ = ["Bell", "bell"]


class Listener(Protocol):
    """Who wants to know of commits. Called in the thread that committed."""

    def ring(self) -> None: ...


class Bell:
    """Tells the tails of all processes that something was committed."""

    def __init__(self) -> None:
        self.wakers: set[Listener] = set()
        """Those of this process."""

    def ring(self, vendor: str) -> None:
        """Say that a connection has committed. SQLite's tails elsewhere see it by themselves."""
        for waker in tuple(self.wakers):
            waker.ring()
        if vendor == "postgresql":
            from datamodel.changes.notifications import ringer

            ringer.ring()

    def close(self) -> None:
        """Tell other processes what they were not told yet, and let go of the connection for it."""
        if connection.vendor == "postgresql":
            from datamodel.changes.notifications import ringer

            ringer.close()


bell = Bell()
"""The bell of this process."""

"""Delta sync: from when on a client has to ask next time, and what an answer has to hold.

A client sends the time that its last answer gave it, and must get every change committed since, however
late its transaction committed. Clocks do not promise that; the log does. See ``started_at``.
"""

from __future__ import annotations

from enum import Enum

from django.db import connection

from datamodel.limits import get_limit
from datamodel.modelgen.clock import now_ms
from datamodel.models import Change

__all__ = ["Sync", "buried_since", "read_sync", "started_at"]

MINUTE_MS = 60_000

_LATEST = f'SELECT MAX("at") FROM "{Change._meta.db_table}"'  # noqa: S608
_OLDEST_RUNNING = """
    SELECT (EXTRACT(EPOCH FROM MIN(xact_start)) * 1000)::bigint FROM pg_stat_activity
    WHERE datname = CURRENT_DATABASE() AND backend_type = 'client backend' AND pid <> PG_BACKEND_PID()
"""
_STARTED_AT = {
    "sqlite": _LATEST,
    "postgresql": f"SELECT LEAST(({_LATEST}), ({_OLDEST_RUNNING}))",
}


def started_at() -> int:
    """Return a time, in milliseconds, that no change which is not committed yet lies before.

    Ask before the records are read, in a statement of its own. It is the time of the last change in the
    log: a transaction dates its changes no earlier than what it finds there when it begins. On PostgreSQL
    others may have begun before that change was committed; so it is no later than the oldest of those that
    run. The processes of one database use one role there, or one that may see the others' transactions.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STARTED_AT[connection.vendor])
        (latest,) = cursor.fetchone()
    return latest or 0


class Sync(Enum):
    """What a client gets, by what it was told the last time."""

    BEGIN = "begin"
    """The live records, and the tombstones of what others may still hold as records."""
    DELTA = "delta"
    """What was changed since, tombstones included."""
    ALL = "all"
    """Everything: the time is older than tombstones are meant to last, or another server's."""


def read_sync(last_sync: int | None, now: int | None = None) -> Sync:
    """Return what a client gets that was told ``last_sync`` the last time."""
    now = now_ms() if now is None else now
    if last_sync is None or last_sync <= 0:
        return Sync.BEGIN
    is_ours = buried_since(now) <= last_sync <= now + MINUTE_MS
    return Sync.DELTA if is_ours else Sync.ALL


def buried_since(now: int | None = None) -> int:
    """Return the time from which on a first sync tells of deleted records."""
    return (now_ms() if now is None else now) - get_limit("TOMBSTONE_TTL_MIN") * MINUTE_MS

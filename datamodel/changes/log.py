"""Writing the change log, and reading its latest entries.

Entries are appended in the transaction of the change itself: both happen or neither does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction

from datamodel import access
from datamodel.changes.bell import bell
from datamodel.changes.rows import insert, inserting
from datamodel.modelgen import Record, stored
from datamodel.modelgen.statements import Ask
from datamodel.modelgen.values import is_json
from datamodel.models import Change, new_group

__all__ = [
    "Written",
    "append",
    "append_saved",
    "appending",
    "because",
    "current_cause",
    "current_group",
    "recent",
    "saved_entry",
]

JSON_TYPES = frozenset({str, int, bool, type(None), list, dict})
"""Types of values of which JSON can hold all."""

_cause: ContextVar[str] = ContextVar("joinery_cause", default="")


class Entry(Protocol):
    """What the log needs to know of a change."""

    @property
    def record(self) -> Record: ...
    @property
    def before(self) -> dict[str, Any] | None: ...
    @property
    def after(self) -> dict[str, Any] | None: ...
    @property
    def cause(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Written:
    """A record that was written or deleted itself, not on the way of another's delete."""

    record: Record
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class GroupMarker:
    """Holds the outermost transaction's group; waits among the calls to make on commit, and vanishes with them."""

    group: UUID

    def __call__(self) -> None:
        """Tell those who follow the log, on commit."""
        bell.ring(connection.vendor)


def current_group() -> UUID:
    """Return the uuid that all entries of the current outermost transaction share."""
    for _, call, *_ in connection.run_on_commit:
        if isinstance(call, GroupMarker):
            return call.group
    marker = GroupMarker(new_group())
    transaction.on_commit(marker)
    return marker.group


@contextmanager
def because(cause: str) -> Iterator[None]:
    """Give what is saved and deleted within the block a cause: ``revert 42``."""
    token = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(token)


def current_cause() -> str:
    """Return the cause of what is written right now; empty where nobody gave one."""
    return _cause.get()


def append(entries: Iterable[Entry]) -> None:
    """Append the entries to the log, in order, in the current transaction and as its group."""
    actor, group = access.current_actor(), current_group()
    insert([to_values(entry, actor, group) for entry in entries])


def append_saved(record: Record, update_fields: Collection[str] | None = None) -> None:
    """Append what saving the record changed; ``update_fields`` names attributes, None means all."""
    saved = saved_entry(record, update_fields)
    if not record.joinery_deleted:
        append([saved])


def saved_entry(record: Record, update_fields: Collection[str] | None = None) -> Written:
    """Return the entry of a record that is saved, and forget what was stored before."""
    before, after = stored.take(record), record.values()
    if before is not None and update_fields is not None:
        saved = {name for name in after if record.names.attribute(name) in update_fields}
        after = before | {name: after[name] for name in saved}
    return Written(record, before, after, current_cause())


def appending(entry: Entry, actor: access.Actor, group: UUID, vendor: str) -> Ask:
    """Return the statement that appends one entry, for whoever runs it in a transaction of their own."""
    return inserting(to_values(entry, actor, group), vendor)


def to_values(entry: Entry, actor: access.Actor, group: UUID) -> dict[str, Any]:
    """Return the values of the log's columns for an entry."""
    record = entry.record
    return {
        "group": group,
        "version": record.schema_version,
        "model": record.model_type.name,
        "key": record.url_key,
        "label": record.label,
        "action": action_of(entry),
        "before": loggable(entry.before),
        "after": loggable(entry.after),
        "record_version": record.joinery_version,
        "record_pk": record.joinery_pk,
        "is_tombstone": entry.after is None and record.joinery_deleted,
        "actor_kind": actor.kind,
        "actor": actor.name,
        "cause": entry.cause,
        "at": record.joinery_changed_at,
    }


def loggable(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the values as JSON can hold them: what only SQL written by hand can store becomes text."""
    if (
        values is None
        or JSON_TYPES.issuperset(map(type, values.values()))
        or all(map(is_json, values.values()))
    ):
        return values
    return {name: value if is_json(value) else str(value) for name, value in values.items()}


def action_of(entry: Entry) -> str:
    if entry.after is None:
        return "delete"
    return "create" if entry.before is None else "update"


def recent(limit: int) -> list[Change]:
    """Return the latest entries, newest first."""
    return list(Change.objects.order_by("-id")[:limit])

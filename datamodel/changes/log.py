"""Writing the change log, and reading its latest entries.

Entries are appended in the transaction of the change itself: both happen or neither does.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db import connection, transaction

from datamodel import access
from datamodel.modelgen import Record, stored
from datamodel.modelgen.values import now_ms
from datamodel.models import Change

__all__ = ["Written", "append", "append_deleted", "append_saved", "recent"]


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
        """Do nothing on commit: a marker only has to be there until then."""


def current_group() -> UUID:
    """Return the uuid that all entries of the current outermost transaction share."""
    for _, call, *_ in connection.run_on_commit:
        if isinstance(call, GroupMarker):
            return call.group
    marker = GroupMarker(uuid4())
    transaction.on_commit(marker)
    return marker.group


def append(entries: Iterable[Entry]) -> None:
    """Append the entries to the log, in order, in the current transaction and as its group."""
    actor, group = access.current_actor(), current_group()
    changes = [to_change(entry, actor, group) for entry in entries]
    if not changes:
        return
    if connection.vendor == "sqlite" and len(changes) > 1:
        insert_as_json(changes)
    else:
        Change.objects.bulk_create(changes)


def append_saved(record: Record, update_fields: Collection[str] | None = None) -> None:
    """Append what saving the record changed; ``update_fields`` names attributes, None means all."""
    before, after = stored.take(record), record.values()
    if before is not None and update_fields is not None:
        saved = {name for name in after if record.names.attribute(name) in update_fields}
        after = before | {name: after[name] for name in saved}
    if not record.joinery_deleted:
        append([Written(record, before, after)])


def append_deleted(record: Record) -> None:
    """Append the record's own deletion; nothing where it was gone already."""
    before = stored.take(record)
    if before is None:
        return
    if not record.joinery_deleted:
        record.joinery_version += 1
        record.joinery_changed_at = max(record.joinery_changed_at, now_ms())
    append([Written(record, before, None)])


def to_change(entry: Entry, actor: access.Actor, group: UUID) -> Change:
    """Return the log's row for an entry."""
    record = entry.record
    return Change(
        group=group,
        version=record.schema_version,
        model=record.model_type.name,
        key=record.url_key,
        label=record.label,
        action=action_of(entry),
        before=entry.before,
        after=entry.after,
        record_version=record.joinery_version,
        is_tombstone=entry.after is None and record.joinery_deleted,
        actor_kind=actor.kind,
        actor=actor.name,
        cause=entry.cause,
        at=record.joinery_changed_at,
    )


def action_of(entry: Entry) -> str:
    if entry.after is None:
        return "delete"
    return "create" if entry.before is None else "update"


def insert_as_json(changes: list[Change]) -> None:
    """Insert in one statement: SQLite's limit on parameters would make it one per sixty rows."""
    fields = [field for field in Change._meta.concrete_fields if not field.primary_key]
    rows = [
        [field.get_db_prep_save(getattr(change, field.attname), connection) for field in fields]
        for change in changes
    ]
    columns = ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)
    values = ", ".join(f"json_extract(value, '$[{index}]')" for index in range(len(fields)))
    table = connection.ops.quote_name(Change._meta.db_table)
    sql = f"INSERT INTO {table} ({columns}) SELECT {values} FROM json_each(%s)"  # noqa: S608 (names are quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(rows)])


def recent(limit: int, model: str | None = None, key: str | None = None) -> list[Change]:
    """Return the latest entries, newest first: of everything, of a model, or of one record (its URL key)."""
    changes = Change.objects.order_by("-id")
    if model is not None:
        changes = changes.filter(model=model)
    if key is not None:
        changes = changes.filter(key=key)
    return list(changes[:limit])

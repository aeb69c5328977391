"""The data model that is served: an immutable snapshot per schema version, built once per process."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from datamodel.modelgen import NameMap, Record, build_models, build_names
from datamodel.modelgen.statements import Ready
from datamodel.models import Change, SchemaVersion
from datamodel.schema.codec import decode_schema
from datamodel.schema.ir import Dialect, Schema

__all__ = [
    "ACTIVE_STAMP",
    "LOCKED",
    "DataModel",
    "SchemaChanged",
    "UnknownModel",
    "active_version",
    "check_locked",
    "current",
    "forget",
    "lock_version",
]

KEPT_VERSIONS = 3
"""Snapshots kept per process: the active one, and those that requests may still hold."""


class UnknownModel(LookupError):  # noqa: N818  says what is wrong
    """The data model has no model of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no model '{name}'.")
        self.name = name


class SchemaChanged(Exception):  # noqa: N818  says what happened
    """Another schema version became active; the work has to start again with it."""

    def __init__(self, version: int) -> None:
        super().__init__("The schema was changed meanwhile. Try again.")
        self.version = version


@dataclass(frozen=True, eq=False)
class DataModel:
    """A schema version and everything built from it. Caches elsewhere are keyed by it, weakly."""

    version: int
    """0 where nothing is active."""
    schema: Schema
    names: NameMap
    models: Mapping[str, type[Record]]
    stamp: str = ""
    """What the database says while this version is active; see `ACTIVE_STAMP`."""

    def model(self, name: str) -> type[Record]:
        """Return the record class of a model by its API name; raise UnknownModel."""
        try:
            return self.models[name]
        except KeyError:
            raise UnknownModel(name) from None

    @classmethod
    def build(
        cls, schema: Schema, names: NameMap | None = None, version: int = 0, stamp: str = ""
    ) -> DataModel:
        """Build a snapshot without a look at the database."""
        names = build_names(schema) if names is None else names
        models = build_models(schema, names)
        for model in models.values():
            model.schema_version = version
        return cls(version, schema, names, models, stamp)


# The name of the table is our own.
ACTIVE_STAMP = (
    """SELECT CAST("number" AS text) || ' ' || CAST("created_at" AS text) FROM """  # noqa: S608
    f'"{SchemaVersion._meta.db_table}" WHERE "is_active"'
)
"""What tells the active version: number and time, so that a restored database is not taken for the one before.

One text on both databases, so that a statement that reads records can bring it along.
"""

_LATEST = f'(SELECT MAX("at") FROM "{Change._meta.db_table}")'  # noqa: S608
_NOW = "(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000)::bigint"
_VERSIONS = f'FROM "{SchemaVersion._meta.db_table}" WHERE "is_active"'
LOCKED = {
    "sqlite": Ready(f'SELECT "number", {_LATEST} {_VERSIONS}'),
    "postgresql": Ready(f'SELECT "number", GREATEST({_LATEST}, {_NOW}) {_VERSIONS} FOR SHARE'),
}
"""What keeps the active version until the transaction ends, for `check_locked`."""

_NOTHING = "0"
_snapshots: dict[str, DataModel] = {}
_lock = threading.Lock()


def current() -> DataModel:
    """Return the active data model; one small query, and a build where this process has not seen it."""
    stamp = _active_stamp()
    found = _snapshots.get(stamp)
    if found is not None:
        return found
    with _lock:
        if stamp not in _snapshots:
            _snapshots[stamp] = _load(stamp)
            while len(_snapshots) > KEPT_VERSIONS:
                del _snapshots[next(iter(_snapshots))]
        return _snapshots[stamp]


def active_version() -> int:
    """Return the number of the active schema version, 0 where there is none."""
    return _number(_active_stamp())


def lock_version(datamodel: DataModel) -> int:
    """Keep ``datamodel`` active until the transaction ends; raise SchemaChanged where it is not.

    Return the earliest time, in milliseconds, that changes of the transaction may bear: that of the last
    change in the log, on PostgreSQL also the database's own. SQLite's write transactions exclude each other
    already.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCKED[connection.vendor].text)
        return check_locked(datamodel, cursor.fetchone())


def check_locked(datamodel: DataModel, row: Sequence[int | None] | None) -> int:
    """Return the earliest time from the row that `LOCKED` found; raise SchemaChanged as `lock_version` does."""
    number, latest = row or (0, None)
    if number != datamodel.version:
        raise SchemaChanged(number or 0)
    return latest or 0


def forget() -> None:
    """Drop the snapshots of this process; the next call of ``current`` builds anew."""
    with _lock:
        _snapshots.clear()


def _active_stamp() -> str:
    """Read which version is active. Every request asks, so the statement is ready made."""
    with connection.cursor() as cursor:
        cursor.execute(ACTIVE_STAMP)
        row = cursor.fetchone()
    return row[0] if row else _NOTHING


def _number(stamp: str) -> int:
    return int(stamp.partition(" ")[0])


def _load(stamp: str) -> DataModel:
    number = _number(stamp)
    if number == 0:
        return DataModel.build(Schema(Dialect.V2), stamp=stamp)
    version = SchemaVersion.objects.only("number", "ir", "names").get(number=number)
    names = NameMap.from_json(version.names)
    return DataModel.build(decode_schema(version.ir), names, number, stamp)

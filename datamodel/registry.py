"""The data model that is served: an immutable snapshot per schema version, built once per process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from datamodel.modelgen import NameMap, Record, build_models, build_names
from datamodel.models import SchemaVersion
from datamodel.schema.codec import decode_schema
from datamodel.schema.ir import Dialect, Schema

__all__ = [
    "DataModel",
    "SchemaChanged",
    "UnknownModel",
    "active_version",
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

    def model(self, name: str) -> type[Record]:
        """Return the record class of a model by its API name; raise UnknownModel."""
        try:
            return self.models[name]
        except KeyError:
            raise UnknownModel(name) from None

    @classmethod
    def build(cls, schema: Schema, names: NameMap | None = None, version: int = 0) -> DataModel:
        """Build a snapshot without a look at the database."""
        names = build_names(schema) if names is None else names
        models = build_models(schema, names)
        for model in models.values():
            model.schema_version = version
        return cls(version, schema, names, models)


# A version is told by number and time, so that a restored database is not taken for the one before.
# The time stays as the driver returns it.
_Stamp = tuple[int, datetime | str | None]

_ACTIVE = f'SELECT "number", "created_at" FROM "{SchemaVersion._meta.db_table}" WHERE "is_active"'  # noqa: S608
_NOTHING: _Stamp = (0, None)
_snapshots: dict[_Stamp, DataModel] = {}
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
    return _active_stamp()[0]


def lock_version(datamodel: DataModel) -> None:
    """Keep ``datamodel`` active until the transaction ends; raise SchemaChanged where it is not.

    SQLite's write transactions exclude each other already.
    """
    number, _ = _active_stamp(is_locking=True)
    if number != datamodel.version:
        raise SchemaChanged(number)


def forget() -> None:
    """Drop the snapshots of this process; the next call of ``current`` builds anew."""
    with _lock:
        _snapshots.clear()


def _active_stamp(*, is_locking: bool = False) -> _Stamp:
    """Read which version is active. Every request asks, so the statement is ready made."""
    lock = " FOR SHARE" if is_locking and connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE + lock)
        return cursor.fetchone() or _NOTHING


def _load(stamp: _Stamp) -> DataModel:
    number, _ = stamp
    if number == 0:
        return DataModel.build(Schema(Dialect.V2))
    version = SchemaVersion.objects.only("number", "ir", "names").get(number=number)
    return DataModel.build(decode_schema(version.ir), NameMap.from_json(version.names), number)

"""The version that is active: what it was made from, what its tables look like, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Max

from datamodel import access
from datamodel.migrator.codec import decode_operation, encode_operation
from datamodel.migrator.options import StoredOptions
from datamodel.modelgen import APP_LABEL, NameMap
from datamodel.models import SchemaMigration, SchemaVersion
from datamodel.schema import Dialect, Schema, Source, ToldDialect, decode_schema

__all__ = ["Base", "read_base", "record_version", "replay_state", "sources_from_json", "sources_to_json"]


@dataclass(frozen=True, slots=True)
class Base:
    """What a change starts from; version 0 where nothing is active."""

    version: int
    schema: Schema
    names: NameMap
    options: StoredOptions
    sources: tuple[Source, ...] = ()
    select: str | None = None


def read_base() -> Base:
    """Read the active version."""
    row = SchemaVersion.objects.filter(is_active=True).first()
    if row is None:
        return Base(0, Schema(Dialect.V2), NameMap({}), StoredOptions())
    return Base(
        version=row.number,
        schema=decode_schema(row.ir),
        names=NameMap.from_json(row.names),
        options=StoredOptions.from_json(row.options),
        sources=sources_from_json(row.sources),
        select=row.select or None,
    )


def replay_state() -> ProjectState:
    """Return what the tables look like, by replaying every operation that was applied."""
    state = ProjectState()
    for data in SchemaMigration.objects.order_by("version_id", "position").values_list(
        "operation", flat=True
    ):
        decode_operation(data).state_forwards(APP_LABEL, state)
    return state


def record_version(base: Base, values: dict[str, Any], operations: Sequence[Operation]) -> SchemaVersion:
    """Write the next version with its operations, and make it the active one."""
    last = SchemaVersion.objects.aggregate(last=Max("number"))["last"] or 0
    SchemaVersion.objects.filter(is_active=True).update(is_active=False)
    version = SchemaVersion.objects.create(
        number=max(last, base.version) + 1,
        is_active=True,
        created_by=access.current_actor().name,
        **values,
    )
    SchemaMigration.objects.bulk_create(
        SchemaMigration(version=version, position=position, operation=encode_operation(operation))
        for position, operation in enumerate(operations)
    )
    return version


def sources_to_json(sources: Sequence[Source]) -> list[dict[str, Any]]:
    return [_source_to_json(source) for source in sources]


def _source_to_json(source: Source) -> dict[str, Any]:
    told = {"dialect": str(source.told.dialect), "told_by": source.told.by} if source.told else {}
    flags = {"flags": dict(source.flags)} if source.flags else {}
    return {"name": source.name, "text": source.text, **told, **flags}


def sources_from_json(data: Sequence[dict[str, Any]]) -> tuple[Source, ...]:
    return tuple(_source_from_json(each) for each in data)


def _source_from_json(data: dict[str, Any]) -> Source:
    dialect = data.get("dialect")
    told = ToldDialect(Dialect(dialect), data.get("told_by", "")) if dialect else None
    return Source(data["name"], data["text"], told, tuple(data.get("flags", {}).items()))

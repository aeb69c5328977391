"""Many records written at once, as they were before: what undo writes with.

Statements go by chunks of records, not by records. The caller has locked what it changes, has checked
references and keys, and appends what comes back to the change log: all in the transaction around it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datamodel.modelgen import Record, removal
from datamodel.modelgen.clock import now_ms
from datamodel.modelgen.filled import updated_field
from datamodel.modelgen.references import identifier_of, sibling_models
from datamodel.modelgen.values import iso_timestamp

__all__ = ["Comeback", "remove", "restore", "rewrite"]


@dataclass(frozen=True, slots=True)
class Comeback:
    """A record that is to be there again: its values by API name, and what it was known by."""

    values: Mapping[str, Any]
    version: int
    """The last version it had, tombstone included."""
    pk: int | None
    """Its place in the order of creation; None where nobody knows."""
    tombstone: Record | None = None


def restore(model: type[Record], comebacks: Sequence[Comeback]) -> list[Record]:
    """Bring records back with their keys, values and places, as their next versions; return them.

    Tombstones are alive again; what is gone for good is inserted anew.
    """
    taken = taken_places(model, {one.pk for one in comebacks if one.pk and one.tombstone is None})
    now, restored = now_ms(), []
    for one in comebacks:
        record = one.tombstone or model(joinery_pk=None if one.pk in taken else one.pk)
        record.joinery_deleted = False
        record.joinery_version = max(one.version, record.joinery_version if one.tombstone else 0) + 1
        record.joinery_changed_at = max(now, record.joinery_changed_at)
        for name, value in one.values.items():
            record.set_value(name, value)
        restored.append(record)
    insert([record for record, one in zip(restored, comebacks, strict=True) if one.tombstone is None])
    overwrite([record for record, one in zip(restored, comebacks, strict=True) if one.tombstone])
    return restored


def rewrite(records: Sequence[Record], values: Sequence[Mapping[str, Any]]) -> None:
    """Give each stored record of one model the values that go with it, as its next version.

    The time of the last write is now where the values don't say it.
    """
    if not records:
        return
    now, moment = now_ms(), updated_field(records[0].model_type)
    for record, own in zip(records, values, strict=True):
        record.joinery_version += 1
        record.joinery_changed_at = max(now, record.joinery_changed_at)
        if moment is not None:
            record.set_value(moment, iso_timestamp(record.joinery_changed_at))
        for name, value in own.items():
            record.set_value(name, value)
    overwrite(records, {name for own in values for name in own} | ({moment} if moment else set()))


def remove(records: Sequence[Record]) -> None:
    """Delete records of one model that nothing refers to: tombstones with DataStore, for good without it."""
    if not records:
        return
    model, now = type(records[0]), now_ms()
    if not model.schema.has_datastore:
        purge_tombstones(model, records)
    removal.remove(model, [record.joinery_pk for record in records], now)
    for record in records:
        record.joinery_version += 1
        record.joinery_changed_at = max(now, record.joinery_changed_at)
        record.joinery_deleted = model.schema.has_datastore


def insert(records: Sequence[Record]) -> None:
    """Insert records in the order given."""
    if records:
        type(records[0]).all_objects.bulk_create(records)


def overwrite(records: Sequence[Record], names: Collection[str] | None = None) -> None:
    """Write some fields of stored records, all of them where no names are given; one statement for many.

    An insert that finds the row there becomes an update of it: no statement is shorter for values that differ
    from row to row.
    """
    if not records:
        return
    model = type(records[0])
    fields = names if names is not None else [field.name for field in model.model_type.stored_fields]
    columns = {model.names.attribute(name) for name in fields} - set(model.key_attributes)
    model.all_objects.bulk_create(
        records,
        update_conflicts=True,
        unique_fields=["joinery_pk"],
        update_fields=[*columns, "joinery_deleted", "joinery_version", "joinery_changed_at"],
    )


def taken_places(model: type[Record], places: Collection[int]) -> set[int]:
    """Return which surrogate keys are in use: SQLite may give one again once a table was remade."""
    rows = model.all_objects.filter(joinery_pk__in=list(places))
    return set(rows.values_list("joinery_pk", flat=True)) if places else set()


def purge_tombstones(parent: type[Record], records: Sequence[Record]) -> None:
    """Delete the tombstones that refer to records which go for good, and those that refer to them.

    They are left from when DataStore was on; constraints know no difference between dead and alive.
    """
    models = sibling_models(parent)
    for link in parent.schema.links_to(parent.model_type.name):
        if not link.is_enforced:
            continue
        child = models[link.child]
        attributes = [child.names.attribute(name) for name in link.reference_fields]
        keys = {identifier_of(record, link) for record in records}
        found = child.all_objects.filter(
            joinery_deleted=True, **{f"{attributes[0]}__in": {k[0] for k in keys}}
        )
        dead = [
            tombstone
            for tombstone in found
            if tuple(getattr(tombstone, attribute) for attribute in attributes) in keys
        ]
        if dead:
            pks = [tombstone.joinery_pk for tombstone in dead]
            purge_tombstones(child, dead)
            removal.remove(child, pks, now_ms())

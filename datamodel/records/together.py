"""Writing many records of a model at once: statements by what is written, not by record."""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F
from django.db.models.functions import Greatest
from django.db.models.signals import pre_save
from django.dispatch import Signal

from datamodel.modelgen import Record, ValueProblem, stored
from datamodel.modelgen.errors import RecordNotFound, RelatedRecordTaken, ValidationFailed
from datamodel.modelgen.references import reference_field, reference_of
from datamodel.records.inputs import read_changes
from datamodel.records.transactions import transact
from datamodel.registry import DataModel
from datamodel.schema.ir import Link

__all__ = ["SavedTogether", "delete_together", "saved_together", "update_together"]

CHUNK = 2000
"""Keys in one statement."""

saved_together = Signal()
"""Sent after ``update_together`` has written; ``saved`` lists what was."""


@dataclass(frozen=True, slots=True)
class SavedTogether:
    """A record that was written with others, for the change log."""

    record: Record
    before: dict[str, Any]
    after: dict[str, Any]
    cause: str = ""


def update_together(
    datamodel: DataModel,
    model: str,
    changes: Sequence[tuple[Record, Mapping[str, Any]]],
    *,
    is_server: bool = False,
) -> list[Record]:
    """Change each record's given fields, all or none, and return them; null clears a field.

    What ``update`` checks is checked of each record as it is stored now, and each gets its own version and
    its own entry in the change log. Only the fields given are written, so that a value elsewhere in the
    record that cannot be read is not in the way. ``is_server`` writes what no input may, unchecked: the
    timestamps that are filled in. Raise RecordNotFound, ValidationFailed,
    RelatedRecordNotFound, RelatedRecordTaken.
    """
    record_class = datamodel.model(model)
    wanted = {record.pk: values for record, values in changes}

    def work() -> list[Record]:
        found = {record.pk: record for record in locked(record_class, list(wanted))}
        for record, _ in changes:
            if record.pk not in found:
                raise RecordNotFound(model, record.key_dict)
        judged: set[Hashable] = set()
        saved = [
            prepare(record, wanted[pk] if is_server else checked(datamodel, record, wanted[pk]), judged)
            for pk, record in found.items()
        ]
        if any(link.is_one_to_one for link in datamodel.schema.links_from(model)):
            refuse_doubled(saved)
        for group in by_values(saved):
            write(record_class, group)
        saved_together.send(sender=record_class, saved=saved)
        return [one.record for one in saved]

    return transact(datamodel, work)


def locked(record_class: type[Record], pks: Sequence[int]) -> Iterable[Record]:
    """Yield the live records, locked until the transaction ends."""
    for start in range(0, len(pks), CHUNK):
        chunk = record_class.objects.filter(pk__in=pks[start : start + CHUNK]).order_by("joinery_pk")
        yield from chunk.select_for_update(no_key=True)


def checked(datamodel: DataModel, record: Record, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return read_changes(datamodel.schema, record.model_type, values, record)


def prepare(record: Record, values: Mapping[str, Any], judged: set[Hashable]) -> SavedTogether:
    """Put stored values into the record in memory, and let the receivers judge it.

    They look at what a record refers to: one stands for all that refer to the same.
    """
    before = record.values()
    for name, value in values.items():
        record.set_value(name, value)
    try:
        record.prepare()
    except ValueProblem as problem:
        raise ValidationFailed({str(problem.path[0]): [problem.message]}) from problem
    if (place := referred(record, values)) not in judged:
        judged.add(place)
        stored.note(record, before)
        told = {"sender": type(record), "instance": record, "using": DEFAULT_DB_ALIAS}
        pre_save.send(raw=False, update_fields=None, **told)
        stored.take(record)
    return SavedTogether(record, before, record.values())


def referred(record: Record, changed: Collection[str]) -> Hashable:
    """Return what the record refers to by the links that change; its own where each parent has one child."""
    links = changed_links(record, changed)
    references = tuple((link.name, reference_of(record, link)) for link in links)
    return (record.pk, references) if any(link.is_one_to_one for link in links) else references


def changed_links(record: Record, changed: Collection[str]) -> list[Link]:
    return [
        link
        for link in record.schema.links_from(record.model_type.name)
        if not set(link.reference_fields).isdisjoint(changed)
    ]


def refuse_doubled(saved: Iterable[SavedTogether]) -> None:
    """Raise RelatedRecordTaken where two of the records would take the one place of a parent."""
    taken: dict[Hashable, Record] = {}
    for one in saved:
        for link in changed_links(one.record, changed(one)):
            reference = reference_of(one.record, link)
            if not link.is_one_to_one or not link.is_enforced or None in reference:
                continue
            first = taken.setdefault((link.name, reference), one.record)
            if first is not one.record:
                value = reference[0] if len(reference) == 1 else reference
                raise RelatedRecordTaken(reference_field(link), value, link.parent, first)


def by_values(saved: Iterable[SavedTogether]) -> Iterable[list[SavedTogether]]:
    """Group what gets the same values: each group is one statement."""
    groups: dict[str, list[SavedTogether]] = {}
    for one in saved:
        groups.setdefault(json.dumps(changed(one), sort_keys=True, default=repr), []).append(one)
    return groups.values()


def changed(one: SavedTogether) -> dict[str, Any]:
    """Return the values that differ, but for the time of the write, which all share."""
    updated_at = one.record.model_type.updated_at
    return {n: v for n, v in one.after.items() if n != updated_at and is_other(v, one.before[n])}


def is_other(value: Any, before: Any) -> bool:
    """Return whether a value was replaced; one that is not equal to itself (NaN) need not be."""
    return value is not before and bool(value != before)


def write(record_class: type[Record], group: Sequence[SavedTogether]) -> None:
    """Write one group; its records carry the time of the last of them."""
    last = group[-1].record
    values = changed(group[-1])
    updated_at = record_class.model_type.updated_at
    if updated_at in group[-1].after and group[-1].after[updated_at] != group[-1].before[updated_at]:
        values[updated_at] = last.get_value(updated_at)
    for one in group:
        one.record.joinery_changed_at = max(one.record.joinery_changed_at, last.joinery_changed_at)
        for name, value in values.items():
            one.record.set_value(name, value)
            one.after[name] = value
    columns = {record_class.names.attribute(name): value for name, value in values.items()}
    for start in range(0, len(group), CHUNK):
        pks = [one.record.pk for one in group[start : start + CHUNK]]
        record_class.all_objects.filter(pk__in=pks).update(
            joinery_version=F("joinery_version") + 1,
            joinery_changed_at=Greatest("joinery_changed_at", last.joinery_changed_at),
            **columns,
        )


def delete_together(datamodel: DataModel, records: Sequence[Record]) -> int:
    """Delete the records as their relationships' policies say, all or none; return how many there were.

    Raise RestrictedDelete. A record that is gone, or goes on the way of another, is no error.
    """
    pks: dict[str, list[int]] = {}
    for record in records:
        pks.setdefault(record.model_type.name, []).append(record.pk)

    def work() -> int:
        return sum(
            datamodel.model(model).all_objects.filter(pk__in=some).delete()[0] for model, some in pks.items()
        )

    return transact(datamodel, work)

"""What must hold of the records and the change log, however they came about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from datamodel.modelgen import Record
from datamodel.modelgen.references import identifier_of, reference_of
from datamodel.models import Change
from datamodel.registry import DataModel

__all__ = ["broken_promises", "disagreements", "doubled_children", "orphans"]

Place: TypeAlias = tuple[str, str]
"""A record's model and URL key."""


@dataclass(slots=True)
class Remembered:
    """A record as the log has left it: its values, None where it is gone, and its version."""

    values: dict[str, Any] | None
    version: int
    is_tombstone: bool = False


def broken_promises(datamodel: DataModel) -> list[str]:
    """Return a sentence for everything that is wrong with the records and the log."""
    return [*disagreements(datamodel), *orphans(datamodel), *doubled_children(datamodel)]


def disagreements(datamodel: DataModel) -> list[str]:
    """Return a sentence for each way in which replaying the log does not give the tables.

    An entry starts from what the one before it left, one version later; what the last one left is what
    is stored. The log has to be whole: nothing written around it, one schema from its beginning.
    """
    found: list[str] = []
    remembered: dict[Place, Remembered] = {}
    for change in Change.objects.order_by("id").iterator():
        place = (change.model, change.key)
        found += follow(change, remembered.get(place))
        gone = change.action == Change.Action.DELETE
        values = None if gone else change.after
        remembered[place] = Remembered(values, change.record_version, change.is_tombstone)
    for name in datamodel.models:
        found += compare(datamodel.model(name), remembered)
    found += [f"{place} is in the log and not stored." for place, one in remembered.items() if is_due(one)]
    return found


def follow(change: Change, last: Remembered | None) -> Iterator[str]:
    """Say what does not fit between an entry and the one before it."""
    where = f"Entry {change.pk} ({change})"
    before = last.values if last else None
    if change.before != before:
        yield f"{where} starts from {change.before}, but {before} was there."
    if (change.before is None) != (change.action == Change.Action.CREATE):
        yield f"{where} is called '{change.action}' and starts from {change.before}."
    if (change.after is None) != (change.action == Change.Action.DELETE):
        yield f"{where} is called '{change.action}' and leaves {change.after}."
    due = due_version(change, last)
    if change.record_version != due:
        yield f"{where} has version {change.record_version}, but {due} is due."


def due_version(change: Change, last: Remembered | None) -> int:
    """Return the version an entry should have; what comes back by an undo goes on where it was."""
    if last is None:
        return 1
    goes_on = last.values is not None or last.is_tombstone or change.cause.startswith("undo ")
    return last.version + 1 if goes_on else 1


def is_due(one: Remembered) -> bool:
    """Return whether a row has to be there: of a record that lives, or of its tombstone."""
    return one.values is not None or one.is_tombstone


def compare(model: type[Record], remembered: dict[Place, Remembered]) -> Iterator[str]:
    """Say where a table differs from what the log left; forget what was found."""
    for record in model.all_objects.order_by("joinery_pk").iterator():
        place = (model.model_type.name, record.url_key)
        last = remembered.pop(place, None)
        if last is None:
            yield f"{place} is stored and not in the log."
        elif record.joinery_version != last.version:
            yield f"{place} has version {record.joinery_version}, the log says {last.version}."
        elif record.joinery_deleted != (last.values is None):
            yield f"{place} {'is' if record.joinery_deleted else 'is not'} a tombstone, unlike in the log."
        elif last.values is not None and as_json(record.values()) != last.values:
            yield f"{place} holds {record.values()}, the log says {last.values}."


def as_json(values: dict[str, Any]) -> Any:
    """Return the values as the log would hold them."""
    return json.loads(json.dumps(values))


def orphans(datamodel: DataModel) -> list[str]:
    """Return a sentence for each reference of an enforced link that names no record."""
    found = []
    for link in datamodel.schema.links:
        if not link.is_enforced:
            continue
        parents = {identifier_of(parent, link) for parent in datamodel.model(link.parent).objects.all()}
        for child in datamodel.model(link.child).objects.iterator():
            reference = reference_of(child, link)
            if None not in reference and reference not in parents:
                found.append(
                    f"{link.child} '{child.url_key}' refers by {link.name} to {reference}: not there."
                )
    return found


def doubled_children(datamodel: DataModel) -> list[str]:
    """Return a sentence for each parent that reads one child by an enforced link and has several."""
    found = []
    for link in datamodel.schema.links:
        if link.is_many or link.parent_field is None or not link.is_enforced:
            continue
        references = (reference_of(child, link) for child in datamodel.model(link.child).objects.iterator())
        counts = Counter(reference for reference in references if None not in reference)
        found += [
            f"{link.parent} {reference} has {count} {link.child} by {link.name}, and may have one."
            for reference, count in counts.items()
            if count > 1
        ]
    return found

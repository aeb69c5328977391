"""What is stored of a record that is about to be written: the change log's "before"."""

from __future__ import annotations

from typing import Any

from datamodel.modelgen.record import Record
from datamodel.modelgen.statements import fetch

__all__ = ["before_save", "note", "take"]

NOTED = "_joinery_noted"
BEFORE = "_joinery_before"


def note(record: Record, values: dict[str, Any] | None = None) -> None:
    """Note the stored values, by default the record's own: it was just read and locked, and is written next."""
    record.__dict__[NOTED] = record.values() if values is None else values


def before_save(record: Record) -> set[str] | None:
    """Keep what is stored and lock it; return the names of the fields that differ, None for a new record.

    The version follows the stored one, however old the instance is.
    """
    before = record.__dict__.pop(NOTED, None)
    if before is None and (row := lock(record)) is not None:
        record.joinery_version = row.joinery_version + 1
        before = row.values()
    record.__dict__[BEFORE] = before
    if before is None:
        return None
    values = record.values()
    return {name for name, value in before.items() if values[name] != value}


def take(record: Record) -> dict[str, Any] | None:
    """Return what was stored before, and forget it; None where nothing was."""
    before: dict[str, Any] | None = record.__dict__.pop(BEFORE, None)
    return before


def lock(record: Record) -> Record | None:
    """Read the record anew and lock it until the transaction ends; None where it is new, gone or deleted."""
    if record._state.adding:
        return None
    return fetch(type(record), ("joinery_pk",), (record.pk,), is_live=True, lock="FOR NO KEY UPDATE")

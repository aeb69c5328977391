"""What becomes of a write that knows an older version of its record: refused, or merged.

Merging follows AppSync's automerge: what was changed on the server since stays, all else of the write
applies, and lists take in what both sides added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from datamodel.modelgen import Record
from datamodel.modelgen.errors import VersionConflict
from datamodel.models import Change

__all__ = ["Conflicts", "is_behind", "merge"]


class Conflicts(Enum):
    """What to do with a write that knows an older version."""

    REFUSE = "optimistic"
    MERGE = "automerge"


def is_behind(record: Record, expected_version: int | None, conflicts: Conflicts) -> bool:
    """Return whether the write has to be merged; raise VersionConflict where it is refused.

    A version that the record never had is refused in any case.
    """
    if expected_version is None or expected_version == record.joinery_version:
        return False
    if conflicts is Conflicts.REFUSE or expected_version > record.joinery_version:
        raise VersionConflict(record)
    return True


def merge(record: Record, values: Mapping[str, Any], known_version: int) -> dict[str, Any]:
    """Return which of the stored ``values`` apply to a record that was changed since ``known_version``.

    Raise VersionConflict where the change log does not have that version any more.
    """
    base = find_base(record, known_version)
    if base is None:
        raise VersionConflict(record)
    merged = {}
    for name, value in values.items():
        current = record.get_value(name)
        if current == base.get(name):
            merged[name] = value
        elif isinstance(value, list) and isinstance(current, list):
            merged[name] = join_lists(base.get(name) or [], current, value)
    return {name: value for name, value in merged.items() if value != record.get_value(name)}


def find_base(record: Record, version: int) -> dict[str, Any] | None:
    """Return the record's values as they were in that version."""
    changes = Change.objects.filter(
        model=record.model_type.name, key=record.url_key, record_version=version, after__isnull=False
    )
    base: dict[str, Any] | None = changes.order_by("-id").values_list("after", flat=True).first()
    return base


def join_lists(base: Sequence[Any], current: Sequence[Any], given: Sequence[Any]) -> list[Any]:
    """Return the server's list, with what the client added to the one it knew at the end."""
    known = Counter(map(repr, base))
    added = []
    for item in given:
        if known[repr(item)] > 0:
            known[repr(item)] -= 1
        else:
            added.append(item)
    return [*current, *added]

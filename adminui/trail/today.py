"""Entries of the log in the words of today's schema: models and fields may have been renamed since."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from datamodel.changes.lineage import Lineage, lineage_of
from datamodel.models import Change
from datamodel.registry import DataModel

__all__ = ["in_todays_words"]

NAMING_CAUSES = frozenset({"cascade", "clear"})
"""Causes that go on with a model and a key."""


def in_todays_words(datamodel: DataModel, changes: Iterable[Change]) -> list[Change]:
    """Return the changes under today's names; what has none today keeps the name it had."""
    found = list(changes)
    if all(change.version == datamodel.version for change in found):
        return found
    lineage = lineage_of(datamodel)
    return [reword(lineage, change) for change in found]


def reword(lineage: Lineage, change: Change) -> Change:
    reworded = copy(change)
    reworded.model = lineage.model_now(change.version, change.model) or change.model
    reworded.before = rename(lineage, change, change.before)
    reworded.after = rename(lineage, change, change.after)
    kind, _, rest = change.cause.partition(" ")
    if kind in NAMING_CAUSES:
        model, _, key = rest.partition(" ")
        reworded.cause = f"{kind} {lineage.model_now(change.version, model) or model} {key}"
    return reworded


def rename(lineage: Lineage, change: Change, values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        lineage.field_now(change.version, change.model, name) or name: value for name, value in values.items()
    }

"""Obstacles found, with the later changes that explain them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.db.models import QuerySet

from datamodel.changes.lineage import Lineage
from datamodel.models import Change
from datamodel.undo.outcome import Obstacle

__all__ = ["Finding", "explain", "later_changes"]

LOOKED_THROUGH = 200
"""So many later entries of a record are looked through for the one that changed a field."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A record that cannot be as it was, and whose change may be the reason."""

    model: str
    key: str
    label: str
    message: str
    culprit: tuple[str, str]
    """Model and URL key of the record that was changed."""
    after: int = 0
    """The entry that the change is later than."""
    fields: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        change: Change,
        model: str,
        message: str,
        *,
        culprit: tuple[str, str] | None = None,
        fields: tuple[str, ...] = (),
    ) -> Self:
        """Make one about the record of a logged change, which is called ``model`` today."""
        about = (model, change.key, change.label)
        return cls(*about, message, culprit or (model, change.key), change.id, fields)


def explain(finding: Finding, lineage: Lineage) -> Obstacle:
    """Return the obstacle with the change that is in the way, who made it and when."""
    change = next(culprits(finding, lineage), None)
    told = f" {who(change)}, {when(change)}." if change else ""
    message = f"{finding.model} '{finding.label or finding.key}': {finding.message}{told}"
    return Obstacle(finding.model, finding.key, finding.label, message, change)


def culprits(finding: Finding, lineage: Lineage) -> Iterator[Change]:
    """Yield the later changes of the culprit, the latest first; of fields only those that changed one."""
    model, key = finding.culprit
    for change in later_changes(lineage, model, key, finding.after)[:LOOKED_THROUGH]:
        before, after = change.before or {}, change.after or {}
        now = {name: lineage.field_now(change.version, change.model, name) for name in {*before, *after}}
        touched = {now[name] for name in now if before.get(name) != after.get(name)}
        if not finding.fields or not touched.isdisjoint(finding.fields):
            yield change


def later_changes(lineage: Lineage, model: str, key: str, after: int) -> QuerySet[Change]:
    """Return the entries of a record after one, the latest first, under all names that its model had."""
    return Change.objects.filter(lineage.entries_of(model), key=key, id__gt=after).order_by("-id")


def who(change: Change) -> str:
    return change.actor or {"system": "The system", "api_key": "An API key"}.get(
        change.actor_kind, "Somebody"
    )


def when(change: Change) -> str:
    return datetime.fromtimestamp(change.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

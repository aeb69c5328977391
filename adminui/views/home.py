"""The first page: the models with their counts, what happened last, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from adminui.joints import noun_of
from datamodel.changes import log
from datamodel.middleware import DataModelRequest
from datamodel.modelgen import Record, load_parent_labels
from datamodel.models import ApiKey, Change
from datamodel.registry import DataModel

__all__ = ["home"]

READ = 60
SHOWN = 10
KEY_SHOWN = 8
MARKS = {"create": "+", "update": "~", "delete": "−"}  # noqa: RUF001  a minus sign
VERBS = {"create": "created", "update": "changed", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class Event:
    """Entries of the log that belong together, told: the newest of them, and how many more there are."""

    action: str
    model: str
    label: str
    more: int
    words: str
    actor: str
    when: datetime
    url: str

    @property
    def mark(self) -> str:
        return MARKS[self.action]


def recent_events(datamodel: DataModel) -> list[Event]:
    """Return what happened last; what one person did to a model in a row is one event."""
    changes = log.recent(READ)
    labels = _parent_labels(datamodel, changes)
    runs = groupby(changes, key=lambda change: (change.actor, change.model, change.action, _because(change)))
    return [_tell(datamodel, list(changes), labels) for _, changes in runs][:SHOWN]


def _parent_labels(datamodel: DataModel, changes: Sequence[Change]) -> Mapping[int, str]:
    """Return, by entry, what records without a text of their own are called: a query per relationship.

    The log has no room for their parents' names, which change; it has the references.
    """
    stand_ins = {change.id: _stand_in(datamodel, change) for change in changes}
    found = {pk: record for pk, record in stand_ins.items() if record is not None}
    load_parent_labels(found.values())
    return {pk: record.label for pk, record in found.items() if record.joinery_parent_labels}


def _stand_in(datamodel: DataModel, change: Change) -> Record | None:
    """Return an unsaved record with the logged values, where its parents name it in the active schema."""
    model = datamodel.models.get(change.model)
    if model is None or not model.joinery_label_links:
        return None
    values = change.after or change.before or {}
    known = {field.name for field in model.model_type.stored_fields}
    attributes = {model.names.attribute(name): values[name] for name in known & values.keys()}
    return model(**attributes)


def _tell(datamodel: DataModel, changes: list[Change], labels: Mapping[int, str]) -> Event:
    """The record has an address while it exists in the active schema."""
    change, because = changes[0], _because(changes[0])
    is_there = change.action != "delete" and change.model in datamodel.models
    return Event(
        change.action,
        change.model,
        labels.get(change.id) or _label(change),
        len(changes) - 1,
        VERBS[change.action] + (f" {because}" if because else ""),
        change.actor,
        datetime.fromtimestamp(change.at / 1000, UTC),
        reverse("record", args=[change.model, change.key]) if is_there else "",
    )


def _label(change: Change) -> str:
    """A record that is called by its key alone needs no more than the key's beginning."""
    is_keyed = change.label in {"", change.key} and len(change.key) > KEY_SHOWN
    return f"{change.key[:KEY_SHOWN]}…" if is_keyed else change.label or change.key


def _because(change: Change) -> str:
    """``cascade Post abc`` in words."""
    kind, _, record = change.cause.partition(" ")
    model = noun_of(record.partition(" ")[0])
    return {"": "", "clear": f"as its {model} was deleted"}.get(kind, f"with its {model}")


@require_safe
def home(request: DataModelRequest) -> HttpResponse:
    """Show the data model at a glance; before the first schema, how to begin."""
    datamodel = request.datamodel
    if not datamodel.version:
        return render(request, "adminui/home/empty.html")
    context = {
        "version": datamodel.version,
        "schema": datamodel.schema,
        "events": recent_events(datamodel),
        "api_url": request.build_absolute_uri("/graphql"),
        "has_key": ApiKey.objects.filter(revoked_at=None).exists(),
    }
    return render(request, "adminui/home/home.html", context)

"""The first page: the models with their counts, what happened last, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from datamodel.changes import log
from datamodel.middleware import DataModelRequest
from datamodel.models import ApiKey, Change
from datamodel.registry import DataModel

__all__ = ["home"]

RECENT = 12
VERBS = {"create": "was created", "update": "was changed", "delete": "was deleted"}


@dataclass(frozen=True, slots=True)
class RecentChange:
    """An entry of the log, told."""

    action: str
    model: str
    key: str
    label: str
    words: str
    actor: str
    when: datetime
    url: str


def tell(datamodel: DataModel, change: Change) -> RecentChange:
    """Return ``change`` in words; its record has an address while it exists in the active schema."""
    is_there = change.action != "delete" and change.model in datamodel.models
    return RecentChange(
        change.action,
        change.model,
        change.key,
        change.label,
        VERBS[change.action] + (f", {_because(change.cause)}" if change.cause else ""),
        change.actor,
        datetime.fromtimestamp(change.at / 1000, UTC),
        reverse("record", args=[change.model, change.key]) if is_there else "",
    )


def _because(cause: str) -> str:
    """``cascade Post abc`` in words."""
    kind, _, record = cause.partition(" ")
    model = record.partition(" ")[0]
    words = {"cascade": "with its {}", "clear": "as its {} was deleted"}
    return words.get(kind, "with its {}").format(model)


@require_safe
def home(request: DataModelRequest) -> HttpResponse:
    """Show the data model at a glance; before the first schema, how to begin."""
    datamodel = request.datamodel
    if not datamodel.version:
        return render(request, "adminui/home/empty.html")
    context = {
        "version": datamodel.version,
        "schema": datamodel.schema,
        "changes": [tell(datamodel, change) for change in log.recent(RECENT)],
        "api_url": request.build_absolute_uri("/graphql"),
        "has_key": ApiKey.objects.filter(revoked_at=None).exists(),
    }
    return render(request, "adminui/home/home.html", context)

"""What every page of the site knows: the models with their counts, and the schema version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from adminui.counts import record_counts

__all__ = ["NavModel", "site"]


@dataclass(frozen=True, slots=True)
class NavModel:
    """A line of the navigation."""

    name: str
    url: str
    count: int
    is_join: bool
    is_current: bool = False


def site(request: HttpRequest) -> dict[str, Any]:
    """The context processor; nothing is read from the database before a template uses it."""
    return {
        "nav_models": SimpleLazyObject(lambda: list(_nav_models(request))),
        "datamodel_version": SimpleLazyObject(lambda: _version(request)),
    }


def _is_staff(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and user.is_staff)


def _version(request: HttpRequest) -> int:
    return request.datamodel.version if _is_staff(request) else 0  # type: ignore[attr-defined]


def _nav_models(request: HttpRequest) -> Iterator[NavModel]:
    """The models, plain ones first, then the join models; none for strangers."""
    if not _is_staff(request):
        return
    datamodel = request.datamodel  # type: ignore[attr-defined]
    counts = record_counts(datamodel)
    match = request.resolver_match
    current = match.kwargs.get("model") if match else None
    for model in sorted(datamodel.schema.models, key=lambda model: model.is_join):
        url = reverse("record_list", args=[model.name])
        yield NavModel(model.name, url, counts.get(model.name, 0), model.is_join, model.name == current)

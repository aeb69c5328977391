"""A record's history: its entries of the change log, and how one differs from the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from datamodel.changes.lineage import Lineage
from datamodel.changes.pages import Page
from datamodel.models import Change
from datamodel.schema.ir import ModelType

__all__ = ["Difference", "differences", "history"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that a change gave another value; None where there was none, or is none."""

    field: str
    before: Any
    after: Any


def history(
    model: str, key: str, limit: int, before: str | None = None, *, lineage: Lineage | None = None
) -> Page[Change]:
    """Return the latest entries of a record (``key`` is its URL key), newest first.

    With a ``lineage`` also those from when its model was called otherwise. ``before`` is the ``next`` of the
    page in front; raise ValueError where it is none.
    """
    named = Q(model=model) if lineage is None else lineage.entries_of(model)
    changes = Change.objects.filter(named, key=key)
    if before is not None:
        changes = changes.filter(id__lt=int(before))
    found = list(changes.order_by("-id")[: limit + 1])
    shown = found[:limit]
    return Page(shown, str(shown[-1].id) if len(found) > limit else None)


def differences(change: Change, model_type: ModelType | None = None) -> tuple[Difference, ...]:
    """Return what a change changed, field by field, in the order of ``model_type`` where it is given.

    A new record has all its values after, a deleted one all its values before.
    """
    before, after = change.before or {}, change.after or {}
    return tuple(
        Difference(name, before.get(name), after.get(name))
        for name in in_order({**before, **after}, model_type)
        if before.get(name) != after.get(name)
    )


def in_order(names: Iterable[str], model_type: ModelType | None) -> list[str]:
    """Return the names as the model has its fields; the database may have stored them in any order."""
    order = {field.name: place for place, field in enumerate(model_type.fields if model_type else ())}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))

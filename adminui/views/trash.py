"""The trash: what was deleted and is still gone, set by set, to be brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from adminui.filters import looked_for
from adminui.trail.entries import Entry, tell_entry
from adminui.trail.references import References
from adminui.trail.stories import counted, with_others, words_for
from adminui.trail.today import in_todays_words
from adminui.views.activity import Option, read_group
from adminui.views.records import get_datamodel, is_partial
from datamodel.changes import trash as log
from datamodel.changes.groups import Tally
from datamodel.registry import DataModel

__all__ = ["trash"]

SETS = 25


@dataclass(frozen=True, slots=True)
class Gone:
    """A deletion, and what went along."""

    entry: Entry
    along: str
    restore_url: str


@require_safe
def trash(request: HttpRequest) -> HttpResponse:
    """Deleted records that can be brought back, newest first; htmx gets the list alone."""
    datamodel = get_datamodel(request)
    model, text = (looked_for(request.GET.get(name, "")) for name in ("model", "q"))
    text = " ".join(text.split())
    before = read_group(request.GET.get("_before", ""))
    page = (
        log.deleted_like(text, SETS, before, model or None)
        if text
        else log.deleted(SETS, before, model or None)
    )
    context: dict[str, Any] = {
        "gone": tell_gone(datamodel, page.items, address(model=model, q=text)),
        "model": model,
        "text": text,
        "older": address(model=model, q=text, _before=page.next) if page.next else "",
        "newest": address(model=model, q=text) if before else "",
        "is_narrowed": bool(model or text),
        "is_paged": bool(before),
    }
    if is_partial(request):
        return render(request, "adminui/trash/_gone.html", context)
    names = dict.fromkeys([*sorted(datamodel.models), *filter(None, [model])])
    context["models"] = [Option(name, name, name == model) for name in names]
    return render(request, "adminui/trash/trash.html", context)


def tell_gone(datamodel: DataModel, items: Sequence[log.Deleted], here: str) -> list[Gone]:
    """Return the deletions in words; a fixed number of queries for all."""
    changes = in_todays_words(datamodel, [one.change for one in items])
    references = References(datamodel, changes)
    query = QueryDict(mutable=True)
    query["next"] = here
    return [
        Gone(
            tell_entry(datamodel, change, references),
            with_others([along_words(one, tally) for tally in one.along if tally.action == "delete"]),
            f"{reverse('activity_undo', args=[one.group.id])}?{query.urlencode()}",
        )
        for one, change in zip(items, changes, strict=True)
    ]


def along_words(one: log.Deleted, tally: Tally) -> str:
    """Return ``3 comments``, or ``3 more posts`` where the deletion shown was of a post too."""
    if tally.model == one.change.model:
        return f"{tally.count:,} more {words_for(tally.model, tally.count)}"
    return counted(tally.count, tally.model)


def address(**wanted: str) -> str:
    """Return the address of the trash with some filters and a place."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in wanted.items() if value})
    return f"{reverse('trash')}?{query.urlencode()}" if query else reverse("trash")

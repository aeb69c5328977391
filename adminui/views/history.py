"""The history of one record, deleted or not, and going back to an earlier state of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from adminui.notices import say_done, written_group
from adminui.related import find_by_url_key
from adminui.trail.entries import Entry, tell_entries
from adminui.trail.reverting import preview_revert
from adminui.views.records import actor_of, get_datamodel, is_partial
from datamodel import records, undo
from datamodel.access import acting_as
from datamodel.changes import history as log
from datamodel.changes.lineage import lineage_of
from datamodel.changes.pages import Page
from datamodel.modelgen import Record, load_parent_labels
from datamodel.models import Change
from datamodel.records import RecordError, RecordNotFound, VersionConflict
from datamodel.registry import DataModel

__all__ = ["record_history", "record_revert"]

ENTRIES = 25


@require_safe
def record_history(request: HttpRequest, model: str, key: str) -> HttpResponse:
    """Everything that happened to a record, newest first; htmx gets the next entries alone."""
    datamodel = get_datamodel(request)
    model_type = datamodel.model(model).model_type
    page = read_page(request, datamodel, model, key)
    record = find_by_url_key(datamodel, model, key)
    if not page.items and record is None:
        raise Http404(f"There is no {model} with the key '{key}', and the log knows of none.")
    entries = tell_entries(datamodel, list(page.items))
    is_first_page = "_before" not in request.GET
    context: dict[str, Any] = {
        "model": model_type,
        "key": key,
        "record": record,
        "entries": entries,
        "is_first_page": is_first_page,
        "newest": entries[0] if entries and is_first_page else None,
        "older": f"{request.path}?_before={page.next}" if page.next else "",
        "label": record.label if record is not None else entries[0].label,
        "restore_url": restore_url(record, entries),
    }
    template = "adminui/history/_entries.html" if is_partial(request) else "adminui/history/history.html"
    return render(request, template, context)


def read_page(request: HttpRequest, datamodel: DataModel, model: str, key: str) -> Page[Change]:
    before = request.GET.get("_before", "")
    is_cursor = before.isdecimal() and len(before) < 19
    return log.history(model, key, ENTRIES, before if is_cursor else None, lineage=lineage_of(datamodel))


def restore_url(record: Record | None, entries: Sequence[Entry]) -> str:
    """Return where a deleted record is brought back, with all that went along."""
    if record is not None or not entries or entries[0].action != "delete":
        return ""
    return reverse("activity_undo", args=[entries[0].group])


@require_http_methods(["GET", "HEAD", "POST"])
def record_revert(request: HttpRequest, model: str, key: str, change: int) -> HttpResponseBase:
    """Show what going back to the state after a change would do, field by field; do it on POST."""
    datamodel = get_datamodel(request)
    record = find_by_url_key(datamodel, model, key)
    if record is None:
        return gone(request, datamodel, model, key)
    try:
        undo.earlier_state(datamodel, model, key, change)
    except undo.UnknownChange:
        raise Http404(f"The log has no such values of this {model}.") from None
    logged = Change.objects.get(pk=change)
    if request.method != "POST":
        return ask(request, datamodel, record, logged)
    return revert(request, datamodel, record, logged)


def revert(request: HttpRequest, datamodel: DataModel, record: Record, logged: Change) -> HttpResponseBase:
    """Give the record the ticked fields' earlier values, or say why not."""
    model, key = record.model_type.name, record.url_key
    fields = [name for ticked in request.POST.getlist("field") for name in ticked.split(" ")]
    version = request.POST.get("_version", "")
    if not fields:
        return ask(request, datamodel, record, logged, status=422, refusals=["Tick at least one field."])

    def work() -> Any:
        expected = int(version) if version.isdecimal() and len(version) < 10 else None
        done = undo.revert_record(datamodel, model, key, logged.pk, fields, expected)
        return done, written_group()

    try:
        with acting_as(actor_of(request)):
            saved, group = records.transact(datamodel, work)
    except VersionConflict as conflict:
        if conflict.record.joinery_deleted:
            return gone(request, datamodel, model, key)
        load_parent_labels([conflict.record])
        return ask(request, datamodel, conflict.record, logged, status=409, is_conflict=True)
    except RecordNotFound:
        return gone(request, datamodel, model, key)
    except RecordError as error:
        return ask(request, datamodel, record, logged, status=422, refusals=[error.message])
    load_parent_labels([saved])
    words = f"{model} '{saved.label}'"
    if group is None:
        messages.info(request, f"{words} is like that already.")
    else:
        say_done(request, f"{words} reverted.", undo=group)
    return redirect("record", model, key)


def ask(
    request: HttpRequest,
    datamodel: DataModel,
    record: Record,
    logged: Change,
    status: int = 200,
    *,
    refusals: Sequence[str] = (),
    is_conflict: bool = False,
) -> HttpResponse:
    """The page that shows what would change, with a tick for each field."""
    model, key = record.model_type.name, record.url_key
    state = undo.earlier_state(datamodel, model, key, logged.pk)
    ticked = set(request.POST.getlist("field")) if request.method == "POST" else None
    changes = preview_revert(datamodel, record, state.values)
    context = {
        "model": record.model_type,
        "key": key,
        "record": record,
        "entry": tell_entries(datamodel, [logged])[0],
        "rows": [(change, ticked is None or " ".join(change.fields) in ticked) for change in changes],
        "earlier_url": earlier_url(datamodel, model, key, logged),
        "misfits": state.misfits.values(),
        "refusals": refusals,
        "is_conflict": is_conflict,
        "status": status,
    }
    return render(request, "adminui/history/revert.html", context, status=status)


def earlier_url(datamodel: DataModel, model: str, key: str, logged: Change) -> str:
    """Return where the record goes back to before the change, if the log knows how it was then."""
    lineage = lineage_of(datamodel)
    found = log.history(model, key, 1, str(logged.pk), lineage=lineage).items
    if not found or found[0].after is None:
        return ""
    return reverse("record_revert", args=[model, key, found[0].pk])


def gone(request: HttpRequest, datamodel: DataModel, model: str, key: str) -> HttpResponse:
    """410: a deleted record has nothing to go back to before it is restored; 404 where there never was one."""
    entries = tell_entries(datamodel, log.history(model, key, 1, lineage=lineage_of(datamodel)).items)
    if not entries:
        raise Http404(f"There is no {model} with the key '{key}', and the log knows of none.")
    context = {
        "model": datamodel.model(model).model_type,
        "key": key,
        "entry": entries[0],
        "restore_url": restore_url(None, entries),
        "status": 410,
    }
    return render(request, "adminui/history/gone.html", context, status=410)

"""Lists of records, the form of one record, and the picker of related records."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from adminui.counts import record_counts
from adminui.filters import ListQuery, looked_for
from adminui.forms import RecordForm
from adminui.forms.conflict import merge
from adminui.joints import find_joint, noun
from adminui.notices import say_done
from adminui.related import chips_with_notes, find_by_url_key, search_records
from adminui.table import load_table
from adminui.views.deletion import delete_record, delete_selected
from adminui.views.errors import RecordGone
from datamodel import registry
from datamodel.access import Actor, acting_as
from datamodel.changes.history import history
from datamodel.modelgen import Record, load_parent_labels
from datamodel.records import RecordNotFound, SchemaChanged, VersionConflict
from datamodel.registry import DataModel
from datamodel.schema import pluralize

__all__ = ["record_urlpatterns"]

PICKED = 12
SAVING = frozenset({"", "enter", "save", "stay", "another"})


def get_datamodel(request: HttpRequest) -> DataModel:
    """Return the data model that the request works with."""
    datamodel: DataModel = request.datamodel  # type: ignore[attr-defined]
    return datamodel


def is_partial(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of the page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def actor_of(request: HttpRequest) -> Actor:
    """Return who is signed in, for the change log."""
    return Actor("user", request.user.get_username())


def get_record(datamodel: DataModel, model: str, key: str) -> Record:
    """Return the record of an address; raise Http404 with a sentence, RecordGone for a deleted one."""
    record = find_by_url_key(datamodel, model, key)
    if record is not None:
        return record
    if not history(model, key, 1).items:
        raise Http404(f"There is no {model} with the key '{key}'.")
    sentence = f"The {model} with the key '{key}' was deleted. It can be restored from its history."
    raise RecordGone(sentence, reverse("record_history", args=[model, key]))


def record_list(request: HttpRequest, model: str) -> HttpResponse:
    """The records of a model; htmx gets the table alone. A POST deletes the selected records."""
    datamodel = get_datamodel(request)
    model_type = datamodel.model(model).model_type
    if request.method == "POST":
        return delete_selected(request, datamodel, model)
    query = ListQuery(datamodel, model, request.GET)
    if added := query.added_address():
        return redirect(reverse("record_list", args=[model]) + added)
    page = request.GET.get("_page", "1")
    table = load_table(query, max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1)
    word = noun(model_type)
    context = {"model": model_type, "noun": word, "plural": pluralize(word), "query": query, "table": table}
    context["total"] = record_counts(datamodel).get(model, 0)
    template = "adminui/records/_table.html" if is_partial(request) else "adminui/records/list.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_new(request: HttpRequest, model: str) -> HttpResponseBase:
    """The form of a record to be made."""
    datamodel = get_datamodel(request)
    datamodel.model(model)
    if request.method != "POST":
        return form_page(request, RecordForm.for_new(datamodel, model, request.GET))
    form = RecordForm.from_post(datamodel, model, None, request.POST)
    return answer_post(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, model: str, key: str) -> HttpResponseBase:
    """The form of a stored record."""
    datamodel = get_datamodel(request)
    if request.method != "POST":
        found = get_record(datamodel, model, key)
        return form_page(request, RecordForm.for_record(datamodel, found))
    stored = find_by_url_key(datamodel, model, key)
    if stored is None:
        return gone_page(request, datamodel, model)
    return answer_post(request, RecordForm.from_post(datamodel, model, stored, request.POST))


def answer_post(request: HttpRequest, form: RecordForm) -> HttpResponseBase:
    """Answer a form: a button inside it draws it again, anything else saves it."""
    if form.posted is not None and form.posted.action.verb == "compare" and form.record is not None:
        return conflict_page(request, form, form.record, status=200)
    if form.posted is None or form.posted.action.verb not in SAVING or form.is_searching:
        return form_page(request, form)
    if form.posted.number("_schema") not in (None, form.datamodel.version):
        return schema_changed(request, form)
    try:
        with acting_as(actor_of(request)):
            saved = form.save()
    except VersionConflict as conflict:
        return conflict_page(request, form, conflict.record)
    except RecordNotFound:
        return gone_page(request, form.datamodel, form.model_name)
    except SchemaChanged:
        return schema_changed(request, form)
    if saved is None:
        return form_page(request, form, status=422)
    return after_save(request, form, saved)


def form_page(request: HttpRequest, form: RecordForm, status: int = 200, **context: Any) -> HttpResponse:
    """Draw the form: the whole page, or the form alone for htmx."""
    context |= {
        "form": form,
        "model": form.options.model,
        "record": form.record,
        "noun": form.noun,
        "status": status,
        "list_url": back_to_list(request, form.model_name),
        "list_query": request.POST.get("_list", request.GET.get("_list", "")),
    }
    template = "adminui/records/_form.html" if is_partial(request) else "adminui/records/record.html"
    return render(request, template, context, status=status)


def back_to_list(request: HttpRequest, model: str) -> str:
    """Return the list that the form was opened from, filters and page included."""
    url = reverse("record_list", args=[model])
    query = request.POST.get("_list", request.GET.get("_list", ""))
    return f"{url}?{query}" if query else url


def after_save(request: HttpRequest, form: RecordForm, saved: Record) -> HttpResponseBase:
    """Say what happened and go where the pressed button says."""
    verb = "saved" if form.record is not None else "made"
    load_parent_labels([saved])
    target = view = reverse("record", args=[form.model_name, saved.url_key])
    match request.POST.get("_do"):
        case "another":
            target = reverse("record_new", args=[form.model_name])
        case "stay":
            pass
        case _:
            target = back_to_list(request, form.model_name)
    sentence = f"{saved.model_type.name} '{saved.label}' {verb}."
    say_done(request, sentence, undo=form.written, view=view if target != view else "")
    if is_partial(request):
        return HttpResponseClientRedirect(target)
    return redirect(target)


def conflict_page(request: HttpRequest, form: RecordForm, current: Record, status: int = 409) -> HttpResponse:
    """Somebody else saved first, or is seen to have. Nothing typed is lost; their values are shown."""
    if current.joinery_deleted:
        return gone_page(request, form.datamodel, form.model_name)
    fresh = RecordForm.from_post(form.datamodel, form.model_name, current, request.POST)
    lines = merge(fresh, current)
    return form_page(request, fresh, status=status, conflict=lines, is_conflict=True)


def schema_changed(request: HttpRequest, form: RecordForm) -> HttpResponse:
    """409: another schema version is active. What was typed is put into the form of the new one."""
    datamodel = registry.current()
    if form.model_name not in datamodel.models:
        raise Http404(f"The model '{form.model_name}' is not in the schema any more.")
    stored = None
    if form.record is not None:
        stored = find_by_url_key(datamodel, form.model_name, form.record.url_key)
        if stored is None:
            return gone_page(request, datamodel, form.model_name)
    fresh = RecordForm.from_post(datamodel, form.model_name, stored, request.POST)
    return form_page(request, fresh, status=409, is_schema_changed=True, leftovers=fresh.leftovers())


def gone_page(request: HttpRequest, datamodel: DataModel, model: str) -> HttpResponse:
    """410: the record was deleted meanwhile. What was typed becomes the form of a new one, key included."""
    form = RecordForm.from_post(datamodel, model, None, request.POST)
    form.keep_key()
    return form_page(request, form, status=410, is_gone=True)


@require_GET
def record_options(request: HttpRequest, model: str) -> HttpResponse:
    """The picker's list: records whose texts contain what was typed."""
    datamodel = get_datamodel(request)
    datamodel.model(model)
    text = typed(request.GET)
    found = search_records(datamodel, model, text, PICKED + 1)
    joint = find_joint(datamodel, model, request.GET.get("_by", ""))
    context = {
        "options": chips_with_notes(datamodel, found[:PICKED], joint),
        "has_more": len(found) > PICKED,
        "text": text,
        "model": datamodel.model(model).model_type,
    }
    return render(request, "adminui/records/_options.html", context)


def typed(data: QueryDict) -> str:
    """Return what to look for: ``q``, or what the picker of a form sends under its own name."""
    names = ["q", *(name for name in data if name.startswith("find."))]
    return next((looked_for(str(data[name])) for name in names if name in data), "")


record_urlpatterns = [
    path("<str:model>/", require_http_methods(["GET", "HEAD", "POST"])(record_list), name="record_list"),
    path("<str:model>/new/", record_new, name="record_new"),
    path("<str:model>/options/", record_options, name="record_options"),
    path("<str:model>/<str:key>/", record, name="record"),
    path("<str:model>/<str:key>/delete/", delete_record, name="record_delete"),
]

"""A new record like another one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from adminui.forms import RecordForm
from adminui.views.records import form_page, get_datamodel, get_record

__all__ = ["record_duplicate"]


@require_safe
def record_duplicate(request: HttpRequest, model: str, key: str) -> HttpResponse:
    """The form of a new record, filled with another one's values; nothing is stored before it is saved."""
    datamodel = get_datamodel(request)
    record = get_record(datamodel, model, key)
    return form_page(request, RecordForm.for_copy(datamodel, record), copied=record)

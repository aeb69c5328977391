"""API keys: list, create, revoke."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from adminui.owners import owners_only
from datamodel import access
from datamodel.middleware import DataModelRequest
from datamodel.models import ApiKey
from datamodel.schema.notes import closed_notes

__all__ = ["keys", "revoke_key"]

SCOPES = (
    ("full", "Full: every model, every operation"),
    ("public", "Public: what the schema allows the public"),
)


class KeyForm(forms.Form):
    """A new key: what it is for, what it may do, how long."""

    name = forms.CharField(max_length=100, label="Name", help_text="Who or what uses it.")
    scope = forms.ChoiceField(choices=SCOPES, label="Scope", initial="full")
    expires_days = forms.IntegerField(min_value=1, max_value=365, initial=365, label="Days until it expires")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "in", "autocomplete": "off"}


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key and whether it works, in words."""

    key: ApiKey
    state: str
    since: str

    @property
    def works(self) -> bool:
        return self.state == "works"


def key_row(key: ApiKey, now: datetime) -> KeyRow:
    """Return the state of ``key`` at ``now``."""
    if key.revoked_at is not None:
        return KeyRow(key, "revoked", _day(key.revoked_at))
    state, word = ("expired", "on") if key.expires_at <= now else ("works", "until")
    return KeyRow(key, state, f"{word} {_day(key.expires_at)}")


def _day(moment: datetime) -> str:
    return date_format(moment, "j M Y")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@owners_only
def keys(request: DataModelRequest) -> HttpResponse:
    """List the keys; a POST creates one and shows it, this once."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        key, raw = access.create_key(**form.cleaned_data)
        return render(request, "adminui/keys/created.html", {"key": key, "raw": raw})
    now = timezone.now()
    rows = [key_row(key, now) for key in ApiKey.objects.order_by("-created_at")]
    status = 422 if form.is_bound else 200
    schema = request.datamodel.schema
    context = {
        "form": form,
        "rows": rows,
        "has_schema": bool(schema.models),
        "notes": closed_notes(schema),
    }
    return render(request, "adminui/keys/list.html", context, status=status)


@require_POST
@owners_only
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a key; one that is revoked already stays so."""
    key = ApiKey.objects.filter(pk=pk).first()
    if key is None:
        raise Http404("There is no such key.")
    access.revoke_key(key)
    messages.success(request, f"Key '{key.name}' is revoked. Calls that use it are refused from now on.")
    return redirect("keys")

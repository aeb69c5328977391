"""API keys: list, create, revoke."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from datamodel import access
from datamodel.models import ApiKey

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


def _list() -> list[ApiKey]:
    return list(ApiKey.objects.order_by("-created_at"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """List the keys; a POST creates one and shows it, this once."""
    form = KeyForm(request.POST or None)
    context = {"form": form, "now": timezone.now()}
    if request.method != "POST":
        return render(request, "adminui/keys/list.html", context | {"keys": _list()})
    if not form.is_valid():
        return render(request, "adminui/keys/list.html", context | {"keys": _list()}, status=422)
    key, raw = access.create_key(**form.cleaned_data)
    return render(request, "adminui/keys/created.html", {"key": key, "raw": raw})


@require_POST
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a key; one that is revoked already stays so."""
    key = get_object_or_404(ApiKey, pk=pk)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    messages.success(request, f"Key '{key.name}' is revoked. Calls that use it are refused from now on.")
    return redirect("keys")

"""The configuration files that Amplify clients read, for the owners of the data model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from adminui.owners import owners_only
from datamodel import access
from datamodel.middleware import DataModelRequest
from datamodel.registry import DataModel

__all__ = ["outputs_view"]

NO_KEY = "PASTE-AN-API-KEY-HERE"
APP_KEY = "app configuration"
"""What a key is called that was made for a file."""

WriteOutputs = Callable[[DataModel, str, str], dict[str, Any]]


class UnknownKey(Exception):  # noqa: N818  says what is wrong
    """The key that was pasted does not work."""


def outputs_view(write: WriteOutputs, file_name: str) -> Callable[[DataModelRequest], HttpResponse]:
    """Return the view that sends what ``write`` makes; ``urls.py``, which knows the API, hands it in."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @owners_only
    def outputs(request: DataModelRequest) -> HttpResponse:
        try:
            key = posted_key(request) if request.method == "POST" else fixed_key()
        except UnknownKey:
            messages.error(
                request, "The key that was pasted does not work. Paste it whole, or make a new one."
            )
            return redirect("keys")
        content = write(request.datamodel, request.build_absolute_uri("/graphql"), key)
        body = json.dumps(content, indent=2, ensure_ascii=False)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{file_name}"',
        }
        return HttpResponse(f"{body}\n", content_type="application/json", headers=headers)

    return outputs


def posted_key(request: HttpRequest) -> str:
    """Return the key that was chosen: a new one of scope public, the one pasted, or none; raise UnknownKey."""
    raw = request.POST.get("api_key", "").strip()
    match request.POST.get("choice", "given"):
        case "new":
            return access.create_key(APP_KEY, scope="public")[1]
        case "given" if raw:
            if access.authenticate_key(raw) is None:
                raise UnknownKey
            return raw
        case "given":
            raise UnknownKey
    return NO_KEY


def fixed_key() -> str:
    """Return the key that the environment fixes; keys are not kept, so there is no other to give."""
    return os.environ.get("JOINERY_API_KEY") or NO_KEY

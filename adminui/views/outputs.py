"""The configuration files that Amplify clients read, for whoever is signed in."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from datamodel import access
from datamodel.middleware import DataModelRequest
from datamodel.registry import DataModel

__all__ = ["outputs_view"]

NO_KEY = "PASTE-AN-API-KEY-HERE"

WriteOutputs = Callable[[DataModel, str, str], dict[str, Any]]


def outputs_view(write: WriteOutputs, file_name: str) -> Callable[[DataModelRequest], HttpResponse]:
    """Return the view that sends what ``write`` makes; ``urls.py``, which knows the API, hands it in."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def outputs(request: DataModelRequest) -> HttpResponse:
        datamodel = request.datamodel
        content = write(datamodel, request.build_absolute_uri("/graphql"), _api_key(request))
        body = json.dumps(content, indent=2, ensure_ascii=False)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{file_name}"',
        }
        return HttpResponse(f"{body}\n", content_type="application/json", headers=headers)

    return outputs


def _api_key(request: DataModelRequest) -> str:
    """The key that was posted, where it works, or the one the environment fixes.

    Keys are not kept, so there is no other to give.
    """
    raw = request.POST.get("api_key", "")
    if raw and access.authenticate_key(raw):
        return raw
    return os.environ.get("JOINERY_API_KEY") or NO_KEY

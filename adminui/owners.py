"""Who may handle the keys to the API: the owners of the data model, not everybody who edits records."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

__all__ = ["owners_only"]

PERMISSION = "datamodel.add_apikey"
"""Administrators have every permission; others have it where somebody gave it to them."""


def owners_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse whoever may not make API keys."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked

"""Liveness and readiness, for whoever runs the server."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, HttpResponse

from datamodel import registry

__all__ = ["healthz", "readyz"]


def _answer(text: str, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-store"}
    if status != 200:
        headers["Retry-After"] = "5"
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain", headers=headers)


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers; asks no database."""
    return _answer("ok")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: 503 while the database is away or not yet migrated."""
    try:
        registry.active_version()
    except DatabaseError:
        close_old_connections()
        return _answer("the database is away", 503)
    return _answer("ready")

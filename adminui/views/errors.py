"""Pages for what went wrong: each says what, and gives a way on."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from datamodel.registry import UnknownModel

__all__ = [
    "RecordGone",
    "bad_request",
    "conflict",
    "csrf_failure",
    "forbidden",
    "not_found",
    "server_error",
    "too_large",
    "unavailable",
]


class RecordGone(Http404):
    """There was a record of this address once; its history tells what became of it."""

    def __init__(self, sentence: str, history_url: str) -> None:
        super().__init__(sentence)
        self.history_url = history_url


DATABASE_AWAY = (OperationalError, InterfaceError)


def error_page(request: HttpRequest, status: int, template: str = "", **context: Any) -> HttpResponse:
    """Answer with the page of ``status``; a part of a page gets the message alone."""
    context |= {"status": status, "is_known": _is_known(request), "is_fragment": is_fragment(request)}
    response = render(request, template or f"{status}.html", context, status=status)
    if is_fragment(request):
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:window:top"
        response["HX-Push-Url"] = "false"
    return response


def is_fragment(request: HttpRequest) -> bool:
    """True where htmx asks for a part of a page."""
    htmx = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def _is_known(request: HttpRequest) -> bool:
    """True for signed-in staff, who see the navigation; false where the database cannot tell."""
    try:
        user = getattr(request, "user", None)
        return bool(user and user.is_authenticated and user.is_staff)
    except DATABASE_AWAY:
        return False


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return error_page(request, 400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not allowed."""
    return error_page(request, 403)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or too old; nothing was changed."""
    return error_page(request, 403, "403_csrf.html")


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, model or record; staff get the list of models to go on from."""
    model = exception.name if isinstance(exception, UnknownModel) else ""
    history_url = exception.history_url if isinstance(exception, RecordGone) else ""
    return error_page(request, 404, missing_model=model, message=_message(exception), history_url=history_url)


def _message(exception: Exception | None) -> str:
    """The sentence that a view gave with ``Http404``; Django's own arguments are not for people."""
    first = exception.args[0] if exception and exception.args else ""
    return first if isinstance(first, str) and first.endswith(".") else ""


def conflict(request: HttpRequest, **context: Any) -> HttpResponse:
    """409: the schema was replaced while the request was on its way; the page itself shows the new one."""
    vars(request).pop("datamodel", None)
    return error_page(request, 409, **context)


def too_large(request: HttpRequest) -> HttpResponse:
    """413: the body is larger than any page takes; it was not read."""
    body = render_to_string("413.html", {"is_fragment": is_fragment(request), "status": 413})
    return HttpResponse(body, status=413, headers={"Cache-Control": "no-store"})


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away or busy beyond its wait."""
    body = render_to_string("503.html", {"status": 503, "is_fragment": is_fragment(request)})
    return HttpResponse(body, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where it was the database; asks nothing of the database itself."""
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return unavailable(request)
    body = render_to_string("500.html", {"status": 500, "is_fragment": is_fragment(request)})
    return HttpResponse(body, status=500, headers={"Cache-Control": "no-store"})

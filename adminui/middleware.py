"""What holds for every page: staff only, strict headers, a page for every failure, health answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from adminui.views import errors, health
from datamodel import registry
from datamodel.records import DatabaseBusy
from datamodel.registry import SchemaChanged, UnknownModel

__all__ = [
    "BodySizeMiddleware",
    "FailureMiddleware",
    "HealthMiddleware",
    "NullMiddleware",
    "SecurityHeadersMiddleware",
    "StaffOnlyMiddleware",
]

GetResponse = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class SecurityHeadersMiddleware:
    """Strict headers on every answer; stands outside the others, so that refusals carry them too."""

    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response


class HealthMiddleware:
    """Answers ``/healthz`` and ``/readyz`` before host, session and sign-in are looked at."""

    views = {"/healthz": health.healthz, "/readyz": health.readyz}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        view = self.views.get(request.path)
        return view(request) if view else self.get_response(request)


class BodySizeMiddleware:
    """Refuses a body that no page takes, before anything reads it: strangers could fill the disk."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = str(request.META.get("CONTENT_LENGTH") or "0")
        if announced.isdecimal() and int(announced[:20]) > settings.IMPORT_MAX_BYTES:
            return errors.too_large(request)
        return self.get_response(request)


class NullMiddleware:
    """Keeps the character NUL out of addresses and cookies: no text of the database holds it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            raise Http404("No address holds the character NUL.")
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        return self.get_response(request)


class StaffOnlyMiddleware(LoginRequiredMiddleware):
    """Every page needs a signed-in member of staff, but for views marked ``login_not_required``."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Send strangers to the sign-in page and refuse users who are no staff."""
        if not getattr(view_func, "login_required", True):
            return None
        try:
            user = request.user
            is_known = user.is_authenticated
        except (OperationalError, InterfaceError):
            return errors.unavailable(request)
        if not is_known:
            return _to_sign_in(request, self.handle_no_permission(request, view_func))
        if not user.is_staff:
            raise PermissionDenied
        return None


def _to_sign_in(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Send the whole page to sign in, to come back to it: a sign-in form has no place inside a table."""
    htmx = getattr(request, "htmx", None)
    if not htmx:
        return response
    address = response.headers["Location"].partition("?")[0]
    return HttpResponseClientRedirect(f"{address}?next={quote(htmx.current_url_abs_path or '/')}")


class FailureMiddleware:
    """Turns what every view may meet into a page: schema replaced, database away, model unknown."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if getattr(request, "user", None) is not None and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer for the failures that are nobody's mistake; leave the others to Django."""
        match exception:
            case SchemaChanged():
                return errors.conflict(request)
            case ProgrammingError() | OperationalError() if _is_outdated(request):
                return errors.conflict(request)
            case DatabaseBusy() | OperationalError() | InterfaceError():
                return errors.unavailable(request)
            case UnknownModel():
                return errors.not_found(request, exception)
        return None


def _is_outdated(request: HttpRequest) -> bool:
    """Return whether the request began with other tables: it then misses one, or a column of one."""
    datamodel = getattr(request, "datamodel", None)
    try:
        return datamodel is not None and datamodel.version != registry.active_version()
    except (OperationalError, InterfaceError):
        return False

"""``request.datamodel``: the data model that a request works with, from its first look to its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property

from datamodel import registry

__all__ = ["DataModelMiddleware", "DataModelRequest"]


class DataModelRequest(HttpRequest):
    """A request that pins the active data model when it is first asked for."""

    @cached_property
    def datamodel(self) -> registry.DataModel:
        return registry.current()


class DataModelMiddleware:
    """Gives every request its ``datamodel``; pages that do not use it cost no query."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        request.__class__ = _pinning(type(request))  # type: ignore[arg-type]  # classes have a hash
        return self.get_response(request)


@cache
def _pinning(request_class: type[HttpRequest]) -> type[HttpRequest]:
    """Return the class of a server's requests with ``datamodel`` added."""
    return type(request_class.__name__, (request_class, DataModelRequest), {})

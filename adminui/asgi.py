"""The server's entry: the API answers `/graphql…` itself, Django answers everything else."""

from __future__ import annotations

from typing import Any

from a2wsgi import WSGIMiddleware

# Django is set up by this import, so it comes before anything that needs the app registry.
from adminui.wsgi import application as site
from datamodel.graphql.endpoint import application as api

API_PATHS = frozenset({"/graphql", "/graphql/realtime"})
SITE_THREADS = 10

_site = WSGIMiddleware(site, workers=SITE_THREADS)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Route one ASGI connection."""
    if scope["type"] != "lifespan" and scope["path"] in API_PATHS:
        await api(scope, receive, send)
    else:
        await _site(scope, receive, send)

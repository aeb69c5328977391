"""The server's entry: the API answers `/graphql…` itself, Django answers everything else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp

# Django is set up by this import, so it comes before anything that needs the app registry.
from adminui.wsgi import application as site  # isort: split

from adminui.listening import ListeningSite
from adminui.live import LiveSite
from datamodel.graphql.endpoint import application as api
from datamodel.graphql.explorer import PersonSocket

API_PATHS = frozenset({"/graphql", "/graphql/realtime"})
SITE_THREADS = 10

_sockets: dict[str, Callable[[Any, Any, Any], Awaitable[None]]] = {
    "/live": LiveSite(api.realtime),
    "/explorer/listen": ListeningSite(api.realtime, PersonSocket),
}

_site = WSGIMiddleware(cast(WSGIApp, site), workers=SITE_THREADS)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Route one ASGI connection."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["path"] in API_PATHS:
        await api(scope, receive, send)
    elif scope["type"] == "websocket":
        await _sockets.get(scope["path"], refuse)(scope, receive, send)
    else:
        await _site(scope, receive, send)


async def refuse(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a WebSocket where there is none."""
    await receive()
    await send({"type": "websocket.close", "code": 1000})


async def live(receive: Any, send: Any) -> None:
    """Start with the server; when it stops, let running API requests end and close their connections."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await api.stop()
    await send({"type": "lifespan.shutdown.complete"})

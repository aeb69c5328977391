"""`/explorer/listen`: the explorer's subscriptions, for people with a sign-in and the token of the page's form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, parse_cookie
from django.middleware.csrf import CsrfViewMiddleware

from adminui.live import Hub, Receive, Send, find_person, is_ours, is_signed_in, read_session
from datamodel.access import Actor, Caller
from datamodel.limits import get_limit

__all__ = ["ListeningSite"]

OVERLOADED = 1013
SIGNED_OUT = 4401
SUBPROTOCOL = "graphql-transport-ws"
SCOPES = frozenset({"full", "public"})

RECHECK_S = 20
"""How often a listener's sign-in is looked at again."""


class Realtime(Protocol):
    """The sockets of this process, which all end when it stops."""

    is_stopping: bool

    @property
    def hub(self) -> Any: ...
    @property
    def sockets(self) -> set[Any]: ...
    async def serve(self, socket: Any) -> None: ...


class ListeningSite:
    """Serves the explorer's sockets; ``make_socket`` speaks the protocol, `asgi.py` hands it in."""

    def __init__(self, realtime: Realtime, make_socket: Callable[..., Any]) -> None:
        self.realtime = realtime
        self.make_socket = make_socket

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one socket; only people who may open the page get one."""
        await receive()
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        hub: Hub = self.realtime.hub
        session = read_session(headers)
        if not is_ours(headers) or session is None or not await hub.work(lambda: is_signed_in(session)):
            await send({"type": "websocket.close", "code": SIGNED_OUT})
            return
        is_spoken = SUBPROTOCOL in (scope.get("subprotocols") or ())
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if is_spoken else None})
        if self.realtime.is_stopping or len(self.realtime.sockets) >= get_limit("WS_MAX_CONNECTIONS"):
            reason = "The server is full. Try again in a moment."
            await send({"type": "websocket.close", "code": OVERLOADED, "reason": reason})
            return

        def find_caller(payload: Mapping[str, Any]) -> Caller | None:
            return caller_of(session, headers, payload)

        socket = self.make_socket(hub, receive, send, find_caller)
        checking = asyncio.create_task(self.recheck(socket, session))
        try:
            await self.realtime.serve(socket)
        finally:
            checking.cancel()

    async def recheck(self, socket: Any, session: str) -> None:
        """End the socket once its person has signed out, or may not use the site any more."""
        while True:
            await asyncio.sleep(RECHECK_S)
            if not await self.realtime.hub.work(lambda: is_signed_in(session)):
                socket.end(SIGNED_OUT, "Signed out.")


def caller_of(session: str, headers: Mapping[str, str], payload: Mapping[str, Any]) -> Caller | None:
    """Return who listens, None where the payload has not the token of the person's form. Runs in a thread."""
    person, token, scope = find_person(session), payload.get("csrf"), payload.get("scope", "full")
    if person is None or not isinstance(token, str) or scope not in SCOPES:
        return None
    if not has_token(headers.get("cookie", ""), token):
        return None
    return Caller(Actor("user", person.get_username()), str(scope))


class TokenCheck(CsrfViewMiddleware):
    """Django's own check of the token, which tells only whether it passed."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


def has_token(cookies: str, token: str) -> bool:
    """Return whether a token goes with the cookies of the browser that sent it."""
    request = HttpRequest()
    request.method = "POST"
    request.COOKIES = parse_cookie(cookies)
    request.META["HTTP_X_CSRFTOKEN"] = token
    check = TokenCheck(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda _request: HttpResponse(), (), {}) is None

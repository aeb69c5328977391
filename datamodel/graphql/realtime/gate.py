"""The door for WebSockets: who may open one, how many at once, and which protocol it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from datamodel.graphql.http import Headers
from datamodel.graphql.realtime.appsync import AppSyncSocket
from datamodel.graphql.realtime.credentials import offered_key
from datamodel.graphql.realtime.hub import Hub
from datamodel.graphql.realtime.sockets import Receive, Send, Socket
from datamodel.graphql.realtime.transport import TransportSocket
from datamodel.limits import get_limit

__all__ = ["Realtime"]

GOING_AWAY = 1001
OVERLOADED = 1013
UNKNOWN_SUBPROTOCOL = 4406

PROTOCOLS: dict[str, type[Socket]] = {"/graphql/realtime": AppSyncSocket, "/graphql": TransportSocket}


class Realtime:
    """Serves the WebSockets of one process."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.sockets: set[Socket] = set()
        self.is_stopping = False

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one WebSocket, from its handshake to its end."""
        await receive()
        headers = Headers(scope["headers"])
        if not is_welcome(headers):
            await send({"type": "websocket.close", "code": 4403, "reason": "Forbidden"})
            return
        protocol = PROTOCOLS[scope["path"]]
        offered: Sequence[str] = scope.get("subprotocols") or ()
        if protocol.subprotocol not in offered:
            await refuse(send, None, UNKNOWN_SUBPROTOCOL, "Subprotocol not acceptable.")
            return
        if self.is_stopping or len(self.sockets) >= get_limit("WS_MAX_CONNECTIONS"):
            await refuse(send, protocol.subprotocol, OVERLOADED, "The server is full. Try again in a moment.")
            return
        await send({"type": "websocket.accept", "subprotocol": protocol.subprotocol})
        key = offered_key(offered, scope.get("query_string", b""), headers)
        await self.serve(protocol(self.hub, receive, send, key))

    async def serve(self, socket: Socket) -> None:
        self.sockets.add(socket)
        try:
            await socket.run()
        finally:
            self.sockets.discard(socket)

    async def stop(self) -> None:
        """Close every socket: the server stops."""
        self.is_stopping = True
        try:
            for socket in list(self.sockets):
                socket.end(GOING_AWAY, "The server is going away.")
            await self.hub.stop()
        finally:
            self.is_stopping = False


def is_welcome(headers: Headers) -> bool:
    """Return whether a page of that origin may open a socket; programs that are no pages send none."""
    origin, host = headers.get("origin"), headers.get("host")
    if not origin:
        return True
    allowed: Sequence[str] = getattr(settings, "CORS_ALLOWED_ORIGINS", [])
    return origin in (f"http://{host}", f"https://{host}", *allowed)


async def refuse(send: Send, subprotocol: str | None, code: int, reason: str) -> None:
    """Accept and close at once: browsers are told no reason for a handshake that is refused."""
    await send({"type": "websocket.accept", "subprotocol": subprotocol})
    await send({"type": "websocket.close", "code": code, "reason": reason})

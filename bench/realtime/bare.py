"""The limit: an ASGI application that sends what is posted to every socket, and does nothing else."""

from __future__ import annotations

from typing import Any

sockets: set[Any] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Hold sockets; answer a POST once its body went to all of them."""
    match scope["type"]:
        case "lifespan":
            for phase in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{phase}.complete"})
        case "websocket":
            await hold(receive, send)
        case "http":
            message = await receive()
            text = message["body"].decode()
            for one in list(sockets):
                await one({"type": "websocket.send", "text": text})
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})


async def hold(receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": "graphql-ws"})
    sockets.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        sockets.discard(send)

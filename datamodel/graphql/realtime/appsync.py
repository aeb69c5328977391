"""AppSync's realtime protocol: every frame that Amplify's clients send and wait for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from datamodel.graphql.realtime.credentials import key_in
from datamodel.graphql.realtime.sockets import (
    BAD_MESSAGE,
    UNAUTHORIZED,
    Closed,
    Message,
    Socket,
    quoted,
    refusal,
)
from datamodel.graphql.realtime.subscriptions import Refused

__all__ = ["AppSyncSocket"]

TIMEOUT_MS = 300_000
"""How long a client waits for a sign of life before it gives the socket up."""


class AppSyncSocket(Socket):
    """A socket of an Amplify client."""

    subprotocol = "graphql-ws"
    keep_alive_s = 60

    async def handle(self, message: Message) -> None:
        match message.get("type"):
            case "connection_init":
                await self.init()
            case "start" | "stop" if not self.is_open:
                raise Closed(UNAUTHORIZED, "Send connection_init first.")
            case "start":
                await self.handle_start(message)
            case "stop":
                self.handle_stop(message)
            case _:
                text = "The message is of a type that the realtime channel does not know."
                self.put_error(None, refusal(text, "UnsupportedOperation") | {"errorCode": 400})

    async def init(self) -> None:
        """Acknowledge a client whose key is good; tell any other why not, and close."""
        if self.is_open:
            return
        if not await self.identify(self.offered):
            self.refuse_connection()
            return
        self.is_open = True
        self.put_json(type="connection_ack", payload={"connectionTimeoutMs": TIMEOUT_MS})
        self.beat()

    def refuse_connection(self) -> None:
        entry = refusal("You are not authorized to make this call.", "UnauthorizedException")
        self.put_json(type="connection_error", payload={"errors": [entry | {"errorCode": 401}]})
        self.end(UNAUTHORIZED, "Unauthorized")

    async def handle_start(self, message: Message) -> None:
        subscription_id, payload = message.get("id"), message.get("payload")
        if not isinstance(subscription_id, str) or not isinstance(payload, dict):
            raise Closed(BAD_MESSAGE, "A start has an id and a payload.")
        try:
            if subscription_id in self.subscriptions:
                raise Refused(refusal("The id is in use.", "DuplicatedOperationError"))
            await self.start(subscription_id, start_key(payload), read_data(payload))
        except Refused as refused:
            self.put_error(subscription_id, *refused.entries)

    def handle_stop(self, message: Message) -> None:
        subscription_id = message.get("id")
        if isinstance(subscription_id, str):
            self.stop(subscription_id)
            self.put_json(id=subscription_id, type="complete")

    def acknowledge(self, subscription_id: str) -> None:
        self.put_json(id=subscription_id, type="start_ack")

    def deliver(self, subscription_id: str, payload: str) -> None:
        self.put(f'{{"id":{quoted(subscription_id)},"type":"data","payload":{payload}}}')

    def put_error(self, subscription_id: str | None, *entries: dict[str, Any]) -> None:
        frame: dict[str, Any] = {"type": "error", "payload": {"errors": list(entries)}}
        self.put_json(**({"id": subscription_id} if subscription_id is not None else {}), **frame)

    def revoke(self) -> None:
        self.refuse_connection()

    def beat(self) -> None:
        self.put('{"type":"ka"}')


def start_key(payload: Mapping[str, Any]) -> str:
    """Return the key that a start brings: each is judged by its own. Raise Refused."""
    extensions = payload.get("extensions")
    authorization = extensions.get("authorization") if isinstance(extensions, dict) else None
    raw = key_in(authorization) if isinstance(authorization, dict) else None
    if raw is None:
        raise Refused(refusal("The start brings no API key.", "UnauthorizedException"))
    return raw


def read_data(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the request in a start: JSON inside JSON. Raise Refused."""
    data = payload.get("data")
    try:
        content = json.loads(data) if isinstance(data, str) else None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Refused(refusal("'payload.data' is not JSON of a request.", "BadRequestException"))
    return content

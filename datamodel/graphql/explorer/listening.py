"""The explorer's socket: a person of the site listens to what a key could listen to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from datamodel.access import Caller
from datamodel.graphql.realtime.hub import Hub
from datamodel.graphql.realtime.sockets import (
    BAD_MESSAGE,
    UNAUTHORIZED,
    Closed,
    Message,
    Receive,
    Send,
    Socket,
    quoted,
    read_payload,
)
from datamodel.graphql.realtime.subscriptions import Refused, Subscription, subscribe
from datamodel.graphql.request import Request
from datamodel.registry import current

__all__ = ["PersonSocket"]

FORBIDDEN = 4403

FindCaller = Callable[[Mapping[str, Any]], Caller | None]


class PersonSocket(Socket):
    """A socket of somebody whom the site has authenticated; speaks graphql-transport-ws, for subscriptions alone.

    ``find_caller`` is asked, in a thread, who begins: it judges the payload of ``connection_init``.
    """

    subprotocol = "graphql-transport-ws"
    keep_alive_s = 60

    def __init__(self, hub: Hub, receive: Receive, send: Send, find_caller: FindCaller) -> None:
        super().__init__(hub, receive, send, None)
        self.find_caller = find_caller
        self.caller: Caller | None = None

    async def handle(self, message: Message) -> None:
        match message:
            case {"type": "connection_init", "payload": dict(payload)} if self.caller is None:
                self.caller = await self.hub.work(lambda: self.find_caller(payload))
                if self.caller is None:
                    raise Closed(FORBIDDEN, "Forbidden")
                self.is_open = True
                self.put_json(type="connection_ack")
            case {"type": "subscribe", "id": str(name), "payload": dict(payload)} if (
                self.caller is not None and name not in self.subscriptions
            ):
                await self.begin(self.caller, name, payload)
            case {"type": "subscribe"} if self.caller is None:
                raise Closed(UNAUTHORIZED, "Unauthorized")
            case {"type": "complete", "id": str(name)}:
                self.stop(name)
            case {"type": "ping"}:
                self.put_json(type="pong")
            case {"type": "pong"}:
                pass
            case _:
                raise Closed(BAD_MESSAGE, "Invalid message received.")

    async def begin(self, caller: Caller, name: str, payload: Mapping[str, Any]) -> None:
        try:
            request = read_payload(payload)
            await self.listen(name, lambda: find_subscription(caller, request))
        except Refused as refused:
            self.put_json(id=name, type="error", payload=list(refused.entries))

    def acknowledge(self, subscription_id: str) -> None:
        """Say it with a message of our own: the page tells when nothing can be missed any more."""
        self.put_json(id=subscription_id, type="listening")

    def deliver(self, subscription_id: str, payload: str) -> None:
        self.put(f'{{"id":{quoted(subscription_id)},"type":"next","payload":{payload}}}')

    def revoke(self) -> None:
        self.end(FORBIDDEN, "Forbidden")

    def beat(self) -> None:
        self.put_json(type="ping")


def find_subscription(caller: Caller, request: Request) -> Subscription:
    """Return the subscription to the active data model. Runs in a thread; raise Refused."""
    return subscribe(current(), caller, request)

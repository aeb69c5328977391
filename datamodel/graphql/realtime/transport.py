"""The protocol graphql-transport-ws, for clients that are not Amplify's."""

from __future__ import annotations

from typing import Any

from graphql.language import OperationType

from datamodel.access import authenticate_key
from datamodel.graphql.realtime.credentials import key_in
from datamodel.graphql.realtime.sockets import (
    BAD_MESSAGE,
    UNAUTHORIZED,
    Closed,
    Message,
    Socket,
    quoted,
    read_payload,
    refusal,
)
from datamodel.graphql.realtime.subscriptions import Refused, prepare_document
from datamodel.graphql.request import Request, answer, encode_answer
from datamodel.registry import current

__all__ = ["TransportSocket"]

FORBIDDEN = 4403
TWICE = 4409
TOO_MANY_INITS = 4429


class TransportSocket(Socket):
    """A socket of a client that speaks graphql-transport-ws."""

    subprotocol = "graphql-transport-ws"
    keep_alive_s = 60

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.key = ""
        self._was_initialised = False

    async def handle(self, message: Message) -> None:
        match message.get("type"):
            case "connection_init":
                await self.init(message.get("payload"))
            case "ping":
                self.put_json(type="pong", **with_payload(message))
            case "pong":
                pass
            case "subscribe" if not self.is_open:
                raise Closed(UNAUTHORIZED, "Unauthorized")
            case "subscribe":
                await self.handle_subscribe(message)
            case "complete" if isinstance(message.get("id"), str):
                self.stop(message["id"])
            case _:
                raise Closed(BAD_MESSAGE, "Invalid message received.")

    async def init(self, payload: Any) -> None:
        """Acknowledge a client whose key is good: it comes in the payload, or came with the handshake."""
        if self._was_initialised:
            raise Closed(TOO_MANY_INITS, "Too many initialisation requests.")
        self._was_initialised = True
        if not isinstance(payload, dict | None):
            raise Closed(BAD_MESSAGE, "The payload of connection_init is an object.")
        raw = key_in(payload or {}) or self.offered
        if raw is None or not await self.identify(raw):
            raise Closed(FORBIDDEN, "Forbidden")
        self.key, self.is_open = raw, True
        self.put_json(type="connection_ack")

    async def handle_subscribe(self, message: Message) -> None:
        operation_id = message.get("id")
        if not isinstance(operation_id, str) or not isinstance(message.get("payload"), dict):
            raise Closed(BAD_MESSAGE, "A subscribe has an id and a payload.")
        if operation_id in self.subscriptions:
            raise Closed(TWICE, f"Subscriber for {operation_id[:60]} already exists.")
        try:
            request = read_payload(message["payload"])
            if await self.hub.work(lambda: is_subscription(self.key, request)):
                await self.start(operation_id, self.key, message["payload"])
            else:
                await self.answer_once(operation_id, request)
        except Refused as refused:
            self.put_json(id=operation_id, type="error", payload=list(refused.entries))

    async def answer_once(self, operation_id: str, request: Request) -> None:
        """Answer a query or a mutation: one result, then the end."""
        self.put(frame(operation_id, await self.hub.work(lambda: answer_as(self.key, request))))
        self.put_json(id=operation_id, type="complete")

    def acknowledge(self, subscription_id: str) -> None:
        """This protocol has no such message."""

    def deliver(self, subscription_id: str, payload: str) -> None:
        self.put(frame(subscription_id, payload))

    def revoke(self) -> None:
        self.end(FORBIDDEN, "Forbidden")

    def beat(self) -> None:
        self.put_json(type="ping")


def with_payload(message: Message) -> dict[str, Any]:
    return {"payload": message["payload"]} if isinstance(message.get("payload"), dict) else {}


def frame(operation_id: str, payload: str) -> str:
    return f'{{"id":{quoted(operation_id)},"type":"next","payload":{payload}}}'


def is_subscription(raw_key: str, request: Request) -> bool:
    """Return whether a request's operation is a subscription; raise Refused where it is not valid."""
    caller = authenticate_key(raw_key)
    if caller is None:
        raise Refused(refusal("You are not authorized to make this call.", "UnauthorizedException"))
    operation = prepare_document(current(), caller, request.query).operation(request.operation_name)
    return operation is not None and operation.kind is OperationType.SUBSCRIPTION


def answer_as(raw_key: str, request: Request) -> str:
    """Return the JSON that answers a query or a mutation; raise Refused."""
    caller = authenticate_key(raw_key)
    if caller is None:
        raise Refused(refusal("You are not authorized to make this call.", "UnauthorizedException"))
    return encode_answer(answer(current(), caller, request)).decode()

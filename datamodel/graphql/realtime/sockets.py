"""A WebSocket: what waits to be sent, its subscriptions, and how it ends. The protocols are built on it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from json.encoder import encode_basestring_ascii
from typing import Any

from datamodel.access import Caller, authenticate_key
from datamodel.graphql.realtime.hub import Hub
from datamodel.graphql.realtime.subscriptions import Refused, Subscription, subscribe
from datamodel.graphql.request import Malformed, Request, check_request
from datamodel.limits import get_limit
from datamodel.registry import current

__all__ = ["BAD_MESSAGE", "UNAUTHORIZED", "Closed", "Socket", "quoted"]

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NORMAL = 1000
TOO_BIG = 1009
OVERLOADED = 1013
BAD_MESSAGE = 4400
UNAUTHORIZED = 4401
NO_INIT = 4408

MAX_REASON_BYTES = 123
"""What a control frame of RFC 6455 has room for beside the code."""

STALLED_S = 0.05
"""A socket that has not taken a message for so long is not waited for."""


class Closed(Exception):  # noqa: N818  says what happened
    """The socket is to be closed, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Socket(ABC):
    """One accepted WebSocket. A subclass speaks its protocol.

    What is sent waits in a queue, so that nobody waits for a client that does not read: past
    `WS_MAX_QUEUE` messages or `WS_MAX_QUEUE_BYTES` the socket is closed. Nothing is ever left out.
    """

    subprotocol: str
    keep_alive_s: float

    def __init__(self, hub: Hub, receive: Receive, send: Send, offered: str | None) -> None:
        self.hub = hub
        self.offered = offered
        """The key that came with the handshake."""
        self.subscriptions: dict[str, Subscription] = {}
        self.is_open = False
        """True once the client was acknowledged."""
        self._receive = receive
        self._send = send
        self._queue: deque[str] = deque()
        self._queued_bytes = 0
        self._idle: asyncio.Future[None] | None = None
        """What `_write` waits for while there is nothing to send."""
        self._end: tuple[int, str] | None = None
        self._ended = asyncio.Event()
        self._sending_since: float | None = None
        self._starting: set[str] = set()

    # Life

    async def run(self) -> None:
        """Serve the socket until either side ends it."""
        tasks = [
            asyncio.create_task(work)
            for work in (self._read(), self._write(), self._keep_alive(), self._ended.wait())
        ]
        try:
            done, _ = await asyncio.wait(tasks[:2] + tasks[3:], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self._note_end(task.exception())
        finally:
            self._leave()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._close()

    def _note_end(self, error: BaseException | None) -> None:
        """Remember why the socket ends; an unexpected error is the server's to log."""
        if isinstance(error, Closed):
            self._end = self._end or (error.code, error.reason)
        elif error is not None and not isinstance(error, OSError):
            self._end = self._end or (1011, "Internal error.")
            raise error

    def _leave(self) -> None:
        for subscription_id, subscription in self.subscriptions.items():
            self.hub.remove(subscription, self, subscription_id)
        self.subscriptions.clear()
        self.hub.drop_listener(self)

    async def _close(self) -> None:
        if self._end is None:
            return
        code, reason = self._end
        # What waits for a client that does not read is lost with the socket; the rest still goes out.
        if code != OVERLOADED:
            while self._queue and self._sending_since is None:
                with contextlib.suppress(OSError):
                    await asyncio.wait_for(self._send_text(self._queue.popleft()), 1)
        with contextlib.suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": code, "reason": shorten(reason)})

    def end(self, code: int, reason: str) -> None:
        """Close the socket as soon as the event loop comes to it."""
        if self._end is None:
            self._end = (code, reason)
        self._ended.set()

    # Sending

    def put(self, text: str) -> None:
        """Queue a frame."""
        if self._end is not None:
            return
        size = len(text)
        if size > get_limit("WS_MAX_SENT_BYTES"):
            self.end(TOO_BIG, "An event is larger than a message may be.")
            return
        self._queue.append(text)
        self._queued_bytes += size
        if len(self._queue) > get_limit("WS_MAX_QUEUE") or self._queued_bytes > get_limit(
            "WS_MAX_QUEUE_BYTES"
        ):
            self.end(OVERLOADED, "The client does not keep up.")
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def put_json(self, **frame: Any) -> None:
        # In ASCII: a client's id comes back as it was, also where UTF-8 cannot hold it.
        self.put(json.dumps(frame, separators=(",", ":")))

    @property
    def is_behind(self) -> bool:
        """Return whether there is something to send that a reading client will take soon."""
        if not self._queue or self._end is not None:
            return False
        since = self._sending_since
        return since is None or asyncio.get_running_loop().time() - since < STALLED_S

    async def _write(self) -> None:
        loop, queue = asyncio.get_running_loop(), self._queue
        while True:
            if not queue:
                # A future costs each event to each socket less than an asyncio.Event does.
                self._idle = loop.create_future()
                await self._idle
            while queue:
                text = queue.popleft()
                self._queued_bytes -= len(text)
                self._sending_since = loop.time()
                await self._send({"type": "websocket.send", "text": text})
                self._sending_since = None

    async def _send_text(self, text: str) -> None:
        await self._send({"type": "websocket.send", "text": text})

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self.keep_alive_s)
            if self.is_open:
                self.beat()

    # Receiving

    async def _read(self) -> None:
        try:
            message = await asyncio.wait_for(self._next(), get_limit("WS_INIT_TIMEOUT_S"))
        except TimeoutError:
            raise Closed(NO_INIT, "Connection initialisation timeout.") from None
        while message is not None:
            await self.handle(message)
            message = await self._next()

    async def _next(self) -> Message | None:
        """Return the next message; None where the client has left. Raise Closed."""
        received = await self._receive()
        if received["type"] == "websocket.disconnect":
            return None
        text = received.get("text")
        if text is None:
            raise Closed(BAD_MESSAGE, "Send text.")
        if len(text) > get_limit("WS_MAX_MESSAGE_BYTES"):
            raise Closed(TOO_BIG, "The message is too big.")
        return read_message(text)

    # Subscriptions

    async def start(self, subscription_id: str, raw_key: str, payload: Mapping[str, Any]) -> None:
        """Start a subscription with a key, which is watched from then on; raise Refused."""
        request = read_payload(payload)
        await self.listen(subscription_id, lambda: subscribe_as(raw_key, request))
        self.hub.hold_key(raw_key, self)

    async def listen(self, subscription_id: str, find: Callable[[], Subscription]) -> None:
        """Start the subscription that ``find`` returns; raise Refused. It is acknowledged before the first event."""
        if subscription_id in self._starting or len(self.subscriptions) >= get_limit("WS_MAX_SUBSCRIPTIONS"):
            raise Refused(refusal("The socket has too many subscriptions.", "LimitExceeded"))
        self._starting.add(subscription_id)
        try:
            await self.hub.start()
            subscription = await self.hub.work(find)
        finally:
            self._starting.discard(subscription_id)
        self.acknowledge(subscription_id)
        self.subscriptions[subscription_id] = subscription
        self.hub.add(subscription, self, subscription_id)

    def stop(self, subscription_id: str) -> bool:
        """Stop a subscription; return whether there was one."""
        subscription = self.subscriptions.pop(subscription_id, None)
        if subscription is not None:
            self.hub.remove(subscription, self, subscription_id)
        return subscription is not None

    async def identify(self, raw_key: str | None) -> bool:
        """Return whether the key is good, and watch it while the socket is open."""
        if raw_key is None or await self.hub.work(lambda: authenticate_key(raw_key)) is None:
            return False
        self.hub.hold_key(raw_key, self)
        return True

    # What a protocol says

    @abstractmethod
    async def handle(self, message: Message) -> None:
        """Deal with a message of the client; raise Closed."""

    @abstractmethod
    def acknowledge(self, subscription_id: str) -> None:
        """Say that a subscription was started."""

    @abstractmethod
    def deliver(self, subscription_id: str, payload: str) -> None:
        """Send an event; ``payload`` is the JSON of its answer."""

    @abstractmethod
    def revoke(self) -> None:
        """Tell the client that its key is not good any more, and close."""

    @abstractmethod
    def beat(self) -> None:
        """Send a sign of life."""


def quoted(subscription_id: str) -> str:
    """Return a subscription's id as JSON, without the way there of `json.dumps`: each event to a socket has it."""
    return encode_basestring_ascii(subscription_id)


def shorten(reason: str) -> str:
    """Return what a close frame can hold of a reason: whole characters of UTF-8, up to its longest."""
    return reason.encode(errors="replace")[:MAX_REASON_BYTES].decode(errors="ignore")


def refuse_constant(name: str) -> None:
    """Refuse ``NaN`` and the infinities, which Python reads and JSON does not have."""
    raise ValueError(name)


def read_message(text: str) -> Message:
    """Return the object in a message; raise Closed."""
    try:
        message = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise Closed(BAD_MESSAGE, "The message is not JSON.") from None
    if not isinstance(message, dict):
        raise Closed(BAD_MESSAGE, "The message is not a JSON object.")
    return message


def read_payload(payload: Any) -> Request:
    """Return the request in a payload; raise Refused."""
    try:
        return check_request(payload)
    except Malformed as error:
        raise Refused(refusal(error.message, "BadRequestException")) from error


def refusal(message: str, error_type: str) -> dict[str, Any]:
    return {"errorType": error_type, "message": message}


def subscribe_as(raw_key: str, request: Request) -> Subscription:
    """Check the key and the request. Runs in a thread; raise Refused."""
    caller: Caller | None = authenticate_key(raw_key)
    if caller is None:
        raise Refused(refusal("You are not authorized to make this call.", "UnauthorizedException"))
    return subscribe(current(), caller, request)

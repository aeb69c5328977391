"""A WebSocket client that speaks to the ASGI application in this process."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Self

from datamodel.graphql.endpoint import application as api
from tests.conftest import API_KEY

PATIENCE_S = 10

HEADER = {"host": "localhost:8000", "x-amz-date": "20261120T000000Z", "x-api-key": API_KEY}


def encode_header(header: Mapping[str, str]) -> str:
    """Return a header object as version 6 clients put it into a subprotocol."""
    return "header-" + base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


class Client:
    """One WebSocket. ``code`` is the close code once the server has closed it."""

    def __init__(
        self,
        path: str = "/graphql/realtime",
        subprotocols: tuple[str, ...] = ("graphql-ws", encode_header(HEADER)),
        query: str = "",
        headers: Mapping[str, str] | None = None,
        application: Any = api,
    ) -> None:
        self.application = application
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self.subprotocol: str | None = None
        self.code: int | None = None
        given = {"host": "localhost:8000", **(headers or {})}
        self.scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "subprotocols": list(subprotocols),
        }

    async def __aenter__(self) -> Self:
        self.outbox.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(self.application(self.scope, self.outbox.get, self.take))
        first = await self.next_message()
        if first["type"] == "websocket.accept":
            self.subprotocol = first.get("subprotocol")
        else:
            self.code = 403
        return self

    async def __aexit__(self, *_: object) -> None:
        self.is_reading.set()
        self.outbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(self.task, PATIENCE_S)

    async def take(self, message: dict[str, Any]) -> None:
        """What the server sends; waits while the client does not read."""
        if message["type"] == "websocket.send":
            await self.is_reading.wait()
        self.inbox.put_nowait(message)

    async def next_message(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.inbox.get(), PATIENCE_S)

    def send(self, **frame: Any) -> None:
        self.send_text(json.dumps(frame))

    def send_text(self, text: str) -> None:
        self.outbox.put_nowait({"type": "websocket.receive", "text": text})

    async def frame(self) -> dict[str, Any]:
        """Return the next frame."""
        message = await self.next_message()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def frames(self, count: int) -> list[dict[str, Any]]:
        return [await self.frame() for _ in range(count)]

    async def closed(self) -> int:
        """Return the code that the server closes with; frames before it are dropped."""
        while (message := await self.next_message())["type"] != "websocket.close":
            pass
        return message["code"]

    async def init(self) -> Self:
        """Say hello and take the acknowledgement."""
        self.send(type="connection_init")
        assert (await self.frame())["type"] == "connection_ack"
        if self.subprotocol == "graphql-ws":
            assert await self.frame() == {"type": "ka"}
        return self

    def start(self, subscription_id: str, query: str, key: str = API_KEY, /, **variables: Any) -> None:
        """Send a start frame of AppSync's protocol."""
        data = json.dumps({"query": query, "variables": variables})
        extensions = {"authorization": {**HEADER, "x-api-key": key}}
        payload = {"data": data, "extensions": extensions}
        self.send(id=subscription_id, type="start", payload=payload)

    async def listen(self, subscription_id: str, query: str, /, **variables: Any) -> None:
        """Start a subscription and take the acknowledgement."""
        self.start(subscription_id, query, **variables)
        assert await self.frame() == {"id": subscription_id, "type": "start_ack"}

    async def event(self, subscription_id: str | None = None) -> dict[str, Any]:
        """Return the data of the next event."""
        frame = await self.frame()
        assert frame["type"] in {"data", "next"}, frame
        assert subscription_id in {None, frame["id"]}
        return frame["payload"]["data"]


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a scenario on an event loop, and stop the API's sockets afterwards."""

    async def whole() -> None:
        try:
            await scenario()
        finally:
            await api.realtime.stop()

    asyncio.run(whole())


async def in_thread(work: Callable[[], Any]) -> Any:
    """Run Django code beside the event loop, with a connection of its own that is closed afterwards."""
    from django.db import connection

    def task() -> Any:
        try:
            return work()
        finally:
            connection.close()

    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()

    def body() -> None:
        try:
            value = task()
        except BaseException as error:
            loop.call_soon_threadsafe(done.set_exception, error)
        else:
            loop.call_soon_threadsafe(done.set_result, value)

    threading.Thread(target=body).start()
    return await asyncio.wait_for(done, PATIENCE_S)


Scenario = Callable[[], Awaitable[None]]

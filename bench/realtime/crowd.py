"""Many WebSockets in one process, which count what they get and check its order."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Callable

START = "subscription { onCreateThing { id number text } }"


class Member(asyncio.Protocol):
    """One socket: shakes hands, starts a subscription, then counts events."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.buffer = bytearray()
        self.is_open = False
        self.last = -1
        self.count = 0
        self.is_reading = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        header = {"host": "localhost", "x-api-key": self.crowd.key}
        token = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
        lines = (
            "GET /graphql/realtime HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: graphql-ws, header-{token}",
            "\r\n",
        )
        self.transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_open:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self.buffer[:20]:
                raise RuntimeError(bytes(self.buffer[:200]).decode())
            del self.buffer[: end + 4]
            self.is_open = True
            self.greet()
        while (frame := self.take()) is not None:
            self.handle(frame)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost += 1

    def forget(self) -> None:
        """Count anew."""
        self.count = 0

    def greet(self) -> None:
        if self.crowd.is_bare:
            self.crowd.ready()
        else:
            self.send({"type": "connection_init"})

    def send(self, message: object) -> None:
        payload = json.dumps(message).encode()
        size = len(payload)
        head = bytes([0x81, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self.transport.write(head + b"\0\0\0\0" + payload)

    def take(self) -> bytes | None:
        """Return the payload of the next whole frame."""
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        size, at = buffer[1] & 0x7F, 2
        if size == 126:
            if len(buffer) < 4:
                return None
            size, at = int.from_bytes(buffer[2:4], "big"), 4
        if len(buffer) < at + size:
            return None
        payload = bytes(buffer[at : at + size])
        del buffer[: at + size]
        return payload

    def handle(self, payload: bytes) -> None:
        if b'"number":' in payload:
            at = payload.index(b'"number":') + 9
            number = int(payload[at : payload.index(b",", at)])
            if number <= self.last:
                self.crowd.disorder += 1
            self.last = number
            self.count += 1
            self.crowd.arrived()
        elif b"connection_ack" in payload:
            data = json.dumps({"query": START, "variables": {}})
            authorization = {"host": "localhost", "x-api-key": self.crowd.key}
            extensions = {"authorization": authorization}
            self.send({"id": "s", "type": "start", "payload": {"data": data, "extensions": extensions}})
        elif b"start_ack" in payload:
            self.crowd.ready()
        elif b'"ka"' not in payload:
            raise RuntimeError(payload.decode(errors="replace"))


class Crowd:
    """The sockets together."""

    def __init__(self, key: str, *, is_bare: bool = False, kind: Callable[[Crowd], Member] = Member) -> None:
        self.key = key
        self.kind = kind
        self.is_bare = is_bare
        self.members: list[Member] = []
        self.started = self.events = self.disorder = self.lost = 0
        self.wanted: Callable[[], bool] = lambda: False
        self.done = asyncio.Event()
        self.last_at = 0.0

    def ready(self) -> None:
        self.started += 1
        self.done.set()

    def arrived(self) -> None:
        self.events += 1
        if self.wanted():
            self.last_at = time.perf_counter()
            self.done.set()

    async def gather(self, port: int, number: int) -> None:
        """Open ``number`` sockets, some at a time, and wait until each listens."""
        loop = asyncio.get_running_loop()
        for begin in range(0, number, 50):
            size = min(50, number - begin)
            for _ in range(size):
                member = self.kind(self)
                self.members.append(member)
                await loop.create_connection(lambda m=member: m, "127.0.0.1", port)
            await self.until(lambda goal=begin + size: self.started >= goal, 60)

    async def until(self, condition: Callable[[], bool], patience: float) -> None:
        """Wait until the condition holds; raise TimeoutError."""
        deadline = time.monotonic() + patience
        self.wanted = condition
        while not condition():
            self.done.clear()
            if condition():
                break
            await asyncio.wait_for(self.done.wait(), max(0.01, deadline - time.monotonic()))

    def forget(self) -> int:
        """Count anew; return how many events had come."""
        came, self.events = self.events, 0
        for member in self.members:
            member.forget()
        return came

    def leave(self) -> None:
        for member in self.members:
            member.transport.close()

"""`POST /graphql` as an ASGI application of its own: no session, no CSRF, no redirect.

Requests run in threads that belong to the endpoint, each with a database connection that lasts.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel import registry
from datamodel.access import authenticate_key
from datamodel.graphql.disclosure import ANONYMOUS, Introspection, introspection
from datamodel.graphql.errors import internal_entry, plain_entry
from datamodel.graphql.http import (
    JSON_TYPE,
    Headers,
    HttpRefusal,
    Response,
    choose_content_type,
    cors_headers,
    credential,
    preflight,
    require_json,
)
from datamodel.graphql.request import (
    Malformed,
    NotAuthenticated,
    answer,
    encode,
    encode_answer,
    read_request,
)
from datamodel.limits import get_limit
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.registry import SchemaChanged

__all__ = ["Endpoint", "application"]

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

GRACE_S = 5
"""How much longer than its own deadline a request may take before it is answered without its result."""


class Endpoint:
    """Answers requests in its own threads, and refuses more than it can hold."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._connections: list[BaseDatabaseWrapper] = []
        self.waiting = 0

    @property
    def executor(self) -> Executor:
        """The threads, started with the first request: not before a server has forked."""
        if self._executor is None:
            threads = get_limit("GRAPHQL_THREADS")
            self._executor = ThreadPoolExecutor(threads, "graphql", initializer=self._begin_thread)
        return self._executor

    def _begin_thread(self) -> None:
        """Note the connection that the thread will use, so that `close` can close it."""
        self._connections.append(connections[DEFAULT_DB_ALIAS])

    def close(self) -> None:
        """Let the running requests end, then close the threads and their connections."""
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
        while self._connections:
            held = self._connections.pop()
            # Its thread is gone: nobody else uses it.
            held.inc_thread_sharing()
            held.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send(
                {"type": "websocket.close", "code": 4400, "reason": "Subscriptions are not served yet."}
            )
            return
        headers = Headers(scope["headers"])
        try:
            response = await self.respond(scope, headers, receive)
        except HttpRefusal as refusal:
            response = refusal.response
        await send_response(send, response, cors_headers(headers))

    async def respond(self, scope: Scope, headers: Headers, receive: Receive) -> Response:
        if scope["path"] != "/graphql":
            raise HttpRefusal(404, "NotFound", "The API is at /graphql.")
        if scope["method"] == "OPTIONS":
            return preflight(headers)
        if scope["method"] != "POST":
            raise HttpRefusal(405, "MethodNotAllowed", "Send a POST.", allow="POST, OPTIONS")
        require_json(headers)
        content_type = choose_content_type(headers)
        body = await read_body(headers, receive)
        return await self.work(functools.partial(answer_body, headers, content_type, body))

    async def work(self, task: Callable[[], Response]) -> Response:
        """Run ``task`` in a thread; refuse at once where too many wait already."""
        if self.waiting >= get_limit("GRAPHQL_MAX_WAITING"):
            raise unavailable("The server is full.")
        self.waiting += 1
        try:
            future = asyncio.get_running_loop().run_in_executor(self.executor, task)
            return await asyncio.wait_for(asyncio.shield(future), get_limit("GRAPHQL_TIMEOUT_S") + GRACE_S)
        except TimeoutError:
            message = f"The request took longer than {get_limit('GRAPHQL_TIMEOUT_S')} seconds."
            return Response(200, encode({"errors": [plain_entry(message, "LimitExceeded")]}), JSON_TYPE)
        finally:
            self.waiting -= 1


def unavailable(message: str) -> HttpRefusal:
    """Return the answer that tells clients to try again in a moment."""
    return HttpRefusal(503, "ServiceUnavailableException", message, retry_after=1)


async def read_body(headers: Headers, receive: Receive) -> bytes:
    """Read the body; stop as soon as it is longer than allowed."""
    longest = get_limit("GRAPHQL_MAX_BODY_BYTES")
    refusal = HttpRefusal(413, "RequestTooLarge", f"A body has at most {longest} bytes.")
    if headers.content_length > longest:
        raise refusal
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpRefusal(400, "MalformedHttpRequestException", "The body ended early.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > longest:
            raise refusal
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def answer_body(headers: Headers, content_type: str, body: bytes) -> Response:
    """Authenticate, run the request, answer it. Runs in a thread of the endpoint."""
    close_old_connections()
    try:
        return answer_request(headers, content_type, body)
    except HttpRefusal as refusal:
        return refusal.response
    except (DatabaseError, InterfaceError, DatabaseBusy, SchemaChanged) as error:
        logger.warning("GraphQL request not answered: %s", type(error).__name__, exc_info=error)
        return unavailable("The database is busy or away. Try again in a moment.").response
    except Exception as error:
        # The last line of defence: whatever it is, the client gets an answer it can read.
        return Response(200, encode({"errors": [internal_entry(error)]}), content_type)
    finally:
        close_old_connections()


def answer_request(headers: Headers, content_type: str, body: bytes) -> Response:
    raw = credential(headers)
    caller = authenticate_key(raw) if raw else None
    if caller is None and raw is None and introspection() is Introspection.ALL:
        caller = ANONYMOUS
    if caller is None:
        raise not_authorized()
    try:
        request = read_request(body)
    except Malformed as error:
        raise HttpRefusal(400, "MalformedHttpRequestException", error.message) from error
    try:
        result = answer(registry.current(), caller, request)
    except NotAuthenticated as error:
        raise not_authorized() from error
    status = 200 if result.was_run or content_type == JSON_TYPE else 400
    return Response(status, encode_answer(result), content_type)


def not_authorized() -> HttpRefusal:
    return HttpRefusal(401, "UnauthorizedException", "You are not authorized to make this call.")


async def send_response(send: Send, response: Response, extra: Mapping[str, str]) -> None:
    headers = {
        **response.headers,
        **extra,
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "x-amzn-requestid": str(uuid.uuid4()),
        "Cache-Control": "no-store",
    }
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})


application = Endpoint()
"""The ASGI application that `adminui/asgi.py` routes the API to."""

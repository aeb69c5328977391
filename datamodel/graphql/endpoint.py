"""`POST /graphql` as an ASGI application of its own: no session, no CSRF, no redirect.

A request whose document, plan and key are known is answered on the event loop (`express`). Any other runs in
a thread that belongs to the endpoint, with a database connection of its own.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel import registry
from datamodel.access import Actor, Caller, authenticate_key, client_address, hash_key, recognise_key
from datamodel.changes.bell import bell
from datamodel.graphql.admission import Admission, Admissions, request_id
from datamodel.graphql.batch import answer_batch
from datamodel.graphql.disclosure import ANONYMOUS, Introspection, introspection
from datamodel.graphql.errors import internal_entry, plain_entry
from datamodel.graphql.express import (
    Express,
    Lost,
    Ticket,
    Unanswered,
    WriteTicket,
    open_source,
    open_writes,
)
from datamodel.graphql.http import (
    JSON_TYPE,
    Headers,
    HttpRefusal,
    Response,
    allowed_methods,
    check_rate,
    choose_content_type,
    cors_headers,
    credential,
    preflight,
    require_json,
)
from datamodel.graphql.realtime import Realtime
from datamodel.graphql.request import (
    Answer,
    Malformed,
    NotAuthenticated,
    NotSafe,
    Request,
    Served,
    answer,
    answer_or_ticket,
    encode,
    encode_answer,
    encode_answers,
    read_body,
    read_query_string,
    read_quickly,
)
from datamodel.graphql.upkeep import after_request, before_request
from datamodel.limits import get_limit, get_rate, is_on
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.registry import DataModel, SchemaChanged

__all__ = ["Endpoint", "application"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Asked = Request | list[Request]
Send = Callable[[dict[str, Any]], Awaitable[None]]

SCHEMAS_TRIED = 3
"""How often a request begins anew because the schema was replaced; then its client has to."""
GRACE_S = 5
"""How much longer than its own deadline a request may take before it is answered without its result."""


class Endpoint:
    """Answers requests on the event loop where all is known, else in threads; refuses more than it can hold."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor
        self._connections: list[BaseDatabaseWrapper] = []
        self._express: Express | None = None
        self.admissions = Admissions()
        self.served: Served | None = None
        """The data model that answered last; the express lane checks with every read that it is active."""
        self.waiting = 0
        self.realtime = Realtime()

    # Threads

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

    def in_thread(self, task: Callable[[], T]) -> Awaitable[T]:
        """Run ``task`` in a thread, however long it takes."""
        return asyncio.get_running_loop().run_in_executor(self.executor, task)

    async def work(self, task: Callable[[], T]) -> T | Response:
        """Run ``task`` in a thread; refuse at once where too many wait already."""
        self.check_room()
        self.waiting += 1
        try:
            return await asyncio.wait_for(
                asyncio.shield(self.in_thread(task)), get_limit("GRAPHQL_TIMEOUT_S") + GRACE_S
            )
        except TimeoutError:
            message = f"The request took longer than {get_limit('GRAPHQL_TIMEOUT_S')} seconds."
            return Response(200, encode({"errors": [plain_entry(message, "LimitExceeded")]}), JSON_TYPE)
        finally:
            self.waiting -= 1

    def check_room(self) -> None:
        """Refuse a request where too many wait already."""
        if self.waiting >= get_limit("GRAPHQL_MAX_WAITING"):
            raise unavailable("The server is full.")

    async def stop(self) -> None:
        """Close the sockets, let the running requests end: the server stops."""
        await self.realtime.stop()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Let the running requests end, then close the threads and all connections."""
        bell.close()
        if self._executor is not None:
            self._executor.shutdown()
            self._executor = None
        if self._express is not None:
            self._express.close()
            self._express = None
        self.served = None
        self.admissions.forget()
        while self._connections:
            held = self._connections.pop()
            # Its thread is gone: nobody else uses it.
            held.inc_thread_sharing()
            held.close()

    # Requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.realtime(scope, receive, send)
            return
        admission = self.admissions.find(scope)
        try:
            if admission is not None:
                response = await self.respond_admitted(admission, receive)
                await send_quickly(send, response, admission)
                return
            headers = Headers(scope["headers"])
            response = await self.respond(scope, headers, receive)
        except HttpRefusal as refusal:
            headers = Headers(scope["headers"])
            response = refusal.response
        await send_response(send, response, cors_headers(headers))

    async def respond(self, scope: Scope, headers: Headers, receive: Receive) -> Response:
        if scope["path"] != "/graphql":
            raise HttpRefusal(404, "NotFound", "The API is at /graphql.")
        if scope["method"] == "OPTIONS":
            return preflight(headers)
        caller = Credentials(credential(headers), peer(scope, headers))
        if scope["method"] == "GET" and is_on("GRAPHQL_ALLOW_GET"):
            content_type = choose_content_type(headers)
            read: Callable[[], Asked] = functools.partial(read_query_string, scope["query_string"])
        elif scope["method"] == "POST":
            require_json(headers)
            content_type = choose_content_type(headers)
            if caller.key:
                self.admissions.keep(scope, admission_of(caller, content_type, headers))
            read = functools.partial(read_body, await receive_body(headers.content_length, receive))
        else:
            allowed = allowed_methods()
            raise HttpRefusal(405, "MethodNotAllowed", f"Send one of {allowed}.", allow=allowed)
        return await self.respond_in_thread(caller, content_type, read)

    async def respond_admitted(self, admission: Admission, receive: Receive) -> Response:
        """Answer a POST whose headers are known."""
        self.check_room()
        body = await receive_body(0, receive)
        asked, ticket = self.recognise(admission, body)
        if ticket is not None and asked is not None:
            if admission.is_rated:
                check_rate(f"key {admission.key}")
            return await self.redeem(ticket, asked, admission.content_type)
        credentials = Credentials(admission.key, admission.address)
        read = functools.partial(read_body, body) if asked is None else lambda: asked
        return await self.respond_in_thread(credentials, admission.content_type, read)

    def recognise(
        self, admission: Admission, body: bytes
    ) -> tuple[Request | None, Ticket | WriteTicket | None]:
        """Return what a body asks, and the ticket where all of it is known; whatever takes work is for a thread."""
        caller, served = recognise_key(admission.key_hash), self.served
        if caller is None or served is None:
            return None, None
        try:
            asked = read_quickly(body)
            return asked, served.find_ticket(caller, asked) if asked is not None else None
        except Exception:
            # A thread meets the same, and answers it.
            logger.exception("A request was not recognised.")
            return None, None

    async def respond_in_thread(
        self, credentials: Credentials, content_type: str, read: Callable[[], Asked]
    ) -> Response:
        """Answer in a thread, but for what is only planned there and left to the express lane to read."""
        result = await self.work(functools.partial(self.answer_read, credentials, content_type, read))
        if isinstance(result, Response):
            return result
        ticket, asked = result
        return await self.redeem(ticket, asked, content_type)

    async def redeem(self, ticket: Ticket | WriteTicket, asked: Request, content_type: str) -> Response:
        """Answer by the express lane; in a thread where it cannot."""
        try:
            if self._express is None:
                self._express = Express(open_source(self.in_thread), open_writes(self.in_thread))
            return Response(200, await self._express.answer(ticket), content_type)
        except Unanswered as error:
            logger.debug("Not answered by the express lane: %s", error)
        except (Lost, DatabaseBusy) as error:
            logger.warning("A write was not answered: %s", type(error).__name__, exc_info=error)
            raise busy() from error
        except Exception:
            # Nothing was written: a thread may begin anew, and answers whatever goes wrong there.
            logger.exception("The express lane failed.")
        answer_it = functools.partial(self.answer_asked, ticket.caller, content_type, asked)
        return await self.work(functools.partial(guarded, answer_it, content_type))

    # In threads

    def answer_read(
        self, credentials: Credentials, content_type: str, read: Callable[[], Asked]
    ) -> Response | tuple[Ticket, Request]:
        """Authenticate and answer the request that ``read`` returns, or return the ticket to do so."""

        def work() -> Response | tuple[Ticket, Request]:
            caller = authenticate(credentials)
            return self.answer_asked(caller, content_type, well_formed(read), may_be_express=True)

        return guarded(work, content_type)

    def answer_person(self, person: Actor, scope: str, body: bytes) -> Response:
        """Answer what a person of the site asks in its explorer, in the thread that calls.

        They were authenticated by the site. All else is as with a key of that scope: limits, rates, errors.
        """

        def work() -> Response:
            check_rate(f"user {person.name}")
            longest = get_limit("GRAPHQL_MAX_BODY_BYTES")
            if len(body) > longest:
                raise too_large(longest)
            asked = well_formed(functools.partial(read_body, body))
            return self.answer_asked(Caller(person, scope), JSON_TYPE, asked)

        return answered(work, JSON_TYPE)

    @overload
    def answer_asked(self, caller: Caller, content_type: str, asked: Asked) -> Response: ...
    @overload
    def answer_asked(
        self, caller: Caller, content_type: str, asked: Asked, *, may_be_express: bool
    ) -> Response | tuple[Ticket, Request]: ...

    def answer_asked(
        self, caller: Caller, content_type: str, asked: Asked, *, may_be_express: bool = False
    ) -> Response | tuple[Ticket, Request]:
        """Answer a request, or return the ticket to do so where the express lane may."""
        try:
            if isinstance(asked, list):
                answers = answer_batch(registry.current(), caller, asked)
                return Response(200, encode_answers(answers), content_type)
            result = self.answer_active(caller, asked, may_be_express=may_be_express)
        except NotAuthenticated as error:
            raise not_authorized() from error
        except NotSafe as error:
            message = "A GET may only run a query. Send this by POST."
            raise HttpRefusal(405, "MethodNotAllowed", message, allow="POST, OPTIONS") from error
        if isinstance(result, Ticket):
            return result, asked
        status = 200 if result.was_run or content_type == JSON_TYPE else 400
        return Response(status, encode_answer(result), content_type)

    def answer_active(self, caller: Caller, request: Request, *, may_be_express: bool) -> Answer | Ticket:
        """Answer with the active schema; where it is replaced before anything was written, with the one that follows."""
        answer_it = answer_or_ticket if may_be_express else answer
        for _ in range(SCHEMAS_TRIED - 1):
            try:
                return answer_it(self.serve(), caller, request)
            except SchemaChanged as changed:
                logger.info("Version %s became active during a request.", changed.version)
        return answer_it(self.serve(), caller, request)

    def serve(self) -> DataModel:
        """Return the active data model, and let the express lane have it."""
        datamodel = registry.current()
        self.served = Served.of(datamodel)
        return datamodel


def unavailable(message: str) -> HttpRefusal:
    """Return the answer that tells clients to try again in a moment."""
    return HttpRefusal(503, "ServiceUnavailableException", message, retry_after=1)


def busy() -> HttpRefusal:
    """Return what is answered where the database could not be asked, or did not say what became of a write."""
    return unavailable("The database is busy or away. Try again in a moment.")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What tells who calls: the API key, if any, and the address."""

    key: str | None
    address: str


def peer(scope: Scope, headers: Headers) -> str:
    """Return the address that a request comes from."""
    client = scope.get("client") or ("", 0)
    return client_address(str(client[0]), headers.get("x-forwarded-for"))


def too_large(longest: int) -> HttpRefusal:
    return HttpRefusal(413, "RequestTooLarge", f"A body has at most {longest} bytes.")


def well_formed(read: Callable[[], Asked]) -> Asked:
    """Return the request that ``read`` finds in a body; refuse a body that holds none."""
    try:
        return read()
    except Malformed as error:
        raise HttpRefusal(400, "MalformedHttpRequestException", error.message) from error


async def receive_body(announced: int, receive: Receive) -> bytes:
    """Read the body; stop as soon as it is longer than allowed."""
    longest = get_limit("GRAPHQL_MAX_BODY_BYTES")
    if announced > longest:
        raise too_large(longest)
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HttpRefusal(400, "MalformedHttpRequestException", "The body ended early.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > longest:
            raise too_large(longest)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def guarded(work: Callable[[], T], content_type: str) -> T | Response:
    """Do ``work`` in a thread of the endpoint, and answer whatever goes wrong."""
    before_request()
    try:
        return answered(work, content_type)
    finally:
        after_request()


def answered(work: Callable[[], T], content_type: str) -> T | Response:
    """Do ``work``, or return the answer that says what went wrong."""
    try:
        return work()
    except HttpRefusal as refusal:
        return refusal.response
    except (DatabaseError, InterfaceError, DatabaseBusy, SchemaChanged) as error:
        logger.warning("GraphQL request not answered: %s", type(error).__name__, exc_info=error)
        return busy().response
    except Exception as error:
        # The last line of defence: whatever it is, the client gets an answer it can read.
        return Response(200, encode({"errors": [internal_entry(error)]}), content_type)


def authenticate(credentials: Credentials) -> Caller:
    """Return who calls; refuse strangers, and whoever calls more often than allowed."""
    key = credentials.key
    caller = authenticate_key(key) if key else None
    check_rate(f"key {key}" if caller else f"address {credentials.address}")
    if caller is None and key is None and introspection() is Introspection.ALL:
        return ANONYMOUS
    if caller is None:
        raise not_authorized()
    return caller


def not_authorized() -> HttpRefusal:
    return HttpRefusal(401, "UnauthorizedException", "You are not authorized to make this call.")


def admission_of(credentials: Credentials, content_type: str, headers: Headers) -> Admission:
    """Return what is known of a POST with these headers; its key is looked at with every request."""
    fixed = {"content-type": content_type, "cache-control": "no-store", **cors_headers(headers)}
    pairs = tuple((name.lower().encode(), value.encode()) for name, value in fixed.items())
    is_rated = get_rate("RATE_LIMIT") > 0
    key = credentials.key or ""
    return Admission(key, hash_key(key), credentials.address, content_type, pairs, is_rated)


async def send_quickly(send: Send, response: Response, admission: Admission) -> None:
    """Send an answer whose headers are ready made."""
    if response.headers or response.content_type != admission.content_type:
        others = {n.decode(): v.decode() for n, v in admission.headers if n != b"content-type"}
        await send_response(send, response, others)
        return
    length = (b"content-length", b"%d" % len(response.body))
    headers = [*admission.headers, length, (b"x-amzn-requestid", request_id())]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def send_response(send: Send, response: Response, extra: Mapping[str, str]) -> None:
    headers = {
        **response.headers,
        **extra,
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "x-amzn-requestid": request_id().decode(),
        "Cache-Control": "no-store",
    }
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})


application = Endpoint()
"""The ASGI application that `adminui/asgi.py` routes the API to."""

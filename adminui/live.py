"""`/live`: tells open pages of the site which records have changed, so that they show it without a reload.

A page says which models it shows; what it hears are hints (model, key, version, who), never values: it asks
for those as it always does, with its own rights.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import parse_cookie
from django.utils.crypto import constant_time_compare

from datamodel.models import Change

__all__ = ["LiveSite"]

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

GOING_AWAY = 1001
BAD_MESSAGE = 4400
SIGNED_OUT = 4401

RECHECK_S = 60
"""How often a page's sign-in is looked at again."""

MAX_MESSAGE = 16_384
MAX_WAITING = 100


class Hub(Protocol):
    """What follows the change log in this process."""

    @property
    def watchers(self) -> set[Any]: ...

    async def start(self) -> None: ...
    async def work(self, task: Callable[[], Any]) -> Any: ...


class Realtime(Protocol):
    """The sockets of this process, which all end when it stops."""

    @property
    def hub(self) -> Hub: ...
    @property
    def sockets(self) -> set[Any]: ...


class LiveSite:
    """Serves the site's own WebSockets."""

    def __init__(self, realtime: Realtime) -> None:
        self.realtime = realtime
        self.pages: set[Page] = set()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one page's socket; only people who may open the page get one."""
        await receive()
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        hub = self.realtime.hub
        session = read_session(headers)
        if not is_ours(headers) or session is None or not await hub.work(lambda: is_signed_in(session)):
            await send({"type": "websocket.close", "code": SIGNED_OUT})
            return
        await send({"type": "websocket.accept"})
        page = Page(receive, send, lambda: hub.work(lambda: is_signed_in(session)))
        await self.serve(page)

    async def serve(self, page: Page) -> None:
        hub = self.realtime.hub
        await hub.start()
        hub.watchers.add(self)
        self.pages.add(page)
        self.realtime.sockets.add(page)
        try:
            await page.run()
        finally:
            self.pages.discard(page)
            self.realtime.sockets.discard(page)
            if not self.pages:
                hub.watchers.discard(self)

    def notice(self, changes: Sequence[Change]) -> None:
        """Tell every page what it shows of the changes."""
        hints = [
            {
                "model": change.model,
                "key": change.key,
                "action": change.action,
                "version": change.record_version,
                "by": change.actor,
            }
            for change in changes
        ]
        for page in self.pages:
            page.tell(hints)


class Page:
    """One open page."""

    def __init__(self, receive: Receive, send: Send, is_welcome: Callable[[], Awaitable[bool]]) -> None:
        self.models: frozenset[str] = frozenset()
        self._receive = receive
        self._send = send
        self._is_welcome = is_welcome
        self._waiting: asyncio.Queue[str] = asyncio.Queue(MAX_WAITING)
        self._end: tuple[int, str] | None = None
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Serve the page until either side ends it."""
        work = (self._read(), self._write(), self._recheck(), self._ended.wait())
        tasks = [asyncio.create_task(one) for one in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        code, reason = self._end or (1000, "")
        with contextlib.suppress(OSError, RuntimeError):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon."""
        self._end = self._end or (code, reason)
        self._ended.set()

    def tell(self, hints: Sequence[dict[str, Any]]) -> None:
        """Send the hints about models that the page shows; a page that does not read begins anew."""
        shown = [hint for hint in hints if hint["model"] in self.models]
        if shown:
            self._say({"changes": shown})

    def _say(self, content: dict[str, Any]) -> None:
        try:
            self._waiting.put_nowait(json.dumps(content))
        except asyncio.QueueFull:
            self.end(1013, "The page does not keep up.")

    async def _read(self) -> None:
        while (message := await self._receive())["type"] != "websocket.disconnect":
            models = read_models(message.get("text"))
            if models is None:
                self.end(BAD_MESSAGE, "Send the models to watch.")
                return
            self.models = models
            self._say({"watching": sorted(models)})

    async def _write(self) -> None:
        while True:
            await self._send({"type": "websocket.send", "text": await self._waiting.get()})

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_S)
            if not await self._is_welcome():
                self.end(SIGNED_OUT, "Signed out.")


def read_models(text: str | None) -> frozenset[str] | None:
    """Return the models that a page wants to hear of, None where it says something else."""
    if text is None or len(text) > MAX_MESSAGE:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    models = content.get("watch") if isinstance(content, dict) else None
    if not isinstance(models, list) or not all(isinstance(name, str) for name in models):
        return None
    return frozenset(models)


def is_ours(headers: dict[str, str]) -> bool:
    """Return whether the page that asks is one of this site: browsers always say where a page is from."""
    origin, host = headers.get("origin", ""), headers.get("host", "")
    return origin in (f"http://{host}", f"https://{host}", *settings.CSRF_TRUSTED_ORIGINS)


def read_session(headers: dict[str, str]) -> str | None:
    """Return the key of the browser's session; none has the character NUL, which no database looks for."""
    key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    return None if key is None or "\0" in key else key


def is_signed_in(session_key: str) -> bool:
    """Return whether the session is that of somebody who may use the site. Runs in a thread."""
    return find_person(session_key) is not None


def find_person(session_key: str) -> AbstractBaseUser | None:
    """Return who is signed in with a session and may use the site. Runs in a thread."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user_id = session.get(SESSION_KEY)
    if user_id is None or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = get_user_model().objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    is_same = user is not None and constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )
    return user if is_same else None

"""The explorer's socket: who gets one, what it takes to begin, what it tells."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser

from adminui.listening import ListeningSite
from datamodel import records
from datamodel.graphql.endpoint import application as api
from datamodel.graphql.explorer import PersonSocket
from datamodel.registry import DataModel
from tests.graphql.realtime.driver import Client, in_thread, run

SECRET = "s" * 32
CREATED = {"query": "subscription { onCreateTag { label } }"}
RULED = """
type Open @model @auth(rules: [{allow: public}]) { id: ID! name: String }
type Closed @model @auth(rules: [{allow: owner}]) { id: ID! name: String }
"""


def socket(browser: Browser, *, cookie: str | None = None, **headers: str) -> Client:
    """The explorer's socket, opened by this browser."""
    session = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    cookies = f"{session}; csrftoken={SECRET}" if cookie is None else cookie
    given = {"origin": "http://localhost:8000", "cookie": cookies} | headers
    site = ListeningSite(api.realtime, PersonSocket)
    return Client("/explorer/listen", ("graphql-transport-ws",), headers=given, application=site)


async def begin(page: Client, **payload: Any) -> None:
    page.send(type="connection_init", payload={"csrf": SECRET} | payload)
    assert await page.frame() == {"type": "connection_ack"}


async def closed(page: Client) -> int:
    message = await page.next_message()
    assert message["type"] == "websocket.close", message
    code: int = message["code"]
    return code


def test_it_tells_what_a_subscription_asks_for(example: DataModel, admin_client: Browser) -> None:
    async def scenario() -> None:
        async with socket(admin_client) as page:
            await begin(page)
            page.send(type="subscribe", id="1", payload=CREATED)
            assert await page.frame() == {"id": "1", "type": "listening"}
            await in_thread(lambda: records.create(example, "Tag", {"label": "new"}))
            assert (await page.frame())["payload"] == {"data": {"onCreateTag": {"label": "new"}}}
            page.send(type="complete", id="1")
            page.send(type="ping")
            assert await page.frame() == {"type": "pong"}

    run(scenario)


@pytest.mark.parametrize(
    "payload", [{"csrf": "t" * 32}, {"csrf": ""}, {"csrf": 1}, {"csrf": "ä"}, {"scope": "none"}]
)
def test_it_begins_with_the_token_of_the_form(
    example: DataModel, admin_client: Browser, payload: dict[str, Any]
) -> None:
    async def scenario() -> None:
        async with socket(admin_client) as page:
            page.send(type="connection_init", payload={"csrf": SECRET} | payload)
            assert await closed(page) == 4403

    run(scenario)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "subscribe", "id": "1", "payload": CREATED}, 4401),
        ({"type": "connection_init"}, 4400),
        ({"type": "hello"}, 4400),
    ],
)
def test_nothing_goes_before_the_token(
    example: DataModel, admin_client: Browser, message: dict[str, Any], code: int
) -> None:
    async def scenario() -> None:
        async with socket(admin_client) as page:
            page.send(**message)
            assert await closed(page) == code

    run(scenario)


@pytest.mark.parametrize("origin", ["", "https://evil.example", "null"])
def test_it_is_not_for_pages_of_other_sites(example: DataModel, admin_client: Browser, origin: str) -> None:
    async def scenario() -> None:
        async with socket(admin_client, origin=origin) as page:
            assert page.code == 403

    run(scenario)


@pytest.mark.parametrize("cookie", ["", f"csrftoken={SECRET}", f"sessionid=unknown; csrftoken={SECRET}"])
def test_it_is_not_for_strangers(example: DataModel, admin_client: Browser, cookie: str) -> None:
    async def scenario() -> None:
        async with socket(admin_client, cookie=cookie) as page:
            assert page.code == 403

    run(scenario)


def test_it_is_not_for_people_who_may_not_use_the_site(example: DataModel) -> None:
    browser = Browser()
    browser.force_login(get_user_model().objects.create_user("visitor"))

    async def scenario() -> None:
        async with socket(browser) as page:
            assert page.code == 403

    run(scenario)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("subscription { onCreateTg { label } }", "ValidationError"),
        ("{ listTags { items { id } } }", "BadRequestException"),
        ("mutation { createTag(input: {label: \"x\"}) { id } }", "BadRequestException"),
    ],
)  # fmt: skip
def test_what_cannot_be_listened_to_is_refused(
    example: DataModel, admin_client: Browser, query: str, kind: str
) -> None:
    async def scenario() -> None:
        async with socket(admin_client) as page:
            await begin(page)
            page.send(type="subscribe", id="1", payload={"query": query})
            frame = await page.frame()
            assert (frame["type"], frame["payload"][0]["errorType"]) == ("error", kind)

    run(scenario)
    assert not example.model("Tag").objects.exists()


def test_a_public_listener_hears_what_the_rules_grant(activate_schema: Any, admin_client: Browser) -> None:
    activate_schema(RULED)

    async def scenario() -> None:
        async with socket(admin_client) as page:
            await begin(page, scope="public")
            for name in ("Open", "Closed"):
                query = f"subscription {{ onCreate{name} {{ id }} }}"
                page.send(type="subscribe", id=name, payload={"query": query})
            frames = {frame["id"]: frame["type"] for frame in await page.frames(2)}
            assert frames == {"Open": "listening", "Closed": "error"}

    run(scenario)


def test_it_ends_when_the_person_signs_out(
    example: DataModel, admin_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adminui.listening.RECHECK_S", 0.05)

    async def scenario() -> None:
        async with socket(admin_client) as page:
            await begin(page)
            await in_thread(admin_client.logout)
            assert await closed(page) == 4401

    run(scenario)


def test_there_is_no_more_room_than_for_keys(
    example: DataModel, admin_client: Browser, settings: Any
) -> None:
    settings.WS_MAX_CONNECTIONS = 0

    async def scenario() -> None:
        async with socket(admin_client) as page:
            assert await closed(page) == 1013

    run(scenario)

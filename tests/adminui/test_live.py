"""The socket of the site's pages: who gets one, and what it tells."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client as Browser

from adminui.live import LiveSite
from datamodel import records
from datamodel.graphql.endpoint import application as api
from datamodel.registry import DataModel
from tests.graphql.realtime.driver import Client, in_thread, run


def socket(browser: Browser, **headers: str) -> Client:
    """A page's socket, opened by this browser."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    given = {"origin": "http://localhost:8000", "cookie": cookies} | headers
    return Client("/live", (), headers=given, application=LiveSite(api.realtime))


def test_it_tells_what_changed_of_the_models_watched(example: DataModel, admin_client: Browser) -> None:
    async def scenario() -> None:
        async with socket(admin_client) as page:
            assert page.code is None
            page.send(watch=["Tag"])
            assert await page.frame() == {"watching": ["Tag"]}
            await in_thread(lambda: records.create(example, "User", {"username": "somebody"}))
            tag = await in_thread(lambda: records.create(example, "Tag", {"label": "new"}))
            changes = (await page.frame())["changes"]
            assert changes == [
                {"model": "Tag", "key": tag.url_key, "action": "create", "version": 1, "by": ""}
            ]

    run(scenario)


@pytest.mark.parametrize(
    "headers",
    [{"cookie": ""}, {"cookie": "sessionid=unknown"}, {"cookie": 'sessionid="a\\000b"'}, {"origin": ""}],
)
def test_it_is_for_pages_of_people_who_are_signed_in(
    example: DataModel, admin_client: Browser, headers: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with socket(admin_client, **headers) as page:
            assert page.code == 403

    run(scenario)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://[", "null", "http://"])
def test_it_is_not_for_pages_of_other_sites(example: DataModel, admin_client: Browser, origin: str) -> None:
    async def scenario() -> None:
        async with socket(admin_client, origin=origin) as page:
            assert page.code == 403

    run(scenario)


def test_it_is_not_for_people_who_may_not_use_the_site(example: DataModel) -> None:
    browser = Browser()
    browser.force_login(get_user_model().objects.create_user("visitor"))

    async def scenario() -> None:
        async with socket(browser) as page:
            assert page.code == 403

    run(scenario)


def test_it_ends_when_the_person_signs_out(
    example: DataModel, admin_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adminui.live.RECHECK_S", 0.05)

    async def scenario() -> None:
        async with socket(admin_client) as page:
            await in_thread(admin_client.logout)
            assert await page.closed() == 4401

    run(scenario)


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"watch": 1}', json.dumps({"watch": ["x" * 20_000]})])
def test_it_ends_where_a_page_says_something_else(
    example: DataModel, admin_client: Browser, text: str
) -> None:
    async def scenario() -> None:
        async with socket(admin_client) as page:
            page.send_text(text)
            assert await page.closed() == 4400

    run(scenario)


def test_comparing_shows_both_and_saves_nothing(example: DataModel, admin_client: Browser) -> None:
    tag = records.create(example, "Tag", {"label": "original"})
    url = f"/data/Tag/{tag.url_key}/"
    html = admin_client.get(url).content.decode()
    base = html.split('name="_base" value="')[1].split('"')[0]
    from html import unescape

    records.update(example, "Tag", {"id": tag.key[0]}, {"label": "theirs"})
    form: dict[str, Any] = {
        "_do": "compare",
        "_schema": example.version,
        "_version": 1,
        "_base": unescape(base),
        "f.label": "mine",
    }
    answer = admin_client.post(url, form)
    assert answer.status_code == 200
    assert "theirs" in answer.content.decode()
    assert "mine" in answer.content.decode()
    stored = records.find(example, "Tag", {"id": tag.key[0]})
    assert stored is not None
    assert stored.get_value("label") == "theirs"

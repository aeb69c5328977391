"""Pages that follow: what others change shows up without a reload, and never under the cursor."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from tests.server import API_KEY, Server

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[test]'")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
expect = playwright.expect


def gql(server: Server, query: str, **variables: Any) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"content-type": "application/json", "x-api-key": API_KEY}
    request = urllib.request.Request(server.url + "/graphql", body, headers)  # noqa: S310
    answer = json.load(urllib.request.urlopen(request, timeout=10))  # noqa: S310
    assert "errors" not in answer, answer
    return answer["data"]


def create_tag(server: Server, label: str) -> str:
    query = "mutation($l: String!) { createTag(input: {label: $l}) { id } }"
    return gql(server, query, l=label)["createTag"]["id"]


def rename_tag(server: Server, key: str, label: str) -> None:
    gql(
        server,
        "mutation($i: ID!, $l: String!) { updateTag(input: {id: $i, label: $l}) { id } }",
        i=key,
        l=label,
    )


def open_live(page: playwright.Page, url: str) -> None:
    """Open a page and wait until it hears of changes."""
    page.goto(url)
    expect(page.locator("html[data-following]")).to_be_attached()


def test_a_list_shows_what_others_add(page: playwright.Page, server: Server) -> None:
    open_live(page, "/data/Tag/")
    create_tag(server, "added by others")
    expect(page.get_by_role("row", name="added by others")).to_be_visible()


def test_a_list_in_use_only_offers_it(page: playwright.Page, server: Server) -> None:
    create_tag(server, "to be ticked")
    open_live(page, "/data/Tag/")
    page.get_by_role("checkbox", name="Select to be ticked").check()
    create_tag(server, "while ticked")
    expect(page.get_by_text("1 change by others.")).to_be_visible()
    assert page.get_by_role("row", name="while ticked").count() == 0
    assert page.get_by_role("checkbox", name="Select to be ticked").is_checked()
    page.get_by_role("button", name="Show them").click()
    expect(page.get_by_role("row", name="while ticked")).to_be_visible()


def test_a_record_that_is_only_looked_at_follows(page: playwright.Page, server: Server) -> None:
    key = create_tag(server, "before")
    open_live(page, f"/data/Tag/{key}/")
    rename_tag(server, key, "after")
    expect(page.get_by_label("label")).to_have_value("after")


def test_a_record_being_edited_keeps_what_is_typed_and_offers_to_compare(
    page: playwright.Page, server: Server
) -> None:
    key = create_tag(server, "original")
    open_live(page, f"/data/Tag/{key}/")
    page.get_by_label("label").fill("mine")
    rename_tag(server, key, "theirs")
    expect(page.get_by_text("changed this record just now")).to_be_visible()
    expect(page.get_by_label("label")).to_have_value("mine")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("cell", name="theirs")).to_be_visible()
    expect(page.get_by_label("label")).to_have_value("mine")
    page.get_by_role("button", name="Save over theirs").click()
    page.wait_for_url("**/data/Tag/**")
    expect(page.get_by_role("row", name="mine")).to_be_visible()


def test_a_record_that_others_delete_says_so(page: playwright.Page, server: Server) -> None:
    key = create_tag(server, "short-lived")
    open_live(page, f"/data/Tag/{key}/")
    page.get_by_label("label").fill("typed")
    gql(server, "mutation($i: ID!) { deleteTag(input: {id: $i}) { id } }", i=key)
    expect(page.get_by_text("deleted this record just now")).to_be_visible()
    expect(page.get_by_label("label")).to_have_value("typed")

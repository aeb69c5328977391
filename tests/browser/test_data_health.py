"""Data health in a real browser: from what is broken to all promises kept."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.browser.conftest import assert_accessible, playwright, screenshot

expect = playwright.expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def broken(server):
    """Two comments on a post that is not there, and a post with a status that was never one."""
    file = Path(server.environment["JOINERY_VAR"]) / "joinery.sqlite3"
    with sqlite3.connect(file) as database:
        keys = [key for (key,) in database.execute("SELECT joinery_pk FROM data_comment LIMIT 2")]
        database.executemany(
            "UPDATE data_comment SET postID = 'gone' WHERE joinery_pk = ?", [(key,) for key in keys]
        )
        database.execute(
            "UPDATE data_post SET status = 'LOST' WHERE joinery_pk IN (SELECT min(joinery_pk) FROM data_post)"
        )
    database.close()


def test_what_is_broken_is_fixed_in_a_few_steps(broken, page):
    page.get_by_role("link", name="Data health").first.click()
    expect(page.get_by_text("2 promises of the schema are broken")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "data-health")

    page.get_by_role("link", name=re.compile("2 references name no Post")).click()
    boxes = page.get_by_role("checkbox", name=re.compile("^Select"))
    expect(boxes).to_have_count(3)
    boxes.nth(1).check()
    assert_accessible(page)
    page.get_by_role("button", name="Choose another Post…").click()
    expect(page.get_by_role("heading", name="1 comment")).to_be_visible()
    page.get_by_role("button", name="Change 1 comment").click()
    expect(page.get_by_role("alert")).to_be_focused()
    card = page.locator("[data-card=post]")
    expect(card).to_contain_text("Choose a post.")
    card.get_by_role("combobox").press_sequentially("dove")
    expect(card.get_by_role("option")).to_have_count(1)
    assert_accessible(page)
    card.get_by_role("combobox").press("Enter")
    page.get_by_role("button", name="Change 1 comment").click()
    expect(page.get_by_text("1 comment changed.")).to_be_visible()

    page.get_by_role("link", name="Create the missing Post…").click()
    page.get_by_label("title").fill("Found again")
    page.get_by_label("status").select_option("DRAFT")
    page.get_by_role("button", name="Create 1 post").click()
    page.wait_for_url("**/health/data/")

    page.get_by_role("link", name="Replace the lost value…").click()
    page.get_by_label("LOST").select_option("ACTIVE")
    assert_accessible(page)
    page.get_by_role("button", name="Change 1 post").click()
    expect(page.get_by_text("All promises hold")).to_be_visible()
    page.get_by_text("What holds").click()
    assert_accessible(page)
    page.get_by_role("link", name="Check again").click()
    expect(page.locator("#announce")).to_have_text("All promises hold.")


def test_a_narrow_dark_page_is_accessible(broken, page):
    page.set_viewport_size({"width": 360, "height": 780})
    page.emulate_media(color_scheme="dark")
    for url in ("", "H001/Comment.post/", "H001/Comment.post/delete/", "H007/Post.status/replace/"):
        page.goto(f"/health/data/{url}")
        assert_accessible(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, url
        screenshot(page, f"data-health-narrow-{url.replace('/', '-')}")

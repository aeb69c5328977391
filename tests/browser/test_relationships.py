"""What a schema owner does with relationships, in Chromium: find one, change what a delete does, copy its code."""

from __future__ import annotations

import pytest

from tests.browser.conftest import assert_accessible, screenshot

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[test]'")
expect = playwright.expect

pytestmark = pytest.mark.browser

POST = "/data/Post/post-dovetails/"
RELATIONSHIP = "/schema/relationships/Comment.post/"
WIDTHS = {"wide": 1280, "narrow": 360}


def choose(page: playwright.Page, policy: str) -> None:
    """Choose a policy, look at the plan, apply it."""
    page.goto(RELATIONSHIP)
    page.locator(f"input[name=policy][value={policy}]").check()
    page.get_by_role("button", name="Show the plan").click()
    page.wait_for_url("**/schema/plans/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("What this choice changes")
    assert_accessible(page)
    screenshot(page, f"policy-plan-{policy}")
    page.get_by_role("button", name="Apply version").click()
    page.wait_for_url(f"**{RELATIONSHIP}")


def test_a_policy_is_chosen_and_deleting_obeys_it(page: playwright.Page) -> None:
    choose(page, "restrict")
    expect(page.get_by_text("Chosen by admin with version")).to_be_visible()
    expect(page.locator("input[name=policy][value=restrict]")).to_be_checked()
    expect(page.get_by_text("# Refused while it has comments.")).to_be_visible()

    page.goto(POST)
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_text("comments in the way")).to_be_visible()
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)

    page.goto(RELATIONSHIP)
    page.get_by_role("button", name="Back to the default").click()
    page.get_by_role("button", name="Apply version").click()
    page.wait_for_url(f"**{RELATIONSHIP}")
    expect(page.locator("input[name=policy][value=cascade]")).to_be_checked()

    page.goto(POST)
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_text("comments deleted too")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.goto(POST)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("How dovetails hold")


def test_a_choice_is_told_with_every_later_plan(page: playwright.Page) -> None:
    choose(page, "keep")
    page.goto("/schema/")
    page.get_by_role("link", name="Edit the text").click()
    area = page.locator("textarea").first
    area.fill(area.input_value().replace("type Tag @model {", "type Tag @model {\n  colour: String"))
    page.get_by_role("button", name="Show the plan").click()
    chosen = page.get_by_role("region", name="Chosen policies")
    expect(chosen.get_by_text("Comment.post")).to_be_visible()
    expect(chosen.get_by_text("stays · default cascade")).to_be_visible()
    choose(page, "cascade")


def test_relationships_are_found_by_typing(page: playwright.Page) -> None:
    page.goto("/schema/relationships/")
    page.get_by_role("searchbox").press_sequentially("tag")
    expect(page.locator("#results tbody tr")).to_have_count(2)
    page.get_by_role("searchbox").fill("no such thing")
    expect(page.get_by_text("No relationship is called like")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("#results tbody tr")).to_have_count(6)


def test_code_is_chosen_by_client_and_copied(page: playwright.Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(RELATIONSHIP)
    card = page.get_by_role("region", name="In code")
    expect(card.get_by_text("mutation CreateComment")).to_be_visible()
    card.get_by_role("link", name="DataStore").click()
    expect(card.get_by_text("new Comment({")).to_be_visible()
    expect(card.get_by_text("mutation CreateComment")).to_have_count(0)
    assert page.url.endswith("?client=datastore")
    piece = card.locator(".piece").filter(has_text="Create a comment")
    piece.get_by_role("button", name="Copy").click()
    expect(piece.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == piece.locator("pre").text_content()


def test_without_scripts_the_tabs_and_the_form_work(no_javascript: playwright.Page) -> None:
    page = no_javascript
    page.goto(RELATIONSHIP)
    page.get_by_role("link", name="Data client").click()
    expect(page.get_by_text("client.models").first).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.locator("input[name=policy][value=restrict]").check()
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this choice changes")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/schema/relationships/", RELATIONSHIP, f"{RELATIONSHIP}?client=data"])
def test_the_pages_are_accessible_and_fit(page: playwright.Page, path: str, width: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.goto(path)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    name = path.strip("/").replace("/", "-").replace("?", "-")
    screenshot(page, f"{name}-{width}-{scheme}")

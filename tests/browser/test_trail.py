"""Undo, trash and history in Chromium, against a running server."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import assert_accessible, playwright, screenshot
from tests.server import Server

expect = playwright.expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]

CREATE = """mutation ($post: CreatePostInput!, $comment: CreateCommentInput!, $link: CreatePostTagInput!) {
  createPost(input: $post) { id }
  createComment(input: $comment) { id }
  createPostTag(input: $link) { id }
}"""


def make_post(server: Server, key: str, title: str) -> None:
    """A post with a comment and a tag, made through the API."""
    status, answer = server.graphql(
        CREATE,
        {
            "post": {
                "id": key,
                "title": title,
                "status": "DRAFT",
                "content": "Pins resist the pull.\nTails resist the push.",
            },
            "comment": {"id": f"{key}-c", "content": f"{title}: a comment", "postID": key},
            "link": {"id": f"{key}-t", "postId": key, "tagId": "tag-wood"},
        },
    )
    assert (status, answer.get("errors")) == (200, None)


def stored(server: Server, key: str) -> tuple[bool, bool, bool]:
    """Whether the post, its comment and its join record are there."""
    query = (
        '{ p: getPost(id: "%s") { id } c: getComment(id: "%s-c") { id } t: getPostTag(id: "%s-t") { id } }'
    )
    _, answer = server.graphql(query % (key, key, key))
    return tuple(answer["data"][name] is not None for name in "pct")


def delete_on_the_site(page: playwright.Page, key: str) -> None:
    page.goto(f"/data/Post/{key}/")
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile(r"/data/Post/(\?.*)?$"))


def test_undo_in_the_message_brings_back_all_that_was_deleted(page: playwright.Page, server: Server) -> None:
    make_post(server, "undo-me", "Undo me")
    delete_on_the_site(page, "undo-me")
    message = page.locator("#messages")
    expect(message).to_contain_text("Post 'Undo me' deleted with 1 comment and 1 post tag.")
    assert stored(server, "undo-me") == (False, False, False)
    assert_accessible(page)
    screenshot(page, "deleted")
    message.get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("Post 'Undo me' and 1 comment are back.")
    assert stored(server, "undo-me") == (True, True, True)
    page.locator("#messages").get_by_role("link", name="View").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo me")


def test_undo_in_the_message_after_saving(page: playwright.Page, server: Server) -> None:
    make_post(server, "save-me", "Save me")
    page.goto("/data/Post/save-me/")
    page.get_by_label(re.compile("^title")).fill("Saved by mistake")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/data/Post/(\?.*)?$"))
    expect(page.locator("#messages")).to_contain_text("Post 'Saved by mistake' saved.")
    page.locator("#messages").get_by_role("button", name="Undo").click()
    expect(page.locator("#messages")).to_contain_text("has its earlier values again.")
    _, answer = server.graphql('{ getPost(id: "save-me") { title } }')
    assert answer["data"]["getPost"]["title"] == "Save me"


def test_the_activity_is_filtered_and_opened_in_place(page: playwright.Page, server: Server) -> None:
    make_post(server, "look-at-me", "Look at me")
    page.goto("/activity/")
    page.get_by_label("Model", exact=True).select_option("Comment")
    page.wait_for_url(re.compile(r"model=Comment"))
    expect(page.locator(".story").first).to_contain_text("Look at me: a comment")
    page.get_by_label("What", exact=True).select_option("deleted")
    page.wait_for_url(re.compile(r"action=delete"))
    page.go_back()
    expect(page.get_by_label("What", exact=True)).to_have_value("")
    page.goto("/activity/?model=Post&action=create")
    details = page.locator(".story").filter(has_text="Look at me").first.locator("details")
    details.locator("summary").press("Enter")
    expect(details.get_by_text("Pins resist the pull.")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "activity")


def test_a_restore_that_something_stands_in_the_way_of_names_it(
    page: playwright.Page, server: Server
) -> None:
    make_post(server, "in-the-way", "Held up")
    server.graphql('mutation { deleteComment(input: { id: "in-the-way-c" }) { id } }')
    delete_on_the_site(page, "in-the-way")
    page.goto("/trash/")
    page.get_by_role("searchbox").fill("Held up: a comment")
    row = page.locator(".story").filter(has_text="Held up: a comment")
    expect(page.locator(".story")).to_have_count(1)
    row.get_by_role("link", name="Restore").click()
    expect(page.get_by_role("heading", name="In the way")).to_be_visible()
    obstacle = page.get_by_role("region", name="In the way")
    expect(obstacle).to_contain_text("does not exist any more")
    expect(page.get_by_role("button", name="Restore")).to_have_count(0)
    assert_accessible(page)
    screenshot(page, "obstacle")
    obstacle.get_by_role("link", name="the later change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deleted Post 'Held up'")
    page.get_by_role("link", name="Undo…").first.click()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#messages")).to_contain_text("is back")
    page.goto("/trash/?q=Held up: a comment")
    page.get_by_role("link", name="Restore").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#messages")).to_contain_text("Comment 'Held up: a comment' is back.")
    assert stored(server, "in-the-way") == (True, True, True)


def test_a_record_goes_back_to_an_earlier_state_field_by_field(page: playwright.Page, server: Server) -> None:
    make_post(server, "revert-me", "Revert me")
    update = "mutation ($post: UpdatePostInput!) { updatePost(input: $post) { id } }"
    changed = {"id": "revert-me", "rating": 3, "content": "Pins resist the pull.\nTails resist the slide."}
    server.graphql(update, {"post": changed})
    page.goto("/data/Post/revert-me/")
    page.get_by_role("link", name="History").click()
    expect(page.locator(".lines ins b")).to_have_text("slide")
    assert_accessible(page)
    screenshot(page, "history")
    page.get_by_role("link", name="Revert to how").click()
    page.get_by_role("checkbox", name="rating").uncheck()
    assert_accessible(page)
    screenshot(page, "revert")
    page.get_by_role("button", name="Revert").click()
    expect(page.locator("#messages")).to_contain_text("Post 'Revert me' reverted.")
    expect(page.get_by_label(re.compile("^content"))).to_have_value(
        "Pins resist the pull.\nTails resist the push."
    )
    expect(page.get_by_label(re.compile("^rating"))).to_have_value("3")


def test_undo_works_without_javascript(no_javascript: playwright.Page, server: Server) -> None:
    page = no_javascript
    make_post(server, "no-scripts", "No scripts")
    page.goto("/activity/")
    page.get_by_label("Model", exact=True).select_option("Post")
    page.get_by_role("button", name="Show").click()
    story = page.locator(".story").filter(has_text="No scripts").first
    story.locator("summary").click()
    story.get_by_role("link", name="Everything in this change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Created Post 'No scripts'")
    page.goto("/data/Post/no-scripts/delete/")
    page.get_by_role("button", name="Delete").click()
    page.locator("#messages").get_by_role("button", name="Undo").click()
    assert stored(server, "no-scripts") == (True, True, True)


@pytest.mark.parametrize("path", ["/activity/", "/trash/", "/data/Post/post-dovetails/history/"])
def test_a_page_is_accessible_and_fits_a_narrow_screen(page: playwright.Page, path: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert_accessible(page)

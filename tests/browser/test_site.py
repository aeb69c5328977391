"""What an editor and a schema owner do, in Chromium, against a running server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.conftest import assert_accessible, screenshot
from tests.server import ROOT, Server

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[test]'")
expect = playwright.expect

pytestmark = pytest.mark.browser

TITLE = re.compile("^title")  # another test adds a subtitle
EXAMPLE = (ROOT / "examples" / "blog.graphql").read_text()
PAGES = [
    "/",
    "/data/Post/",
    "/data/Post/?title__contains=o&rating__gte=7&_sort=-rating",
    "/data/Post/post-dovetails/",
    "/data/Post/new/",
    "/data/User/user-nadia/",
    "/data/User/user-nadia/delete/",
    "/schema/",
    "/schema/upload/",
    "/schema/versions/",
    "/schema/relationships/",
    "/settings/keys/",
]


def upload(page: playwright.Page, text: str) -> None:
    """Paste a schema and ask for its plan."""
    page.goto("/schema/upload/")
    page.locator("textarea").first.fill(text)
    page.get_by_role("button", name="Show the plan").click()


def pick(page: playwright.Page, card: str, opener: str, typed: str, label: str) -> None:
    """Choose a record on a relationship's card by typing part of its label."""
    section = page.get_by_role("region", name=card, exact=True)
    section.get_by_text(opener, exact=True).click()
    section.get_by_role("combobox").press_sequentially(typed)
    section.get_by_role("option", name=label).click()


def test_a_wrong_password_is_refused_in_words(anonymous_page: playwright.Page) -> None:
    anonymous_page.goto("/data/Post/")
    anonymous_page.get_by_label("Username").fill("admin")
    anonymous_page.get_by_label("Password").fill("not it")
    anonymous_page.get_by_role("button", name="Sign in").click()
    expect(anonymous_page.get_by_role("alert")).to_be_visible()
    expect(anonymous_page.get_by_label("Username")).to_have_value("admin")


def test_home_shows_the_models_with_counts(page: playwright.Page) -> None:
    main = page.get_by_role("main")
    for model in ("Post", "Comment", "Tag", "User", "Profile", "PostTag"):
        expect(main.get_by_role("link", name=model, exact=True).first).to_be_visible()
    expect(main.get_by_text("PostStatus")).to_be_visible()


def test_a_record_is_created_linked_edited_and_deleted(page: playwright.Page) -> None:
    page.goto("/data/Post/new/")
    page.get_by_label(TITLE).fill("A joint made in Chromium")
    page.get_by_label("status").select_option("DRAFT")
    page.get_by_label("rating").fill("8")
    pick(page, "author", "Choose a user…", "nad", "nadia")
    pick(page, "tags", "Link a tag…", "craf", "craft")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="A joint made in Chromium").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A joint made in Chromium")
    expect(page.get_by_role("region", name="author", exact=True).get_by_text("nadia")).to_be_visible()
    expect(
        page.get_by_role("region", name="tags", exact=True).get_by_role("link", name="craft")
    ).to_be_visible()

    page.get_by_label("rating").fill("9")
    page.get_by_role("button", name="Save and stay").click()
    expect(page.get_by_label("rating")).to_have_value("9")

    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_text("1 post tag deleted too")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/data/Post/**")
    expect(page.get_by_role("link", name="A joint made in Chromium")).to_have_count(0)


def test_a_value_that_does_not_fit_is_refused_beside_its_field(page: playwright.Page) -> None:
    page.goto("/data/Post/new/")
    page.get_by_label(TITLE).fill("Kept while refused")
    page.get_by_label("status").select_option("DRAFT")
    page.get_by_role("group", name="links").get_by_role("button", name="Add").click()
    added = page.get_by_role("textbox", name="links 2")
    expect(added).to_be_focused()
    added.fill("not a url")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("not a url", exact=False).first).to_be_visible()
    expect(page.get_by_label(TITLE)).to_have_value("Kept while refused")
    expect(added).to_have_value("not a url")
    screenshot(page, "refused")


def test_a_list_is_searched_sorted_and_filtered(page: playwright.Page) -> None:
    page.goto("/data/Post/")
    page.get_by_role("searchbox").fill("glue")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/data/Post/")
    page.get_by_role("table").get_by_role("link", name="title").or_(
        page.get_by_role("table").get_by_role("button", name="title")
    ).first.click()
    expect(page.locator("tbody tr").first).to_contain_text("A field guide to glue")
    screenshot(page, "list")


def test_deleting_shows_first_what_else_goes(page: playwright.Page) -> None:
    page.goto("/data/User/user-nadia/")
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_text("2 posts deleted too")).to_be_visible()
    expect(page.get_by_text("4 comments deleted too")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "delete")


def test_problems_of_a_schema_stand_beside_its_text(page: playwright.Page) -> None:
    upload(page, EXAMPLE.replace("author: User ", "author: Usr "))
    expect(page.get_by_text("Field 'Post.author' refers to unknown type 'Usr'.").first).to_be_visible()
    expect(page.get_by_text("23:11").first).to_be_visible()
    assert "author: Usr " in page.locator("textarea").first.input_value()
    assert_accessible(page)


def test_a_new_field_is_planned_applied_and_served_at_once(page: playwright.Page, server: Server) -> None:
    upload(page, EXAMPLE.replace("  rating: Int\n", "  rating: Int\n  subtitle: String\n"))
    expect(page.get_by_text("records get null")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "plan")
    page.get_by_role("button", name="Apply version").click()
    page.wait_for_url("**/schema/")
    page.goto("/data/Post/post-glue/")
    page.get_by_label("subtitle").fill("and where it lets go")
    page.get_by_role("button", name="Save and stay").click()
    expect(page.get_by_label("subtitle")).to_have_value("and where it lets go")
    answers = [server.graphql('{ getPost(id: "post-glue") { subtitle } }') for _ in range(6)]
    assert [answer["data"]["getPost"]["subtitle"] for _, answer in answers] == ["and where it lets go"] * 6


def test_a_picker_works_with_the_keyboard_alone(page: playwright.Page) -> None:
    page.goto("/data/Comment/comment-1/")
    card = page.get_by_role("region", name="parent", exact=True)
    card.get_by_text("Choose a comment…", exact=True).click()
    card.get_by_role("combobox").press_sequentially("for pine")
    expect(card.get_by_role("option").first).to_contain_text("What angle for pine?")
    card.get_by_role("combobox").press("ArrowDown")
    card.get_by_role("combobox").press("ArrowUp")
    card.get_by_role("combobox").press("Enter")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/data/Comment/(\?.*)?$"))
    page.goto("/data/Comment/comment-1/")
    expect(
        page.get_by_role("region", name="parent", exact=True).get_by_text("What angle for pine?")
    ).to_be_visible()


def test_the_site_works_without_javascript(no_javascript: playwright.Page) -> None:
    page = no_javascript
    page.goto("/data/Post/post-benches/")
    card = page.get_by_role("region", name="tags", exact=True)
    card.get_by_text("Link a tag…", exact=True).click()
    card.get_by_role("combobox").fill("tool")
    card.get_by_role("button", name="Find").click()
    page.get_by_role("region", name="tags", exact=True).get_by_text("tools", exact=True).click()
    page.get_by_role("button", name="Save and stay").click()
    expect(
        page.get_by_role("region", name="tags", exact=True).get_by_role("link", name="tools")
    ).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_and_fits_a_narrow_screen(page: playwright.Page, path: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(path)
        assert_accessible(page)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert_accessible(page)


def test_an_unknown_record_says_so_and_offers_a_way_back(page: playwright.Page) -> None:
    for path in ("/data/Post/nowhere/", "/data/Nothing/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()


def test_uploading_a_file_asks_before_it_loses_anything(page: playwright.Page, tmp_path: Path) -> None:
    schema = tmp_path / "smaller.graphql"
    schema.write_text(EXAMPLE.replace("  bio: String\n", ""))
    page.goto("/schema/upload/")
    page.locator("input[type=file]").set_input_files(schema)
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_text("2 of 2 records hold a value")).to_be_visible()
    page.get_by_role("button", name="Apply version").click()
    expect(page.get_by_text("2 of 2 records hold a value")).to_be_visible()
    page.goto("/data/Profile/profile-nadia/")
    expect(page.get_by_label("bio")).to_be_visible()

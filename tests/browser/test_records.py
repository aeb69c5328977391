"""Records in a real browser: the picker, staged links, errors in place, the guard."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import assert_accessible, playwright, screenshot

expect = playwright.expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def open_first_post(page):
    page.goto("/data/Post/?_sort=title")
    page.locator("td.label a").first.click()
    page.wait_for_load_state()


def test_a_related_record_is_chosen_by_typing_part_of_its_label(page):
    page.goto("/data/User/new/")
    page.get_by_label("username").fill("Zoe the turner")
    page.get_by_role("button", name="Save", exact=False).last.click()
    page.wait_for_url(re.compile(r"/data/User/$"))
    open_first_post(page)
    card = page.locator("[data-card=author]")
    card.locator(".picker > summary").click()
    box = card.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("zoe")
    expect(card.get_by_role("option")).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    box.press("Enter")
    expect(card.get_by_role("radio", checked=True)).to_have_accessible_name(re.compile("Zoe the turner"))
    expect(page.locator("[data-save-names]")).to_contain_text("author")
    screenshot(page, "record")
    page.keyboard.press("Control+s")
    page.wait_for_url(re.compile(r"/data/Post/"))
    expect(page.get_by_text("saved.")).to_be_visible()
    expect(page.get_by_role("link", name="Zoe the turner").first).to_be_visible()


def test_errors_are_swapped_in_and_focus_goes_to_the_summary(page):
    open_first_post(page)
    page.get_by_label("rating").fill("many")
    page.get_by_role("button", name="Save and stay").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("'many' is not a whole number.")
    expect(page.get_by_label("rating")).to_have_value("many")
    assert_accessible(page)


def test_unsaved_changes_are_not_lost_by_accident(page):
    open_first_post(page)
    page.get_by_label("title").fill("Half a thought")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator(".side .brand").click(no_wait_after=True)
    page.wait_for_function("document.querySelector('[name=\"f.title\"]').value === 'Half a thought'")
    assert asked == ["beforeunload"]

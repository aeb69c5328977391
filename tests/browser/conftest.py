"""Chromium against a real server. Each test fails on a console error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import API_KEY, PASSWORD, ROOT, Server, running_server, server_environment

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install -e '.[test]'")


@pytest.fixture(scope="module")
def server(browser: playwright.Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fresh Joinery with the example, two workers."""
    folder = tmp_path_factory.mktemp("server")
    environment = server_environment(folder / "var", JOINERY_ADMIN_PASSWORD=PASSWORD, JOINERY_API_KEY=API_KEY)
    with running_server(ROOT, environment, folder / "serve.log", "--workers", "2") as running:
        yield running


@pytest.fixture
def anonymous_page(browser: playwright.Browser, server: Server) -> Iterator[playwright.Page]:
    """A page that is not signed in; console errors and failed requests fail the test."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    expected: set[int] = {401, 404, 409, 422}
    page.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: (
            complaints.append(f"console: {message.text}")
            if message.type == "error"
            and not any(f"status of {status}" in message.text for status in expected)
            else None
        ),
    )
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def page(anonymous_page: playwright.Page) -> playwright.Page:
    """A page signed in as the administrator, at home."""
    anonymous_page.goto("/accounts/login/")
    anonymous_page.get_by_label("Username").fill("admin")
    anonymous_page.get_by_label("Password").fill(PASSWORD)
    anonymous_page.get_by_role("button", name="Sign in").click()
    anonymous_page.wait_for_url("**/")
    return anonymous_page


@pytest.fixture
def no_javascript(browser: playwright.Browser, server: Server) -> Iterator[playwright.Page]:
    """A signed-in page in a browser that runs no scripts."""
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


def assert_accessible(page: playwright.Page) -> None:
    """Fail with axe's findings, if it has any."""
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def screenshot(page: playwright.Page, name: str) -> None:
    """Keep a picture where JOINERY_SCREENSHOTS says, for people to look at."""
    if folder := os.environ.get("JOINERY_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

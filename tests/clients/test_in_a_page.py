"""The stock data client of aws-amplify v6, bundled for a page in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.test_data_client import CHECKS, SCRIPT

pytestmark = [pytest.mark.slow, pytest.mark.clients, pytest.mark.browser]

PAGE_MS = 240_000


@pytest.fixture(scope="module")
def found_in_page(
    browser: Any, run_node: Callable[..., str], outputs: Path, pages: Path, page_port: int
) -> dict[str, str | None]:
    """The same checks, bundled for a page at another origin than the API's."""
    run_node("bundle.mjs", SCRIPT, str(outputs), str(pages / "app.js"))
    (pages / "index.html").write_text('<!doctype html><meta charset="utf-8"><script src="app.js"></script>')
    page = browser.new_page()
    page.goto(f"http://localhost:{page_port}/index.html")
    page.wait_for_function("window.results", timeout=PAGE_MS)
    results: list[dict[str, Any]] = page.evaluate("window.results")
    page.close()
    return {result["name"]: result["error"] for result in results}


@pytest.mark.parametrize("name", CHECKS)
def test_in_a_page(found_in_page: dict[str, str | None], name: str) -> None:
    assert found_in_page[name] is None

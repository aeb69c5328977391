"""The stock data client of aws-amplify v6: what apps do with it, in Node and in a page in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import CHROMIUM
from tests.clients.conftest import FOLDER, Run, missing

pytestmark = [pytest.mark.slow, pytest.mark.clients]

SCRIPT = "data_client.mjs"
CHECKS = re.findall(r"^check\('(.+)', async", (FOLDER / SCRIPT).read_text(), re.MULTILINE)
PAGE_MS = 240_000


@pytest.fixture(scope="module")
def found_in_node(in_node: Run, outputs: Path) -> dict[str, str | None]:
    return {result["name"]: result["error"] for result in in_node(SCRIPT, outputs)}


@pytest.fixture(scope="module")
def found_in_page(
    run_node: Callable[..., str], outputs: Path, pages: Path, page_port: int
) -> dict[str, str | None]:
    """The same checks, bundled for a page at another origin than the API's."""
    if CHROMIUM is None:
        missing("needs Chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    run_node("bundle.mjs", SCRIPT, str(outputs), str(pages / "app.js"))
    (pages / "index.html").write_text('<!doctype html><meta charset="utf-8"><script src="app.js"></script>')
    with playwright.sync_playwright() as runner:
        chromium = runner.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_page()
        page.goto(f"http://localhost:{page_port}/index.html")
        page.wait_for_function("window.results", timeout=PAGE_MS)
        results: list[dict[str, Any]] = page.evaluate("window.results")
        chromium.close()
    return {result["name"]: result["error"] for result in results}


def test_every_check_is_run(found_in_node: dict[str, str | None]) -> None:
    assert len(CHECKS) > 25
    assert list(found_in_node) == CHECKS


@pytest.mark.parametrize("name", CHECKS)
def test_in_node(found_in_node: dict[str, str | None], name: str) -> None:
    assert found_in_node[name] is None


@pytest.mark.browser
@pytest.mark.parametrize("name", CHECKS)
def test_in_a_page(found_in_page: dict[str, str | None], name: str) -> None:
    assert found_in_page[name] is None

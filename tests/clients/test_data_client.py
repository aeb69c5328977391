"""The stock data client of aws-amplify v6: what apps do with it, in Node."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.clients.conftest import FOLDER, Run

pytestmark = [pytest.mark.slow, pytest.mark.clients]

SCRIPT = "data_client.mjs"
CHECKS = re.findall(r"^check\('(.+)', async", (FOLDER / SCRIPT).read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def found_in_node(in_node: Run, outputs: Path) -> dict[str, str | None]:
    return {result["name"]: result["error"] for result in in_node(SCRIPT, outputs)}


def test_every_check_is_run(found_in_node: dict[str, str | None]) -> None:
    assert len(CHECKS) > 25
    assert list(found_in_node) == CHECKS


@pytest.mark.parametrize("name", CHECKS)
def test_in_node(found_in_node: dict[str, str | None], name: str) -> None:
    assert found_in_node[name] is None

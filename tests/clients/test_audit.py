"""GraphQL over HTTP, as the audits of graphql-http have it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server import API_KEY, ROOT, Server, running_server, server_environment

pytestmark = pytest.mark.slow

AUDITS = 61


@pytest.fixture(params=["GET allowed", "POST only"])
def server(request: pytest.FixtureRequest, node: str, tmp_path: Path) -> Iterator[Server]:
    """A server with the example; queries may come by GET, or not."""
    allowed = str(request.param == "GET allowed")
    environment = server_environment(tmp_path / "var", JOINERY_API_KEY=API_KEY, GRAPHQL_ALLOW_GET=allowed)
    with running_server(ROOT, environment, tmp_path / "log", "--workers", "1") as running:
        yield running


def test_no_audit_complains(server: Server, run_node: Callable[..., str]) -> None:
    results = json.loads(run_node("audit.mjs", f"{server.url}/graphql", API_KEY))
    assert len(results) == AUDITS
    assert [result for result in results if result["status"] in {"error", "warn"}] == []
    if server.environment["GRAPHQL_ALLOW_GET"] == "True":
        assert {result["status"] for result in results} == {"ok"}

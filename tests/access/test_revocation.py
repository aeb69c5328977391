"""A revoked key stops in every process of a running server."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.server import API_KEY, ROOT, Server, running_server, server_environment

pytestmark = pytest.mark.slow

ASK = "{ __typename }"
WORKERS = 3
CALLS = 30
"""Enough connections to reach every process."""


def statuses(server: Server, key: str) -> set[int]:
    return {server.graphql(ASK, key=key)[0] for _ in range(CALLS)}


def test_a_key_revoked_by_a_command_stops_everywhere_within_five_seconds(tmp_path: Path) -> None:
    environment = server_environment(tmp_path / "var", JOINERY_API_KEY=API_KEY)
    with running_server(ROOT, environment, tmp_path / "log", "--workers", str(WORKERS)) as server:
        key = server.manage("createapikey", "--name", "leaver").stdout.strip()
        assert statuses(server, key) == {200}
        done = server.manage("revokeapikey", "leaver")
        revoked = time.monotonic()
        assert done.returncode == 0, done.stderr
        while statuses(server, key) != {401}:
            assert time.monotonic() - revoked < 5
        assert statuses(server, API_KEY) == {200}

"""`serve` from a copied tree, used as a newcomer would."""

from __future__ import annotations

import re
import shutil
import urllib.request
from pathlib import Path

import pytest

from tests.server import ROOT, Server, running_server, server_environment

pytestmark = pytest.mark.slow

TEAM_SCHEMA = """
const schema = a.schema({
  Member: a.model({ name: a.string().required(), teamId: a.id(), team: a.belongsTo('Team', 'teamId') }),
  Team: a.model({ mantra: a.string().required(), members: a.hasMany('Member', 'teamId') }),
}).authorization((allow) => allow.publicApiKey());
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what a clone holds."""
    target = tmp_path / "joinery"
    ignored = shutil.ignore_patterns(
        ".git", "var", "__pycache__", "*.egg-info", ".venv", "node_modules", ".*_cache"
    )
    shutil.copytree(ROOT, target, ignore=ignored)
    return target


def told(server: Server, label: str) -> str | None:
    """What the server printed behind ``label``."""
    found = re.search(rf"^{label}\s+(\S+)$", server.log.read_text(), re.MULTILINE)
    return found and found[1]


def test_a_first_start_serves_the_example_and_a_second_keeps_everything(
    project: Path, tmp_path: Path
) -> None:
    environment = server_environment(tmp_path / "var")
    with running_server(project, environment, tmp_path / "first.log", "--workers", "2") as server:
        assert told(server, "User") == "admin"
        assert told(server, "Password")
        key = told(server, "API key")
        assert key is not None
        with urllib.request.urlopen(f"{server.url}/accounts/login/") as page:  # noqa: S310 - loopback
            assert page.status == 200
        status, answer = server.graphql("{ listPosts(limit: 2) { items { id title } nextToken } }", key=key)
        assert status == 200
        assert len(answer["data"]["listPosts"]["items"]) == 2
        assert answer["data"]["listPosts"]["nextToken"]
        assert server.graphql("{ listPosts { items { id } } }", key="wrong")[0] == 401
        apply_team_schema(server, tmp_path)
        create = 'mutation { createTeam(input: {mantra: "Go"}) { mantra members { items { id } } } }'
        answers = [server.graphql(create, key=key) for _ in range(8)]
        assert {status for status, _ in answers} == {200}
        assert [answer["data"]["createTeam"]["mantra"] for _, answer in answers] == ["Go"] * 8

    with running_server(project, environment, tmp_path / "second.log") as server:
        log = server.log.read_text()
        assert key not in log
        assert "Password" not in log
        _, answer = server.graphql("{ listTeams { items { mantra } } }", key=key)
        assert len(answer["data"]["listTeams"]["items"]) == 8


def apply_team_schema(server: Server, folder: Path) -> None:
    """Replace the example by another schema while the server runs."""
    schema = folder / "team.ts"
    schema.write_text(TEAM_SCHEMA)
    done = server.manage("applyschema", str(schema), "--yes", "--allow-destructive")
    assert done.returncode == 0, done.stderr


def test_serve_refuses_a_schema_with_errors_and_says_where(project: Path, tmp_path: Path) -> None:
    schema = tmp_path / "bad.graphql"
    schema.write_text("type Post @model {\n  author: Auther\n}\n")
    server = Server("", project, server_environment(tmp_path / "var"), tmp_path / "log")
    done = server.manage("serve", "--schema", str(schema), "--port", "1")
    assert done.returncode == 1
    assert "bad.graphql:2:11" in done.stderr

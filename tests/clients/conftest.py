"""Stock clients against a live server: in Node, and in a page in Chromium."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server import API_KEY, PASSWORD, ROOT, Server, free_port, running_server, server_environment

FOLDER = Path(__file__).parent
NODE = shutil.which("node")
RUN_SECONDS = 300

Run = Callable[[str, Path], list[dict[str, Any]]]

REPLACE = """
from datamodel.migrator import apply_plan, make_plan
from datamodel.schema import Source
for source in (Source("nothing.graphql", "type Nothing @model {{ id: ID! }}"), Source({name!r}, {text!r})):
    apply_plan(make_plan([source]), allow_destructive=True)
"""


def replace_schema(server: Server, name: str, text: str) -> None:
    """Make a schema the active one, without the records of the one before."""
    done = server.manage("shell", "--no-imports", "-c", REPLACE.format(name=name, text=text))
    assert done.returncode == 0, done.stderr


def missing(what: str) -> None:
    """Skip for lack of something, or fail where everything has to be there."""
    assert not os.environ.get("JOINERY_REQUIRE_ALL"), what
    pytest.skip(what)


@pytest.fixture(scope="session")
def node() -> str:
    """Node, with the clients installed."""
    if NODE is None:
        missing("needs Node 18 or later")
    if not (FOLDER / "node_modules").is_dir():
        missing("needs the clients: run 'npm ci' in tests/clients")
    return str(NODE)


@pytest.fixture(scope="session")
def run_node(node: str) -> Callable[..., str]:
    """Run a script of this folder; what it printed."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [node, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=RUN_SECONDS, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def page_port() -> int:
    """The port of the pages that call the API: another origin than the API's."""
    return free_port()


@pytest.fixture(scope="session")
def shop(node: str, page_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A fresh Joinery with the schema of the shop, which pages of the other origin may call."""
    folder = tmp_path_factory.mktemp("shop")
    environment = server_environment(
        folder / "var",
        JOINERY_API_KEY=API_KEY,
        CORS_ALLOWED_ORIGINS=f"http://localhost:{page_port}",
        GRAPHQL_ALLOW_GET="1",
    )
    options = ("--schema", str(FOLDER / "shop.ts"), "--workers", "2")
    with running_server(ROOT, environment, folder / "serve.log", *options) as server:
        yield server


@pytest.fixture(scope="session")
def server(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Joinery without a schema, for tests that give it one each."""
    folder = tmp_path_factory.mktemp("server")
    environment = server_environment(folder / "var", JOINERY_ADMIN_PASSWORD=PASSWORD, JOINERY_API_KEY=API_KEY)
    with running_server(ROOT, environment, folder / "serve.log", "--workers", "1", "--empty") as running:
        yield running


@pytest.fixture(scope="session")
def outputs(shop: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`amplify_outputs.json` with a public key, as the command prints it, for localhost."""
    made = shop.manage("createapikey", "--name", "apps", "--scope", "public")
    address = shop.url.replace("127.0.0.1", "localhost")
    printed = shop.manage("amplifyoutputs", "--url", f"{address}/graphql", "--key", made.stdout.strip())
    assert printed.returncode == 0, printed.stderr
    path = tmp_path_factory.mktemp("outputs") / "amplify_outputs.json"
    path.write_text(printed.stdout)
    return path


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def pages(page_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose files are pages at the other origin."""
    folder = tmp_path_factory.mktemp("pages")
    handler = functools.partial(QuietHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", page_port), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def in_node(run_node: Callable[..., str]) -> Run:
    """Run a script's checks in Node."""

    def run(script: str, outputs: Path) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(run_node("run.mjs", script, str(outputs)))
        return found

    return run

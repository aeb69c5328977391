"""The stock DataStore, of two generations: two apps and a server, offline, in conflict, and through a restart."""

from __future__ import annotations

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import FOLDER, missing
from tests.server import API_KEY, ROOT, Server, answers, free_port, server_environment

pytestmark = [pytest.mark.slow, pytest.mark.clients]

SCRIPT = "datastore.mjs"
CHECKS = re.findall(r"^check\(\"(.+)\", async", (FOLDER / SCRIPT).read_text(), re.MULTILINE)

SCHEMA = """
enum PostStatus { ACTIVE INACTIVE }
type Post @model { id: ID! title: String! rating: Int! status: PostStatus! comments: [Comment] @hasMany }
type Comment @model { id: ID! content: String! post: Post @belongsTo }
"""


class Restartable:
    """A server on one port that can be killed, with all its processes, and started again."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = server_environment(folder / "var", JOINERY_API_KEY=API_KEY, **environment)
        (folder / "schema.graphql").write_text(SCHEMA)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [
            "--port",
            str(self.port),
            "--workers",
            "2",
            "--schema",
            str(self.folder / "schema.graphql"),
        ]
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", *options],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not answers(f"{self.url}/healthz"):
            assert time.monotonic() < deadline, (self.folder / "serve.log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def stored(self) -> Server:
        return Server(self.url, ROOT, self.environment, self.folder / "serve.log")


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Callable[[Restartable], str]]:
    """The address at which a script kills and starts a server."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def make(server: Restartable) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.kill() if self.path == "/kill" else server.start()
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        servers.append(listening)
        return f"http://127.0.0.1:{listening.server_port}"

    yield make
    for listening in servers:
        listening.shutdown()
        listening.server_close()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Callable[..., Restartable]]:
    """Start a server; kill it afterwards."""
    started: list[Restartable] = []

    def start(**environment: str) -> Restartable:
        server = Restartable(tmp_path, **environment)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


@pytest.mark.parametrize(
    ("generation", "environment"),
    [("v6", {}), ("v4", {}), ("v6", {"TOMBSTONE_TTL_MIN": "0"})],
    ids=["v6", "v4", "v6 after the tombstones' lifetime"],
)
def test_two_apps_stay_the_same(
    run_node: Callable[..., str],
    live: Callable[..., Restartable],
    control: Callable[[Restartable], str],
    tmp_path: Path,
    generation: str,
    environment: dict[str, str],
) -> None:
    if generation == "v4" and not (FOLDER / "v4" / "node_modules").is_dir():
        missing("needs the older DataStore: run 'npm ci' in tests/clients/v4")
    server = live(**environment)
    settings = {
        "url": f"{server.url}/graphql",
        "apiKey": API_KEY,
        "control": control(server),
        "generation": generation,
        "peer": "v6",
        "schema": SCHEMA,
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    results = json.loads(run_node(SCRIPT, str(tmp_path / "settings.json")))
    assert len(CHECKS) > 10
    assert [result["name"] for result in results] == CHECKS
    assert {result["name"]: result["error"] for result in results if result["error"]} == {}

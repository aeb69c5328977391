"""A running Joinery for tests that use it as people do: `serve` in a process and folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "browser-Password-1"
API_KEY = "da2-browser-full-scope-key-0000000000000"
START_SECONDS = 30


@dataclass
class Server:
    """The address of a running server, and its folder and log."""

    url: str
    project: Path
    environment: dict[str, str]
    log: Path

    def graphql(
        self, query: str, variables: dict[str, Any] | None = None, key: str = API_KEY
    ) -> tuple[int, Any]:
        """POST a document; answer status and JSON body."""
        body = json.dumps({"query": query, "variables": variables or {}}).encode()
        headers = {"content-type": "application/json", "x-api-key": key}
        request = urllib.request.Request(f"{self.url}/graphql", body, headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command beside the server."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def server_environment(var: Path, **extra: str) -> dict[str, str]:
    """The environment of a server that keeps all it has in ``var``, on SQLite."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"}
    }
    return kept | {"JOINERY_VAR": str(var)} | extra


@contextlib.contextmanager
def running_server(project: Path, environment: dict[str, str], log: Path, *options: str) -> Iterator[Server]:
    """Start `serve` and stop it afterwards; fails with the log's end when it does not come up."""
    port = free_port()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port), *options],
            cwd=project,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(f"{url}/healthz"):
            assert process.poll() is None, f"serve ended: {log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"serve is not up: {log.read_text()[-2000:]}"
            # the only way to learn that another process listens is to ask again
            time.sleep(0.1)
        yield Server(url, project, environment, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

"""`manage.py serve` for a run: started, killed at any moment, started again on the same port."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.torture.stage import Stage
from tests.server import ROOT, answers, free_port

__all__ = ["Server", "serving"]

START_S = 60


class Server:
    """A server of its own process group, so that all of it can be killed at once."""

    def __init__(self, stage: Stage, workers: int) -> None:
        self.stage = stage
        self.workers = workers
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = stage.var / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; raise RuntimeError with the log's end where it does not."""
        command = [sys.executable, "manage.py", "serve", "--empty"]
        command += ["--port", str(self.port), "--workers", str(self.workers)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                command,
                cwd=ROOT,
                env=os.environ | dict(self.stage.environment),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_S
        while not answers(f"{self.url}/healthz"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"serve is not up: {self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("The server was not started.")
        return self.process.pid

    def worker_pids(self) -> list[int]:
        """The processes that answer requests."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        with contextlib.suppress(FileNotFoundError):
            return [int(pid) for pid in children.read_text().split()]
        return []

    def kill_all(self) -> None:
        """Kill master and workers at once, as a power cut would."""
        self.signal_all(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end; kill it where it does not."""
        self.signal_all(signal.SIGTERM)
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(40)
        self.kill_all()

    def signal_all(self, what: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, what)


@contextlib.contextmanager
def serving(stage: Stage, workers: int) -> Iterator[Server]:
    """A running server, stopped afterwards."""
    server = Server(stage, workers)
    try:
        server.start()
        yield server
    finally:
        server.stop()

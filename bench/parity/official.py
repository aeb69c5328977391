"""The official packages as a subprocess: schema in, official API out, and the comparison with ours."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("official.mjs")


class OfficialError(Exception):
    """The official packages refuse a schema."""


class Official:
    """One Node process; ask it from one thread at a time."""

    def __init__(self, oracle: Path) -> None:
        command = ["node", str(PROGRAM), str(oracle)]
        # The folder is the one that whoever runs this names.
        self.process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.asking = threading.Lock()

    def ask(self, question: str, **request: Any) -> Any:
        """Return the answer; raise OfficialError with the official message."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise OfficialError("The Node process has no pipes.")
        with self.asking:
            stdin.write(json.dumps({"ask": question, **request}) + "\n")
            stdin.flush()
            line = stdout.readline()
        if not line:
            raise SystemExit(
                "The Node process ended. Is the oracle's folder right, and are its packages there?"
            )
        answer = json.loads(line)
        if "error" in answer:
            raise OfficialError(answer["error"])
        return answer["value"]

    def close(self) -> None:
        """End the process."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(timeout=30)

"""Send requests that nobody would send: `python -m bench.fuzz`. Exits 1 at a failure of ours or a leak.

Every answer has to be JSON with a status for clients to blame themselves by, and messages that tell of nothing inside.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from bench.fuzz.judge import fault
from bench.fuzz.requests import Sent, draw
from bench.torture.stage import API_KEY, activate, staged
from bench.torture.verdict import Verdict

EXAMPLE = Path(__file__).parents[2] / "examples" / "blog.graphql"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="how many; default 20000")
    parser.add_argument("--seed", type=int, default=0, help="where to begin")
    parser.add_argument(
        "--database", metavar="URL", help="a PostgreSQL server, postgres://…; SQLite without it"
    )
    given = parser.parse_args()
    with staged(given.database) as stage:
        from datamodel import access

        activate(EXAMPLE.read_text())
        access.create_key("fuzz", raw=API_KEY)
        verdict = Verdict(f"requests on {stage.vendor}")
        for seed in range(given.seed, given.seed + given.count):
            try_one(seed, verdict)
        verdict.figures["sent"] = given.count
        verdict.tell()
    return 1 if verdict.faults else 0


def try_one(seed: int, verdict: Verdict) -> None:
    """Send the request of a seed, which finds it again."""
    sent = draw(random.Random(seed), API_KEY)  # noqa: S311 - not for secrets
    status, found = answer(sent)
    verdict.outcomes[f"answered {status}"] += 1
    if found:
        verdict.blame([f"seed {seed}: {found}: {sent.body[:300]!r}"])


def answer(sent: Sent) -> tuple[int, str]:
    from tests.conftest import call_asgi

    status, headers, body = call_asgi(sent.body, sent.headers, sent.method, query_string=sent.query_string)
    return status, fault(status, headers, body)


if __name__ == "__main__":
    sys.exit(main())

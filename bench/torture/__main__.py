"""Prove under load what must always hold: `python -m bench.torture NAME`.

Each run makes a folder and a database of its own, prints a figure, and exits 1 where something is wrong.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.torture.stage import staged
from bench.torture.verdict import Verdict

ROUNDS = {
    "races": 2000,
    "duplicates": 2000,
    "counters": 16_000,
    "kills": 300,
    "switches": 200,
    "sync": 50_000,
    "events": 20_000,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture", description=__doc__)
    parser.add_argument("name", choices=ROUNDS, help="what to run")
    parser.add_argument("--rounds", type=int, help=f"how much; default {ROUNDS}")
    parser.add_argument(
        "--database", metavar="URL", help="a PostgreSQL server, postgres://…; SQLite without it"
    )
    parser.add_argument("--api", action="store_true", help="through a server of 4 processes, not in-process")
    given = parser.parse_args()
    with staged(given.database) as stage:
        verdict = Verdict(f"{given.name} on {stage.vendor}{' through the API' if given.api else ''}")
        module = importlib.import_module(f"bench.torture.{given.name}")
        module.run(stage, given.rounds or ROUNDS[given.name], verdict, is_api=given.api)
        verdict.tell()
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""Send documents made to hurt and print what each costs: `python -m bench.bombs`.

Exits 1 where one of them is not refused as it should be, takes 250 ms of CPU or 32 MiB, or reaches a table;
or where plain queries get slow or fail meanwhile.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.bombs.documents import BOMBS, PLAIN, Bomb
from bench.bombs.measure import Cost, measured
from bench.bombs.siege import besieged, quiet
from bench.torture.server import serving
from bench.torture.stage import API_KEY, Stage, activate, staged
from bench.torture.verdict import Verdict

EXAMPLE = Path(__file__).parents[2] / "examples" / "blog.graphql"
MOST_MS, MOST_MIB = 250, 32
SLOWEST_MS, SLOWER = 1000, 3


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.bombs", description=__doc__)
    parser.add_argument(
        "--database", metavar="URL", help="a PostgreSQL server, postgres://…; SQLite without it"
    )
    parser.add_argument("--seconds", type=float, default=20, help="how long the siege lasts; 0 leaves it out")
    given = parser.parse_args()
    with staged(given.database) as stage:
        verdict = Verdict(f"bombs on {stage.vendor}")
        prepare()
        costs = {bomb.name: measure(bomb, verdict) for bomb in BOMBS}
        print_table(costs)
        verdict.figures["bombs"] = len(BOMBS)
        verdict.figures["at most"] = (
            f"{max(c.milliseconds for c in costs.values()):.0f} ms, {max(c.mebibytes for c in costs.values()):.0f} MiB"
        )
        if given.seconds:
            besiege(stage, verdict, given.seconds)
        verdict.tell()
    return 1 if verdict.faults else 0


def prepare() -> None:
    """Activate the example and warm up: what is built once per process is not the bombs' doing."""
    from datamodel import access
    from datamodel.graphql.documents import prepare as prepare_document
    from datamodel.graphql.schema import build_api
    from datamodel.registry import current

    activate(EXAMPLE.read_text())
    access.create_key("bombs", raw=API_KEY)
    api = build_api(current())
    for text in ("{ __typename nope }", "{ __schema { types { name } } }"):
        prepare_document(api.graphql_schema, text)


def measure(bomb: Bomb, verdict: Verdict) -> Cost:
    """Measure a bomb, the better of two; blame what is too much."""
    cost = min((measured(bomb.body, API_KEY) for _ in range(2)), key=lambda cost: cost.milliseconds)
    verdict.outcomes[", ".join(str(answer) for answer in cost.answers) or "answered"] += 1
    if not cost.answers or not set(cost.answers) <= set(bomb.answers):
        verdict.blame([f"{bomb.name}: answered {cost.status} with {cost.answers}"])
    if cost.milliseconds > MOST_MS or cost.mebibytes > MOST_MIB:
        verdict.blame([f"{bomb.name}: {cost.milliseconds:.0f} ms, {cost.mebibytes:.0f} MiB"])
    if cost.statements:
        verdict.blame([f"{bomb.name}: {cost.statements} statements"])
    return cost


def print_table(costs: dict[str, Cost]) -> None:
    print(f"{'':48} {'ms':>6} {'MiB':>6}  answer")
    for name, cost in sorted(costs.items(), key=lambda item: -item[1].milliseconds):
        answer = ", ".join(str(answer) for answer in cost.answers)
        print(f"{name:48} {cost.milliseconds:6.1f} {cost.mebibytes:6.1f}  {answer}")


def besiege(stage: Stage, verdict: Verdict, seconds: float) -> None:
    """Compare plain queries in quiet with plain queries under attack."""
    with serving(stage, workers=2) as server:
        quiet(server.port, API_KEY, 2)
        before = quiet(server.port, API_KEY, seconds / 2)
        during, sent = besieged(server.port, API_KEY, seconds, attackers=2)
    print(
        f"{len(PLAIN)} plain queries in turn: quiet p50 {before.median:.1f} p99 {before.p99:.1f} ms;", end=" "
    )
    print(f"under {sent:,} bombs p50 {during.median:.1f} p99 {during.p99:.1f} ms")
    verdict.figures["p99 under siege"] = f"{during.p99:.0f} ms"
    if before.failed or during.failed:
        verdict.blame([f"{before.failed + during.failed} plain queries were not answered"])
    if during.p99 > SLOWEST_MS:
        verdict.blame([f"plain queries took {during.p99:.0f} ms under siege"])


if __name__ == "__main__":
    sys.exit(main())

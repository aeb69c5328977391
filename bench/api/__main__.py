"""`python -m bench.api`: Joinery beside the practical limit and its rivals, interleaved, on SQLite and PostgreSQL.

It seeds the same records everywhere, checks that all give the same answers, drives all in turn with wrk, and prints
a table: requests per second, latencies, and the medians of each round's ratios to the limit and to PostGraphile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from bench.api.contestants import (
    CONTESTANTS,
    JOINERY,
    KEY,
    ROOT,
    Contestant,
    NotInstalledError,
    Place,
    joinery_environment,
)
from bench.api.data import Data, make_data
from bench.api.driving import Measured, Running, content_of, fault_of, running
from bench.api.operations import OPERATIONS, Operation
from bench.api.peers.contestants import PEERS, POSTGRAPHILE_TITLE
from bench.api.seeding import fill_limit

POSTGRES = "postgres://postgres@127.0.0.1:5432"
NAMES = {"joinery": "joinery_bench", "limit": "joinery_bench_limit"}
COMPARED_VARIANTS = 5
EVERYBODY = CONTESTANTS | PEERS

Turns = dict[tuple[str, int, str], list[Measured]]


def main() -> None:
    options = read_options()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed: apt-get install wrk.")
    wanted = [name for name in EVERYBODY if name.split("/")[1] in options.databases.split(",")]
    if options.only:
        wanted = [name for name in wanted if any(part in name for part in options.only.split(","))]
    operations = [OPERATIONS[name] for name in options.operations.split(",")]
    databases = sorted({name.split("/")[1] for name in wanted})
    with prepared(options, databases) as place, contextlib.ExitStack() as stack:
        data = make_data(options.scale)
        contestants = list(installed(wanted, place))
        if not contestants:
            raise SystemExit("Nobody takes part.")
        servers = [stack.enter_context(running(each, place.folder)) for each in contestants]
        turns: Turns = {}
        # Writes come last: they change what reads find.
        for phase in ([o for o in operations if not o.is_write], [o for o in operations if o.is_write]):
            compare(servers, phase, data)
            warm_up(servers, phase, data, options)
            turns |= drive(servers, phase, data, options)
        rows = list(table(servers, operations, turns, connections_of(options)))
        memory = {server.contestant.title: server.memory_mib() for server in servers}
        if any(operation.is_write for operation in operations):
            forget_seeds(place)
    show(rows, memory)
    if options.json:
        Path(options.json).write_text(json.dumps({"rows": rows, "memory": memory}, indent=1))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.api", description=__doc__)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--operations", default=",".join(OPERATIONS))
    parser.add_argument("--connections", default="1,16")
    parser.add_argument("--only", default="", help="parts of contestants' names")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each turn; wrk counts whole ones")
    parser.add_argument(
        "--warm-up", type=int, default=2, help="seconds of each operation before the first round"
    )
    parser.add_argument("--scale", type=int, default=1, help="10 for 100,000 articles")
    parser.add_argument("--postgres", default=POSTGRES, help="server to make two databases on")
    parser.add_argument("--folder", help="keep the seeded data here for the next run")
    parser.add_argument("--json", help="write the figures to this file")
    return parser.parse_args()


def installed(wanted: Sequence[str], place: Place) -> Iterator[Contestant]:
    """Yield the contestants that can take part; say of the others how to install them."""
    for name in wanted:
        try:
            yield EVERYBODY[name](place)
        except NotInstalledError as error:
            print(f"{name} is left out, it is not installed: {error}", file=sys.stderr)


def connections_of(options: argparse.Namespace) -> list[int]:
    return [int(each) for each in options.connections.split(",")]


# Seeding


@contextlib.contextmanager
def prepared(options: argparse.Namespace, databases: Sequence[str]) -> Iterator[Place]:
    """Seed whatever is not seeded yet; forget it afterwards unless a folder was given."""
    folder = Path(options.folder or tempfile.mkdtemp(prefix="joinery-bench-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    place = place_in(folder, options.postgres)
    try:
        for database in databases:
            mark = folder / f"seeded-{database}-{options.scale}"
            if not mark.exists():
                empty(place, database, options.postgres)
                fill(place, database, options.scale)
                mark.touch()
        yield place
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)
            if "postgresql" in databases:
                drop_databases(options.postgres)


def place_in(folder: Path, postgres: str) -> Place:
    joinery = {
        "sqlite": f"sqlite:///{folder / 'joinery-sqlite' / 'joinery.sqlite3'}",
        "postgresql": f"{postgres}/{NAMES['joinery']}",
    }
    limit = {"sqlite": str(folder / "limit.sqlite3"), "postgresql": f"{postgres}/{NAMES['limit']}"}
    return Place(folder, joinery, limit)


def empty(place: Place, database: str, postgres: str) -> None:
    """Begin with databases that hold nothing."""
    if database == "postgresql":
        drop_databases(postgres)
        administer(postgres, *(f"CREATE DATABASE {name}" for name in NAMES.values()))
        return
    for path in (*place.folder.glob("limit.sqlite3*"), *place.folder.glob("seeded-sqlite-*")):
        path.unlink()
    shutil.rmtree(place.folder / "joinery-sqlite", ignore_errors=True)


def forget_seeds(place: Place) -> None:
    """Have the next run seed anew: records were written."""
    for mark in place.folder.glob("seeded-*"):
        mark.unlink()


def drop_databases(postgres: str) -> None:
    administer(postgres, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in NAMES.values()))


def administer(postgres: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def fill(place: Place, database: str, scale: int) -> None:
    print(f"seeding {database} …", file=sys.stderr)
    fill_limit(place.limit[database], scale)
    environment = os.environ | joinery_environment(place, database) | {"BENCH_KEY": KEY}
    Path(environment["JOINERY_VAR"]).mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bench.api.seeding", str(scale)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own module


# Measuring


def refuse(operation: Operation, variables: dict[str, Any], reason: str) -> NoReturn:
    raise SystemExit(f"{operation.name} {variables}: {reason}.")


def compare(servers: Sequence[Running], operations: Sequence[Operation], data: Data) -> None:
    """Stop where two contestants answer differently, or with an error."""
    for operation in operations:
        for variables in operation.variants(data)[:COMPARED_VARIANTS]:
            expected = None
            for server in those_that_do(servers, operation):
                answer = server.ask(operation, variables)
                if fault := fault_of(answer):
                    refuse(operation, variables, f"{server.contestant.title} answers {fault}")
                found = content_of(answer)
                if operation.is_write:
                    found = {name: value for name, value in found.items() if name in variables}
                if not found:
                    refuse(operation, variables, f"{server.contestant.title} finds nothing")
                if expected is None:
                    expected = found
                elif found != expected:
                    first = servers[0].contestant.title
                    refuse(operation, variables, f"{server.contestant.title} differs from {first}")


def those_that_do(servers: Sequence[Running], operation: Operation) -> list[Running]:
    """Return the servers that take part in an operation: Joinery's writes are compared with the limit's alone."""
    return [s for s in servers if not (operation.is_write and s.contestant.title in PEERS)]


def warm_up(
    servers: Sequence[Running], operations: Sequence[Operation], data: Data, options: argparse.Namespace
) -> None:
    """Let just-in-time compilers, caches and pools do their work before anything counts."""
    if not options.warm_up or not operations:
        return
    print("warming up …", file=sys.stderr)
    for operation in operations:
        for server in those_that_do(servers, operation):
            server.load(operation, data, max(connections_of(options)), options.warm_up)


def drive(
    servers: Sequence[Running], operations: Sequence[Operation], data: Data, options: argparse.Namespace
) -> Turns:
    """Load the contestants in turn, round after round."""
    turns: Turns = {}
    for round_number in range(options.rounds if operations else 0):
        print(f"round {round_number + 1} of {options.rounds} …", file=sys.stderr)
        for operation in operations:
            for connections in connections_of(options):
                for server in those_that_do(servers, operation):
                    measured = server.load(operation, data, connections, options.seconds)
                    place = operation.name, connections, server.contestant.title
                    turns.setdefault(place, []).append(measured)
    return turns


def table(
    servers: Sequence[Running], operations: Sequence[Operation], turns: Turns, connections: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """Yield the figures of each contestant: medians over the rounds, ratios round by round."""
    contestants = [server.contestant for server in servers]
    for operation in operations:
        for number in connections:
            for contestant in contestants:
                if (operation.name, number, contestant.title) not in turns:
                    continue
                seen = turns[operation.name, number, contestant.title]
                speeds = [turn.per_second for turn in seen]
                best = limits(contestants, contestant.database, turns, operation.name, number)
                joinery = turns.get((operation.name, number, f"{JOINERY}/{contestant.database}"), [])
                is_peer = contestant.title in PEERS
                yield {
                    "operation": operation.name,
                    "connections": number,
                    "contestant": contestant.title,
                    "per_second": statistics.median(speeds),
                    "p50_ms": statistics.median(turn.p50_ms for turn in seen),
                    "p95_ms": statistics.median(turn.p95_ms for turn in seen),
                    "cpu_us": statistics.median(turn.cpu_us for turn in seen),
                    "kib": statistics.median(turn.size for turn in seen) / 1024,
                    "of_limit": ratio(speeds, best),
                    "joinery_to_it": ratio([turn.per_second for turn in joinery], speeds)
                    if is_peer
                    else None,
                    "bad": sum(turn.bad for turn in seen),
                }


def limits(
    contestants: Sequence[Contestant], database: str, turns: Turns, operation: str, connections: int
) -> list[float]:
    """Return the best limit of each round."""
    seen = [
        [turn.per_second for turn in turns[operation, connections, each.title]]
        for each in contestants
        if each.is_limit and each.database == database
    ]
    return [max(together) for together in zip(*seen, strict=True)]


def ratio(some: Sequence[float], others: Sequence[float]) -> float | None:
    """Return the median of each round's ratio, None where one of them did not take part."""
    ratios = [one / other for one, other in zip(some, others, strict=False) if other]
    return statistics.median(ratios) if ratios else None


# Printing


def show(rows: Sequence[dict[str, Any]], memory: dict[str, dict[str, float]]) -> None:
    print(
        f"{'':4}{'c':>3}  {'contestant':28}{'req/s':>10}{'p50 ms':>9}{'p95 ms':>9}{'cpu us':>9}{'KiB':>8}"
        f"{'of limit':>10}{'Joinery / it':>14}"
    )
    for row in rows:
        bad = f"  {row['bad']} bad" if row["bad"] else ""
        print(
            f"{row['operation']:4}{row['connections']:>3}  {row['contestant']:28}{row['per_second']:>10,.0f}"
            f"{row['p50_ms']:>9.2f}{row['p95_ms']:>9.2f}{row['cpu_us']:>9.0f}{row['kib']:>8.1f}"
            f"{written(row['of_limit'], 3):>10}{written(row['joinery_to_it'], 2):>14}{bad}"
        )
    show_postgraphile([row for row in rows if row["contestant"] == POSTGRAPHILE_TITLE])
    print("\nmemory after the run, MiB (proportional): whole, worker")
    for title, sizes in memory.items():
        print(f"  {title:28}{sizes['all']:>8.0f}{sizes['worker']:>8.0f}")


def show_postgraphile(rows: Sequence[dict[str, Any]]) -> None:
    """Print how Joinery compares with PostGraphile, a line for each operation."""
    numbers = sorted({row["connections"] for row in rows})
    if not numbers:
        return
    print(
        "\nJoinery / PostGraphile, requests per second; "
        + "".join(f"{f'c={number}':>10}" for number in numbers)
    )
    for operation in dict.fromkeys(row["operation"] for row in rows):
        found = {row["connections"]: row["joinery_to_it"] for row in rows if row["operation"] == operation}
        print(f"  {operation:44}" + "".join(f"{written(found[number], 2):>10}" for number in numbers))


def written(figure: float | None, digits: int) -> str:
    return "" if figure is None else f"{figure:.{digits}f}"


if __name__ == "__main__":
    main()

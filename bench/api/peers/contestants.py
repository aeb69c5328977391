"""The rivals as contestants: one process each, on the limit's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.api.contestants import GUNICORN, ROOT, Contestant, NotInstalledError, Place, appsync
from bench.api.operations import Operation
from bench.api.peers.documents import POSTGRAPHILE, STRAWBERRY

__all__ = ["PEERS", "POSTGRAPHILE_TITLE"]

THREADS = "4"
POSTGRAPHILE_TITLE = "postgraphile/postgresql"
POSTGRAPHILE_FOLDER = Path(__file__).with_name("postgraphile")

Body = Callable[[Operation, Mapping[str, Any]], Mapping[str, Any]]


def saying(documents: Mapping[str, str]) -> Body:
    """Return a dialect that has a document of its own for each operation."""
    return lambda operation, variables: {"query": documents[operation.name], "variables": variables}


def on_django(place: Place, database: str, name: str, module: str, body: Body) -> Contestant:
    """Return a rival behind gunicorn's threads, which suit Django's ORM best."""
    environment = {
        "BENCH_DATABASE": place.limit[database],
        "BENCH_PEER": module,
        "DJANGO_SETTINGS_MODULE": "bench.api.peers.settings",
    }
    server = (*GUNICORN, "-k", "gthread", "--threads", THREADS, "bench.api.peers.wsgi:application")
    return Contestant(name, database, lambda port: (*server, "-b", f"127.0.0.1:{port}"), body, environment)


def graphene(place: Place, database: str) -> Contestant:
    return on_django(place, database, "graphene-django", "graphene_prefetch", appsync)


def strawberry(place: Place, database: str) -> Contestant:
    if find_spec("strawberry_django") is None:
        raise NotInstalledError("pip install -e '.[bench]'")
    return on_django(place, database, "strawberry-django", "strawberry_optimized", saying(STRAWBERRY))


def postgraphile(place: Place) -> Contestant:
    modules = POSTGRAPHILE_FOLDER / "node_modules"
    cli = modules / "postgraphile" / "dist" / "cli-run.js"
    node = next(modules.glob("node-*/bin/node"), None)
    if node is None or not cli.exists():
        raise NotInstalledError(f"npm ci --prefix {POSTGRAPHILE_FOLDER.relative_to(ROOT)}")
    command = (str(node), str(cli), "--config", str(POSTGRAPHILE_FOLDER / "graphile.config.mjs"))
    environment = {
        "BENCH_DATABASE": place.limit["postgresql"],
        "GRAPHILE_ENV": "production",
        "NODE_ENV": "production",
    }
    return Contestant("postgraphile", "postgresql", lambda port: command, saying(POSTGRAPHILE), environment)


PEERS: dict[str, Callable[[Place], Contestant]] = {
    "graphene-django/sqlite": lambda place: graphene(place, "sqlite"),
    "strawberry-django/sqlite": lambda place: strawberry(place, "sqlite"),
    "graphene-django/postgresql": lambda place: graphene(place, "postgresql"),
    "strawberry-django/postgresql": lambda place: strawberry(place, "postgresql"),
    POSTGRAPHILE_TITLE: postgraphile,
}

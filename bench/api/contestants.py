"""Who takes part. A contestant is a server on a port that answers the operations in a dialect of its own.

A new one is a function that returns a `Contestant`, or raises `NotInstalledError`, added to `CONTESTANTS` under its name
and database; Joinery's rivals are in `peers`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.api.operations import Operation

__all__ = [
    "CONTESTANTS",
    "GUNICORN",
    "JOINERY",
    "KEY",
    "ROOT",
    "Contestant",
    "NotInstalledError",
    "Place",
    "appsync",
]

ROOT = Path(__file__).resolve().parents[2]
KEY = "da2-benchbenchbenchbenchbench"
GUNICORN = (
    sys.executable,
    "-m",
    "gunicorn",
    "--log-level",
    "warning",
    "--workers",
    "1",
    "--keep-alive",
    "30",
)
JOINERY = "joinery"
LIMIT = "limit"
"""Contestants whose names begin so are what the others are measured by: the best of them on a database."""


class NotInstalledError(Exception):
    """What a contestant runs on is not there; says how to install it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the data of one run is."""

    folder: Path
    joinery: Mapping[str, str]
    """Joinery's database for each kind of database."""
    limit: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server to be started and asked."""

    name: str
    database: str
    command: Callable[[int], tuple[str, ...]]
    """Starts it on a port."""
    body: Callable[[Operation, Mapping[str, Any]], Mapping[str, Any]]
    """An operation in its dialect."""
    environment: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = "/graphql"

    @property
    def is_limit(self) -> bool:
        return self.name.startswith(LIMIT)

    @property
    def title(self) -> str:
        return f"{self.name}/{self.database}"


def appsync(operation: Operation, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"query": operation.document, "variables": variables}


def plain(operation: Operation, variables: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"op": operation.name, "a": list(variables.values())}


def limit(place: Place, database: str, *, is_async: bool = False) -> Contestant:
    environment = {"BENCH_LIMIT": place.limit[database]} | ({"BENCH_LIMIT_ASYNC": "1"} if is_async else {})
    return Contestant(
        f"{LIMIT}-async" if is_async else LIMIT,
        database,
        lambda port: (*GUNICORN, "-k", "asgi", "-b", f"127.0.0.1:{port}", "bench.api.limit:application"),
        plain,
        environment,
    )


def joinery(place: Place, database: str) -> Contestant:
    manage = (sys.executable, str(ROOT / "manage.py"), "serve", "--workers", "1")
    return Contestant(
        JOINERY,
        database,
        lambda port: (*manage, "--port", str(port)),
        appsync,
        joinery_environment(place, database),
        {"x-api-key": KEY},
    )


def joinery_environment(place: Place, database: str) -> dict[str, str]:
    """Return what tells Joinery where its data is."""
    kept = {"JOINERY_VAR": str(place.folder / f"joinery-{database}"), "DATABASE_URL": place.joinery[database]}
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | kept


CONTESTANTS: dict[str, Callable[[Place], Contestant]] = {
    "limit/sqlite": lambda place: limit(place, "sqlite"),
    "joinery/sqlite": lambda place: joinery(place, "sqlite"),
    "limit/postgresql": lambda place: limit(place, "postgresql"),
    "limit-async/postgresql": lambda place: limit(place, "postgresql", is_async=True),
    "joinery/postgresql": lambda place: joinery(place, "postgresql"),
}

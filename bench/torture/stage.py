"""The stage of a run: a folder and a database of its own, a schema, and everything gone afterwards."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from datamodel.registry import DataModel

__all__ = ["API_KEY", "Stage", "activate", "forget_everything", "staged"]

API_KEY = "da2-torture-full-scope-key-0000000000"
PASSWORD = "torture-Password-1"  # noqa: S105 - of a user that lives as long as the run


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a run takes place; other processes get there by ``environment``."""

    var: Path
    vendor: str
    environment: Mapping[str, str]


@contextlib.contextmanager
def staged(database: str | None) -> Iterator[Stage]:
    """Make a folder and a database, point this process there, and start Django on it.

    ``database`` is the URL of a PostgreSQL server, on which a database is created for the run; SQLite
    without it.
    """
    var = Path(tempfile.mkdtemp(prefix="joinery-torture-"))
    try:
        with made_database(database, var) as url:
            environment = {
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "adminui.settings",
                "JOINERY_ADMIN_PASSWORD": PASSWORD,
                "JOINERY_API_KEY": API_KEY,
                "JOINERY_VAR": str(var),
            }
            os.environ.update(environment)
            begin()
            yield Stage(var, "postgresql" if database else "sqlite", environment)
            end()
    finally:
        shutil.rmtree(var)


@contextlib.contextmanager
def made_database(server: str | None, var: Path) -> Iterator[str]:
    """Create an empty database and yield its URL; drop it afterwards, whoever is still connected."""
    if server is None:
        yield f"sqlite:///{var / 'joinery.sqlite3'}"
        return
    import psycopg

    name = f"joinery_torture_{secrets.token_hex(4)}"
    with psycopg.connect(server.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def begin() -> None:
    """Start Django in this process and make the static tables."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def end() -> None:
    from django.db import connections

    connections.close_all()


def activate(text: str, **options: Any) -> DataModel:
    """Apply a schema with these `SchemaOptions` and return what is then served."""
    from datamodel import registry
    from datamodel.migrator import PlanOptions, apply_plan, make_plan
    from datamodel.schema import SchemaOptions, Source

    plan = make_plan([Source("schema.graphql", text)], PlanOptions(schema=SchemaOptions(**options)))
    if not plan.is_empty:
        apply_plan(plan, allow_destructive=True)
    return registry.current()


def forget_everything() -> None:
    """Drop the records and empty the log, so that what comes next begins with a log of its own."""
    from datamodel.models import Change

    activate("type Nothing @model { id: ID! }")
    Change.objects.all().delete()

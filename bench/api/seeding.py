"""Filling the databases: Joinery's by Joinery's own schema, the limit's with plain tables.

`python -m bench.api.seeding SCALE` fills the database that the environment names for Joinery.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.api.data import Data, make_data
from bench.api.statements import LOG, TABLES

__all__ = ["fill_limit"]

SCHEMA = Path(__file__).with_name("schema.graphql")
CREATE = (
    "CREATE TABLE publication (id {text} PRIMARY KEY, name {text} NOT NULL, {times})",
    "CREATE TABLE tag (id {text} PRIMARY KEY, label {text} NOT NULL, {times})",
    "CREATE TABLE article (id {text} PRIMARY KEY, title {text} NOT NULL, body {text} NOT NULL, rating integer"
    " NOT NULL, status {text} NOT NULL, publication_id {text} NOT NULL REFERENCES publication, {times})",
    "CREATE TABLE article_tag (id {text} PRIMARY KEY, article_id {text} NOT NULL REFERENCES article,"
    " tag_id {text} NOT NULL REFERENCES tag, {times})",
    "CREATE TABLE comment (id {text} PRIMARY KEY, content {text} NOT NULL, article_id {text} NOT NULL"
    " REFERENCES article, {times})",
    "CREATE INDEX article_of ON article (publication_id, id)",
    "CREATE INDEX article_tag_of ON article_tag (article_id, id)",
    "CREATE INDEX tag_article_of ON article_tag (tag_id, id)",
    "CREATE INDEX comment_of ON comment (article_id, id)",
)
# What Joinery sets for its own connections: everybody reads with it.
TUNING = """DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
  EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1.1', current_database());
END $$"""


def fill_limit(database: str, scale: int) -> None:
    """Create and fill the limit's tables: the same values, the same indexes, a key of its own kind."""
    is_postgresql = database.startswith("postgres")
    text = 'text COLLATE "C"' if is_postgresql else "text"
    times = f"created_at {text} NOT NULL, updated_at {text} NOT NULL"
    with opened(database, is_postgresql) as connection:
        cursor = connection.cursor()
        kinds = {
            "json": "jsonb" if is_postgresql else "text",
            "serial": "bigserial PRIMARY KEY" if is_postgresql else "integer PRIMARY KEY AUTOINCREMENT",
        }
        for statement in (*CREATE, *LOG):
            cursor.execute(statement.format(text=text, times=times, **kinds))
        for statement, rows in inserts(make_data(scale), "%s" if is_postgresql else "?"):
            cursor.executemany(statement, rows)
        if is_postgresql:
            cursor.execute(TUNING)
        cursor.execute("ANALYZE")


def opened(database: str, is_postgresql: bool) -> Any:
    if not is_postgresql:
        return sqlite3.connect(database)
    import psycopg

    return psycopg.connect(database)


def inserts(data: Data, mark: str) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    for model, (table, columns) in TABLES.items():
        given = {**columns, "createdAt": "created_at", "updatedAt": "updated_at"}
        marks = ", ".join([mark] * len(given))
        # Tables and columns are our own.
        sql = f"INSERT INTO {table} ({', '.join(given.values())}) VALUES ({marks})"  # noqa: S608
        yield sql, [tuple(row[name] for name in given) for row in data.rows[model]]


def fill_joinery(scale: int, key: str) -> None:
    """Migrate, apply the schema, make a key and put the records in."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from datamodel import access, registry
    from datamodel.migrator import PlanOptions, apply_plan, make_plan
    from datamodel.schema import SchemaOptions, Source

    call_command("migrate", verbosity=0)
    options = PlanOptions(schema=SchemaOptions(datastore=False))
    apply_plan(make_plan([Source(SCHEMA.name, SCHEMA.read_text())], options))
    access.create_key("bench", raw=key)
    datamodel = registry.current()
    with transaction.atomic():
        for name, rows in make_data(scale).rows.items():
            model = datamodel.model(name)
            made = (model(**{model.names.attribute(n): v for n, v in row.items()}) for row in rows)
            model.all_objects.bulk_create(made, batch_size=80 if connection.vendor == "sqlite" else 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adminui.settings")
    fill_joinery(int(sys.argv[1]), os.environ["BENCH_KEY"])

"""Opening the source of the database that the settings name."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from datamodel.graphql.express.postgresql import PostgreSQLSource
from datamodel.graphql.express.source import Source, Work
from datamodel.graphql.express.sqlite import SQLiteSource

__all__ = ["open_source"]

READERS = 4
"""Connections per process that read for the API, unless `JOINERY_DB_READERS` says otherwise."""

NOT_FOR_READERS = frozenset({"context", "cursor_factory", "options", "prepare_threshold"})

READING = "-c jit=off -c random_page_cost=1.1 -c default_transaction_read_only=on -c TimeZone=UTC"
"""Small reads by index: what suits large ones only delays these."""


def open_source(work: Work) -> Source:
    """Return the source of the default database; nothing is opened yet."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite":
        return SQLiteSource(Path(database.settings_dict["NAME"]), work)
    readers = int(os.environ.get("JOINERY_DB_READERS", READERS))
    return PostgreSQLSource(functools.partial(connect, database.get_connection_params()), work, readers)


def connect(params: dict[str, Any]) -> psycopg.Connection[Any]:
    """Open a connection with Django's parameters; it reads, each statement by itself."""
    kept = {name: value for name, value in params.items() if name not in NOT_FOR_READERS}
    options = f"{params.get('options', '')} {READING}"
    return psycopg.connect(**kept, options=options, autocommit=True)

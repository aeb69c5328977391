"""Opening what reads and what writes the database that the settings name."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from datamodel.graphql.express.postgresql import PostgreSQLSource
from datamodel.graphql.express.postgresql_writes import PostgreSQLWrites
from datamodel.graphql.express.source import Source, Work, Writes
from datamodel.graphql.express.sqlite import SQLiteSource
from datamodel.graphql.express.sqlite_writes import SQLiteWrites

__all__ = ["open_source", "open_writes"]

READERS = 4
"""Connections per process that read for the API, unless `JOINERY_DB_READERS` says otherwise."""

WRITERS = 3
"""Connections per process that write for the API, unless `JOINERY_DB_WRITERS` says otherwise."""

NOT_FOR_LANES = frozenset({"context", "cursor_factory", "options", "prepare_threshold"})

PLAIN = "-c jit=off -c random_page_cost=1.1 -c TimeZone=UTC"
"""Small statements by index: what suits large ones only delays these."""

READING = f"{PLAIN} -c default_transaction_read_only=on"
WRITING = f"{PLAIN} -c lock_timeout=100"
"""Who is held up by another's lock waits in a thread."""


def open_source(work: Work) -> Source:
    """Return the source of the default database; nothing is opened yet."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite":
        return SQLiteSource(Path(database.settings_dict["NAME"]), work)
    connect_ = functools.partial(connect, database.get_connection_params(), READING)
    return PostgreSQLSource(connect_, work, int(os.environ.get("JOINERY_DB_READERS", READERS)))


def open_writes(work: Work) -> Writes:
    """Return what writes to the default database; nothing is opened yet."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor == "sqlite":
        return SQLiteWrites(Path(database.settings_dict["NAME"]), work)
    connect_ = functools.partial(connect, database.get_connection_params(), WRITING)
    return PostgreSQLWrites(connect_, work, int(os.environ.get("JOINERY_DB_WRITERS", WRITERS)))


def connect(params: dict[str, Any], options: str) -> psycopg.Connection[Any]:
    """Open a connection with Django's parameters, each statement by itself, but with these options on top."""
    kept = {name: value for name, value in params.items() if name not in NOT_FOR_LANES}
    return psycopg.connect(**kept, options=f"{params.get('options', '')} {options}", autocommit=True)

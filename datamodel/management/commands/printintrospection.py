"""`manage.py printintrospection [FILE]`: the model introspection JSON that typed clients read."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import registry
from datamodel.graphql.introspection import introspect
from datamodel.management.schema_files import (
    add_file_argument,
    read_schema_files,
    require_tables,
    schema_refused,
)
from datamodel.migrator import schema_limits
from datamodel.schema import Schema, SchemaError, load_schema


class Command(BaseCommand):
    help = (
        "Print the model introspection: of the active data model, or of FILE without touching the database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_file_argument(parser, is_optional=True)

    def handle(self, *args: Any, **options: Any) -> None:
        schema = read_schema(options["files"], options["dialect"]) if options["files"] else active_schema()
        self.stdout.write(json.dumps(introspect(schema), indent=2, ensure_ascii=False))


def read_schema(files: list[str], dialect: str | None = None) -> Schema:
    """Return the schema of the files; raise CommandError with every problem."""
    sources, select = read_schema_files(files, dialect)
    try:
        return load_schema(sources, select=select, limits=schema_limits()).schema
    except SchemaError as error:
        raise schema_refused(error, sources) from error


def active_schema() -> Schema:
    require_tables()
    datamodel = registry.current()
    if datamodel.version == 0:
        raise CommandError("No schema is active. Apply one with 'manage.py applyschema FILE'.")
    return datamodel.schema

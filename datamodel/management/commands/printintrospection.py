"""`manage.py printintrospection [FILE]`: the model introspection JSON that typed clients read."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import registry
from datamodel.graphql.introspection import introspect
from datamodel.management.schema_files import (
    add_file_argument,
    add_flag_argument,
    read_schema_files,
    require_tables,
    schema_refused,
)
from datamodel.migrator import schema_limits
from datamodel.schema import Schema, SchemaError, SchemaOptions, load_schema


class Command(BaseCommand):
    help = (
        "Print the model introspection: of the active data model, or of FILE without touching the database."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_file_argument(parser, is_optional=True)
        add_flag_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = SchemaOptions(flags=dict(options["flag"]))
        if options["files"]:
            schema = read_schema(options["files"], chosen, options["dialect"])
        elif chosen.flags:
            raise CommandError("A flag needs FILE: the active data model has its own.")
        else:
            schema = active_schema()
        self.stdout.write(json.dumps(introspect(schema), indent=2, ensure_ascii=False))


def read_schema(files: list[str], options: SchemaOptions, dialect: str | None = None) -> Schema:
    """Return the schema of the files; raise CommandError with every problem."""
    sources, select = read_schema_files(files, dialect)
    try:
        return load_schema(sources, options, select=select, limits=schema_limits()).schema
    except SchemaError as error:
        raise schema_refused(error, sources) from error


def active_schema() -> Schema:
    require_tables()
    datamodel = registry.current()
    if datamodel.version == 0:
        raise CommandError("No schema is active. Apply one with 'manage.py applyschema FILE'.")
    return datamodel.schema

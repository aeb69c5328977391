"""`manage.py printschema [FILE]`: the API as SDL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import registry
from datamodel.graphql.schema import build_api
from datamodel.management.schema_files import (
    add_file_argument,
    read_schema_files,
    require_tables,
    schema_refused,
)
from datamodel.migrator import schema_limits
from datamodel.migrator.history import read_base
from datamodel.registry import DataModel
from datamodel.schema import SchemaError, SchemaOptions, load_schema


class Command(BaseCommand):
    help = "Print the API's SDL: of the active data model, or of FILE without touching the database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_file_argument(parser, is_optional=True)
        parser.add_argument(
            "--datastore", choices=("on", "off"), help="With or without the DataStore fields."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files, datastore = options["files"], {"on": True, "off": False}.get(options["datastore"])
        if files:
            datamodel = read_data_model(files, datastore, options["dialect"])
        else:
            datamodel = active_data_model(datastore)
        self.stdout.write(build_api(datamodel).print_sdl())


def read_data_model(files: list[str], datastore: bool | None, dialect: str | None = None) -> DataModel:
    """Build the data model of the files; raise CommandError with every problem."""
    sources, select = read_schema_files(files, dialect)
    try:
        options = SchemaOptions(datastore=datastore)
        loaded = load_schema(sources, options, select=select, limits=schema_limits())
    except SchemaError as error:
        raise schema_refused(error, sources) from error
    return DataModel.build(loaded.schema)


def active_data_model(datastore: bool | None) -> DataModel:
    """Return the active data model, with the switch in the other position where that is asked for."""
    require_tables()
    datamodel = registry.current()
    if datamodel.version == 0:
        raise CommandError("No schema is active. Apply one with 'manage.py applyschema FILE'.")
    if datastore is None or datamodel.schema.has_datastore == datastore:
        return datamodel
    base = read_base()
    options = replace(base.options.schema, datastore=datastore)
    return DataModel.build(load_schema(base.sources, options, select=base.select).schema, datamodel.names)

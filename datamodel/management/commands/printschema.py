"""`manage.py printschema [FILE]`: the API as SDL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import registry
from datamodel.graphql.schema import build_api
from datamodel.management.schema_files import (
    add_file_argument,
    add_flag_argument,
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
        add_flag_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        datastore = {"on": True, "off": False}.get(options["datastore"])
        chosen = SchemaOptions(datastore=datastore, flags=dict(options["flag"]))
        if options["files"]:
            datamodel = read_data_model(options["files"], chosen, options["dialect"])
        else:
            datamodel = active_data_model(chosen)
        self.stdout.write(build_api(datamodel).print_sdl())


def read_data_model(files: list[str], options: SchemaOptions, dialect: str | None = None) -> DataModel:
    """Build the data model of the files; raise CommandError with every problem."""
    sources, select = read_schema_files(files, dialect)
    try:
        loaded = load_schema(sources, options, select=select, limits=schema_limits())
    except SchemaError as error:
        raise schema_refused(error, sources) from error
    return DataModel.build(loaded.schema)


def active_data_model(chosen: SchemaOptions) -> DataModel:
    """Return the active data model, with the switch or flags in another position where that is asked for."""
    require_tables()
    datamodel = registry.current()
    if datamodel.version == 0:
        raise CommandError("No schema is active. Apply one with 'manage.py applyschema FILE'.")
    if chosen.datastore in {None, datamodel.schema.has_datastore} and not chosen.flags:
        return datamodel
    base = read_base()
    stored = base.options.schema
    datastore = stored.datastore if chosen.datastore is None else chosen.datastore
    options = replace(stored, datastore=datastore, flags={**stored.flags, **chosen.flags})
    return DataModel.build(load_schema(base.sources, options, select=base.select).schema, datamodel.names)

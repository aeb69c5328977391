"""`manage.py planschema FILE`: what applying a schema would do to tables and records."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel.management.schema_files import (
    add_plan_arguments,
    plan_lines,
    plan_options,
    read_schema_files,
    require_tables,
    schema_refused,
)
from datamodel.migrator import MigrationError, make_plan
from datamodel.schema import SchemaError


class Command(BaseCommand):
    help = "Show what applying a schema would do to tables and records. Changes nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Print the plan as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_tables()
        sources, select = read_schema_files(options["files"], options["dialect"])
        try:
            plan = make_plan(sources, plan_options(options), select=select)
        except SchemaError as error:
            raise schema_refused(error, sources) from error
        except MigrationError as error:
            raise CommandError(error.message) from error
        if options["json"]:
            self.stdout.write(json.dumps(plan.to_json(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(plan_lines(plan)))

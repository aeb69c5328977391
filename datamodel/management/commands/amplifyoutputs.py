"""`manage.py amplifyoutputs`: the configuration that Amplify clients read, of the active data model."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import registry
from datamodel.graphql.outputs import amplify_outputs, aws_exports
from datamodel.management.schema_files import require_tables

DEFAULT_URL = "http://127.0.0.1:8000/graphql"
NO_KEY = "PASTE-AN-API-KEY-HERE"


class Command(BaseCommand):
    help = "Print amplify_outputs.json (or aws-exports) of the active data model, introspection included."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=DEFAULT_URL, help=f"the API's address (default: {DEFAULT_URL})")
        parser.add_argument("--gen1", action="store_true", help="aws-exports, for Gen 1 and older clients")

    def handle(self, *args: Any, **options: Any) -> None:
        require_tables()
        datamodel = registry.current()
        if datamodel.version == 0:
            raise CommandError("No schema is active. Apply one with 'manage.py applyschema FILE'.")
        write = aws_exports if options["gen1"] else amplify_outputs
        # Keys are stored as hashes only: there is none to print but the one the environment fixes.
        key = os.environ.get("JOINERY_API_KEY") or NO_KEY
        self.stdout.write(json.dumps(write(datamodel, options["url"], key), indent=2, ensure_ascii=False))

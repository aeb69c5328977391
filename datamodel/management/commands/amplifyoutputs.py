"""`manage.py amplifyoutputs`: the configuration that Amplify clients read, of the active data model."""

from __future__ import annotations

import json
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import access, registry
from datamodel.graphql.outputs import amplify_outputs, aws_exports
from datamodel.management.schema_files import require_tables

DEFAULT_URL = "http://127.0.0.1:8000/graphql"
NO_KEY = "PASTE-AN-API-KEY-HERE"
KEY_NAME = "app configuration"


class Command(BaseCommand):
    help = "Print amplify_outputs.json (or aws-exports) of the active data model, introspection included."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=DEFAULT_URL, help=f"the API's address (default: {DEFAULT_URL})")
        keys = parser.add_mutually_exclusive_group()
        keys.add_argument(
            "--key", default="", help="the API key to put in; otherwise the one in JOINERY_API_KEY"
        )
        keys.add_argument("--new-key", action="store_true", help="make a key of scope public and put it in")
        parser.add_argument("--gen1", action="store_true", help="aws-exports, for Gen 1 and older clients")

    def handle(self, *args: Any, **options: Any) -> None:
        require_tables()
        datamodel = registry.current()
        if datamodel.version == 0:
            raise CommandError("No schema is active. Apply one with 'manage.py applyschema FILE'.")
        write = aws_exports if options["gen1"] else amplify_outputs
        key = self.choose_key(**options)
        self.stdout.write(json.dumps(write(datamodel, options["url"], key), indent=2, ensure_ascii=False))

    def choose_key(self, key: str = "", *, new_key: bool = False, **_options: Any) -> str:
        """Return the key for the file, and say what people should know about it."""
        if new_key:
            made, raw = access.create_key(KEY_NAME, scope="public")
            self.stderr.write(f"Key '{made.name}' (scope public) expires on {made.expires_at:%Y-%m-%d}.")
            return raw
        # Keys are stored as hashes only: there is none to print but the one the environment fixes.
        chosen = key or os.environ.get("JOINERY_API_KEY") or NO_KEY
        caller = access.authenticate_key(chosen)
        if caller is None:
            self.stderr.write(
                "The file has no key that works. Make one with --new-key, or give one with --key."
            )
        elif caller.scope == "full":
            self.stderr.write("The key in the file has scope full: keep it out of apps that others can get.")
        return chosen

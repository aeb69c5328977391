"""`manage.py createapikey`: make an API key and print it once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel import access


class Command(BaseCommand):
    help = "Make an API key and print it. It cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="api key", help="What the key is for.")
        parser.add_argument(
            "--expires", type=int, default=365, metavar="DAYS", help="Days until it expires (1-365)."
        )
        parser.add_argument(
            "--scope",
            choices=("full", "public"),
            default="full",
            help="full: every model. public: what the schema's public rules allow.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["expires"] <= 365:
            raise CommandError(f"--expires is {options['expires']}; give a number of days from 1 to 365.")
        key, raw = access.create_key(options["name"], scope=options["scope"], expires_days=options["expires"])
        self.stderr.write(
            f"Key '{key.name}' (scope {key.scope}) expires on {key.expires_at:%Y-%m-%d}. Keep it now:"
        )
        self.stdout.write(raw)

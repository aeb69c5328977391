"""`manage.py serve`: everything from an empty folder to a running server."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from adminui import firststart
from datamodel.migrator import MigrationError
from datamodel.schema import SchemaError


def port_number(text: str) -> int:
    """Return a TCP port."""
    if text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(f"'{text}' is not a port: give a number from 1 to 65535")


class Command(BaseCommand):
    help = "Migrate, prepare an empty database (example, admin, API key) and serve until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on.")
        parser.add_argument("--port", type=port_number, default=8000)
        parser.add_argument("--workers", type=int, help="Processes; default WEB_CONCURRENCY, else 2.")
        parser.add_argument(
            "--schema", metavar="FILE", help="Schema for an empty database, instead of the example."
        )
        parser.add_argument("--empty", action="store_true", help="Leave an empty database without a schema.")

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("JOINERY_CONTAINER") and not os.environ.get("SECRET_KEY"):
            raise CommandError("SECRET_KEY is not set. Set it in the container's environment.")
        try:
            made = firststart.prepare(schema=options["schema"], empty=options["empty"])
        except (SchemaError, MigrationError) as refused:
            raise CommandError(f"The schema was not applied.\n{refused}") from refused
        self.tell(made, options["host"], options["port"])
        self.run_server(options["host"], options["port"], options["workers"])

    def tell(self, made: firststart.FirstStart, host: str, port: int) -> None:
        """Print the address, and what was just made; secrets are shown this once."""
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
        self.stdout.write(f"Joinery   http://{shown}:{port}/")
        self.stdout.write(f"GraphQL   http://{shown}:{port}/graphql")
        if made.schema:
            self.stdout.write(f"Schema    {made.schema}")
        if made.password:
            self.stdout.write(f"User      admin\nPassword  {made.password}")
        if made.api_key:
            self.stdout.write(f"API key   {made.api_key}")
        if made.password or made.api_key:
            self.stdout.write("Keep these: they are not shown again.")
        self.stdout.write("Stop with Ctrl-C.")
        self.stdout.flush()

    def run_server(self, host: str, port: int, workers: int | None) -> None:
        """Become gunicorn."""
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "adminui.settings", "JOINERY_DB_POOL": "1"}
        command = [sys.executable, "-m", "gunicorn", "-c", "python:adminui.gunicorn_conf"]
        command += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
        command += ["--chdir", str(settings.BASE_DIR)]
        if workers:
            command += ["--workers", str(workers)]
        os.execve(sys.executable, [*command, "adminui.asgi:application"], environment)  # noqa: S606

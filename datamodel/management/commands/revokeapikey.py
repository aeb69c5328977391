"""`manage.py revokeapikey`: end an API key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel.access import revoke_key
from datamodel.models import ApiKey


class Command(BaseCommand):
    help = "Revoke an API key by its number, its first characters or its name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", help="Number, first characters or name, as listapikeys shows them.")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["key"]
        active = ApiKey.objects.filter(revoked_at=None)
        found = [key for key in active if wanted in {str(key.pk), key.prefix, key.name}]
        if not found:
            raise CommandError(f"No active key is called '{wanted}'. See: manage.py listapikeys")
        if len(found) > 1:
            numbers = ", ".join(str(key.pk) for key in found)
            raise CommandError(f"'{wanted}' names {len(found)} keys ({numbers}). Give the number.")
        revoke_key(found[0])
        self.stdout.write(f"Revoked key '{found[0].name}'.")

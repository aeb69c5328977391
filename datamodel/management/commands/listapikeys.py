"""`manage.py listapikeys`: the API keys, without their secrets."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from datamodel.models import ApiKey


def key_state(key: ApiKey) -> str:
    """Say in words whether a key works."""
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at <= timezone.now():
        return f"expired {key.expires_at:%Y-%m-%d}"
    return f"until {key.expires_at:%Y-%m-%d}"


class Command(BaseCommand):
    help = "List the API keys: number, first characters, scope, state, name."

    def handle(self, *args: Any, **options: Any) -> None:
        keys = list(ApiKey.objects.order_by("pk"))
        if not keys:
            self.stdout.write("No API keys. Make one with: manage.py createapikey --name NAME")
        for key in keys:
            self.stdout.write(f"{key.pk:>4}  {key.prefix}…  {key.scope:<7} {key_state(key):<20} {key.name}")

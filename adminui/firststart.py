"""What a first start prepares: secret key, tables, example, the user `admin` and one API key."""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from datamodel import access, records, registry
from datamodel.migrator import apply_plan, make_plan, parse_selector, read_path
from datamodel.models import ApiKey

__all__ = ["FirstStart", "prepare"]

logger = logging.getLogger(__name__)

EXAMPLE = settings.BASE_DIR / "examples" / "blog.graphql"
EXAMPLE_RECORDS = settings.BASE_DIR / "examples" / "blog.records.json"
SYSTEM = access.Actor("system", "first start")


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What was made; each secret is None where it already existed."""

    password: str | None
    api_key: str | None
    schema: str | None


def prepare(*, schema: str | None = None, empty: bool = False) -> FirstStart:
    """Bring the database up to date and fill an empty one. Safe to run at every start."""
    keep_secret_key()
    call_command("migrate", interactive=False, verbosity=0)
    return FirstStart(
        password=create_admin(),
        api_key=create_api_key(),
        schema=None if empty and schema is None else activate_first_schema(schema),
    )


def keep_secret_key() -> None:
    """Write a secret key into the var folder unless the environment or an earlier start gave one."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    if settings.HAS_SECRET_KEY:
        return
    path: Path = settings.SECRET_KEY_FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))


def create_admin() -> str | None:
    """Create the user `admin` where nobody can sign in yet; return its password."""
    users = get_user_model()._default_manager
    if users.filter(is_staff=True).exists():
        return None
    password = os.environ.get("JOINERY_ADMIN_PASSWORD") or secrets.token_urlsafe(12)
    get_user_model().objects.create_superuser("admin", password=password)
    return password


def create_api_key() -> str | None:
    """Create the first API key, or the one the environment fixes; return what was made."""
    fixed = os.environ.get("JOINERY_API_KEY")
    if fixed:
        known = ApiKey.objects.filter(hash=access.hash_key(fixed)).first()
        if known is None:
            return access.create_key("environment", scope="full", raw=fixed)[1]
        if known.revoked_at is not None:
            logger.warning("The key in JOINERY_API_KEY was revoked and stays so. Set another one.")
        elif known.expires_at <= timezone.now():
            access.renew_key(known)
        return None
    if ApiKey.objects.exists():
        return None
    return access.create_key("first key", scope="full")[1]


def activate_first_schema(schema: str | None) -> str | None:
    """Apply ``schema``, or the example with its records, to a database without a data model."""
    if registry.active_version():
        return None
    name, select = parse_selector(schema) if schema else (str(EXAMPLE), None)
    path = Path(name)
    with access.acting_as(SYSTEM):
        datamodel = apply_plan(make_plan(read_path(path), select=select), summary=f"first start: {path.name}")
        if path == EXAMPLE:
            for model, values in example_records():
                records.create(datamodel, model, values)
    return path.name


def example_records() -> Iterator[tuple[str, dict[str, object]]]:
    """The example's records, parents first."""
    for model, rows in json.loads(EXAMPLE_RECORDS.read_text()).items():
        for values in rows:
            yield model, values

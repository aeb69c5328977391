"""Every limit: a setting, or the environment variable of the same name, or its default.

`docs/api.md` and `docs/operations.md` say what each one bounds.
"""

from __future__ import annotations

import os
import re
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from datamodel.schema import SchemaLimits

__all__ = ["API_LIMITS", "UPLOAD_LIMITS", "get_limit", "get_rate", "is_on", "schema_limits"]

API_LIMITS = {
    "GRAPHQL_MAX_BODY_BYTES": 1024 * 1024,
    "GRAPHQL_MAX_JSON_DEPTH": 64,
    "GRAPHQL_MAX_VARIABLES_NODES": 20_000,
    "GRAPHQL_MAX_DOCUMENT_CHARS": 100_000,
    "GRAPHQL_MAX_TOKENS": 5_000,
    "GRAPHQL_MAX_COMMENTS": 100,
    "GRAPHQL_MAX_DEPTH": 15,
    "GRAPHQL_MAX_ALIASES": 50,
    "GRAPHQL_MAX_ROOT_FIELDS": 50,
    "GRAPHQL_MAX_DIRECTIVES": 50,
    "GRAPHQL_MAX_FRAGMENTS": 100,
    "GRAPHQL_MAX_OPERATIONS": 20,
    "GRAPHQL_MAX_FIELDS": 10_000,
    "GRAPHQL_MAX_INTROSPECTIONS": 5,
    "GRAPHQL_MAX_ERRORS": 5,
    "GRAPHQL_MAX_COST": 500_000,
    "GRAPHQL_MAX_RESULT_NODES": 50_000,
    "GRAPHQL_MAX_RESULT_BYTES": 10 * 1024 * 1024,
    "GRAPHQL_TIMEOUT_S": 30,
    "LIST_DEFAULT_LIMIT": 100,
    "LIST_MAX_LIMIT": 1_000,
    "FILTER_MAX_TERMS": 100,
    "FILTER_MAX_DEPTH": 10,
    "FILTER_MAX_ITEMS": 500,
    "GRAPHQL_MAX_BATCH": 0,
    "GRAPHQL_THREADS": 8,
    "GRAPHQL_MAX_WAITING": 200,
    "TOMBSTONE_TTL_MIN": 43_200,
    "WS_MAX_CONNECTIONS": 1_000,
    "WS_MAX_SUBSCRIPTIONS": 100,
    "WS_INIT_TIMEOUT_S": 10,
    "WS_MAX_MESSAGE_BYTES": 64 * 1024,
    "WS_MAX_SENT_BYTES": 240 * 1024,
    "WS_MAX_QUEUE": 100,
    "WS_MAX_QUEUE_BYTES": 1024 * 1024,
}

UPLOAD_LIMITS = {
    "SCHEMA_MAX_BYTES": 2**20,
    "SCHEMA_MAX_TYPES": 500,
    "SCHEMA_MAX_FIELDS_PER_TYPE": 300,
    "SCHEMA_MAX_ENUM_VALUES": 1000,
    "IMPORT_MAX_BYTES": 100 * 2**20,
    "ARCHIVE_MAX_ENTRIES": 1000,
    "ARCHIVE_MAX_BYTES": 2**30,
    "ARCHIVE_MAX_RATIO": 100,
}

RATE = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(?:\s*/\s*s)?")

_DEFAULTS = API_LIMITS | UPLOAD_LIMITS


_known: dict[str, int] = {}


def get_limit(name: str) -> int:
    """Return the limit called ``name``. Limits are asked for several times a request: each is looked up once."""
    found = _known.get(name)
    if found is None:
        value: int | None = getattr(settings, name, None)
        found = _known[name] = int(os.environ.get(name, _DEFAULTS[name])) if value is None else value
    return found


def forget_limits(**_signal: Any) -> None:
    """Look every limit up anew: tests change settings."""
    _known.clear()


setting_changed.connect(forget_limits, dispatch_uid="joinery.limits")


def is_on(name: str) -> bool:
    """Return whether the switch called ``name`` is on: 1, true, yes or on, in any case."""
    value: bool | None = getattr(settings, name, None)
    if value is None:
        return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}
    return value


def get_rate(name: str) -> float:
    """Return the calls per second that the setting allows, 0 where it sets no limit; raise ValueError."""
    value = getattr(settings, name, None)
    text = str(os.environ.get(name, "0") if value is None else value).strip()
    found = RATE.fullmatch(text)
    if found is None:
        raise ValueError(f"{name} is '{text}'. Write it as '10/s', or '0' for no limit.")
    return float(found[1])


def schema_limits() -> SchemaLimits:
    """Return how large a schema may be."""
    return SchemaLimits(
        max_bytes=get_limit("SCHEMA_MAX_BYTES"),
        max_types=get_limit("SCHEMA_MAX_TYPES"),
        max_fields_per_type=get_limit("SCHEMA_MAX_FIELDS_PER_TYPE"),
        max_enum_values=get_limit("SCHEMA_MAX_ENUM_VALUES"),
    )

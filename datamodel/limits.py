"""Every limit: a setting, or the environment variable of the same name, or its default.

`docs/api.md` and `docs/operations.md` say what each one bounds.
"""

from __future__ import annotations

import os

from django.conf import settings

from datamodel.schema import SchemaLimits

__all__ = ["API_LIMITS", "UPLOAD_LIMITS", "get_limit", "schema_limits"]

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
    "GRAPHQL_THREADS": 8,
    "GRAPHQL_MAX_WAITING": 200,
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

_DEFAULTS = API_LIMITS | UPLOAD_LIMITS


def get_limit(name: str) -> int:
    """Return the limit called ``name``."""
    value: int | None = getattr(settings, name, None)
    return int(os.environ.get(name, _DEFAULTS[name])) if value is None else value


def schema_limits() -> SchemaLimits:
    """Return how large a schema may be."""
    return SchemaLimits(
        max_bytes=get_limit("SCHEMA_MAX_BYTES"),
        max_types=get_limit("SCHEMA_MAX_TYPES"),
        max_fields_per_type=get_limit("SCHEMA_MAX_FIELDS_PER_TYPE"),
        max_enum_values=get_limit("SCHEMA_MAX_ENUM_VALUES"),
    )

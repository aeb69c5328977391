"""The limits of an upload: each a setting, or an environment variable of the same name, or its default."""

from __future__ import annotations

import os

from django.conf import settings

from datamodel.schema import SchemaLimits

__all__ = ["DEFAULTS", "get_limit", "schema_limits"]

DEFAULTS = {
    "SCHEMA_MAX_BYTES": 2**20,
    "SCHEMA_MAX_TYPES": 500,
    "SCHEMA_MAX_FIELDS_PER_TYPE": 300,
    "SCHEMA_MAX_ENUM_VALUES": 1000,
    "IMPORT_MAX_BYTES": 100 * 2**20,
    "ARCHIVE_MAX_ENTRIES": 1000,
    "ARCHIVE_MAX_BYTES": 2**30,
    "ARCHIVE_MAX_RATIO": 100,
}


def get_limit(name: str) -> int:
    """Return the limit called ``name``."""
    value: int | None = getattr(settings, name, None)
    return int(os.environ.get(name, DEFAULTS[name])) if value is None else value


def schema_limits() -> SchemaLimits:
    """Return how large a schema may be."""
    return SchemaLimits(
        max_bytes=get_limit("SCHEMA_MAX_BYTES"),
        max_types=get_limit("SCHEMA_MAX_TYPES"),
        max_fields_per_type=get_limit("SCHEMA_MAX_FIELDS_PER_TYPE"),
        max_enum_values=get_limit("SCHEMA_MAX_ENUM_VALUES"),
    )

"""The limits of a request: each a setting, or an environment variable of the same name, or its default."""

from __future__ import annotations

import os

from django.conf import settings

__all__ = ["DEFAULTS", "get_limit"]

DEFAULTS = {
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


def get_limit(name: str) -> int:
    """Return the limit called ``name``."""
    value: int | None = getattr(settings, name, None)
    return int(os.environ.get(name, DEFAULTS[name])) if value is None else value

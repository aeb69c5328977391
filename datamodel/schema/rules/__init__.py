"""What a schema must fulfil, one rule per file."""

from __future__ import annotations

from datamodel.schema.errors import Problem
from datamodel.schema.ir import Schema

__all__ = ["validate_schema"]


def validate_schema(schema: Schema) -> list[Problem]:
    """Return every problem of a raw schema, ordered by position."""
    return []

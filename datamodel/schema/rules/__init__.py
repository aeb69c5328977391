"""What a schema must fulfil, one rule per file."""

from __future__ import annotations

from datamodel.schema.rules.validating import validate_schema

__all__ = ["validate_schema"]

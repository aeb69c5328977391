"""Readers for the ways in which a schema can be written."""

from __future__ import annotations

from datamodel.schema.dialects.limits import SchemaLimits
from datamodel.schema.dialects.reading import detect_dialect, is_ambiguous, parse_schema
from datamodel.schema.dialects.result import ParseResult

__all__ = ["ParseResult", "SchemaLimits", "detect_dialect", "is_ambiguous", "parse_schema"]

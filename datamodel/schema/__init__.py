"""Schema text to intermediate representation. Pure: no Django, no graphene, no I/O."""

from __future__ import annotations

from datamodel.schema.codec import decode_schema, encode_schema
from datamodel.schema.dialect import Dialect, ToldDialect
from datamodel.schema.dialects import ParseResult, SchemaLimits, detect_dialect, is_ambiguous, parse_schema
from datamodel.schema.errors import Problem, SchemaError, Severity
from datamodel.schema.flags import FLAG_TEXTS, Flag, find_flag, told_flags
from datamodel.schema.ir import Link, OnDelete, Schema
from datamodel.schema.loading import LoadedSchema, load_schema
from datamodel.schema.normalize import normalize
from datamodel.schema.options import SchemaOptions
from datamodel.schema.plural import pluralize
from datamodel.schema.rules import validate_schema
from datamodel.schema.source import Location, Source, excerpt, tell_dialect

__all__ = [
    "FLAG_TEXTS",
    "Dialect",
    "Flag",
    "Link",
    "LoadedSchema",
    "Location",
    "OnDelete",
    "ParseResult",
    "Problem",
    "Schema",
    "SchemaError",
    "SchemaLimits",
    "SchemaOptions",
    "Severity",
    "Source",
    "ToldDialect",
    "decode_schema",
    "detect_dialect",
    "encode_schema",
    "excerpt",
    "find_flag",
    "is_ambiguous",
    "load_schema",
    "normalize",
    "parse_schema",
    "pluralize",
    "tell_dialect",
    "told_flags",
    "validate_schema",
]

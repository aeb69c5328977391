"""Schema text to intermediate representation. Pure: no Django, no graphene, no I/O."""

from __future__ import annotations

from datamodel.schema.codec import decode_schema, encode_schema
from datamodel.schema.dialects import ParseResult, SchemaLimits, detect_dialect, parse_schema
from datamodel.schema.errors import Problem, SchemaError, Severity
from datamodel.schema.ir import Dialect, Link, OnDelete, Schema
from datamodel.schema.loading import LoadedSchema, load_schema
from datamodel.schema.normalize import normalize
from datamodel.schema.options import SchemaOptions
from datamodel.schema.plural import pluralize
from datamodel.schema.rules import validate_schema
from datamodel.schema.source import Location, Source, excerpt

__all__ = [
    "Dialect",
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
    "decode_schema",
    "detect_dialect",
    "encode_schema",
    "excerpt",
    "load_schema",
    "normalize",
    "parse_schema",
    "pluralize",
    "validate_schema",
]

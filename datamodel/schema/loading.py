"""Text to a schema that can be used, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from datamodel.schema.dialect import Dialect
from datamodel.schema.dialects import SchemaLimits, parse_schema
from datamodel.schema.errors import Problem, SchemaError
from datamodel.schema.flags import told_flags
from datamodel.schema.grants import OPEN
from datamodel.schema.ir import Schema
from datamodel.schema.normalize import normalize
from datamodel.schema.notes import closed_notes, opened_notes
from datamodel.schema.options import DEFAULT_OPTIONS, SchemaOptions
from datamodel.schema.rules import validate_schema
from datamodel.schema.source import Source

__all__ = ["LoadedSchema", "load_schema"]


@dataclass(frozen=True, slots=True)
class LoadedSchema:
    """A complete schema, and what people should know about it."""

    schema: Schema
    warnings: tuple[Problem, ...]
    """What may not be meant as it is written."""
    notes: tuple[Problem, ...] = ()
    """What follows from it: who may use the models without rules, what is closed to public keys."""


def load_schema(
    sources: Sequence[Source],
    options: SchemaOptions = DEFAULT_OPTIONS,
    *,
    select: str | None = None,
    limits: SchemaLimits | None = None,
    dialect: Dialect | None = None,
) -> LoadedSchema:
    """Parse, validate and normalize; raise SchemaError with every problem, ordered by position."""
    options = replace(options, flags={**told_flags(sources), **options.flags})
    result = parse_schema(sources, select=select, limits=limits, dialect=dialect)
    problems = list(result.problems)
    if result.schema is not None:
        is_complete = not any(problem.is_error for problem in problems)
        problems += validate_schema(result.schema, options, is_complete=is_complete)
    problems.sort(key=lambda problem: problem.sort_key)
    if result.schema is None or any(problem.is_error for problem in problems):
        raise SchemaError(problems)
    schema = normalize(result.schema, options)
    opened: tuple[Problem, ...] = ()
    if options.is_open and schema.global_auth is None:
        opened, schema = opened_notes(schema), replace(schema, global_auth=OPEN)
    return LoadedSchema(schema, tuple(problems), (*opened, *closed_notes(schema)))

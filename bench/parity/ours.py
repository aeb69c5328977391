"""Joinery's side of the comparison: schema text in, API out."""

from __future__ import annotations

from typing import Any

from datamodel.graphql.introspection import introspect
from datamodel.graphql.schema import build_api
from datamodel.registry import DataModel
from datamodel.schema import (
    Schema,
    SchemaError,
    SchemaOptions,
    Source,
    load_schema,
    normalize,
    validate_schema,
)
from datamodel.schema.dialects.graphql_sdl import read_sdl
from datamodel.schema.ir import Dialect


def load(name: str, text: str, dialect: str, options: SchemaOptions) -> Schema:
    """Return a schema of a dialect that is known: a text with bare models might be of either generation."""
    sources = [Source(name, text)]
    if dialect == Dialect.GEN2:
        return load_schema(sources, options).schema
    result = read_sdl(sources, Dialect(dialect))
    problems = [*result.problems, *(validate_schema(result.schema) if result.schema else ())]
    if result.schema is None or any(problem.is_error for problem in problems):
        raise SchemaError(problems)
    return normalize(result.schema, options)


def sdl(name: str, text: str, dialect: str, options: SchemaOptions) -> str:
    return build_api(DataModel.build(load(name, text, dialect, options))).print_sdl()


def introspection(name: str, text: str, dialect: str) -> dict[str, Any]:
    return introspect(load(name, text, dialect, SchemaOptions()))

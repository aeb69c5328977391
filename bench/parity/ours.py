"""Joinery's side of the comparison: schema text in, API out."""

from __future__ import annotations

from typing import Any

from datamodel.graphql.introspection import introspect
from datamodel.graphql.schema import build_api
from datamodel.registry import DataModel
from datamodel.schema import Dialect, Schema, SchemaOptions, Source, load_schema


def load(name: str, text: str, dialect: str, options: SchemaOptions) -> Schema:
    """Return a schema of a dialect that is told: a text with bare models might be of either generation."""
    return load_schema([Source(name, text)], options, dialect=Dialect(dialect)).schema


def sdl(name: str, text: str, dialect: str, options: SchemaOptions) -> str:
    return build_api(DataModel.build(load(name, text, dialect, options))).print_sdl()


def introspection(name: str, text: str, dialect: str) -> dict[str, Any]:
    return introspect(load(name, text, dialect, SchemaOptions()))

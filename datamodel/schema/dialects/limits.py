"""How large a schema may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import CustomType, EnumType, ModelType, Schema
from datamodel.schema.source import Location, Source

__all__ = ["SchemaLimits"]


@dataclass(frozen=True, slots=True)
class SchemaLimits:
    """The settings ``SCHEMA_MAX_…``; more than this is refused before it costs anything."""

    max_bytes: int = 1024 * 1024
    max_types: int = 500
    max_fields_per_type: int = 300
    max_enum_values: int = 1000

    def check_sources(self, sources: Sequence[Source]) -> list[Problem]:
        """Return the problem of too much text, if it is too much."""
        size = 0
        for source in sources:
            size += len(source.text.encode("utf-8", "replace"))
            if size > self.max_bytes:
                message = f"The schema is larger than {self.max_bytes:,} bytes."
                return [Problem(Code.TOO_LARGE, message, "Split the model in two.", Location(source, 1, 1))]
        return []

    def check_schema(self, schema: Schema) -> list[Problem]:
        """Return the problems of too many types, fields or enum values."""
        return list(self._find(schema))

    def _find(self, schema: Schema) -> Iterator[Problem]:
        types: list[ModelType | CustomType | EnumType] = [*schema.models, *schema.custom_types, *schema.enums]
        if len(types) > self.max_types:
            message = f"The schema has {len(types)} types; the limit is {self.max_types}."
            yield Problem(Code.TOO_LARGE, message, "Split the model in two.", types[self.max_types].location)
        holders: list[ModelType | CustomType] = [*schema.models, *schema.custom_types]
        for model in holders:
            if len(model.fields) > self.max_fields_per_type:
                message = f"Type '{model.name}' has {len(model.fields)} fields; the limit is {self.max_fields_per_type}."
                yield Problem(Code.TOO_LARGE, message, "Move some to a type of their own.", model.location)
        for enum in schema.enums:
            if len(enum.values) > self.max_enum_values:
                message = (
                    f"Enum '{enum.name}' has {len(enum.values)} values; the limit is {self.max_enum_values}."
                )
                yield Problem(Code.TOO_LARGE, message, "Make it a model.", enum.location)

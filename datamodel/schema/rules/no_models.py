"""A schema should have something to store."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import CustomOperation, CustomType, EnumType, Schema
from datamodel.schema.rules.findings import warning

__all__ = ["check_models_exist"]


def check_models_exist(schema: Schema) -> Iterator[Problem]:
    """Warn of a schema without a model."""
    if schema.models:
        return
    others: list[CustomType | EnumType | CustomOperation] = [
        *schema.custom_types,
        *schema.enums,
        *schema.custom_operations,
    ]
    at = others[0].location if others else None
    yield warning(
        Code.NO_MODELS, "The schema has no models: nothing is stored.", "Add '@model' to a type.", at
    )

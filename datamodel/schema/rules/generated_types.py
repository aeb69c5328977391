"""No type of the schema has the name of a type that the API generates."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import EnumType, ModelType, Schema
from datamodel.schema.naming import upper_first
from datamodel.schema.rules.findings import error, named_types

__all__ = ["check_generated_types"]

SCALAR_INPUTS = ("String", "ID", "Int", "Float", "Boolean")
SHARED = frozenset(
    {
        "ModelAttributeTypes",
        "ModelSizeInput",
        "ModelSortDirection",
        *(f"Model{name}Input" for name in SCALAR_INPUTS),
        *(f"ModelSubscription{name}Input" for name in SCALAR_INPUTS),
        *(f"Model{name}KeyConditionInput" for name in SCALAR_INPUTS if name != "Boolean"),
    }
)


def check_generated_types(schema: Schema) -> Iterator[Problem]:
    """Report types called as generated ones, and models or enums whose generated types clash."""
    owners: dict[str, str] = dict.fromkeys(SHARED, "the API itself")
    for label, each, names in _generators(schema):
        for name in sorted(names):
            if name in owners:
                message = f"Type '{name}', generated for {label}, is already that of {owners[name]}."
                yield error(Code.NAME_CLASH, message, f"Rename '{each.name}'.", each.location)
            owners[name] = label
    for declared in named_types(schema):
        if declared.name in owners:
            message = f"'{declared.name}' is the name of a type generated for {owners[declared.name]}."
            yield error(Code.RESERVED_NAME, message, "Rename it.", declared.location)


def _generators(schema: Schema) -> Iterator[tuple[str, ModelType | EnumType, set[str]]]:
    """What generates types, and their names."""
    for model in schema.models:
        yield f"model '{model.name}'", model, _model_types(model)
    for enum in schema.enums:
        yield f"enum '{enum.name}'", enum, _enum_types(enum)


def _model_types(model: ModelType) -> set[str]:
    upper = upper_first(model.name)
    return {
        f"Model{upper}Connection",
        f"Model{upper}FilterInput",
        f"Model{upper}ConditionInput",
        f"ModelSubscription{upper}FilterInput",
        f"Create{upper}Input",
        f"Update{upper}Input",
        f"Delete{upper}Input",
    }


def _enum_types(enum: EnumType) -> set[str]:
    return {f"Model{enum.name}Input", f"Model{enum.name}ListInput"}

"""No type of the schema has the name of a type that the API generates.

A connection type of one's own takes the place of the generated one, as officially, where it can.
"""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import CustomType, EnumType, ModelType, Schema
from datamodel.schema.naming import upper_first
from datamodel.schema.rules.findings import error, named_types, quoted, warning

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
    connections = {_connection(model): model for model in schema.models}
    for declared in named_types(schema):
        if declared.name not in owners:
            continue
        if isinstance(declared, CustomType) and declared.name in connections:
            yield from _check_connection(declared, connections[declared.name])
            continue
        message = f"'{declared.name}' is the name of a type generated for {owners[declared.name]}."
        yield error(Code.RESERVED_NAME, message, "Rename it.", declared.location)


def _check_connection(custom: CustomType, model: ModelType) -> Iterator[Problem]:
    """Let a type of one's own be the model's connection if it can hold a page."""
    label = f"'{custom.name}' is the connection of model '{model.name}'"
    types = {item.name: item.type for item in custom.fields}
    items, token = types.pop("items", None), types.pop("nextToken", None)
    if items is None or not items.is_list or items.name != model.name:
        yield error(
            Code.RESERVED_NAME, f"{label}: its 'items' must be [{model.name}].", "Rename it.", custom.location
        )
    elif token is None or str(token) != "String":
        yield error(
            Code.RESERVED_NAME, f"{label}: its 'nextToken' must be String.", "Rename it.", custom.location
        )
    elif extra := [name for name, kind in types.items() if kind.is_required]:
        message = f"{label}: nothing fills its {quoted(extra)}, which may not be null."
        yield error(Code.RESERVED_NAME, message, "Rename it.", custom.location)
    else:
        hint = "It takes the place of the generated one; its other fields answer null." if types else ""
        yield warning(Code.OWN_CONNECTION, f"{label}.", hint, custom.location)


def _generators(schema: Schema) -> Iterator[tuple[str, ModelType | EnumType, set[str]]]:
    """What generates types, and their names."""
    for model in schema.models:
        yield f"model '{model.name}'", model, _model_types(model)
    for enum in schema.enums:
        yield f"enum '{enum.name}'", enum, _enum_types(enum)


def _model_types(model: ModelType) -> set[str]:
    upper, operations = upper_first(model.name), model.operations
    mutations = {
        f"Create{upper}Input": operations.create,
        f"Update{upper}Input": operations.update,
        f"Delete{upper}Input": operations.delete,
        f"Model{upper}ConditionInput": operations.create or operations.update or operations.delete,
    }
    return {
        _connection(model),
        f"Model{upper}FilterInput",
        f"ModelSubscription{upper}FilterInput",
        *(name for name, mutation in mutations.items() if mutation),
    }


def _connection(model: ModelType) -> str:
    return f"Model{upper_first(model.name)}Connection"


def _enum_types(enum: EnumType) -> set[str]:
    return {f"Model{enum.name}Input", f"Model{enum.name}ListInput"}

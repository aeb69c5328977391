"""Default values: on plain fields only, and valid for their type."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.defaults import is_valid_default
from datamodel.schema.errors import Problem
from datamodel.schema.ir import FieldKind, Schema
from datamodel.schema.rules.findings import error, quoted
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_default_values"]


def check_default_values(schema: Schema) -> Iterator[Problem]:
    """Report defaults that no record could get."""
    enums = {enum.name: enum.names for enum in schema.enums}
    for model in schema.models:
        for item in model.fields:
            if item.default is None:
                continue
            label = f"'{model.name}.{item.name}'"
            if item.type.is_list or item.type.kind not in (
                FieldKind.SCALAR,
                FieldKind.ENUM,
                FieldKind.UNKNOWN,
            ):
                message = f"{label} cannot have a default: only single scalar and enum fields can."
                yield error(Code.DEFAULT_VALUE, message, "Remove the default.", item.location)
            elif item.type.kind is FieldKind.ENUM:
                values = enums.get(item.type.name, ())
                if item.default not in values:
                    message = (
                        f"Default '{item.default[:80]}' of {label} is not a value of enum '{item.type.name}'."
                    )
                    hint = did_you_mean(item.default, values) or f"Use one of {quoted(values[:10])}."
                    yield error(Code.DEFAULT_VALUE, message, hint, item.location)
            elif not is_valid_default(item.type.name, item.default):
                message = f"Default '{item.default[:80]}' of {label} is not a valid {item.type.name}."
                yield error(Code.DEFAULT_VALUE, message, "Correct or remove it.", item.location)

"""Every field has a type that exists and that its holder can have."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import SCALARS, FieldKind, Schema
from datamodel.schema.rules.findings import error, holders, type_names
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_known_types"]


def check_known_types(schema: Schema) -> Iterator[Problem]:
    """Report unknown types, and fields of a model that nothing can be stored in."""
    known = [*type_names(schema), *sorted(SCALARS)]
    for holder, item in holders(schema):
        name = item.type.name
        if item.type.kind is FieldKind.UNKNOWN:
            message = f"Field '{holder.name}.{item.name}' refers to unknown type '{name}'."
            hint = _scalar_hint(name) or did_you_mean(name, known) or f"Define '{name}'."
            yield error(Code.UNKNOWN_TYPE, message, hint, item.type.location or item.location)
    for model in schema.models:
        for item in model.fields:
            if item.type.kind is FieldKind.ABSTRACT:
                message = (
                    f"Field '{model.name}.{item.name}' cannot hold '{item.type.name}', which is abstract."
                )
                hint = "Use a type of its own fields; interfaces, unions and inputs are not stored."
                yield error(Code.UNSUITABLE_TYPE, message, hint, item.type.location or item.location)


def _scalar_hint(name: str) -> str:
    """``Date`` is meant to be ``AWSDate``."""
    return f"Did you mean 'AWS{name}'?" if f"AWS{name}" in SCALARS else ""

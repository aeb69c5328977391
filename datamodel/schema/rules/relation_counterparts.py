"""A belongsTo by ``fields`` or by nothing answers to a hasOne or hasMany."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import RelationKind, Schema
from datamodel.schema.normalize.directives import find_counterpart
from datamodel.schema.rules.findings import error

__all__ = ["check_relation_counterparts"]


def check_relation_counterparts(schema: Schema) -> Iterator[Problem]:
    """Report every belongsTo whose model does not look back."""
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            other = schema.find_model(item.type.name)
            if (
                declared is None
                or declared.kind is not RelationKind.BELONGS_TO
                or declared.references is not None
            ):
                continue
            if other is not None and find_counterpart(other, model.name) is None:
                message = f"'{model.name}.{item.name}' belongs to '{other.name}', which has no relationship with '{model.name}'."
                hint = f"Add a '@hasMany' or '@hasOne' field of '{model.name}' to '{other.name}', or use '@hasOne' here."
                yield error(Code.RELATION_COUNTERPART, message, hint, declared.location or item.location)

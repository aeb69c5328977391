"""Relation fields of all dialects to resolved ends, and the foreign keys that they imply."""

from __future__ import annotations

from dataclasses import replace

from datamodel.schema.flags import ApiFlags
from datamodel.schema.ir import FieldKind, ModelField, ModelType, RelationKind, Schema
from datamodel.schema.normalize.connections import ConnectionResolver
from datamodel.schema.normalize.directives import DirectiveResolver
from datamodel.schema.normalize.resolved import ResolvedRelation

__all__ = ["resolve_relations"]


def resolve_relations(schema: Schema, flags: ApiFlags) -> tuple[Schema, list[ResolvedRelation]]:
    """Return the schema with its implicit foreign keys, and every relation field resolved."""
    connections, directives = ConnectionResolver(schema), DirectiveResolver(schema, flags)
    resolved: list[ResolvedRelation] = []
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            if declared is None or item.type.kind is not FieldKind.MODEL:
                continue
            if declared.kind is RelationKind.CONNECTION:
                resolved.append(connections.resolve(model, item, declared))
            else:
                resolved.append(directives.resolve(model, item, declared))
    models = (
        _with_keys(model, (*connections.keys.of(model.name), *directives.keys.of(model.name)))
        for model in schema.models
    )
    return replace(schema, models=tuple(models)), resolved


def _with_keys(model: ModelType, keys: tuple[ModelField, ...]) -> ModelType:
    return replace(model, fields=(*model.fields, *keys))

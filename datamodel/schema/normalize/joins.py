"""The join models of ``@manyToMany``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from datamodel.schema.flags import ApiFlags
from datamodel.schema.ir import (
    AuthRule,
    FieldKind,
    FieldType,
    ModelField,
    ModelIndex,
    ModelType,
    RelationDeclaration,
    RelationKind,
    Schema,
)
from datamodel.schema.naming import lower_first, upper_first

__all__ = ["ManyToMany", "add_join_models", "find_many_to_many", "join_key_names"]


@dataclass(frozen=True, slots=True)
class ManyToMany:
    """Uses of one relation name: (model, field) in the order written; two where all is well."""

    join: str
    """Name of the join model."""
    uses: tuple[tuple[ModelType, ModelField], ...]
    is_named: bool = True


def find_many_to_many(schema: Schema) -> list[ManyToMany]:
    """Return the many-to-many relationships; those without a name are paired by their types."""
    named: dict[str, list[tuple[ModelType, ModelField]]] = {}
    unnamed: dict[frozenset[str], list[tuple[ModelType, ModelField]]] = {}
    order: dict[tuple[bool, object], None] = {}
    for model in schema.models:
        for item in model.fields:
            declared = item.declared_relation
            if declared is None or declared.kind is not RelationKind.MANY_TO_MANY:
                continue
            if declared.relation_name:
                join = upper_first(declared.relation_name)
                named.setdefault(join, []).append((model, item))
                order.setdefault((True, join))
            else:
                pair = frozenset({model.name, item.type.name})
                unnamed.setdefault(pair, []).append((model, item))
                order.setdefault((False, pair))
    found = []
    for is_named, key in order:
        if is_named:
            found.append(ManyToMany(str(key), tuple(named[str(key)])))
        else:
            uses = unnamed[key]  # type: ignore[index]
            model, item = uses[0]
            found.append(ManyToMany(upper_first(model.name + item.type.name), tuple(uses), is_named=False))
    return found


def add_join_models(schema: Schema, flags: ApiFlags) -> Schema:
    """Append the join model of every many-to-many relationship and name its relation in both fields."""
    joins = find_many_to_many(schema)
    if not joins:
        return schema
    unnamed = {id(item): each.join for each in joins if not each.is_named for _, item in each.uses}
    models = tuple(
        replace(model, fields=tuple(_name_relation(item, unnamed) for item in model.fields))
        for model in schema.models
    )
    return replace(schema, models=(*models, *(_join_model(each, flags) for each in joins)))


def _name_relation(item: ModelField, unnamed: dict[int, str]) -> ModelField:
    if id(item) not in unnamed or item.declared_relation is None:
        return item
    declared = replace(item.declared_relation, relation_name=unnamed[id(item)])
    return replace(item, declared_relation=declared)


def join_key_names(side: ModelType, flags: ApiFlags) -> tuple[str, ...]:
    """Return the fields of a join model that hold the key of ``side``: ``courseCode``, ``courseyear``.

    The first one is ``courseID`` in projects that do not respect key names.
    """
    first, *rest = side.primary_key
    prefix = lower_first(side.name)
    suffix = upper_first(first) if flags.respects_key_names else "ID"
    return (prefix + suffix, *(prefix + name for name in rest))


def _join_model(relationship: ManyToMany, flags: ApiFlags) -> ModelType:
    sides = [model for model, _ in relationship.uses]
    identifier = ModelField("id", FieldType("ID", FieldKind.SCALAR, is_required=True))
    keys = [item for side in sides for item in _key_fields(side, flags)]
    relations = [_parent_field(side, flags) for side in sides]
    return ModelType(
        name=relationship.join,
        fields=(identifier, *keys, *relations),
        indexes=tuple(_index(side, flags) for side in sides),
        auth=_joined_auth(sides),
        is_join=True,
        location=sides[0].location,
    )


def _key_fields(side: ModelType, flags: ApiFlags) -> list[ModelField]:
    fields = []
    for name, key in zip(join_key_names(side, flags), side.primary_key, strict=True):
        declared = side.find_field(key)
        kept = declared.type if declared else FieldType("ID", FieldKind.SCALAR)
        fields.append(ModelField(name, FieldType(kept.name, kept.kind, is_required=True)))
    return fields


def _parent_field(side: ModelType, flags: ApiFlags) -> ModelField:
    return ModelField(
        lower_first(side.name),
        FieldType(side.name, FieldKind.MODEL, is_required=True),
        declared_relation=RelationDeclaration(RelationKind.BELONGS_TO, fields=join_key_names(side, flags)),
    )


def _index(side: ModelType, flags: ApiFlags) -> ModelIndex:
    return ModelIndex(f"by{side.name}", join_key_names(side, flags), is_query_default=True)


def _joined_auth(sides: Sequence[ModelType]) -> tuple[AuthRule, ...] | None:
    rules = tuple(rule for side in sides for rule in side.auth or ())
    return rules or None

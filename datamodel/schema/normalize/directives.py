"""``@hasOne``, ``@hasMany``, ``@belongsTo``, ``@manyToMany``, and the builders of Gen 2."""

from __future__ import annotations

from dataclasses import replace

from datamodel.schema.flags import ApiFlags
from datamodel.schema.ir import (
    FieldKind,
    FieldType,
    ModelField,
    ModelType,
    RelationDeclaration,
    RelationKind,
    RelationStyle,
    Schema,
    Side,
)
from datamodel.schema.naming import camel_case, upper_first
from datamodel.schema.normalize.joins import join_key_names
from datamodel.schema.normalize.keys import ImplicitKeys, key_type
from datamodel.schema.normalize.resolved import ResolvedRelation

__all__ = ["DirectiveResolver", "find_counterpart"]

PARENT_KINDS = (RelationKind.HAS_ONE, RelationKind.HAS_MANY)


def find_counterpart(parent: ModelType, child: str) -> ModelField | None:
    """Return what a bare ``@belongsTo`` answers to: the first hasOne or hasMany of ``parent`` with ``child``."""
    return next(
        (
            item
            for item in parent.fields
            if item.type.name == child
            and item.declared_relation is not None
            and item.declared_relation.kind in PARENT_KINDS
        ),
        None,
    )


class DirectiveResolver:
    """Resolves relation fields of version 2 and Gen 2, collecting implied keys on the way."""

    def __init__(self, schema: Schema, flags: ApiFlags) -> None:
        self._schema = schema
        self._flags = flags
        self.keys = ImplicitKeys(schema)

    def resolve(self, model: ModelType, item: ModelField, declared: RelationDeclaration) -> ResolvedRelation:
        """Return the ends of a relation field."""
        match declared.kind:
            case RelationKind.MANY_TO_MANY:
                found = self._many_to_many(model, item, declared)
            case RelationKind.HAS_MANY:
                found = self._has_many(model, item, declared)
            case RelationKind.HAS_ONE:
                found = self._has_one(model, item, declared)
            case _:
                found = self._belongs_to(model, item, declared)
        return replace(found, declaration=declared)

    def _many_to_many(
        self, model: ModelType, item: ModelField, declared: RelationDeclaration
    ) -> ResolvedRelation:
        join = self._schema.model(upper_first(declared.relation_name or ""))
        return ResolvedRelation(
            model=model.name,
            field=item.name,
            kind=RelationKind.MANY_TO_MANY,
            side=Side.PARENT,
            style=RelationStyle.IMPLICIT,
            child=join.name,
            reference_fields=join_key_names(model, self._flags),
            parent=model.name,
            identifier_fields=model.primary_key,
            is_many=True,
            index_name=f"by{model.name}",
            far_model=item.type.name,
        )

    def _has_many(
        self, model: ModelType, item: ModelField, declared: RelationDeclaration
    ) -> ResolvedRelation:
        child = self._schema.model(item.type.name)
        found = ResolvedRelation(
            model=model.name,
            field=item.name,
            kind=RelationKind.HAS_MANY,
            side=Side.PARENT,
            style=RelationStyle.IMPLICIT,
            child=child.name,
            reference_fields=(),
            parent=model.name,
            identifier_fields=model.primary_key,
            is_many=True,
        )
        if declared.references:
            return replace(found, style=RelationStyle.REFERENCES, reference_fields=declared.references)
        if declared.fields is not None:
            index = child.find_index(declared.key_name) if declared.key_name else None
            key = index.fields if index else child.primary_key
            return replace(
                found,
                style=RelationStyle.FIELDS,
                reference_fields=key[: len(declared.fields)],
                identifier_fields=declared.fields,
                sort_fields=key[1:] if len(declared.fields) < 2 else (),
                index_name=index.name if index else None,
            )
        # The official transformer gives the field the child's own sort key, though it is not used.
        names = self._add_keys(child.name, model, item, model)
        return replace(found, reference_fields=names, sort_fields=child.primary_key[1:])

    def _add_keys(
        self, holder: str, source: ModelType, item: ModelField, target: ModelType
    ) -> tuple[str, ...]:
        """Add to ``holder`` the keys of ``target`` that the field ``source.item`` implies."""
        names = []
        for number, key in enumerate(target.primary_key):
            is_called_id = number == 0 and not self._flags.respects_key_names
            name = camel_case((source.name, item.name, "id" if is_called_id else key))
            wanted = FieldType("ID", FieldKind.SCALAR) if is_called_id else key_type(target, key)
            self.keys.add(
                holder, name, FieldType(wanted.name, wanted.kind, is_required=item.type.is_required)
            )
            names.append(name)
        return tuple(names)

    def _has_one(self, model: ModelType, item: ModelField, declared: RelationDeclaration) -> ResolvedRelation:
        target = self._schema.model(item.type.name)
        if declared.references:
            return ResolvedRelation(
                model=model.name,
                field=item.name,
                kind=RelationKind.HAS_ONE,
                side=Side.PARENT,
                style=RelationStyle.REFERENCES,
                child=target.name,
                reference_fields=declared.references,
                parent=model.name,
                identifier_fields=model.primary_key,
                is_single_child=True,
            )
        return self._held(model, item, declared, target, RelationKind.HAS_ONE, is_single_child=True)

    def _held(
        self,
        model: ModelType,
        item: ModelField,
        declared: RelationDeclaration,
        target: ModelType,
        kind: RelationKind,
        *,
        is_single_child: bool,
    ) -> ResolvedRelation:
        """A to-one field whose model holds the key of its target itself."""
        names = declared.fields or self._add_keys(model.name, model, item, target)
        return ResolvedRelation(
            model=model.name,
            field=item.name,
            kind=kind,
            side=Side.CHILD,
            style=RelationStyle.FIELDS if declared.fields else RelationStyle.IMPLICIT,
            child=model.name,
            reference_fields=names,
            parent=target.name,
            identifier_fields=target.primary_key[: len(names)],
            is_single_child=is_single_child,
        )

    def _belongs_to(
        self, model: ModelType, item: ModelField, declared: RelationDeclaration
    ) -> ResolvedRelation:
        parent = self._schema.model(item.type.name)
        counterpart = find_counterpart(parent, model.name)
        kind = counterpart.declared_relation.kind if counterpart and counterpart.declared_relation else None
        if declared.references:
            return ResolvedRelation(
                model=model.name,
                field=item.name,
                kind=RelationKind.BELONGS_TO,
                side=Side.CHILD,
                style=RelationStyle.REFERENCES,
                child=model.name,
                reference_fields=declared.references,
                parent=parent.name,
                identifier_fields=parent.primary_key,
            )
        if declared.fields is None and counterpart and kind is RelationKind.HAS_MANY:
            return self._inverse(model, item, parent, counterpart)
        is_single_child = kind is RelationKind.HAS_ONE
        return self._held(
            model, item, declared, parent, RelationKind.BELONGS_TO, is_single_child=is_single_child
        )

    def _inverse(
        self, model: ModelType, item: ModelField, parent: ModelType, counterpart: ModelField
    ) -> ResolvedRelation:
        """A bare belongsTo reads the key of the hasMany it answers to."""
        declared = counterpart.declared_relation
        if declared is None:
            raise ValueError(counterpart.name)
        other = self._has_many(parent, counterpart, declared)
        return ResolvedRelation(
            model=model.name,
            field=item.name,
            kind=RelationKind.BELONGS_TO,
            side=Side.CHILD,
            style=RelationStyle.IMPLICIT,
            child=model.name,
            reference_fields=other.reference_fields,
            parent=parent.name,
            identifier_fields=other.identifier_fields,
        )

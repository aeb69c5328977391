"""``@connection`` of version 1 in all its forms."""

from __future__ import annotations

from dataclasses import replace

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
from datamodel.schema.naming import lower_first, upper_first
from datamodel.schema.normalize.keys import ImplicitKeys
from datamodel.schema.normalize.resolved import ResolvedRelation

__all__ = ["ConnectionResolver", "find_other_half"]


def find_other_half(target: ModelType, item: ModelField, name: str) -> ModelField | None:
    """Return the field of ``target`` that shares the connection name with ``item``."""
    return next(
        (
            other
            for other in target.fields
            if other is not item
            and other.declared_relation is not None
            and other.declared_relation.name == name
        ),
        None,
    )


class ConnectionResolver:
    """Resolves ``@connection`` fields, collecting the keys that only inputs show."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.keys = ImplicitKeys(schema)

    def resolve(self, model: ModelType, item: ModelField, declared: RelationDeclaration) -> ResolvedRelation:
        """Return the ends of a connection field."""
        other = self._schema.model(item.type.name)
        if item.type.is_list:
            found = self._list(model, item, declared, other)
        else:
            found = self._single(model, item, declared, other)
        return replace(found, declaration=declared)

    def _list(
        self, model: ModelType, item: ModelField, declared: RelationDeclaration, child: ModelType
    ) -> ResolvedRelation:
        found = ResolvedRelation(
            model=model.name,
            field=item.name,
            kind=RelationKind.HAS_MANY,
            side=Side.PARENT,
            style=RelationStyle.IMPLICIT,
            child=child.name,
            reference_fields=(),
            parent=model.name,
            identifier_fields=model.primary_key[:1],
            is_many=True,
        )
        if declared.fields:
            index = child.find_index(declared.key_name) if declared.key_name else None
            key = index.fields if index else child.primary_key
            return replace(
                found,
                style=RelationStyle.FIELDS,
                reference_fields=key[: len(declared.fields)],
                identifier_fields=declared.fields,
                sort_fields=key[1:] if len(declared.fields) == 1 else (),
                index_name=index.name if index else None,
            )
        half = find_other_half(child, item, declared.name) if declared.name else None
        if half is not None and half.declared_relation is not None:
            return _named_list(found, model, child, half, half.declared_relation)
        name = declared.key_field or _key_name(model, item)
        self._add_key(child, name)
        return replace(found, reference_fields=(name,))

    def _single(
        self, model: ModelType, item: ModelField, declared: RelationDeclaration, parent: ModelType
    ) -> ResolvedRelation:
        back = self._counterpart(model, item, declared, parent)
        found = ResolvedRelation(
            model=model.name,
            field=item.name,
            kind=_single_kind(item, declared, back),
            side=Side.CHILD,
            style=RelationStyle.NAME if declared.name else RelationStyle.IMPLICIT,
            child=model.name,
            reference_fields=(),
            parent=parent.name,
            identifier_fields=parent.primary_key[:1],
            is_single_child=back is None or not back.type.is_list,
        )
        if declared.fields:
            return replace(
                found,
                style=RelationStyle.FIELDS,
                reference_fields=declared.fields,
                identifier_fields=parent.primary_key[: len(declared.fields)],
            )
        name = declared.key_field or _key_name(model, item)
        self._add_key(model, name, is_required=item.type.is_required)
        return replace(found, reference_fields=(name,))

    def _counterpart(
        self, model: ModelType, item: ModelField, declared: RelationDeclaration, parent: ModelType
    ) -> ModelField | None:
        """Return the field of the parent that looks back: by name, else the one whose key matches."""
        if declared.name:
            return find_other_half(parent, item, declared.name)
        back = [
            other
            for other in parent.fields
            if other is not item and other.type.name == model.name and other.declared_relation is not None
        ]
        return next((other for other in back if _reads(other, declared, model)), None)

    def _add_key(self, model: ModelType, name: str, *, is_required: bool = False) -> None:
        self.keys.add(
            model.name, name, FieldType("ID", FieldKind.SCALAR, is_required=is_required), is_in_type=False
        )


def _named_list(
    found: ResolvedRelation,
    parent: ModelType,
    child: ModelType,
    half: ModelField,
    declared: RelationDeclaration,
) -> ResolvedRelation:
    """A list that shares its name with a single field: the single field's model holds the key."""
    references = declared.fields or (declared.key_field or _key_name(child, half),)
    return replace(
        found,
        style=RelationStyle.NAME,
        reference_fields=references,
        identifier_fields=parent.primary_key[: len(references)],
        sort_fields=(declared.sort_field,) if declared.sort_field else (),
    )


def _key_name(model: ModelType, item: ModelField) -> str:
    return f"{lower_first(model.name)}{upper_first(item.name)}Id"


def _reads(other: ModelField, declared: RelationDeclaration, model: ModelType) -> bool:
    """Say whether the parent's field ``other`` finds ``model`` by the fields of ``declared``."""
    relation = other.declared_relation
    if relation is None or relation.name:
        return False
    if relation.fields is None or declared.fields is None or not other.type.is_list:
        return relation.fields is None and declared.fields is None
    index = model.find_index(relation.key_name) if relation.key_name else None
    key = index.fields if index else model.primary_key
    return key[: len(declared.fields)] == declared.fields


def _single_kind(item: ModelField, declared: RelationDeclaration, back: ModelField | None) -> RelationKind:
    """Tell hasOne from belongsTo as the official code generator does."""
    if back is None:
        return RelationKind.HAS_ONE if declared.fields else RelationKind.BELONGS_TO
    if not back.type.is_list and back.type.is_required and not item.type.is_required:
        return RelationKind.HAS_ONE
    return RelationKind.BELONGS_TO

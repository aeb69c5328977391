"""Resolved relation fields to links: fields that share both ends share one link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from datamodel.schema.ir import (
    FieldKind,
    FieldType,
    Link,
    ModelType,
    Relation,
    Schema,
    Side,
)
from datamodel.schema.normalize.resolved import ResolvedRelation

__all__ = ["link_relations"]

NUMERIC = frozenset({"Int", "Float", "Boolean", "AWSTimestamp"})


def link_relations(schema: Schema, resolved: Iterable[ResolvedRelation]) -> Schema:
    """Return the schema with ``links``, and with ``relation`` on every relation field."""
    groups: dict[tuple[object, ...], list[ResolvedRelation]] = {}
    for relation in resolved:
        groups.setdefault(relation.ends, []).append(relation)
    links = [_link(schema, members) for members in groups.values()]
    links = _mark_joins(schema, _release_shared(links))
    names = {ends: link.name for ends, link in zip(groups, links, strict=True)}
    far = _far_models(links)
    relations = {
        (each.model, each.field): _relation(each, names[each.ends], far)
        for members in groups.values()
        for each in members
    }
    models = tuple(_with_relations(model, relations) for model in schema.models)
    return replace(schema, models=models, links=tuple(links))


def _link(schema: Schema, members: list[ResolvedRelation]) -> Link:
    first = members[0]
    child, parent = schema.model(first.child), schema.model(first.parent)
    child_fields = tuple(each.field for each in members if each.side is Side.CHILD)
    parent_fields = tuple(each.field for each in members if each.side is Side.PARENT)
    is_comparable = _is_comparable(child, parent, first)
    name = f"{child.name}.{child_fields[0]}" if child_fields else f"{parent.name}.{parent_fields[0]}"
    return Link(
        name=name,
        child=child.name,
        reference_fields=first.reference_fields,
        parent=parent.name,
        identifier_fields=first.identifier_fields,
        child_fields=child_fields,
        parent_fields=parent_fields,
        is_many=any(each.is_many for each in members) or not any(each.is_single_child for each in members),
        is_required=_is_required(child, first.reference_fields),
        is_enforceable=is_comparable and first.identifier_fields == parent.primary_key,
        is_comparable=is_comparable,
        is_join=child.is_join,
    )


def _is_required(child: ModelType, references: tuple[str, ...]) -> bool:
    """A reference that is part of the child's key, or not nullable, cannot be cleared."""
    fields = [child.find_field(name) for name in references]
    return any(name in child.primary_key for name in references) or any(
        item is not None and item.type.is_required for item in fields
    )


def _is_comparable(child: ModelType, parent: ModelType, ends: ResolvedRelation) -> bool:
    """Say whether each reference holds the kind of value that its identifier does."""
    pairs = zip(ends.reference_fields, ends.identifier_fields, strict=False)
    return all(_match(_type(child, reference), _type(parent, identifier)) for reference, identifier in pairs)


def _type(model: ModelType, name: str) -> FieldType | None:
    item = model.find_field(name)
    return item.type if item is not None and item.is_stored else None


def _match(one: FieldType | None, other: FieldType | None) -> bool:
    if one is None or other is None or one.is_list or other.is_list:
        return False
    if FieldKind.CUSTOM in (one.kind, other.kind):
        return False
    return one.name == other.name or not {one.name, other.name} & NUMERIC


def _release_shared(links: list[Link]) -> list[Link]:
    """One reference cannot name records of two models: only the link with a field on the child stays.

    Where none or several have one, nobody can tell what the reference means, and all are only read.
    """
    claims: dict[tuple[str, tuple[str, ...]], list[Link]] = {}
    for link in links:
        if link.is_enforceable:
            claims.setdefault((link.child, link.reference_fields), []).append(link)
    kept: set[str] = set()
    for rivals in claims.values():
        told = rivals if len(rivals) == 1 else [link for link in rivals if link.child_fields]
        kept.update(link.name for link in told if len(told) == 1)
    return [replace(link, is_enforceable=link.name in kept) for link in links]


def _mark_joins(schema: Schema, links: list[Link]) -> list[Link]:
    """Mark both links of every model that does nothing but join two others."""
    joins = {model.name for model in schema.models if model.is_join or _is_written_join(model, links)}
    return [replace(link, is_join=link.child in joins) for link in links]


def _is_written_join(model: ModelType, links: list[Link]) -> bool:
    """Say whether a model only joins: two links to parents that list it, and nothing else of its own.

    Nothing refers to it, and beside its key, its two references, timestamps and owners it stores no
    field: with a field of its own (a role, a grade) it is a thing that people care about.
    """
    up = [link for link in links if link.child == model.name]
    if len(up) != 2 or any(link.parent == model.name for link in links):
        return False
    if not all(link.is_enforceable and link.is_many and link.parent_fields for link in up):
        return False
    known = {*model.primary_key, "id", "createdAt", "updatedAt", "owner", model.created_at, model.updated_at}
    known.update(rule.owner_field for rule in model.auth or () if rule.owner_field)
    known.update(name for link in up for name in link.reference_fields)
    return all(item.name in known for item in model.stored_fields)


def _far_models(links: list[Link]) -> dict[str, str]:
    """Return, by the name of a join's link, the model at the join's other end."""
    far: dict[str, str] = {}
    for link in links:
        others = [other for other in links if other.child == link.child and other.name != link.name]
        if link.is_join and len(others) == 1:
            far[link.name] = others[0].parent
    return far


def _relation(each: ResolvedRelation, link: str, far: dict[str, str]) -> Relation:
    looks_across = each.is_many and each.side is Side.PARENT
    declared = each.declaration
    return Relation(
        kind=each.kind,
        link=link,
        side=each.side,
        style=each.style,
        is_many=each.is_many,
        sort_fields=each.sort_fields,
        index_name=each.index_name,
        limit=declared.limit if declared else None,
        far_model=each.far_model or (far.get(link) if looks_across else None),
        declaration=declared,
    )


def _with_relations(model: ModelType, relations: dict[tuple[str, str], Relation]) -> ModelType:
    fields = tuple(replace(item, relation=relations.get((model.name, item.name))) for item in model.fields)
    return replace(model, fields=fields)

"""Linking and unlinking records: through the child's reference fields, or through a join model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datamodel.modelgen import Record
from datamodel.modelgen.errors import RecordNotFound, RelatedRecordNotFound, ValidationFailed
from datamodel.modelgen.references import clearable_fields, identifier_of, reference_field, reference_of
from datamodel.records.transactions import transact
from datamodel.records.writing import create, delete, find, update
from datamodel.registry import DataModel
from datamodel.schema.ir import Link

__all__ = ["find_join_links", "link", "link_many", "reference_to", "unlink", "unlink_many"]

Key = Mapping[str, Any]


def link(datamodel: DataModel, link: Link, parent_key: Key, child_key: Key) -> Record:
    """Make the child refer to the parent and return it; linking again what is linked writes nothing.

    Where a parent reads one child only, the child it had before is unlinked. Raise
    RelatedRecordNotFound, RecordNotFound, ValidationFailed.
    """

    def work() -> Record:
        reference = reference_to(datamodel, link, parent_key)
        child = get(datamodel, link.child, child_key)
        if holds(child, reference):
            return child
        if link.is_one_to_one:
            displace(datamodel, link, reference)
        return update(datamodel, link.child, child.key_dict, reference)

    return transact(datamodel, work)


def reference_to(datamodel: DataModel, link: Link, parent_key: Key) -> dict[str, Any]:
    """Return what a child's reference fields hold to refer to that parent, locked where it has one child only."""
    parent = find(datamodel, link.parent, parent_key, for_update=link.is_one_to_one)
    if parent is None:
        value = next(iter(parent_key.values())) if len(parent_key) == 1 else tuple(parent_key.values())
        raise RelatedRecordNotFound(reference_field(link), value, link.parent)
    pairs = zip(link.reference_fields, link.identifier_fields, strict=True)
    return {reference: parent.get_value(identifier) for reference, identifier in pairs}


def get(datamodel: DataModel, model: str, key: Key) -> Record:
    """Return the record of that key, locked; raise RecordNotFound."""
    record = find(datamodel, model, key, for_update=True)
    if record is None:
        raise RecordNotFound(model, dict(key))
    return record


def holds(child: Record, reference: Mapping[str, Any]) -> bool:
    return all(child.get_value(name) == value for name, value in reference.items())


def displace(datamodel: DataModel, link: Link, reference: Mapping[str, Any]) -> None:
    """Unlink the child that a one-to-one parent has now."""
    for other in children(datamodel, link.child, reference):
        unlink(datamodel, link, other.key_dict)


def children(datamodel: DataModel, model: str, reference: Mapping[str, Any]) -> list[Record]:
    """Return the records whose fields hold these values."""
    child = datamodel.model(model)
    values = {child.names.attribute(name): value for name, value in reference.items()}
    return list(child.objects.filter(**values).order_by("joinery_pk"))


def unlink(datamodel: DataModel, link: Link, child_key: Key, parent_key: Key | None = None) -> Record:
    """Set the child's reference to null and return it; with ``parent_key`` only if it refers to that parent.

    Raise RecordNotFound, and ValidationFailed where the reference is required.
    """

    def work() -> Record:
        child = get(datamodel, link.child, child_key)
        if None in reference_of(child, link) or not refers_to(datamodel, link, child, parent_key):
            return child
        return update(datamodel, link.child, child.key_dict, dict.fromkeys(clearable(type(child), link)))

    return transact(datamodel, work)


def refers_to(datamodel: DataModel, link: Link, child: Record, parent_key: Key | None) -> bool:
    if parent_key is None:
        return True
    parent = find(datamodel, link.parent, parent_key)
    if parent is None:
        return False
    return identifier_of(parent, link) == reference_of(child, link)


def clearable(child: type[Record], link: Link) -> tuple[str, ...]:
    """Return the reference fields that may be null; raise ValidationFailed where none may."""
    names = clearable_fields(child, link)
    if not names:
        sentence = f"A {link.child} cannot be without its {link.parent}: link it to another, or delete it."
        raise ValidationFailed({reference_field(link): [sentence]})
    return names


def link_many(datamodel: DataModel, model: str, field: str, key: Key, far_key: Key) -> Record:
    """Join two records through the join model and return the join record, the one there is if they are joined."""
    near, far = find_join_links(datamodel, model, field)

    def work() -> Record:
        reference = join_reference(datamodel, near, far, key, far_key)
        joined = children(datamodel, near.child, reference)
        return joined[0] if joined else create(datamodel, near.child, reference)

    return transact(datamodel, work)


def unlink_many(datamodel: DataModel, model: str, field: str, key: Key, far_key: Key) -> int:
    """Delete the join records between two records; return how many there were."""
    near, far = find_join_links(datamodel, model, field)

    def work() -> int:
        reference = join_reference(datamodel, near, far, key, far_key)
        joined = children(datamodel, near.child, reference)
        for record in joined:
            delete(datamodel, near.child, record.key_dict)
        return len(joined)

    return transact(datamodel, work)


def find_join_links(datamodel: DataModel, model: str, field: str) -> tuple[Link, Link]:
    """Return the join model's two links: to ``model``, and to the model that ``field`` is about."""
    relation = datamodel.model(model).model_type.field(field).relation
    if relation is None:
        raise LookupError(f"'{model}.{field}' is not a relationship.")
    near = datamodel.schema.link(relation.link)
    others = [link for link in datamodel.schema.links_from(near.child) if link.is_join and link != near]
    if not near.is_join or not others:
        raise LookupError(f"'{model}.{field}' is not a many-to-many relationship.")
    return near, next((link for link in others if link.parent == relation.far_model), others[0])


def join_reference(datamodel: DataModel, near: Link, far: Link, key: Key, far_key: Key) -> dict[str, Any]:
    """Return the reference fields of the join record; lock one end, so that no two are made at once."""
    ends = sorted(((near, key), (far, far_key)), key=lambda end: end[0].name)
    find(datamodel, ends[0][0].parent, ends[0][1], for_update=True)
    return {**reference_to(datamodel, near, key), **reference_to(datamodel, far, far_key)}

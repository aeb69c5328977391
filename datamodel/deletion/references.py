"""References name records, wholly and alone where they have to: checked before a write, with the parent locked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel.modelgen import Record, load_parent_labels
from datamodel.modelgen.errors import RelatedRecordNotFound, RelatedRecordTaken, ValidationFailed
from datamodel.modelgen.references import (
    identifier_of,
    is_half_set,
    reference_field,
    reference_of,
    sibling_models,
)
from datamodel.modelgen.statements import Ask, is_there, kept, presence
from datamodel.schema.ir import Link

__all__ = ["check_references", "parents_to_keep"]


def check_references(record: Record, changed: set[str] | None) -> None:
    """Raise where a reference of ``record`` is not what it has to be.

    ``changed`` names the fields that differ from what is stored; None means that the record is new. What is
    stored already is not judged again. The parents stay locked against deletion, and against another child
    where they may have one only, until the transaction ends. Raise RelatedRecordNotFound,
    RelatedRecordTaken, and ValidationFailed for half a reference.
    """
    for link in links_to_check(record, changed):
        check_link(record, link)


def links_to_check(record: Record, changed: set[str] | None) -> Iterator[Link]:
    """Yield the links whose references are judged."""
    for link in record.schema.links_from(record.model_type.name):
        if link.is_enforced and (changed is None or not changed.isdisjoint(link.reference_fields)):
            yield link


def parents_to_keep(
    record: Record, changed: set[str] | None, connection: BaseDatabaseWrapper
) -> list[Ask] | None:
    """Return the queries that have to find each parent and lock it, as `check_references` does.

    None where more than that has to be looked at: a parent that may have one child only. Raise
    ValidationFailed for half a reference.
    """
    asks = []
    for link in links_to_check(record, changed):
        reference = reference_of(record, link)
        if None in reference:
            refuse_half(record, link)
        elif link.is_one_to_one:
            return None
        elif not (link.is_self and reference == identifier_of(record, link)):
            parent, attributes, values, lock = parent_of(record, link)
            asks.append(presence(parent, connection, attributes, values, lock))
    return asks


def check_link(record: Record, link: Link) -> None:
    """Check one link; a reference with a null in it refers to nothing."""
    reference = reference_of(record, link)
    if None in reference:
        refuse_half(record, link)
        return
    value = reference[0] if len(reference) == 1 else reference
    is_own = link.is_self and reference == identifier_of(record, link)
    if not is_own and not keep_parent(record, link):
        raise RelatedRecordNotFound(reference_field(link), value, link.parent)
    if link.is_one_to_one and (other := find_other(record, link)):
        raise RelatedRecordTaken(reference_field(link), value, link.parent, other)


def refuse_half(record: Record, link: Link) -> None:
    """Raise ValidationFailed where a part of the reference is set and a part is missing."""
    if is_half_set(record, link):
        missing = [name for name in link.reference_fields if record.get_value(name) is None]
        names = " and ".join(f"'{name}'" for name in link.reference_fields)
        sentence = f"{names} refer to one {link.parent} together: set all of them, or none."
        raise ValidationFailed({missing[0]: [sentence]})


def keep_parent(record: Record, link: Link) -> bool:
    """Return whether the reference names a living record, and keep that from being deleted.

    Where a parent has one child only, also from others who ask for it. On PostgreSQL a key share lock: it
    conflicts with a delete's lock, not with an update's. SQLite's transactions begin by taking the only
    write lock there is.
    """
    return is_there(*parent_of(record, link))


def parent_of(record: Record, link: Link) -> tuple[type[Record], list[str], tuple[Any, ...], str]:
    """Return what a reference names: the parent's class, attributes and values, and how it is locked."""

    def look_up() -> tuple[type[Record], list[str], str]:
        parent = sibling_models(type(record))[link.parent]
        lock = "FOR NO KEY UPDATE" if link.is_one_to_one else "FOR KEY SHARE"
        return parent, [parent.names.attribute(name) for name in link.identifier_fields], lock

    parent, attributes, lock = kept(type(record), ("parent", link.name), look_up)
    return parent, attributes, reference_of(record, link), lock


def find_other(record: Record, link: Link) -> Record | None:
    """Return the oldest other record with the same reference."""
    child = type(record)
    same = child.objects.filter(**matching(child, link.reference_fields, reference_of(record, link)))
    other: Record | None = same.exclude(pk=record.pk).order_by("joinery_pk").first()
    load_parent_labels([other] if other else [])
    return other


def matching(model: type[Record], names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip((model.names.attribute(name) for name in names), values, strict=True))

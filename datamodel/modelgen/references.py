"""References between records: what a link is to the records at its ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from datamodel.modelgen.record import Record
from datamodel.modelgen.statements import kept
from datamodel.schema.ir import Link

__all__ = [
    "clearable_fields",
    "identifier_of",
    "is_half_set",
    "reference_field",
    "reference_of",
    "sibling_models",
]


def sibling_models(model: type[Record]) -> Mapping[str, type[Record]]:
    """Return all record classes of the data model that ``model`` belongs to, by API name."""

    def gather() -> Mapping[str, type[Record]]:
        others = model._meta.apps.get_models()
        return {other.model_type.name: other for other in others if issubclass(other, Record)}

    return kept(model, "siblings", gather)


def reference_of(record: Record, link: Link) -> tuple[Any, ...]:
    """Return the values of the child's reference fields, in the link's order."""
    return tuple(record.get_value(name) for name in link.reference_fields)


def identifier_of(record: Record, link: Link) -> tuple[Any, ...]:
    """Return the values of the parent's identifier fields, in the link's order."""
    return tuple(record.get_value(name) for name in link.identifier_fields)


def reference_field(link: Link) -> str:
    """Return the field to name when a reference is wrong: the input's own, the relation for a composite one."""
    if len(link.reference_fields) == 1 or link.child_field is None:
        return link.reference_fields[0]
    return link.child_field


def clearable_fields(child: type[Record], link: Link) -> tuple[str, ...]:
    """Return the reference fields to set to null to cut the link; none where it cannot be cut.

    One null cuts a composite reference: fields that other links use as well stay where others do.
    """
    model_type = child.model_type
    nullable = [
        name
        for name in link.reference_fields
        if name not in model_type.primary_key and not model_type.field(name).type.is_required
    ]
    shared = {
        name
        for other in child.schema.links_from(model_type.name)
        if other.name != link.name and other.is_enforced
        for name in other.reference_fields
    }
    return tuple(name for name in nullable if name not in shared) or tuple(nullable)


def is_half_set(record: Record, link: Link) -> bool:
    """Return whether a part of a composite reference is missing though another part is there for this link alone.

    What the key holds stays, and so does what other references of the record need.
    """
    if None not in reference_of(record, link):
        return False
    needed = {
        name
        for other in record.schema.links_from(record.model_type.name)
        if other.name != link.name and other.is_enforced and None not in reference_of(record, other)
        for name in other.reference_fields
    }
    own = set(clearable_fields(type(record), link)) - needed
    return any(record.get_value(name) is not None for name in own)

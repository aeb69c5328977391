"""What the checks of relationships share: which links are looked at, and the conditions of a reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from datamodel.health.check import Check, Counted, Severity
from datamodel.modelgen import Record
from datamodel.modelgen.references import clearable_fields, reference_of
from datamodel.registry import DataModel
from datamodel.schema.ir import Link, Schema

__all__ = ["LinkCheck", "LooseReference", "checked_links", "counted_words", "in_series", "in_words"]


def checked_links(schema: Schema) -> Iterator[Link]:
    """Yield the links whose references mean one record.

    A reference that several relationships read in different ways means none; what is only another view of
    a link that is enforced was looked at already.
    """
    for link in schema.links:
        rivals = [other for other in schema.links_from(link.child) if shares_reference(other, link)]
        if link.is_enforceable or (link.is_comparable and not rivals):
            yield link


def shares_reference(one: Link, other: Link) -> bool:
    return one.name != other.name and set(one.reference_fields) == set(other.reference_fields)


def in_words(values: tuple[Any, ...]) -> str:
    """Return a reference as people read it: its values, those that are missing as ``null``."""
    return ", ".join("null" if value is None else str(value) for value in values)


def counted_words(counted: Counted, noun: str, plural: str = "") -> str:
    """Return ``1 record`` or ``12 records``."""
    is_one = counted.count == 1 and counted.is_exact
    return f"{counted} {noun if is_one else plural or noun + 's'}"


def in_series(names: Sequence[str]) -> str:
    """Return ``'a', 'b' and 'c'``."""
    quoted = [f"'{name}'" for name in names]
    return " and ".join([*([", ".join(quoted[:-1])] if quoted[:-1] else []), *quoted[-1:]])


@dataclass(frozen=True, eq=False, repr=False)
class LinkCheck(Check):
    """A check of the references of one link."""

    link: Link

    @classmethod
    def for_link(cls, datamodel: DataModel, link: Link) -> Self:
        """Return the check of ``link``, called by the field that people know it by."""
        return cls(datamodel, link.child, link.child_field or link.reference_fields[0], link)

    @property
    def severity(self) -> Severity:
        """Where nothing is enforced, nothing is broken."""
        return Severity.ERROR if self.link.is_enforced else Severity.NOTE

    @property
    def parent_class(self) -> type[Record]:
        return self.datamodel.model(self.link.parent)

    @property
    def references(self) -> list[str]:
        """The attributes of the child's reference fields."""
        return [self.record_class.names.attribute(name) for name in self.link.reference_fields]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The attributes on either side: the child's reference, the parent's identifier."""
        identifiers = [self.parent_class.names.attribute(name) for name in self.link.identifier_fields]
        return list(zip(self.references, identifiers, strict=True))

    def referring(self) -> QuerySet[Record]:
        """Return the live records whose reference is complete."""
        records: QuerySet[Record] = self.record_class.objects.filter(self.is_complete(self.link))
        return records

    def has_parent(self, *, is_deleted: bool) -> Exists:
        """Return the condition that the reference names a record: a live one, or a tombstone."""
        match = {identifier: OuterRef(reference) for reference, identifier in self.pairs}
        return Exists(self.parent_class.all_objects.filter(joinery_deleted=is_deleted, **match))

    def earlier_sibling(self) -> Exists:
        """Return the condition that an older live record has the same reference."""
        same = {name: OuterRef(name) for name in self.references}
        return Exists(self.record_class.objects.filter(pk__lt=OuterRef("pk"), **same))

    def shown(self, record: Record) -> str:
        return in_words(reference_of(record, self.link))

    def incomplete(self) -> Q:
        """Return the condition that a part of the reference is missing."""
        return ~self.is_complete(self.link)

    def half_set(self) -> Q:
        """Return the condition that a part is missing though another is there for this reference alone.

        It is cut where the fields that a clear empties are empty: fields of the key, and those that the
        record's other references need, stay as they are.
        """
        is_there = Q(pk__in=[])
        for name in clearable_fields(self.record_class, self.link):
            attribute = self.record_class.names.attribute(name)
            is_there |= Q(**{f"{attribute}__isnull": False}) & ~self.is_needed_elsewhere(name)
        return self.incomplete() & is_there

    def is_needed_elsewhere(self, name: str) -> Q:
        """Return the condition that another reference of the record is complete and holds the field."""
        is_needed = Q(pk__in=[])
        for other in self.datamodel.schema.links_from(self.model):
            if other.name != self.link.name and other.is_enforced and name in other.reference_fields:
                is_needed |= self.is_complete(other)
        return is_needed

    def is_complete(self, link: Link) -> Q:
        attributes = [self.record_class.names.attribute(name) for name in link.reference_fields]
        return Q(**{f"{attribute}__isnull": False for attribute in attributes})


class LooseReference(LinkCheck):
    """A check of references that name no live record. One statement often answers for all such checks."""

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        return (cls.for_link(datamodel, link) for link in checked_links(datamodel.schema))

    def loose(self) -> QuerySet[Record]:
        """Return the records whose reference names no live record."""
        return self.referring().filter(~self.has_parent(is_deleted=False))

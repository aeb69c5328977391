"""Relationships that may not be empty, and are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.db.models import Q, QuerySet

from datamodel.health.check import Counted, Severity
from datamodel.health.links import LinkCheck, checked_links, counted_words
from datamodel.modelgen import Record
from datamodel.registry import DataModel
from datamodel.schema.ir import Link, Schema

__all__ = ["EmptyReference", "is_needed"]


def is_needed(schema: Schema, link: Link) -> bool:
    """Return whether every child must have a parent: its reference or the relationship's own field is required."""
    child = schema.model(link.child)
    return link.is_required or any(child.field(name).type.is_required for name in link.child_fields)


class EmptyReference(LinkCheck):
    """Every record has the parent that the schema says it must have."""

    code = "H005"
    promise = "Required relationships are there."
    title = "Required relationships that are empty"
    meaning = "A client that reads the relationship gets an error, and no record."
    fixes = ("reassign", "delete")

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        for link in checked_links(datamodel.schema):
            if is_needed(datamodel.schema, link):
                yield cls.for_link(datamodel, link)

    @property
    def severity(self) -> Severity:
        """The schema says so, whatever the policy is."""
        return Severity.ERROR

    def broken(self) -> QuerySet[Record]:
        """What is half set is listed there."""
        is_half = self.half_set() if len(self.references) > 1 else Q(pk__in=[])
        found: QuerySet[Record] = self.record_class.objects.filter(self.incomplete(), ~is_half)
        return found

    def message(self, counted: Counted) -> str:
        verb = "has" if counted == Counted(1) else "have"
        return f"{counted_words(counted, 'record')} {verb} no {self.link.parent}"

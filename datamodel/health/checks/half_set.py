"""Composite references of which only a part is set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.db.models import QuerySet

from datamodel.health.check import Counted
from datamodel.health.links import LinkCheck, checked_links, counted_words
from datamodel.modelgen import Record
from datamodel.registry import DataModel

__all__ = ["HalfSetReference"]


class HalfSetReference(LinkCheck):
    """A reference of several fields is all set or cut."""

    code = "H003"
    promise = "References of several fields are all set or all empty."
    title = "References that are half set"
    meaning = "A part of the reference is missing, so that it names no record and is not empty either."
    fixes = ("reassign", "clear", "delete")

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        for link in checked_links(datamodel.schema):
            if len(link.reference_fields) > 1:
                yield cls.for_link(datamodel, link)

    def broken(self) -> QuerySet[Record]:
        found: QuerySet[Record] = self.record_class.objects.filter(self.half_set())
        return found

    def message(self, counted: Counted) -> str:
        verb = "is" if counted == Counted(1) else "are"
        return f"{counted_words(counted, 'reference')} to {self.link.parent} {verb} half set"

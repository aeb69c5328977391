"""Join records that say what another says already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, OuterRef, QuerySet

from datamodel.health.check import Check, Counted, Severity
from datamodel.health.links import counted_words, in_words
from datamodel.modelgen import Record
from datamodel.modelgen.references import reference_of
from datamodel.registry import DataModel
from datamodel.schema.ir import Link

__all__ = ["DuplicateJoin"]


@dataclass(frozen=True, eq=False, repr=False)
class DuplicateJoin(Check):
    """Two records of a many-to-many are joined once. All but the oldest join record are listed."""

    code = "H009"
    promise = "Records are joined once."
    title = "Join records that are there twice"
    meaning = "The record on the other side appears several times in the relationship."
    fixes = ("delete",)

    links: tuple[Link, Link]

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        schema = datamodel.schema
        for model in schema.models:
            links = [link for link in schema.links_from(model.name) if link.is_join and link.is_comparable]
            references = {name for link in links for name in link.reference_fields}
            if len(links) == 2 and not references >= set(model.primary_key):
                yield cls(datamodel, model.name, "", (links[0], links[1]))

    @property
    def severity(self) -> Severity:
        return Severity.NOTE

    @property
    def subject(self) -> str:
        return self.model

    def broken(self) -> QuerySet[Record]:
        names = [name for link in self.links for name in link.reference_fields]
        attributes = [self.record_class.names.attribute(name) for name in names]
        records = self.record_class.objects
        same = {attribute: OuterRef(attribute) for attribute in attributes}
        found: QuerySet[Record] = records.filter(
            Exists(records.filter(pk__lt=OuterRef("pk"), **same)),
            **{f"{attribute}__isnull": False for attribute in attributes},
        )
        return found

    def shown(self, record: Record) -> str:
        return " · ".join(in_words(reference_of(record, link)) for link in self.links)

    def message(self, counted: Counted) -> str:
        verb = "joins" if counted == Counted(1) else "join"
        return f"{counted_words(counted, 'record')} {verb} what another one joins already"

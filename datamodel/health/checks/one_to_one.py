"""Parents with several children where the relationship has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from django.db.models import QuerySet

from datamodel.deletion.sets import Among
from datamodel.health.check import Counted
from datamodel.health.links import LinkCheck, checked_links
from datamodel.modelgen import Record, load_parent_labels
from datamodel.modelgen.references import reference_of
from datamodel.registry import DataModel

__all__ = ["CrowdedParent"]


class CrowdedParent(LinkCheck):
    """In a one-to-one relationship a parent has one child: the oldest. The others are listed."""

    code = "H004"
    promise = "One-to-one relationships have one record on either side."
    title = "One-to-one relationships with several records"
    meaning = (
        "The relationship has room for one of the records; read from the other side it shows only the oldest."
    )
    fixes = ("clear", "reassign", "keep", "delete")

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        for link in checked_links(datamodel.schema):
            if link.is_one_to_one:
                yield cls.for_link(datamodel, link)

    def broken(self) -> QuerySet[Record]:
        return self.referring().filter(self.earlier_sibling())

    def message(self, counted: Counted) -> str:
        parent, child = self.link.parent, self.model
        if counted == Counted(1):
            return f"1 {child} more than its {parent} can have"
        return f"{counted} {child} records more than their {parent} can have"

    def about(self, records: Sequence[Record]) -> dict[Any, str]:
        """Name the record that has the place: one query for all."""
        wanted = {reference_of(record, self.link) for record in records}
        first = self.oldest(wanted) if wanted else {}
        return {
            record.pk: f"beside '{first[reference].label}'"
            for record in records
            if (reference := reference_of(record, self.link)) in first
        }

    def oldest(self, wanted: set[tuple[Any, ...]]) -> dict[tuple[Any, ...], Record]:
        """Return the oldest record of each reference."""
        among = self.record_class.objects.filter(Among(self.references, sorted(wanted)))
        found = list(among.filter(~self.earlier_sibling()))
        load_parent_labels(found)
        return {reference_of(record, self.link): record for record in found}

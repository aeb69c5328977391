"""What a delete would do, looked at without locks, and no further than people want to count."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel.deletion.children import Child, Family
from datamodel.deletion.effects import MOST, Effect, summarize
from datamodel.deletion.walk import Walk
from datamodel.modelgen import Record
from datamodel.schema.ir import Link, OnDelete

__all__ = ["preview"]


def preview(records: Sequence[Record]) -> tuple[Effect, ...]:
    """Return what deleting ``records`` would delete, clear or be refused for. Change nothing.

    Along each link one record more than ``MOST`` is looked at. Where what is beyond could change the answer,
    and not only the numbers, all of them are.
    """
    if not records:
        return ()
    model, roots = type(records[0]), list(dict.fromkeys(record.pk for record in records))
    glance = Glance(model, roots)
    return tuple(summarize(Walk(model, roots) if glance.is_in_doubt else glance))


class Glance(Walk):
    """A walk that follows each link to ``MOST`` records and one more, each time it comes to the link."""

    def __init__(self, model: type[Record], roots: Sequence[int]) -> None:
        self.counts: dict[str, int] = {}
        super().__init__(model, roots)

    def children(self, link: Link, parents: Sequence[int]) -> list[Child]:
        if self.counts.get(link.name, 0) > MOST:
            return []
        family = Family(link, self.models)
        find = family.descendants if self.goes_all_the_way(link) else family.children
        found = find(parents, MOST + 1)
        self.counts[link.name] = self.counts.get(link.name, 0) + len(found)
        if len(found) > MOST:
            self.cut.add(link.name)
        return found

    @property
    def is_in_doubt(self) -> bool:
        """Whether what was not looked at may delete something that seems to be cleared, or to be in the way."""
        if not self.cut:
            return False
        staying = {name for found in (self.cleared, self.blocking) for name, pks in found.items() if pks}
        return any(
            link.child in staying and link.parent in self.seen
            for link in self.schema.links
            if link.is_enforced and link.on_delete is OnDelete.CASCADE
        )

"""Of several records in a one-to-one relationship, keep one and unlink the others."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel.health.checks.one_to_one import CrowdedParent
from datamodel.health.fix import Answer, Fix
from datamodel.health.fixes.clear import Clear
from datamodel.modelgen import Record
from datamodel.modelgen.references import reference_of

__all__ = ["Keep"]


class Keep(Fix):
    """Keep this record and clear the reference of the others."""

    name = "keep"
    verb = "Keep this one"

    check: CrowdedParent

    @property
    def refusal(self) -> str:
        return Clear(self.check).refusal

    @property
    def refusal_for_many(self) -> str:
        return self.refusal or "Only one of them can stay: choose it."

    def effect(self, count: int) -> str:
        parent = self.check.link.parent
        return f"It stays with its {parent}; the other records let go of that {parent}."

    def written(self, records: Sequence[Record]) -> tuple[str, int]:
        return self.check.model, sum(len(self.others(record)) for record in records)

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        others = [other for record in records for other in self.others(record)]
        return Clear(self.check).apply(others, answer)

    def others(self, record: Record) -> list[Record]:
        """Return the other records of the same parent."""
        pairs = zip(self.check.references, reference_of(record, self.check.link), strict=True)
        return list(self.check.referring().filter(**dict(pairs)).exclude(pk=record.pk))

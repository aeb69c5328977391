"""Make the records that references name and that are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from datamodel import records as write
from datamodel.health.fix import Answer, Asks, Fix
from datamodel.health.links import LinkCheck
from datamodel.modelgen import Record
from datamodel.modelgen.references import reference_of

__all__ = ["CreateMissing"]


class CreateMissing(Fix):
    """Make each missing parent once, with the key that is referred to."""

    name = "create"
    verb = "Create the missing"
    asks = Asks.NEW

    check: LinkCheck

    def effect(self, count: int) -> str:
        parent = self.check.link.parent
        if count == 1:
            return f"A {parent} is made with the key that the {self.check.model} refers to."
        return f"A {parent} is made for every key that is referred to, all with the values given here."

    def written(self, records: Sequence[Record]) -> tuple[str, int]:
        return self.check.link.parent, len(self.missing(records))

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        missing = self.missing(records)
        for reference in missing:
            values = {**answer.values, **self.key_of(reference)}
            write.create(self.check.datamodel, self.check.link.parent, values)
        return len(missing)

    def missing(self, records: Sequence[Record]) -> list[tuple[Any, ...]]:
        """Return what the records refer to, each once."""
        return list(dict.fromkeys(reference_of(record, self.check.link) for record in records))

    def key_of(self, reference: tuple[Any, ...]) -> Mapping[str, Any]:
        """Return the values of the parent that the reference names."""
        return dict(zip(self.check.link.identifier_fields, reference, strict=True))

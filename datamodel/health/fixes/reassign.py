"""Let the reference name another record."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel import records as write
from datamodel.health.fix import Answer, Asks, Fix
from datamodel.health.links import LinkCheck, in_series
from datamodel.modelgen import Record
from datamodel.records.linking import reference_to

__all__ = ["Reassign"]


class Reassign(Fix):
    """Point the records at a record that is there."""

    name = "reassign"
    verb = "Choose another"
    asks = Asks.PARENT

    check: LinkCheck

    @property
    def refusal(self) -> str:
        key = self.check.record_class.model_type.primary_key
        fixed = [name for name in self.check.link.reference_fields if name in key]
        return f"{in_series(fixed)} is part of the key and cannot change." if fixed else ""

    @property
    def refusal_for_many(self) -> str:
        if self.refusal or not self.check.link.is_one_to_one:
            return self.refusal
        return f"A {self.check.link.parent} has one {self.check.model} only: choose record by record."

    def effect(self, count: int) -> str:
        whom = f"The {self.check.model} refers" if count == 1 else "They refer"
        return f"{whom} to the {self.check.link.parent} that you choose."

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        datamodel, link = self.check.datamodel, self.check.link
        reference = reference_to(datamodel, link, answer.parent or {})
        changes = [(record, reference) for record in records]
        return len(write.update_together(datamodel, link.child, changes))

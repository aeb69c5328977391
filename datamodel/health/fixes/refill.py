"""Fill in what the server fills in."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel import records as write
from datamodel.health.fields import FieldCheck
from datamodel.health.fix import Answer, Fix
from datamodel.modelgen import Record
from datamodel.modelgen.filled import created_field, updated_field
from datamodel.modelgen.values import iso_timestamp

__all__ = ["Refill"]


class Refill(Fix):
    """Write the time of the record's last change into a timestamp that is missing or broken."""

    name = "refill"
    verb = "Fill in again"

    check: FieldCheck

    @property
    def concerns(self) -> bool:
        model = self.check.record_class.model_type
        return self.check.field in {created_field(model), updated_field(model)}

    def effect(self, count: int) -> str:
        return f"'{self.check.field}' becomes the time of the record's last change."

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        field = self.check.field
        changes = [(record, {field: iso_timestamp(record.joinery_changed_at)}) for record in records]
        model = self.check.model
        return len(write.update_together(self.check.datamodel, model, changes, is_server=True))

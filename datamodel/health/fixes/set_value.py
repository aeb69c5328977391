"""Give the field a value that fits."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel import records as write
from datamodel.health.fields import FieldCheck, is_json
from datamodel.health.fix import Answer, Asks, Fix
from datamodel.modelgen import Record

__all__ = ["SetValue"]


class SetValue(Fix):
    """Write one value into the field of the records."""

    name = "set"
    verb = "Set a value"
    asks = Asks.VALUE

    check: FieldCheck

    @property
    def refusal(self) -> str:
        if self.check.field in self.check.record_class.model_type.primary_key:
            return f"'{self.check.field}' is part of the key and cannot change."
        return f"'{self.check.field}' is filled in by the server." if self.check.stored.is_read_only else ""

    @property
    def refusal_for_many(self) -> str:
        if self.refusal or not is_json(self.check.stored.type):
            return self.refusal
        return "Each record holds its own values there: correct them one by one."

    def effect(self, count: int) -> str:
        whom = "The record gets" if count == 1 else "All of them get"
        return f"{whom} the value that you give."

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        values = {self.check.field: answer.values.get(self.check.field)}
        changes = [(record, values) for record in records]
        return len(write.update_together(self.check.datamodel, self.check.model, changes))

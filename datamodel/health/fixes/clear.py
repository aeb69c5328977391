"""Set the reference, or the value, to null."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel import records as write
from datamodel.health.checks.required_references import is_needed
from datamodel.health.fields import FieldCheck
from datamodel.health.fix import Answer, Fix
from datamodel.health.links import LinkCheck, in_series
from datamodel.modelgen import Record
from datamodel.modelgen.references import clearable_fields

__all__ = ["Clear"]


class Clear(Fix):
    """Cut the reference, or empty the field; the record stays."""

    name = "clear"
    verb = "Clear"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields to set to null."""
        if isinstance(self.check, LinkCheck):
            return clearable_fields(self.check.record_class, self.check.link)
        return (self.check.field,)

    @property
    def refusal(self) -> str:
        if isinstance(self.check, LinkCheck):
            link = self.check.link
            if self.fields and not is_needed(self.check.datamodel.schema, link):
                return ""
            return f"A {link.child} cannot be without its {link.parent}."
        if not isinstance(self.check, FieldCheck):
            return f"There is nothing to clear in a {self.check.model}."
        if self.check.field in self.check.record_class.model_type.primary_key:
            return f"'{self.check.field}' is part of the key and cannot change."
        if self.check.stored.is_read_only:
            return f"'{self.check.field}' is filled in by the server."
        return f"'{self.check.subject}' is required." if self.check.stored.type.is_required else ""

    def effect(self, count: int) -> str:
        verb = "becomes" if len(self.fields) == 1 else "become"
        return f"{in_series(self.fields)} {verb} null; the {self.check.model} stays."

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        values = dict.fromkeys(self.fields)
        changes = [(record, values) for record in records]
        return len(write.update_together(self.check.datamodel, self.check.model, changes))

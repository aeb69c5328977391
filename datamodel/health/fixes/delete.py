"""Delete the records that break the promise."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel import records as write
from datamodel.health.fix import Answer, Fix
from datamodel.modelgen import Record

__all__ = ["Delete"]


class Delete(Fix):
    """Delete the records; the policies of their own relationships apply."""

    name = "delete"
    verb = "Delete"
    is_destructive = True

    def effect(self, count: int) -> str:
        if count == 1:
            return f"The {self.check.model} is deleted, and with it what its relationships' policies say."
        return "They are deleted, and with them what their relationships' policies say."

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        return write.delete_together(self.check.datamodel, records)

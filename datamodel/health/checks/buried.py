"""References to records that were deleted and left a tombstone."""

from __future__ import annotations

from django.db.models import QuerySet

from datamodel.health.check import Counted
from datamodel.health.links import LooseReference, counted_words
from datamodel.modelgen import Record

__all__ = ["BuriedReference"]


class BuriedReference(LooseReference):
    """No live record refers to a deleted one. The database's own constraint cannot see this."""

    code = "H002"
    promise = "References name records that were not deleted."
    title = "References to deleted records"
    meaning = "The record referred to was deleted; only the tombstone that DataStore keeps is left."
    fixes = ("restore", "reassign", "clear", "delete")

    def broken(self) -> QuerySet[Record]:
        return self.loose().filter(self.has_parent(is_deleted=True))

    def message(self, counted: Counted) -> str:
        verb = "names" if counted == Counted(1) else "name"
        return f"{counted_words(counted, 'reference')} {verb} a deleted {self.link.parent}"

"""References that name no record, not even a deleted one."""

from __future__ import annotations

from django.db.models import QuerySet

from datamodel.health.check import Counted
from datamodel.health.links import LooseReference, counted_words
from datamodel.modelgen import Record

__all__ = ["DanglingReference"]


class DanglingReference(LooseReference):
    """Every reference names a record. Under ``keep`` it need not: then it is a note."""

    code = "H001"
    promise = "References name records."
    title = "References that name no record"
    meaning = "Reading the relationship answers nothing, though the record refers to something."
    fixes = ("reassign", "create", "clear", "delete")

    def broken(self) -> QuerySet[Record]:
        return self.loose().filter(~self.has_parent(is_deleted=True))

    def message(self, counted: Counted) -> str:
        verb = "names" if counted == Counted(1) else "name"
        return f"{counted_words(counted, 'reference')} {verb} no {self.link.parent}"

"""Fields that may not be empty, and are: also inside lists and embedded types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from django.db.models import Q

from datamodel.health.check import Counted
from datamodel.health.fields import FieldCheck, is_json
from datamodel.health.links import checked_links, counted_words
from datamodel.health.misfits import MisfitKind
from datamodel.registry import DataModel

__all__ = ["EmptyField"]


class EmptyField(FieldCheck):
    """Every required field has a value. References are looked at as relationships."""

    code = "H006"
    promise = "Required fields have a value."
    title = "Required fields that are empty"
    meaning = "A client that asks for the field gets an error instead of what it is a part of."
    fixes = ("refill", "set", "delete")
    kind = MisfitKind.MISSING

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        links = checked_links(datamodel.schema)
        references = {(link.child, name) for link in links for name in link.reference_fields}
        return (check for check in super().of(datamodel) if (check.model, check.field) not in references)

    def condition(self) -> Q | None:
        """An embedded value that is absent as a whole is fine where it may be."""
        is_missing = Q(**{f"{self.attribute}__isnull": True})
        if not is_json(self.stored.type):
            return is_missing
        # Any record may lack a part of a required value.
        return Q(joinery_deleted=False) if self.stored.type.is_required else ~is_missing

    def message(self, counted: Counted) -> str:
        verb = "lacks" if counted == Counted(1) else "lack"
        part = "a part that it needs" if is_json(self.stored.type) else "a value"
        return f"{counted_words(counted, 'record')} {verb} {part}"

"""Values that their enum no longer has: also inside lists and embedded types."""

from __future__ import annotations

from django.db.models import Q

from datamodel.health.check import Counted
from datamodel.health.fields import FieldCheck, is_json
from datamodel.health.links import counted_words
from datamodel.health.misfits import MisfitKind

__all__ = ["LostEnumValue"]


class LostEnumValue(FieldCheck):
    """Every stored enum value is one of the enum's."""

    code = "H007"
    promise = "Enum values are in the schema."
    title = "Enum values that the schema does not have"
    meaning = "A client that asks for the field gets an error instead of the value."
    fixes = ("replace", "clear", "delete")
    kind = MisfitKind.ENUM

    def condition(self) -> Q | None:
        given = Q(**{f"{self.attribute}__isnull": False})
        if is_json(self.stored.type):
            return given
        members = self.datamodel.schema.enum(self.stored.type.name).names
        return given & ~Q(**{f"{self.attribute}__in": members})

    def message(self, counted: Counted) -> str:
        verb = "holds" if counted == Counted(1) else "hold"
        name = f"{self.stored.type.name} does" if not is_json(self.stored.type) else "the schema does"
        return f"{counted_words(counted, 'record')} {verb} a value that {name} not have"

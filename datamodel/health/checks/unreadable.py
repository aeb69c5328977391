"""Values that are not of their field's type: from SQL written by hand, or a type that changed."""

from __future__ import annotations

from django.db.models import Q

from datamodel.health.check import Counted
from datamodel.health.doubts import find_doubt
from datamodel.health.fields import FieldCheck
from datamodel.health.links import counted_words
from datamodel.health.misfits import MisfitKind

__all__ = ["UnreadableValue"]


class UnreadableValue(FieldCheck):
    """Every stored value is one of its field's type."""

    code = "H008"
    promise = "Values are of their field's type."
    title = "Values that are not of their type"
    meaning = "A client gets an error instead of the value, or text that it cannot make sense of."
    fixes = ("refill", "set", "clear", "delete")
    kind = MisfitKind.VALUE

    @property
    def is_exact(self) -> bool:
        return False

    def condition(self) -> Q | None:
        return find_doubt(self.attribute, self.stored.type)

    def message(self, counted: Counted) -> str:
        verb = "holds" if counted == Counted(1) else "hold"
        type_ = self.stored.type
        what = f"a list of {type_.name}" if type_.is_list else type_.name
        return f"{counted_words(counted, 'record')} {verb} a value that is no {what}"

"""Put an enum's present values in the place of those it lost, wherever they are inside the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from datamodel import records as write
from datamodel.health.fields import FieldCheck
from datamodel.health.fix import Answer, Asks, Fix, LostValue
from datamodel.health.fixes.set_value import SetValue
from datamodel.health.misfits import known_part
from datamodel.modelgen import Record
from datamodel.modelgen.errors import ValidationFailed

__all__ = ["Replace", "lost_values"]

Steps = tuple[str | int, ...]


class Replace(Fix):
    """Replace every value that is gone by another, or leave it out; what is around it stays."""

    name = "replace"
    verb = "Replace"
    asks = Asks.REPLACEMENTS

    check: FieldCheck

    @property
    def refusal(self) -> str:
        return SetValue(self.check).refusal

    def effect(self, count: int) -> str:
        return "Each value that is gone is replaced by the one that you choose; all else stays."

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        changes = [(record, {self.check.field: self.replaced(record, answer)}) for record in records]
        return len(write.update_together(self.check.datamodel, self.check.model, changes))

    def replaced(self, record: Record, answer: Answer) -> Any:
        """Return the record's value with the replacements; raise ValidationFailed for one without."""
        stored = record.get_value(self.check.field)
        value = known_part(self.check.datamodel.schema, self.check.stored.type, stored)
        # From the end, so that an item left out of a list moves none that is still to come.
        for misfit in reversed(self.check.misfits(value)):
            lost = (misfit.type_name, misfit.value)
            if lost not in answer.replacements:
                raise ValidationFailed({self.check.field: [f"Nothing replaces '{misfit.value}'."]})
            value = with_value(value, misfit.path, answer.replacements[lost])
        return value


def with_value(value: Any, path: Steps, new: str | None) -> Any:
    """Return a copy of ``value`` with ``new`` at the path; None takes an item out of its list."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        index = int(step)
        if not rest and new is None:
            return [*value[:index], *value[index + 1 :]]
        return [*value[:index], with_value(value[index], rest, new), *value[index + 1 :]]
    return {**value, step: with_value(value[step], rest, new)}


def lost_values(check: FieldCheck, records: Iterable[Record]) -> Mapping[LostValue, int]:
    """Return the values that are gone, with the number of times that the records hold each."""
    counts: dict[LostValue, int] = {}
    for record in records:
        for misfit in check.misfits(record.get_value(check.field)):
            lost = (misfit.type_name, misfit.value)
            counts[lost] = counts.get(lost, 0) + 1
    return counts

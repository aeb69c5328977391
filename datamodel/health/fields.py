"""What the checks of stored values share: SQL finds what may not fit, and Python has the last word."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import Q, QuerySet

from datamodel.health.check import Check, Counted
from datamodel.health.misfits import Misfit, MisfitKind, find_misfits, may_have
from datamodel.health.patience import Deadline, OutOfTime
from datamodel.modelgen import Record, load_parent_labels
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldKind, FieldType, ModelField

__all__ = ["FieldCheck", "is_json", "scan"]

CHUNK = 2000
SHOWN = 3


def is_json(type_: FieldType) -> bool:
    """Return whether values of the type are stored as JSON, which only Python looks into."""
    return type_.is_list or type_.kind is FieldKind.CUSTOM


@dataclass(frozen=True, eq=False, repr=False)
class FieldCheck(Check):
    """A check of the values of one stored field."""

    kind: ClassVar[MisfitKind]
    stored: ModelField

    @classmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        for model in datamodel.schema.models:
            for field in model.stored_fields:
                if may_have(datamodel.schema, field.type, cls.kind):
                    check = cls(datamodel, model.name, field.name, field)
                    if check.condition() is not None:
                        yield check

    @property
    def attribute(self) -> str:
        return self.record_class.names.attribute(self.field)

    @property
    def is_exact(self) -> bool:
        """True where ``condition`` holds for what is broken and for nothing else."""
        return not is_json(self.stored.type)

    @abstractmethod
    def condition(self) -> Q | None:
        """Return what is true of every broken record; None where the database lets none be."""

    def suspects(self) -> QuerySet[Record]:
        """Return the records that are broken or may be."""
        found: QuerySet[Record] = self.record_class.objects.filter(self.condition() or Q(pk__in=[]))
        return found

    def misfits(self, value: Any) -> list[Misfit]:
        """Return the places inside a value that break this promise."""
        found = find_misfits(self.datamodel.schema, self.stored.type, value)
        return [misfit for misfit in found if misfit.kind is self.kind]

    def broken(self) -> QuerySet[Record]:
        """Return the broken records; where SQL alone cannot tell them, it is asked for their suspects."""
        if self.is_exact:
            return self.suspects()
        found: QuerySet[Record] = self.record_class.objects.filter(pk__in=list(self.broken_pks()))
        return found

    def broken_pks(self, keys: Sequence[str] | None = None) -> Iterator[int]:
        """Yield the surrogate keys of the broken records, in order; of those that ``keys`` name, if given."""
        rows = self.narrowed(self.suspects(), keys).order_by("joinery_pk")
        for pk, value in rows.values_list("pk", self.attribute).iterator(CHUNK):
            if self.misfits(value):
                yield pk

    def count(self, ceiling: int | None, deadline: Deadline) -> Counted:
        if self.is_exact:
            return super().count(ceiling, deadline)
        return scan([self], ceiling, deadline)[self]

    def offenders(
        self, limit: int, offset: int = 0, keys: Sequence[str] | None = None, *, for_update: bool = False
    ) -> list[Record]:
        if self.is_exact:
            return super().offenders(limit, offset, keys, for_update=for_update)
        pks = [pk for place, pk in enumerate(self.first_pks(offset + limit, keys)) if place >= offset]
        found = self.record_class.objects.filter(pk__in=pks).order_by("joinery_pk")
        records = list(found.select_for_update(no_key=True) if for_update else found)
        load_parent_labels(records)
        return records

    def first_pks(self, limit: int, keys: Sequence[str] | None) -> list[int]:
        found: list[int] = []
        for pk in self.broken_pks(keys):
            found.append(pk)
            if len(found) == limit:
                break
        return found

    def shown(self, record: Record) -> str:
        """Return what does not fit, each with its place inside the value."""
        value = record.get_value(self.field)
        found = self.misfits(value)
        texts = [str(misfit) for misfit in found[:SHOWN]]
        return ", ".join([*texts, f"{len(found) - SHOWN} more"] if len(found) > SHOWN else texts)


def scan(
    checks: Sequence[FieldCheck], ceiling: int | None, deadline: Deadline
) -> Mapping[FieldCheck, Counted]:
    """Count what breaks some checks of one field by looking at its values once.

    Where the time is over, answer only for those that something was found of; raise OutOfTime where
    nothing was.
    """
    first = checks[0]
    condition = Q()
    for check in checks:
        condition |= check.condition() or Q(pk__in=[])
    values = first.record_class.objects.filter(condition).order_by().values_list(first.attribute, flat=True)
    found = dict.fromkeys(checks, 0)
    is_whole = False
    try:
        with deadline.statement():
            for number, value in enumerate(values.iterator(CHUNK)):
                if number % CHUNK == 0:
                    deadline.check()
                kinds = {m.kind for m in find_misfits(first.datamodel.schema, first.stored.type, value)}
                for check in checks:
                    found[check] += check.kind in kinds
        is_whole = True
    except OutOfTime:
        if not any(found.values()):
            raise
    if is_whole:
        return {check: Counted.within(count, ceiling) for check, count in found.items()}
    return {check: Counted(count, is_exact=False) for check, count in found.items() if count}

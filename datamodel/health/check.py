"""A check: something the schema promises of the records of a model, and how to find those that break it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db.models import Q, QuerySet

from datamodel.health.patience import Deadline
from datamodel.modelgen import Record, decode_key, load_parent_labels
from datamodel.registry import DataModel

__all__ = ["MOST_AT_ONCE", "Check", "Counted", "Severity"]

MOST_AT_ONCE = 10_000
"""How far records are counted one by one, and how many one fix changes."""


class Severity(StrEnum):
    """An error breaks a promise that is enforced; a note is worth knowing."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records there are: so many, or that many and more."""

    count: int
    is_exact: bool = True

    def __str__(self) -> str:
        return f"{self.count:,}" if self.is_exact else f"{self.count:,} or more"

    @classmethod
    def within(cls, found: int, ceiling: int | None) -> Counted:
        """Return the count of what was looked for up to one more than ``ceiling``."""
        return cls(found) if ceiling is None or found <= ceiling else cls(ceiling, is_exact=False)


@dataclass(frozen=True, eq=False, repr=False)
class Check(ABC):
    """A check of one relationship or field. Subclasses are the kinds, one per code."""

    code: ClassVar[str]
    promise: ClassVar[str]
    """What holds where nothing is broken."""
    title: ClassVar[str]
    """What is broken where it is, in a few words."""
    meaning: ClassVar[str]
    """What it means for people and clients."""
    fixes: ClassVar[tuple[str, ...]]
    """The names of the fixes, the gentlest first."""

    datamodel: DataModel
    model: str
    """The model whose records break the promise."""
    field: str
    """What it is about: a relationship or a stored field of the model."""

    @classmethod
    @abstractmethod
    def of(cls, datamodel: DataModel) -> Iterator[Self]:
        """Yield the checks of this kind that the data model gives rise to."""

    def __repr__(self) -> str:
        return f"<Check {self.code} {self.subject}>"

    @property
    def severity(self) -> Severity:
        return Severity.ERROR

    @property
    def subject(self) -> str:
        """``Comment.post``."""
        return f"{self.model}.{self.field}"

    @property
    def record_class(self) -> type[Record]:
        return self.datamodel.model(self.model)

    @abstractmethod
    def broken(self) -> QuerySet[Record]:
        """Return the records that break the promise."""

    @abstractmethod
    def shown(self, record: Record) -> str:
        """Return the value that breaks the promise, as people read it."""

    @abstractmethod
    def message(self, counted: Counted) -> str:
        """Say what is wrong with so many records, without the subject: ``12 references name no Post``."""

    def about(self, records: Sequence[Record]) -> dict[Any, str]:
        """Return, by pk, what else to say of some of the broken records."""
        return {}

    def count(self, ceiling: int | None, deadline: Deadline) -> Counted:
        """Count the broken records, no further than ``ceiling``; raise OutOfTime."""
        found = self.broken().order_by()
        if ceiling is not None:
            found = found[: ceiling + 1]
        with deadline.statement():
            return Counted.within(found.count(), ceiling)

    def offenders(
        self, limit: int, offset: int = 0, keys: Sequence[str] | None = None, *, for_update: bool = False
    ) -> list[Record]:
        """Return broken records in their order of creation; of those that ``keys`` (URL keys) name, if given."""
        found = self.narrowed(self.broken(), keys).order_by("joinery_pk")
        if for_update:
            found = found.select_for_update(no_key=True, of=("self",))
        records = list(found[offset : offset + limit])
        load_parent_labels(records)
        return records

    def narrowed(self, records: QuerySet[Record], keys: Sequence[str] | None) -> QuerySet[Record]:
        """Return the records that the URL keys name."""
        if keys is None:
            return records
        condition = Q(pk__in=[])
        for key in keys:
            condition |= self.key_condition(key)
        return records.filter(condition)

    def key_condition(self, key: str) -> Q:
        """Return the condition that finds the record of a URL key; of none where it is no key."""
        try:
            return self.record_class.key_filter(decode_key(self.record_class.model_type, key))
        except ValueError:
            return Q(pk__in=[])

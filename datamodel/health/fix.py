"""A fix: what can be done to records that break a promise, and why not where it cannot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, TypeAlias

from datamodel.health.check import Check
from datamodel.modelgen import Record

__all__ = ["Answer", "Asks", "Fix", "LostValue"]


LostValue: TypeAlias = tuple[str, str]
"""An enum, and a value that it does not have."""


class Asks(StrEnum):
    """What a fix has to be told."""

    NOTHING = "nothing"
    PARENT = "parent"
    """The record to refer to."""
    VALUE = "value"
    """The field's new value."""
    NEW = "new"
    """The required fields of the records to make."""
    REPLACEMENTS = "replacements"
    """For each value that is gone, the one to take its place."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a fix was told."""

    parent: Mapping[str, Any] | None = None
    """Key of the record to refer to."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """By field: the value to set, or the values of the records to make."""
    replacements: Mapping[LostValue, str | None] = field(default_factory=dict)
    """New enum values by enum and old value; None leaves the old one out."""


@dataclass(frozen=True)
class Fix(ABC):
    """A fix of what one check finds."""

    name: ClassVar[str]
    verb: ClassVar[str]
    """What a button says."""
    asks: ClassVar[Asks] = Asks.NOTHING
    is_destructive: ClassVar[bool] = False

    check: Check

    @property
    def concerns(self) -> bool:
        """False where the fix means nothing for the check, so that nobody misses it."""
        return True

    @property
    def refusal(self) -> str:
        """Why the fix is not possible for any record of the check; empty where it is."""
        return ""

    @property
    def refusal_for_many(self) -> str:
        """Why the fix is only possible record by record; empty where it is for all at once."""
        return self.refusal

    def written(self, records: Sequence[Record]) -> tuple[str, int]:
        """Return the model of the records that the fix writes, and how many they are."""
        return self.check.model, len(records)

    @abstractmethod
    def effect(self, count: int) -> str:
        """Say what the fix does to so many records."""

    @abstractmethod
    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        """Do it, within a transaction; return how many records were written. Raise RecordError."""

"""Why a record could not be written: the exceptions that records, deletion and changes share."""
# ruff: noqa: N818  the names say what happened

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datamodel.schema.ir import Link

if TYPE_CHECKING:
    from datamodel.modelgen.record import Record

__all__ = [
    "Blocked",
    "ConditionFailed",
    "DatabaseBusy",
    "RecordError",
    "RecordExists",
    "RecordNotFound",
    "RelatedRecordNotFound",
    "RelatedRecordTaken",
    "RestrictedDelete",
    "ValidationFailed",
    "VersionConflict",
]


class RecordError(Exception):
    """A read or write of records that was refused. ``message`` is a sentence for people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationFailed(RecordError):
    """Values that do not fit their fields; ``errors`` maps field names to sentences."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        self.errors = dict(errors)
        super().__init__(
            " ".join(f"'{name}': {text}" for name, texts in self.errors.items() for text in texts)
        )


class RelatedRecordNotFound(RecordError):
    """A reference that names no record."""

    def __init__(self, field: str, value: Any, parent_model: str) -> None:
        self.field = field
        self.value = value
        self.parent_model = parent_model
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        super().__init__(f"Field '{field}' refers to {parent_model} '{text}', which does not exist.")


class RelatedRecordTaken(RecordError):
    """A reference to a record that may have one child, and has another."""

    def __init__(self, field: str, value: Any, parent_model: str, other: Record) -> None:
        self.field = field
        self.value = value
        self.parent_model = parent_model
        self.other = other
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        self.outline = f"Field '{field}' refers to {parent_model} '{text}', which has another {other.model_type.name} already"
        """What may be told to those who may not read the other record."""
        name = f"'{other.label}'" + (f" ({other.url_key})" if other.label != other.url_key else "")
        super().__init__(f"{self.outline}: {name}. Unlink or delete that one first.")


class RecordNotFound(RecordError):
    """The record to read or change is not there."""

    def __init__(self, model: str, key: Mapping[str, Any]) -> None:
        self.model = model
        self.key = dict(key)
        super().__init__(f"{model} '{_key_text(key)}' does not exist.")


class RecordExists(RecordError):
    """A record with this key is there already; it was left as it is."""

    def __init__(self, key: Mapping[str, Any], model: str = "A record") -> None:
        self.model = model
        self.key = dict(key)
        super().__init__(f"{model} '{_key_text(key)}' exists already.")


class ConditionFailed(RecordError):
    """The record does not meet the condition that the caller set."""

    def __init__(self, message: str = "The record does not meet the condition.") -> None:
        super().__init__(message)


class VersionConflict(RecordError):
    """Somebody else changed the record first; ``record`` is what is stored now."""

    def __init__(self, record: Record) -> None:
        self.record = record
        super().__init__(f"{record.model_type.name} '{record.label}' was changed by somebody else.")


@dataclass(frozen=True, slots=True)
class Blocked:
    """Children that stop a delete: how many there are, and the labels of some."""

    link: Link
    count: int
    examples: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = ", ".join(f"'{label}'" for label in self.examples)
        return f"{self.count} {self.link.child}" + (f" ({shown})" if shown else "")


class RestrictedDelete(RecordError):
    """The record still has children whose relationship forbids to delete it."""

    def __init__(self, blocked: tuple[Blocked, ...]) -> None:
        self.blocked = blocked
        super().__init__(f"Not deleted: still referred to by {', '.join(map(str, blocked))}.")


class DatabaseBusy(RecordError):
    """The database did not get to it in time, even after some attempts; trying later helps."""

    def __init__(self, message: str = "The database is busy. Try again in a moment.") -> None:
        super().__init__(message)


def _key_text(key: Mapping[str, Any]) -> str:
    return ", ".join(str(part) for part in key.values())

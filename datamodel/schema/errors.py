"""Problems in a schema: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from datamodel.schema.source import Location

__all__ = ["Problem", "SchemaError", "Severity"]


class Severity(StrEnum):
    """An error stops the schema from being used; a warning is shown and passes; a note says how things are."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    ``code`` is stable (``schema.E012``), ``message`` says what is wrong with names in single quotes,
    ``hint`` says what to do, ``location`` points at the character.
    """

    code: str
    message: str
    hint: str = ""
    location: Location | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """``FILE:LINE:COL: CODE message hint``, the form every command prints."""
        where = f"{self.location}: " if self.location else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where}{self.code} {self.message}{hint}"

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str]:
        if self.location is None:
            return ("", 0, 0, self.code)
        return (self.location.source.name, self.location.line, self.location.column, self.code)


@dataclass
class SchemaError(Exception):
    """The schema cannot be used. Carries every problem found, ordered by position."""

    problems: list[Problem] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

"""The problems a TypeScript schema can have: their codes, and the list that collects them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from datamodel.schema.errors import Problem, Severity
from datamodel.schema.source import Location

SYNTAX = "schema.E200"
NOT_CONSTANT = "schema.E201"
TOO_LARGE = "schema.E202"
NO_SCHEMA = "schema.E203"
UNKNOWN_SELECTION = "schema.E204"
UNKNOWN_BUILDER = "schema.E205"
UNKNOWN_METHOD = "schema.E206"
BAD_ARGUMENT = "schema.E207"
NOT_A_BUILDER = "schema.E208"
BAD_NAME = "schema.E209"
DUPLICATE_TYPE = "schema.E210"
BAD_ENUM = "schema.E211"
UNKNOWN_REF = "schema.E212"
REF_OF_WRONG_KIND = "schema.E213"
BAD_IDENTIFIER = "schema.E214"
NO_AUTHORIZATION = "schema.E215"
BAD_RULE = "schema.E216"
RULE_FIELD_CONFLICT = "schema.E217"
BAD_DEFAULT = "schema.E218"
UNKNOWN_OPERATION = "schema.E219"
UNKNOWN_MODEL = "schema.E220"
AMBIGUOUS_RELATION = "schema.E221"
BAD_CUSTOM_OPERATION = "schema.E222"

OTHER_SCHEMAS = "schema.W251"
HANDLERS_NOT_RUN = "schema.W252"
IDENTIFIER_IGNORED = "schema.W253"
INDEX_IGNORED = "schema.W254"
DUPLICATE_KEY = "schema.W255"


class ReadingError(Exception):
    """Reading cannot go on; carries the problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Findings:
    """Collects problems; the same finding at the same place counts once."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}

    def error(self, code: str, message: str, hint: str = "", location: Location | None = None) -> None:
        self._problems[Problem(code, message, hint, location)] = None

    def warning(self, code: str, message: str, hint: str = "", location: Location | None = None) -> None:
        self._problems[Problem(code, message, hint, location, Severity.WARNING)] = None

    def extend(self, problems: Iterable[Problem]) -> None:
        self._problems.update(dict.fromkeys(problems))

    @property
    def has_errors(self) -> bool:
        return any(problem.is_error for problem in self._problems)

    def sorted(self) -> tuple[Problem, ...]:
        """Every problem, ordered by position."""
        return tuple(sorted(self._problems, key=lambda problem: problem.sort_key))


def did_you_mean(name: str, candidates: Iterable[str], template: str = "'{}'") -> str:
    """Return ``Did you mean 'x'?`` for the nearest candidate, or nothing where none is near."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    nearest = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean {template.format(by_lower[nearest[0]])}?" if nearest else ""


def shorten(text: str, limit: int = 60) -> str:
    """Return ``text`` on one line and not longer than ``limit``."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"

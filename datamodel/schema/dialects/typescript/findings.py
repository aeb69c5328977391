"""The problems a TypeScript schema can have: their codes, and the list that collects them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.errors import Problem, Severity
from datamodel.schema.source import Location

MAX_PROBLEMS = 200
"""Reading stops here: nobody reads more, and looking for hints takes time."""


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
        self._add(Problem(code, message, hint, location))

    def warning(self, code: str, message: str, hint: str = "", location: Location | None = None) -> None:
        self._add(Problem(code, message, hint, location, Severity.WARNING))

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._add(problem)

    def _add(self, problem: Problem) -> None:
        self._problems[problem] = None
        if len(self._problems) == MAX_PROBLEMS:
            message = f"There are more than {MAX_PROBLEMS} problems; the rest was not looked for."
            raise ReadingError(Problem(Code.TOO_LARGE, message, location=problem.location))

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

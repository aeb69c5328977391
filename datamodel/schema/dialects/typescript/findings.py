"""The problems a TypeScript schema can have: their codes, and the list that collects them."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import nlargest
from itertools import takewhile

from graphql.pyutils import suggestion_list

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.errors import Problem, Severity
from datamodel.schema.source import Location

MAX_CANDIDATES = 20
MAX_COMPARED = 100
MAX_PROBLEMS = 100
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

    @property
    def error_count(self) -> int:
        return sum(problem.is_error for problem in self._problems)

    def sorted(self) -> tuple[Problem, ...]:
        """Every problem, ordered by position."""
        return tuple(sorted(self._problems, key=lambda problem: problem.sort_key))


def did_you_mean(name: str, candidates: Iterable[str], template: str = "{}") -> str:
    """Return ``Did you mean 'a.string()'?`` for the nearest candidate; empty where none is near."""
    if len(name) > MAX_COMPARED:
        return ""
    # a misspelt name keeps most of its beginning or end; comparing all of many names takes long
    likely = nlargest(MAX_CANDIDATES, candidates, key=lambda candidate: _shared_ends(name, candidate))
    nearest = suggestion_list(name, [candidate for candidate in likely if len(candidate) <= MAX_COMPARED])
    return f"Did you mean '{template.format(nearest[0])}'?" if nearest else ""


def _shared_ends(one: str, other: str) -> int:
    """How many characters two names have in common at the beginning and at the end."""
    one, other = one.lower(), other.lower()
    return _shared_start(one, other) + _shared_start(one[::-1], other[::-1])


def _shared_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def shorten(text: str, limit: int = 60) -> str:
    """Return ``text`` on one line and not longer than ``limit``."""
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"

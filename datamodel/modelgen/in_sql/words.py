"""What each database has words of its own for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from datamodel.schema.ir import ModelField

__all__ = ["Member", "Words", "balanced", "literal"]


class Member(NamedTuple):
    """A member of a JSON object: the column that holds a field, or the place of a parameter that is JSON already."""

    name: str
    expression: str
    field: ModelField | None


class Words(Protocol):
    """SQL expressions that differ between the databases; ``expression`` is SQL without parameters."""

    def bound(self, expression: str, body: Callable[[str], str]) -> str:
        """Return what ``body`` makes of the expression's value, which is computed once."""

    def text(self, expression: str, field: ModelField) -> str:
        """Return the value of a key field as ``str`` writes it."""

    def escaped(self, expression: str) -> str:
        """Return a text with all but the plain characters as ``~2F``."""

    def disguised(self, expression: str) -> str:
        """Return a text whose first character is escaped though it is plain."""

    def first_line(self, expression: str, limit: int) -> str:
        """Return what ``label_text`` makes of a text; the empty text of none."""

    def value_label(self, expression: str, field: ModelField) -> str:
        """Return what ``value_text`` and ``join_labels`` make of a value; the empty text of none."""

    def json_object(self, members: Sequence[Member]) -> str:
        """Return an object of these members."""


def literal(text: str) -> str:
    """Return a text as an SQL literal inside a statement that has parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def balanced(parts: Sequence[str], operator: str) -> str:
    """Join expressions as a balanced tree: a chain of hundreds is too deep for SQLite."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({balanced(parts[:middle], operator)} {operator} {balanced(parts[middle:], operator)})"

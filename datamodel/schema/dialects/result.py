"""What reading a schema yields, whatever its dialect."""

from __future__ import annotations

from dataclasses import dataclass

from datamodel.schema.errors import Problem
from datamodel.schema.ir import Schema

__all__ = ["ParseResult"]


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The raw schema, or None where none could be read, and every problem found on the way."""

    schema: Schema | None
    problems: tuple[Problem, ...]

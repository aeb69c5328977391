"""Pieces of SQL with their parameters, and the finished statement in the spellings of the drivers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from datamodel.graphql.slots import Binding
from datamodel.modelgen.statements import Ready

__all__ = ["NotCompiled", "Sql", "Statement", "concat", "joined", "literal"]

SMALL = 2**31
LONGEST_CHAIN, CHUNK = 40, 8
TYPE_NAMES: dict[type, str] = {bool: "boolean", float: "double precision"}


class NotCompiled(Exception):  # noqa: N818  says what happened
    """A selection that no statement answers; it is executed field by field instead."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL: ``%s`` stands where a parameter goes, as everywhere in Django."""

    text: str
    params: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.text

    def within(self, template: str) -> Sql:
        """Return the piece put in place of ``{}``."""
        return Sql(template.format(self.text), self.params)


def joined(separator: str, pieces: Iterable[Sql]) -> Sql:
    """Return the pieces one after the other."""
    found = list(pieces)
    return Sql(separator.join(piece.text for piece in found), tuple(p for each in found for p in each.params))


def literal(text: str) -> str:
    """Return a text as SQL has it. Only names of the schema and JSON around them come here."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def concat(pieces: Iterable[str | Sql]) -> Sql:
    """Return texts put together: known ones as they are, the others as expressions that yield texts."""
    parts: list[Sql] = []
    known = ""
    for piece in pieces:
        if isinstance(piece, str):
            known += piece
            continue
        parts += [Sql(literal(known)), piece] if known else [piece]
        known = ""
    if known or not parts:
        parts.append(Sql(literal(known)))
    return chained(parts)


def chained(parts: Sequence[Sql]) -> Sql:
    """Return a chain of ``||``. A long one is made of shorter ones: its depth is bounded, on SQLite."""
    if len(parts) <= LONGEST_CHAIN:
        return joined("||", parts)
    chunks = (parts[start : start + CHUNK] for start in range(0, len(parts), CHUNK))
    return chained([joined("||", chunk).within("({})") if len(chunk) > 1 else chunk[0] for chunk in chunks])


@dataclass(frozen=True)
class Statement(Ready):
    """A finished statement. Its parameters are values, or bindings that each request fills."""

    params: tuple[Any, ...]
    most_rows: int = 1
    """How many rows it answers with at most."""
    is_stamped: bool = False
    """True where the last column tells the active schema version."""
    is_gathered: bool = False
    """True where one row holds the whole page, see `answers.GatheredRows`."""

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters of a request; raise BadRequest for a value no database can hold."""
        return [param.bind(values) if isinstance(param, Binding) else param for param in self.params]

    @cached_property
    def postgresql(self) -> str:
        """The statement as PostgreSQL itself takes it. Every parameter says its type: nothing is guessed."""
        first, *rest = self.text.split("%s")
        placed = (
            f"${number}::{type_name(param)}{part}"
            for number, (param, part) in enumerate(zip(self.params, rest, strict=True), 1)
        )
        return (first + "".join(placed)).replace("%%", "%")


def type_name(param: Any) -> str:
    """Return the PostgreSQL type of a parameter."""
    value = param.example if isinstance(param, Binding) else param
    if type(value) is int:
        return "integer" if -SMALL <= value < SMALL else "bigint"
    return TYPE_NAMES.get(type(value), "text")

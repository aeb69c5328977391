"""How a database writes JSON: what each dialect has to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.compiler.sql import Sql, literal
from datamodel.graphql.compiler.tree import Column, Part

__all__ = ["Columns", "Member", "Spelling", "choose", "concatenated"]

Columns = Sequence[tuple[Field, str]]
"""Fields, each with the SQL of its column."""


@dataclass(frozen=True, slots=True)
class Member:
    """A field of an object: its JSON text, and the plain value where a function can make that text."""

    key: str
    text: Sql
    flat: str | None = None


class Spelling(Protocol):
    """What differs between the databases. Everything returned is SQL."""

    most_joins: int
    """How many parents are joined to one query; any other is a query of its own."""
    stamps_pages: bool
    """Whether every row of a page brings the schema version along, or it is asked for afterwards."""
    gathers_pages: bool
    """Whether a page comes as one text where it can, or as a row for every record."""

    def member(self, key: str, value: Column, column: str) -> Member:
        """A column as a field of an object."""

    def object(self, members: Sequence[Member]) -> Sql:
        """The JSON text of an object; never null."""

    def array(self, columns: Columns) -> str:
        """The JSON text of an array of column values."""

    def gathered(self, item: str, separator: str) -> str:
        """The aggregate that puts texts together."""

    def character(self, code: int) -> str:
        """A character that a literal should not hold."""

    def embedded(self, part: Part, column: str, alias: str) -> str:
        """The JSON text of the selected parts of a JSON column; ``alias`` is a prefix of its own."""


def concatenated(members: Iterable[Member]) -> list[str | Sql]:
    """Return the fields of an object one after the other, without its braces."""
    pieces: list[str | Sql] = []
    for number, member in enumerate(members):
        pieces += [f'{"," if number else ""}"{member.key}":', member.text]
    return pieces


def choose(column: str, cases: Iterable[tuple[str, str]], otherwise: str, null: str | None) -> str:
    """Return a CASE over an enum's values; ``null`` is None where the column cannot be null."""
    known = " ".join(f"WHEN {literal(value)} THEN {result}" for value, result in cases)
    if null is not None:
        otherwise = f"CASE WHEN {column} IS NULL THEN {null} ELSE {otherwise} END"
    return f"CASE {column} {known} ELSE {otherwise} END"

"""The children of sets of records: one statement per link, however many records there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TypeAlias

from django.db import connection

from datamodel.modelgen import Record
from datamodel.modelgen.plain import OddNames, name_columns
from datamodel.modelgen.sets import among, numbers, source
from datamodel.schema.ir import Link

__all__ = ["Child", "Family"]

ROWS = 5000
"""How many rows are in Python at a time."""

Child: TypeAlias = tuple[int, bool]
"""A child's surrogate key, and whether it is a tombstone."""


class Family:
    """A link between two tables, and the statements that lead down it."""

    def __init__(
        self, link: Link, models: Mapping[str, type[Record]], *, odd: OddNames | None = None
    ) -> None:
        self.link = link
        self.child = models[link.child]
        self.parent = models[link.parent]
        self.odd = odd
        """Given to writers: it learns of the children's names, and they are locked until the transaction ends."""
        self.lock = " FOR UPDATE" if odd is not None and connection.vendor == "postgresql" else ""
        quote = connection.ops.quote_name
        self.child_table, self.parent_table = (
            quote(model._meta.db_table) for model in (self.child, self.parent)
        )
        self.references = [quote(self.child.names.column(name)) for name in link.reference_fields]
        self.identifiers = [quote(self.parent.names.column(name)) for name in link.identifier_fields]
        self.has_tombstones = odd is not None and not self.child.schema.has_datastore
        """Without DataStore tombstones are left from when it was on: they go with their parents, untold."""

    def children(self, parents: Sequence[int], limit: int | None = None) -> list[Child]:
        """Return the records that refer to one of ``parents``, by age; with a limit some of them."""
        # SQLite takes the tables of a CROSS JOIN in the order they are written.
        join = "CROSS JOIN" if connection.vendor == "sqlite" else "JOIN"
        names = f", {name_columns(self.child, 'c')}" if self.odd is not None else ""
        # S608: names are quoted, values are parameters.
        sql = (
            f"SELECT c.joinery_pk, c.joinery_deleted{names} FROM {source('j')} "  # noqa: S608
            f"{join} {self.parent_table} AS p ON p.joinery_pk = j.pk "
            f"{join} {self.child_table} AS c ON {self._refers('p')}"
            f"{'' if self.has_tombstones else ' WHERE NOT c.joinery_deleted'}"
        )
        sql += " ORDER BY c.joinery_pk" if limit is None else f" LIMIT {limit:d}"
        return sorted(self._read(sql + (f"{self.lock} OF c" if self.lock else ""), parents))

    def descendants(self, parents: Sequence[int], limit: int | None = None) -> list[Child]:
        """Return the children of a self-relation, their children and so on, nearest first.

        PostgreSQL cannot lock while it descends: what was found is locked, and found again, until
        nothing new comes to light.
        """
        found = self._descend(parents, limit)
        met: set[int] = set()
        while self.odd is not None and (new := [pk for pk, _ in found if pk not in met]):
            self._meet(new)
            met.update(new)
            found = self._descend(parents, limit) if self.lock else found
        return found

    def _descend(self, parents: Sequence[int], limit: int | None) -> list[Child]:
        names = [f"k{position}" for position in range(len(self.identifiers))]
        keys = ", ".join(f"c.{name}" for name in self.identifiers)
        live = "" if self.has_tombstones else " AND NOT c.joinery_deleted"
        down = " AND ".join(f"c.{a} = d.{b}" for a, b in zip(self.references, names, strict=True))
        # UNION leaves out what was found before, so that a circle ends.
        sql = (
            f"WITH RECURSIVE down(pk, up, gone, {', '.join(names)}) AS ("  # noqa: S608 (likewise)
            f"SELECT c.joinery_pk, p.joinery_pk, c.joinery_deleted, {keys} FROM {self.parent_table} AS p "
            f"JOIN {self.child_table} AS c ON {self._refers('p')} WHERE {among('p.joinery_pk')}{live} "
            f"UNION SELECT c.joinery_pk, d.pk, c.joinery_deleted, {keys} FROM down AS d "
            f"JOIN {self.child_table} AS c ON {down}{live}) SELECT pk, gone, up FROM down"
        )
        if limit is not None:
            sql += f" LIMIT {limit:d}"
        with connection.cursor() as cursor:
            cursor.execute(sql, [numbers(parents)])
            return in_order(parents, cursor.fetchall())

    def _meet(self, pks: Sequence[int]) -> None:
        """Lock records and look at their names."""
        names = name_columns(self.child, "c")
        self._read(
            f"SELECT c.joinery_pk, c.joinery_deleted, {names} FROM {self.child_table} AS c "  # noqa: S608 (likewise)
            f"WHERE {among('c.joinery_pk')} ORDER BY c.joinery_pk{self.lock}",
            pks,
        )

    def _read(self, sql: str, pks: Sequence[int]) -> list[Child]:
        """Return the surrogate keys of the records, and let go of their names once they were looked at."""
        found: list[Child] = []
        with connection.cursor() as cursor:
            cursor.execute(sql, [numbers(pks)])
            while rows := cursor.fetchmany(ROWS):
                found += [(row[0], bool(row[1])) for row in rows]
                if self.odd is not None:
                    self.odd.look_at(self.child, [row[2:] for row in rows])
        return found

    def _refers(self, parent: str) -> str:
        pairs = zip(self.references, self.identifiers, strict=True)
        return " AND ".join(f"c.{reference} = {parent}.{identifier}" for reference, identifier in pairs)


def in_order(roots: Iterable[int], rows: Iterable[tuple[int, bool, int]]) -> list[Child]:
    """Return descendants level by level: ``rows`` tell each one's parent, in any order."""
    below: dict[int, list[Child]] = {}
    for pk, gone, parent in rows:
        below.setdefault(parent, []).append((pk, bool(gone)))
    ordered: list[Child] = []
    seen: Set[int] = set(roots)
    level = sorted(seen)
    while level:
        children = sorted(child for pk in level for child in below.get(pk, ()) if child[0] not in seen)
        seen |= {pk for pk, _ in children}
        ordered += children
        level = [pk for pk, _ in children]
    return ordered

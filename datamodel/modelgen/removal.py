"""The removal of stored records, many at once: lock them, let receivers do their part, take them away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection
from django.dispatch import Signal

from datamodel.modelgen.clock import now_ms
from datamodel.modelgen.plain import OddNames, name_columns
from datamodel.modelgen.sets import among, batches, numbers

if TYPE_CHECKING:
    from datamodel.modelgen.record import Record

__all__ = ["Row", "deleting", "remove", "remove_with_receivers"]

deleting = Signal()
"""Sent in the transaction before records of one model are removed: ``sender`` is their class, ``pks`` their surrogate
keys, locked, ``now`` the moment in milliseconds, and ``odd`` what their names are like. Receivers may refuse by
raising."""


class Row(NamedTuple):
    """What is stored of a record that is about to go."""

    pk: int
    version: int
    changed_at: int


def remove_with_receivers(model: type[Record], pks: Sequence[int]) -> tuple[list[Row], int]:
    """Remove the records of these keys and tell receivers before; return what was there, and the moment.

    A record that is gone is passed over, with DataStore a tombstone too; without it a tombstone goes for good.
    """
    odd = OddNames()
    rows = lock(model, pks, odd)
    now = now_ms()
    if rows:
        found = [row.pk for row in rows]
        deleting.send(sender=model, pks=found, now=now, odd=odd)
        remove(model, found, now)
    return rows, now


def lock(model: type[Record], pks: Sequence[int], odd: OddNames) -> list[Row]:
    """Lock the records against writes and new children until the transaction ends; look at their names."""
    columns = f"joinery_pk, joinery_version, joinery_changed_at, {name_columns(model, 't')}"
    live = " AND NOT joinery_deleted" if model.schema.has_datastore else ""
    suffix = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    sql = f"SELECT {columns} FROM {table_of(model)} AS t WHERE {among('joinery_pk')}{live} ORDER BY joinery_pk{suffix}"  # noqa: S608 (names are quoted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [numbers(pks)])
        rows = cursor.fetchall()
    odd.look_at(model, [row[3:] for row in rows])
    return [Row(*row[:3]) for row in rows]


def remove(model: type[Record], pks: Sequence[int], now: int) -> None:
    """Take records away: tombstones with DataStore, for good without it."""
    if model.schema.has_datastore:
        greatest = "MAX" if connection.vendor == "sqlite" else "GREATEST"
        deed = (
            f"UPDATE {table_of(model)} SET joinery_deleted = true, joinery_version = joinery_version + 1, "  # noqa: S608 (likewise)
            f"joinery_changed_at = {greatest}(joinery_changed_at, {now:d})"
        )
    else:
        deed = f"DELETE FROM {table_of(model)}"  # noqa: S608 (likewise)
    with connection.cursor() as cursor:
        for some in batches(pks):
            cursor.execute(f"{deed} WHERE {among('joinery_pk')}", [numbers(some)])


def table_of(model: type[Record]) -> str:
    return connection.ops.quote_name(model._meta.db_table)

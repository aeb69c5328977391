"""What a delete does to the records that refer to what is deleted: foreseen first, carried out afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from datamodel.deletion.effects import summarize
from datamodel.deletion.walk import Walk
from datamodel.modelgen import Record
from datamodel.modelgen.errors import Blocked, RestrictedDelete
from datamodel.modelgen.filled import updated_field
from datamodel.modelgen.plain import OddNames
from datamodel.modelgen.removal import remove
from datamodel.modelgen.sets import BATCH, RecordSet, among, batches, numbers
from datamodel.modelgen.values import iso_timestamp
from datamodel.schema.ir import Link, OnDelete

__all__ = ["Deed", "carry_out", "foresee"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What a delete is going to do, in sets: children before their parents, what was asked for last."""

    sets: tuple[RecordSet, ...]
    now: int
    """The moment of all its writes, in milliseconds."""


def foresee(model: type[Record], pks: Sequence[int], now: int, odd: OddNames) -> Deed:
    """Return what deleting the records of ``model`` does, according to the policies of the links to them.

    The records are locked already; all that is reached is locked here, until the transaction ends, so that
    no child is added meanwhile. ``odd`` learns of their names. Raise RestrictedDelete where children stand in the way. Change nothing.
    """
    walk = Walk(model, pks, odd=odd)
    refuse_blocked(walk)
    if walk.size > BATCH:
        take_time()
    asked_for = RecordSet(model, pks, odd=odd)
    return Deed((*walk.doomed_sets(), *cleared_sets(walk, now), asked_for), now)


def take_time() -> None:
    """Let PostgreSQL's statements and the commit take as long as they need, until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


def refuse_blocked(walk: Walk) -> None:
    """Raise RestrictedDelete with the records that stand in the way, if any do."""
    blocked = tuple(
        Blocked(effect.link, effect.count, effect.examples)
        for effect in summarize(walk, only=OnDelete.RESTRICT, most=None)
    )
    if blocked:
        raise RestrictedDelete(blocked)


def cleared_sets(walk: Walk, now: int) -> Iterator[RecordSet]:
    """Yield what stays without its reference, grouped by how it was reached and what changes in it."""
    for name, records in walk.cleared.items():
        model = walk.models[name]
        groups: dict[tuple[Link, frozenset[str]], list[int]] = {}
        for pk, reached in records.items():
            groups.setdefault(reached, []).append(pk)
        for (link, fields), pks in groups.items():
            values: dict[str, Any] = dict.fromkeys(link_order(model, fields))
            if updated_at := updated_field(model.model_type):
                values[updated_at] = iso_timestamp(now)
            yield RecordSet(model, pks, link, values, walk.odd)


def link_order(model: type[Record], fields: Iterable[str]) -> list[str]:
    return [field.name for field in model.model_type.stored_fields if field.name in set(fields)]


def carry_out(deed: Deed) -> None:
    """Do what was foreseen, except to the records that were asked for: those go last, by themselves."""
    doomed: dict[type[Record], list[int]] = {}
    for one in deed.sets:
        if one.cleared is not None:
            clear(one, deed.now)
        elif one.link is not None:
            doomed.setdefault(one.model, []).extend(one.pks)
    for model, pks in doomed.items():
        remove(model, pks, deed.now)


def clear(one: RecordSet, now: int) -> None:
    """Write the new values of records that stay, with a version of their own."""
    values = one.cleared or {}
    quote = connection.ops.quote_name
    greatest = "MAX" if connection.vendor == "sqlite" else "GREATEST"
    changes = [f"{quote(one.model.names.column(name))} = %s" for name in values]
    changes += [
        "joinery_version = joinery_version + 1",
        f"joinery_changed_at = {greatest}(joinery_changed_at, {now:d})",
    ]
    sql = f"UPDATE {quote(one.model._meta.db_table)} SET {', '.join(changes)} WHERE {among('joinery_pk')}"  # noqa: S608 (names are quoted)
    with connection.cursor() as cursor:
        for some in batches(one.pks):
            cursor.execute(sql, [*values.values(), numbers(some)])

"""What stands in the way between records: parents that are gone, children that came, places that are taken.

All checks ask about the records as they will be once everything of the scope is taken back: what the undo
itself brings back is there, what it removes is gone. So chunks may come in any order, and some may have been
written already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import QuerySet

from datamodel.deletion.sets import Among
from datamodel.modelgen import Record, encode_key
from datamodel.modelgen.references import identifier_of, reference_field, reference_of
from datamodel.registry import DataModel
from datamodel.schema.ir import Link
from datamodel.undo.effects import CHUNK, Effect, Inverse
from datamodel.undo.findings import Finding
from datamodel.undo.steps import Step

__all__ = ["Surroundings"]

Reference: TypeAlias = tuple[Any, ...]
Find: TypeAlias = Callable[[str, Collection[str]], Mapping[str, Effect]]
"""Returns the scope's effects on records of a model by their URL keys."""
Final: TypeAlias = Callable[[Effect, Record, Link], Reference]
"""Returns what a stored record's reference will be once an effect on it is taken back."""


class Surroundings:
    """The records around those of the scope. With ``is_locking`` they stay as they are until the transaction ends."""

    def __init__(self, datamodel: DataModel, find: Find, final: Final, *, is_locking: bool) -> None:
        self.datamodel = datamodel
        self.find = find
        self.final = final
        self.is_locking = is_locking

    def check(self, model: type[Record], steps: Sequence[Step]) -> Iterator[Finding]:
        """Yield what is in the way of some steps on records of one model."""
        schema, name = self.datamodel.schema, model.model_type.name
        kept = [step for step in steps if step.inverse is not Inverse.REMOVE]
        removed = [step for step in steps if step.inverse is Inverse.REMOVE]
        for link in schema.links_from(name):
            if link.is_enforced and (wanted := references(kept, link)):
                yield from self.missing_parents(link, wanted)
                if link.is_one_to_one:
                    yield from self.taken_places(link, wanted)
        for link in schema.links_to(name):
            if link.is_enforced and removed:
                yield from self.left_children(link, removed)

    def missing_parents(self, link: Link, wanted: Mapping[Reference, Step]) -> Iterator[Finding]:
        """Yield the steps whose reference would name no record."""
        parent = self.datamodel.model(link.parent)
        attributes = [parent.names.attribute(name) for name in link.identifier_fields]
        rows = parent.objects.filter(Among(attributes, list(wanted))).order_by("joinery_pk")
        there = set(self.read(rows, attributes, "NO KEY UPDATE" if link.is_one_to_one else "KEY SHARE"))
        keys = {reference: parent_key(parent, link, reference) for reference in wanted}
        own = self.find(link.parent, list(keys.values()))
        for reference, step in wanted.items():
            effect = own.get(keys[reference])
            if effect is not None and effect.inverse is Inverse.REMOVE:
                yield self.missing(link, keys[reference], step, "would be removed by the same undo")
            elif reference not in there and (effect is None or effect.inverse is not Inverse.RESTORE):
                yield self.missing(link, keys[reference], step, "does not exist any more")

    def missing(self, link: Link, key: str, step: Step, how: str) -> Finding:
        message = f"Its {link.parent} '{key}' ('{reference_field(link)}') {how}."
        return Finding.of(step.effect.change, link.child, message, culprit=(link.parent, key))

    def taken_places(self, link: Link, wanted: Mapping[Reference, Step]) -> Iterator[Finding]:
        """Yield the steps whose parent, which may have one child, has another."""
        for other, final in self.children(link, wanted):
            if final is not None and final in wanted and other.url_key != wanted[final].effect.change.key:
                message = f"Its {link.parent} has another {link.child} now: '{other.label}'."
                change = wanted[final].effect.change
                yield Finding.of(change, link.child, message, culprit=(link.child, other.url_key))

    def left_children(self, link: Link, removed: Sequence[Step]) -> Iterator[Finding]:
        """Yield the records that would refer to one that goes."""
        going = {identifier_of(step.stored, link): step for step in removed if step.stored is not None}
        for child, final in self.children(link, going):
            if final is not None and final in going:
                change = going[final].effect.change
                message = f"It refers to {link.parent} '{change.label}', which would be removed."
                yield Finding(link.child, child.url_key, child.label, message, (link.child, child.url_key))

    def children(
        self, link: Link, references: Collection[Reference]
    ) -> Iterator[tuple[Record, Reference | None]]:
        """Yield the live children of some parents, and what they will refer to; None for those that go."""
        child = self.datamodel.model(link.child)
        attributes = [child.names.attribute(name) for name in link.reference_fields]
        rows = child.objects.filter(Among(attributes, list(references))).order_by("joinery_pk")
        last = 0
        while chunk := list(rows.filter(joinery_pk__gt=last)[:CHUNK]):
            last = chunk[-1].joinery_pk
            effects = self.find(link.child, [record.url_key for record in chunk])
            for record in chunk:
                yield record, self.final_reference(effects.get(record.url_key), record, link)

    def final_reference(self, effect: Effect | None, record: Record, link: Link) -> Reference | None:
        if effect is None or effect.inverse in (Inverse.RESTORE, Inverse.NOTHING):
            return reference_of(record, link)
        return self.final(effect, record, link) if effect.inverse is Inverse.REVERT else None

    def read(self, rows: QuerySet[Record], attributes: Sequence[str], lock: str) -> list[Reference]:
        """Return the rows' values; on PostgreSQL with a lock that Django has no word for."""
        if not self.is_locking or connection.vendor != "postgresql":
            return list(rows.values_list(*attributes))
        sql, params = rows.values_list(*attributes).query.get_compiler(connection=connection).as_sql()
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} FOR {lock}", params)
            found: list[Reference] = cursor.fetchall()
        return found


def references(steps: Sequence[Step], link: Link) -> dict[Reference, Step]:
    """Return what the steps will refer to where they change it, each with the first step that does."""
    found: dict[Reference, Step] = {}
    for step in steps:
        if step.values.keys().isdisjoint(link.reference_fields):
            continue
        reference = tuple(step.final(name) for name in link.reference_fields)
        if None not in reference:
            found.setdefault(reference, step)
    return found


def parent_key(parent: type[Record], link: Link, reference: Reference) -> str:
    """Return the URL key of the record that a reference names."""
    values = dict(zip(link.identifier_fields, reference, strict=True))
    return encode_key([values[name] for name in parent.model_type.primary_key])

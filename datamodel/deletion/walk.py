"""The walk: what the deletion of some records reaches, found level by level without changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from datamodel.deletion.sets import Among
from datamodel.modelgen import Record
from datamodel.modelgen.references import clearable_fields, identifier_of, reference_of, sibling_models
from datamodel.schema.ir import Link, OnDelete, Schema

__all__ = ["Reached", "Walk"]

Place: TypeAlias = tuple[str, int]
"""A record's place in the walk: model and surrogate key."""


@dataclass(slots=True)
class Reached:
    """A record that the walk came to, by which link and from which parent."""

    record: Record
    link: Link
    depth: int
    parent: Record
    fields: set[str] = field(default_factory=set)
    """Reference fields to clear."""


def place(record: Record) -> Place:
    """Return what tells the record from all others, tombstones included."""
    return (record.model_type.name, record.joinery_pk)


class Walk:
    """What the deletion of ``roots`` (records of one data model) reaches.

    One statement per link and level, however many records. With ``is_locking``, every record that is
    reached stays locked, so that no child can be added to it before the transaction ends.
    """

    def __init__(self, roots: Sequence[Record], *, is_locking: bool) -> None:
        self.models = sibling_models(type(roots[0]))
        self.schema: Schema = roots[0].schema
        self.is_locking = is_locking
        self.seen = {place(root) for root in roots}
        self.doomed: dict[Place, Reached] = {}
        self.cleared: dict[Place, Reached] = {}
        self.blocking: dict[Place, Reached] = {}
        self.depth = 0
        self.run(roots)

    def run(self, roots: Sequence[Record]) -> None:
        """Walk until a level adds nothing; then forget what is deleted on another way."""
        level: Sequence[Record] = roots
        while level:
            self.depth += 1
            level = [
                child for link, parents in self.next_links(level) for child in self.follow(link, parents)
            ]
        for found in (self.cleared, self.blocking):
            for key in found.keys() & self.seen:
                del found[key]

    def next_links(self, level: Iterable[Record]) -> Iterator[tuple[Link, list[Record]]]:
        """Return the enforced links that lead down from a level, with the parents they start at."""
        parents: dict[str, list[Record]] = {}
        for record in level:
            parents.setdefault(record.model_type.name, []).append(record)
        for link in self.schema.links:
            if link.is_enforced and link.parent in parents:
                yield link, parents[link.parent]

    def follow(self, link: Link, parents: Sequence[Record]) -> list[Record]:
        """Sort the children of ``parents`` by what happens to them; return those that go as well."""
        by_key = {identifier_of(parent, link): parent for parent in parents}
        going = []
        for child in self.children(link, list(by_key)):
            reached = Reached(child, link, self.depth, by_key[reference_of(child, link)])
            if self.add(reached):
                going.append(child)
        return going

    def children(self, link: Link, keys: list[tuple[object, ...]]) -> Iterable[Record]:
        """Return the records that refer to one of ``keys``, in a stable order, locked if need be.

        Without DataStore tombstones are left from when it was on: they go with their parents.
        """
        model = self.models[link.child]
        attributes = [model.names.attribute(name) for name in link.reference_fields]
        records = model.all_objects.filter(Among(attributes, keys)).order_by("joinery_pk")
        if self.schema.has_datastore:
            records = records.filter(joinery_deleted=False)
        return records.select_for_update() if self.is_locking else records.only(*self.shown_attributes(model))

    def shown_attributes(self, model: type[Record]) -> set[str]:
        """Return what a preview needs of a record: to follow its links and to name it."""
        links = self.schema.links_from(model.model_type.name)
        names = {*model.model_type.primary_key, *(name for link in links for name in link.reference_fields)}
        if model.joinery_label_value:
            names.add(model.joinery_label_value.name)
        shown = {model.names.attribute(name) for name in names} | {"joinery_deleted"}
        return shown | ({model.label_attribute} if model.label_attribute else set())

    def add(self, reached: Reached) -> bool:
        """Note a child; return True where it is newly found to go."""
        key = place(reached.record)
        if key in self.seen:
            return False
        policy = reached.link.on_delete
        is_going = policy is OnDelete.CASCADE or reached.record.joinery_deleted
        if is_going:
            self.seen.add(key)
            self.doomed[key] = reached
        elif policy is OnDelete.CLEAR:
            kept = self.cleared.setdefault(key, reached)
            kept.fields.update(clearable_fields(type(reached.record), reached.link))
        else:
            self.blocking.setdefault(key, reached)
        return is_going

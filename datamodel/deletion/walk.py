"""The walk: what the deletion of some records reaches, found level by level without changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from datamodel.deletion.children import Child, Family
from datamodel.modelgen import Record
from datamodel.modelgen.plain import OddNames
from datamodel.modelgen.references import clearable_fields, sibling_models
from datamodel.modelgen.sets import RecordSet
from datamodel.schema.ir import Link, OnDelete, Schema

__all__ = ["Found", "Walk"]


@dataclass(slots=True)
class Found:
    """Records that the walk came to along one link, by their surrogate keys."""

    link: Link
    policy: OnDelete
    """What happens to them; tombstones go whatever the link's policy is."""
    depth: int
    """1 for the children of what is deleted, 2 for theirs."""
    pks: list[int] = field(default_factory=list)


class Walk:
    """What the deletion of records of one model reaches.

    One statement per link and level, and a few for all levels of a model's link to itself. With ``odd``,
    every record that is reached stays locked, so that no child can be added to it before the transaction
    ends, and its names are looked at. Only surrogate keys are kept.
    """

    def __init__(self, model: type[Record], roots: Sequence[int], *, odd: OddNames | None = None) -> None:
        self.models = sibling_models(model)
        self.schema: Schema = model.schema
        self.odd = odd
        self.seen: dict[str, set[int]] = {model.model_type.name: set(roots)}
        self.doomed: list[Found] = []
        self.cleared: dict[str, dict[int, tuple[Link, frozenset[str]]]] = {}
        """By model and record: the link by which it was reached first, and the fields to clear."""
        self.blocking: dict[str, dict[int, Link]] = {}
        self.depths: dict[str, int] = {}
        """By link: the level on which it was followed first."""
        self.cut: set[str] = set()
        """Links along which there are more records than were looked at; none, unless a subclass stops earlier."""
        self.followed: dict[str, set[int]] = {}
        """Records below which a model's link to itself was followed all the way."""
        self.run(model.model_type.name, roots)

    def run(self, model: str, roots: Sequence[int]) -> None:
        """Walk until a level adds nothing; then forget what is deleted on another way."""
        level: Mapping[str, Sequence[int]] = {model: roots}
        depth = 0
        while level:
            depth += 1
            below: dict[str, list[int]] = {}
            for link, parents in self.next_links(level):
                self.depths.setdefault(link.name, depth)
                going = self.sort(link, depth, self.children(link, parents))
                if going:
                    below.setdefault(link.child, []).extend(going)
            level = below
        for found in (self.cleared, self.blocking):
            for name, records in found.items():
                for pk in records.keys() & self.seen.get(name, set()):
                    del records[pk]

    def next_links(self, level: Mapping[str, Sequence[int]]) -> Iterator[tuple[Link, Sequence[int]]]:
        """Return the enforced links that lead down from a level, with the parents they start at."""
        for link in self.schema.links:
            if not link.is_enforced or link.parent not in level:
                continue
            followed = self.followed.get(link.name)
            parents = level[link.parent]
            parents = [pk for pk in parents if pk not in followed] if followed else parents
            if parents:
                yield link, parents

    def children(self, link: Link, parents: Sequence[int]) -> list[Child]:
        """Return the records that refer to one of ``parents``; all the way down a link to the model itself."""
        family = Family(link, self.models, odd=self.odd)
        if not self.goes_all_the_way(link):
            return family.children(parents)
        found = family.descendants(parents)
        self.followed.setdefault(link.name, set()).update(pk for pk, _ in found)
        return found

    def goes_all_the_way(self, link: Link) -> bool:
        """Return whether one statement follows the link to the last level."""
        return link.is_self and link.on_delete is OnDelete.CASCADE

    def sort(self, link: Link, depth: int, children: Iterable[Child]) -> list[int]:
        """Sort the children by what happens to them; return those that are newly found to go."""
        seen = self.seen.setdefault(link.child, set())
        new = [child for child in children if child[0] not in seen]
        going = [pk for pk, is_tombstone in new if is_tombstone or link.on_delete is OnDelete.CASCADE]
        if going:
            seen.update(going)
            self.doomed.append(Found(link, OnDelete.CASCADE, depth, going))
        staying = [pk for pk, is_tombstone in new if not is_tombstone]
        if link.on_delete is OnDelete.CLEAR:
            self.clear(link, staying)
        elif link.on_delete is OnDelete.RESTRICT:
            self.blocking.setdefault(link.child, {}).update(
                (pk, link) for pk in staying if pk not in self.blocking.get(link.child, {})
            )
        return going

    def clear(self, link: Link, pks: Iterable[int]) -> None:
        """Note that the records' references are cleared; one that is reached twice is written once."""
        fields = frozenset(clearable_fields(self.models[link.child], link))
        known = self.cleared.setdefault(link.child, {})
        alone = (link, fields)
        for pk in pks:
            first = known.get(pk)
            known[pk] = alone if first is None else (first[0], first[1] | fields)

    @property
    def size(self) -> int:
        """How many records are written."""
        return sum(map(len, self.seen.values())) + sum(map(len, self.cleared.values()))

    def doomed_sets(self) -> Iterator[RecordSet]:
        """Yield what goes, children before their parents; each set is as large as can be."""
        by_model: dict[str, list[Found]] = {}
        for found in self.doomed:
            runs = by_model.setdefault(found.link.child, [])
            if runs and runs[-1].link == found.link:
                runs[-1].pks.extend(found.pks)
            else:
                runs.append(Found(found.link, found.policy, found.depth, list(found.pks)))
        for name, runs in reversed(by_model.items()):
            for run in reversed(runs):
                yield RecordSet(self.models[name], run.pks[::-1], run.link, odd=self.odd)

    def is_known(self, link: Link) -> bool:
        """Return whether all records were looked at to which the link leads from anywhere in the walk."""
        return link.name not in self.cut and link.parent not in self.unknown_models()

    def unknown_models(self) -> set[str]:
        """Return the models of which more records go than were looked at, or may."""
        unknown: set[str] = set()
        while (
            more := {
                found.link.child
                for found in self.doomed
                if found.link.name in self.cut or found.link.parent in unknown
            }
            - unknown
        ):
            unknown |= more
        return unknown

    def by_link(self) -> Iterator[Found]:
        """Yield what blocks, what goes and what is cleared, each record once, by the link it was reached by first."""
        groups: dict[tuple[OnDelete, str], Found] = {}

        def group(policy: OnDelete, link: Link) -> list[int]:
            known = groups.get((policy, link.name))
            if known is None:
                known = groups[policy, link.name] = Found(link, policy, self.depths[link.name])
            return known.pks

        for blocking in self.blocking.values():
            for pk, link in blocking.items():
                group(OnDelete.RESTRICT, link).append(pk)
        for found in self.doomed:
            group(OnDelete.CASCADE, found.link).extend(found.pks)
        for cleared in self.cleared.values():
            for pk, (link, _) in cleared.items():
                group(OnDelete.CLEAR, link).append(pk)
        yield from groups.values()

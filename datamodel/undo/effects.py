"""What a group, or one entry of it, did to each record: its effect, read from the change log in chunks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from datamodel.changes.groups import UNDO, Kind, read_kinds
from datamodel.deletion.sets import Among
from datamodel.models import Change

__all__ = ["CHUNK", "Effect", "EntryScope", "GroupScope", "Inverse", "Scope"]

CHUNK = 1000
"""So many records are in memory at a time."""


class Inverse(Enum):
    """What takes an effect back."""

    RESTORE = "restore"
    REVERT = "revert"
    REMOVE = "remove"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a record from its first entry to its last."""

    change: Change
    """The last entry."""
    before: Mapping[str, Any] | None
    last_version: int
    """The last version that the log has of the record, whoever wrote it."""
    place: int | None
    """Its place in the order of creation before its first entry; None where nobody knows."""

    @property
    def after(self) -> Mapping[str, Any] | None:
        after: Mapping[str, Any] | None = self.change.after
        return after

    @property
    def is_replacement(self) -> bool:
        """True where one record of a key went and another came: it has a place of its own in the order."""
        return (
            self.inverse is Inverse.REVERT
            and None
            not in (
                self.place,
                self.change.record_pk,
            )
            and self.place != self.change.record_pk
        )

    @property
    def inverse(self) -> Inverse:
        match self.before is None, self.after is None:
            case True, True:
                return Inverse.NOTHING
            case True, False:
                return Inverse.REMOVE
            case False, True:
                return Inverse.RESTORE
            case _:
                return Inverse.REVERT


class Scope(Protocol):
    """What is to be undone at once."""

    @property
    def leading(self) -> Change:
        """What somebody did."""

    @property
    def cause(self) -> str:
        """What the undo's entries give as their cause."""

    @property
    def models(self) -> Collection[str]:
        """The models of the records, as they were called then."""

    def chunks(self) -> Iterator[list[Effect]]:
        """Yield all effects, those of one model at a time, the last ones first."""

    def find(self, model: str, keys: Collection[str]) -> dict[str, Effect]:
        """Return the effects on records of a model (its name then) by their URL keys."""


class EntryScope:
    """One entry alone."""

    def __init__(self, leading: Change) -> None:
        self.leading = leading

    @property
    def cause(self) -> str:
        return f"{UNDO} {self.leading.group} {self.leading.id}"

    @property
    def models(self) -> Collection[str]:
        return {self.leading.model}

    @cached_property
    def effect(self) -> Effect:
        last = history_of(self.leading.model, self.leading.key).order_by("-id")
        version = last.values_list("record_version", flat=True).first()
        place = self.leading.record_pk
        return Effect(self.leading, self.leading.before, version or self.leading.record_version, place)

    def chunks(self) -> Iterator[list[Effect]]:
        yield [self.effect]

    def find(self, model: str, keys: Collection[str]) -> dict[str, Effect]:
        is_it = model == self.leading.model and self.leading.key in keys
        return {self.leading.key: self.effect} if is_it else {}


class GroupScope:
    """All entries of a group; several of one record are one effect."""

    def __init__(self, group: UUID, leading: Change) -> None:
        self.group = group
        self.leading = leading
        self.cause = f"{UNDO} {group}"
        kinds = read_kinds([group]).get(group, [])
        self.kinds: Sequence[Kind] = sorted(kinds, key=lambda kind: -kind.ends[1])
        self.models = {kind.model for kind in kinds}

    def chunks(self) -> Iterator[list[Effect]]:
        for kind in self.kinds:
            yield from self.chunks_of(kind)

    def chunks_of(self, kind: Kind) -> Iterator[list[Effect]]:
        changes = Change.objects.filter(group=self.group, model=kind.model, action=kind.action)
        last = kind.ends[1] + 1
        while chunk := list(with_neighbours(changes.filter(id__lt=last)).order_by("-id")[:CHUNK]):
            last = chunk[-1].id
            if effects := self.fold(kind.model, chunk):
                yield effects

    def find(self, model: str, keys: Collection[str]) -> dict[str, Effect]:
        if model not in self.models or not keys:
            return {}
        changes = Change.objects.filter(group=self.group, model=model)
        found = with_neighbours(changes.filter(Among(["key"], [(key,) for key in keys])))
        return {effect.change.key: effect for effect in self.fold(model, list(found))}

    def fold(self, model: str, changes: Sequence[Change]) -> list[Effect]:
        """Return the effects that end with these entries; an effect may have begun with an earlier one."""
        ends = [one for one in changes if one.next_group != self.group]  # type: ignore[attr-defined]
        begun = [one.key for one in ends if one.previous_group == self.group]  # type: ignore[attr-defined]
        first = self.first_entries(model, begun) if begun else {}
        effects = []
        for end in ends:
            begin = first.get(end.key, end)
            effects.append(Effect(end, begin.before, end.last_version, begin.record_pk))  # type: ignore[attr-defined]
        return effects

    def first_entries(self, model: str, keys: Sequence[str]) -> dict[str, Change]:
        """Return the group's first entries of the records: they tell what was before."""
        changes = Change.objects.filter(group=self.group, model=model)
        found = changes.filter(Among(["key"], [(key,) for key in keys]))
        return {change.key: change for change in found.order_by("-id")}


def history_of(model: Any, key: Any) -> QuerySet[Change]:
    return Change.objects.filter(model=model, key=key)


def with_neighbours(changes: QuerySet[Change]) -> QuerySet[Change]:
    """Add the groups of the entries before and after in each record's history, and its last version.

    A record's entries of one group follow each other: the transaction holds the record until its end. So the
    neighbours tell whether the group did more to it, by probes of the index of records.
    """
    own = history_of(OuterRef("model"), OuterRef("key"))
    later = own.filter(id__gt=OuterRef("id")).order_by("id").values("group")[:1]
    earlier = own.filter(id__lt=OuterRef("id")).order_by("-id").values("group")[:1]
    last = own.order_by("-id").values("record_version")[:1]
    return changes.annotate(
        next_group=Subquery(later), previous_group=Subquery(earlier), last_version=Subquery(last)
    )

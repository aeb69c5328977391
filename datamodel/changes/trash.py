"""What was deleted and is still gone, by group: the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from datamodel.changes.groups import LAST, Filters, Group, Tally, newest, summarize
from datamodel.changes.pages import Page
from datamodel.models import Change

__all__ = ["Deleted", "deleted", "deleted_like"]

LOOKED_THROUGH = 20
"""After so many times ``limit`` groups without a full page, a page is shown as it is."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """A group that deleted records of which some are still gone."""

    group: Group
    change: Change
    """The deletion to show: the one that somebody asked for, or another of the group where that record is back."""

    @property
    def along(self) -> tuple[Tally, ...]:
        """What else the group did, this deletion left out."""
        own = (self.change.model, self.change.action)
        counts = [(t, t.count - 1 if (t.model, t.action) == own else t.count) for t in self.group.tallies]
        return tuple(Tally(tally.model, tally.action, count) for tally, count in counts if count)


def deleted(limit: int, before: str | None = None, model: str | None = None) -> Page[Deleted]:
    """Return the latest groups whose deleted records are still gone; ``model`` names the only one wanted.

    A page may hold fewer than ``limit`` where most came back meanwhile; there is more as long as it has a
    ``next``. Raise ValueError where ``before`` is none.
    """
    filters = Filters(model=model, action=Change.Action.DELETE)
    place, found = (LAST if before is None else UUID(before)), list[Deleted]()
    for _ in range(LOOKED_THROUGH):
        groups = newest(limit + 1, place, filters)
        for one in still_gone(summarize(groups[:limit]), model):
            if len(found) == limit:
                return Page(found, str(found[-1].group.id))
            found.append(one)
        if len(groups) <= limit:
            return Page(found, None)
        place = groups[limit - 1]
    return Page(found, str(place))


def deleted_like(text: str, limit: int, before: str | None = None, model: str | None = None) -> Page[Deleted]:
    """Return the latest groups with a deleted record that is still gone and was called like ``text``.

    Labels have no index: this looks through all deletions, of one model if it is given. Raise ValueError
    where ``before`` is none.
    """
    changes = Change.objects.filter(action=Change.Action.DELETE, label__icontains=text)
    changes = changes if model is None else changes.filter(model=model)
    changes = changes if before is None else changes.filter(group__lt=UUID(before))
    first: dict[UUID, int] = {}
    for group, pk in gone_only(changes).order_by("-group", "id").values_list("group", "id").iterator():
        first.setdefault(group, pk)
        if len(first) > limit:
            break
    shown = list(first)[:limit]
    found = Change.objects.in_bulk([first[group] for group in shown])
    deletions = [Deleted(group, found[first[group.id]]) for group in summarize(shown)]
    return Page(deletions, str(shown[-1]) if len(first) > limit else None)


def still_gone(groups: Sequence[Group], model: str | None) -> Iterable[Deleted]:
    """Yield the groups with a deletion that nothing came after; what was undone as a whole has none."""
    gone = {change.id for change in gone_only(Change.objects.filter(id__in=[g.leading.id for g in groups]))}
    for group in groups:
        leading = group.leading
        if leading.id in gone and model in (None, leading.model):
            yield Deleted(group, leading)
        elif group.undone_by is None and (other := find_gone(group, model)):
            yield Deleted(group, other)


def find_gone(group: Group, model: str | None) -> Change | None:
    """Return a deletion of the group whose record is still gone."""
    changes = Change.objects.filter(group=group.id)
    changes = changes if model is None else changes.filter(model=model)
    return gone_only(changes).order_by("id").first()


def gone_only(changes: QuerySet[Change]) -> QuerySet[Change]:
    """Return the deletions among ``changes`` that are the last entries of their records.

    A scalar subquery is one probe of an index per entry; databases make a join of the whole log of others.
    """
    later = Change.objects.filter(model=OuterRef("model"), key=OuterRef("key"), id__gt=OuterRef("id"))
    last = Subquery(later.order_by("id").values("id")[:1])
    return changes.filter(action=Change.Action.DELETE).annotate(later=last).filter(later=None)

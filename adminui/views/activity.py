"""The change log by sets: who did what when, and each set with all its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from adminui.filters import looked_for
from adminui.trail.entries import Who, tell_entries
from adminui.trail.stories import by_day, tell_stories
from adminui.views.records import get_datamodel, is_partial
from datamodel.access import Actor
from datamodel.changes import groups as log
from datamodel.changes.actors import logged_actors
from datamodel.models import Change, first_group_at
from datamodel.registry import DataModel

__all__ = ["activity", "activity_set"]

SETS = 25
ENTRIES = 50
FIRST_YEAR, LAST_YEAR = 1970, 2999
ACTIONS = (("create", "created"), ("update", "changed"), ("delete", "deleted"))


@dataclass(frozen=True, slots=True)
class Option:
    """An entry of a filter's select."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: filters, and where the page begins."""

    model: str = ""
    who: str = ""
    action: str = ""
    day: date | None = None
    before: str | None = None
    after: str | None = None

    @classmethod
    def read(cls, data: QueryDict) -> Wanted:
        """Read the query string; what cannot be read is as if it were not there."""
        action = data.get("action", "")
        return cls(
            model=looked_for(data.get("model", "")),
            who=looked_for(data.get("who", "")),
            action=action if action in Change.Action.values else "",
            day=read_day(data.get("day", "")),
            before=read_group(data.get("_before", "")),
            after=read_group(data.get("_after", "")),
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.model or self.who or self.action or self.day)

    @property
    def actor(self) -> Actor | None:
        """``user:admin`` as an actor; a name may have colons itself."""
        kind, separator, name = self.who.partition(":")
        return Actor(kind, name) if separator else None

    @property
    def filters(self) -> log.Filters:
        since = None if self.day is None else milliseconds(self.day)
        return log.Filters(self.model or None, self.action or None, self.actor, since)

    @property
    def end(self) -> str | None:
        """The cursor to begin before: the address's own, else the end of the day."""
        if self.before or self.day is None:
            return self.before
        return str(first_group_at(milliseconds(self.day + timedelta(days=1))))

    def address(self, **places: str) -> str:
        """Return the address of the same filters at another place."""
        query = QueryDict(mutable=True)
        chosen = {"model": self.model, "who": self.who, "action": self.action}
        chosen |= {"day": self.day.isoformat() if self.day else ""} | places
        query.update({name: value for name, value in chosen.items() if value})
        return f"{reverse('activity')}?{query.urlencode()}" if query else reverse("activity")


def read_day(text: str) -> date | None:
    """Return the day that was asked for; the log's clock begins in 1970."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def read_group(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def milliseconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Sets:
    """A page of sets, newest first, and what there is on either side."""

    groups: Sequence[log.Group]
    has_older: bool
    has_newer: bool


def read_sets(wanted: Wanted) -> Sets:
    """Return the page that the address asks for; the first page where less than a page is newer."""
    if wanted.after:
        page = log.newer_groups(SETS, wanted.after, wanted.filters, wanted.end)
        if len(page.items) == SETS:
            return Sets(page.items, has_older=True, has_newer=page.next is not None)
        wanted = replace(wanted, before=None)
    page = log.recent_groups(SETS, wanted.end, wanted.filters)
    has_newer = wanted.before is not None and bool(page.items)
    return Sets(page.items, has_older=page.next is not None, has_newer=has_newer)


@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """The latest sets of changes, newest first; htmx gets the list alone."""
    datamodel = get_datamodel(request)
    wanted = Wanted.read(request.GET)
    shown = read_sets(wanted)
    context = {
        "days": list(by_day(tell_stories(datamodel, shown.groups))),
        "shown": len(shown.groups),
        "is_paged": bool(wanted.before or wanted.after),
        "wanted": wanted,
        "older": wanted.address(_before=str(shown.groups[-1].id)) if shown.has_older else "",
        "newer": wanted.address(_after=str(shown.groups[0].id)) if shown.has_newer else "",
        "newest": wanted.address() if shown.has_newer or not shown.groups else "",
    }
    if is_partial(request):
        return render(request, "adminui/activity/_sets.html", context)
    return render(request, "adminui/activity/list.html", context | choices(datamodel, wanted))


def choices(datamodel: DataModel, wanted: Wanted) -> dict[str, Any]:
    """Return what the filters offer; what the address names is offered even where it is gone."""
    models = list(dict.fromkeys([*sorted(datamodel.models), *filter(None, [wanted.model])]))
    actors = {f"{a.kind}:{a.name}": Who(a.kind, a.name) for a in logged_actors()}
    if wanted.actor is not None:
        actors.setdefault(wanted.who, Who(wanted.actor.kind, wanted.actor.name))
    return {
        "models": [Option(name, name, name == wanted.model) for name in models],
        "actors": [Option(value, who.listed, value == wanted.who) for value, who in actors.items()],
        "actions": [Option(value, words, value == wanted.action) for value, words in ACTIONS],
    }


@require_safe
def activity_set(request: HttpRequest, group: UUID) -> HttpResponse:
    """One set of changes with its records, field by field; htmx gets the records alone."""
    datamodel = get_datamodel(request)
    found = log.find_group(group)
    if found is None:
        raise Http404("There is no such change in the log.")
    after = request.GET.get("_after", "")
    is_cursor = after.isdecimal() and len(after) < 19
    is_deletion = found.leading.action == Change.Action.DELETE
    page = log.entries(group, ENTRIES, after if is_cursor else None, last_first=is_deletion)
    address = reverse("activity_set", args=[group])
    context = {
        "story": tell_stories(datamodel, [found])[0],
        "entries": tell_entries(datamodel, list(page.items)),
        "more": f"{address}?_after={page.next}" if page.next else "",
        "is_single": is_partial(request) and found.count == 1,
        "is_more": bool(after),
    }
    template = "adminui/activity/_entries.html" if is_partial(request) else "adminui/activity/set.html"
    return render(request, template, context)

"""The first page: the models with their counts, what happened last, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adminui.trail.stories import Story, in_a_row, tell_stories, words_for
from datamodel.changes.groups import recent_groups
from datamodel.middleware import DataModelRequest
from datamodel.models import ApiKey
from datamodel.registry import DataModel

__all__ = ["home"]

READ = 40
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Event:
    """Sets of changes that belong together, told: the newest of them, and what else there was."""

    story: Story
    rest: str

    @property
    def url(self) -> str:
        """The record's address while it exists."""
        return self.story.lead.url if self.story.lead.action != "delete" else ""


def recent_events(datamodel: DataModel) -> list[Event]:
    """Return what happened last; what one person did to a model in a row is one event."""
    stories = tell_stories(datamodel, recent_groups(READ).items, in_short=True)
    runs = groupby(stories, key=lambda story: (story.who, story.verb, story.lead.model))
    return [tell(list(run)) for _, run in runs][:SHOWN]


def tell(run: list[Story]) -> Event:
    story = run[0]
    if len(run) == 1:
        return Event(story, f" with {in_a_row(story.also)}" if story.also else "")
    more = sum(one.alike for one in run) - 1
    return Event(story, f" with {more:,} more {words_for(story.lead.model, more)}")


@require_safe
def home(request: DataModelRequest) -> HttpResponse:
    """Show the data model at a glance; before the first schema, how to begin."""
    datamodel = request.datamodel
    if not datamodel.version:
        return render(request, "adminui/home/empty.html")
    context = {
        "version": datamodel.version,
        "schema": datamodel.schema,
        "events": recent_events(datamodel),
        "api_url": request.build_absolute_uri("/graphql"),
        "has_key": ApiKey.objects.filter(revoked_at=None).exists(),
    }
    return render(request, "adminui/home/home.html", context)

"""Undoing a set of changes or one change: first what it would do and what stands in the way, then the deed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from adminui.notices import say_done
from adminui.trail.entries import Entry, tell_entries
from adminui.trail.stories import counted, tell_stories
from adminui.views.records import actor_of, get_datamodel
from datamodel import undo
from datamodel.access import acting_as
from datamodel.changes import groups as log
from datamodel.modelgen.labels import label_text
from datamodel.models import Change
from datamodel.registry import DataModel

__all__ = ["activity_undo", "change_undo", "next_address"]

EXAMPLES = 6
LABEL = 50
CHECKED = 5000
"""A larger set is checked for obstacles only when it is undone: a page that asks should not take seconds."""
READ = 100
"""Entries that are read for examples."""
OBSTACLES = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """What an undo does to the records of one model, in words."""

    style: str
    mark: str
    words: str
    examples: tuple[str, ...]
    more: int


EFFECTS = {
    "delete": ("", "+", "come back", "comes back"),
    "update": ("ask", "~", "get their earlier values again", "gets its earlier values again"),
    "create": ("lose", "−", "are deleted", "is deleted"),  # noqa: RUF001  a minus sign
}


AFTERWARDS = {
    "delete": ("is back", "are back"),
    "update": ("has its earlier values again", "have their earlier values again"),
    "create": ("is deleted again", "are deleted again"),
}
QUESTIONS = {"create": "Undo creating", "update": "Undo changing", "delete": "Restore"}


@require_http_methods(["GET", "HEAD", "POST"])
def activity_undo(request: HttpRequest, group: UUID) -> HttpResponseBase:
    """Ask whether to undo a set of changes, and undo it on POST."""
    datamodel = get_datamodel(request)
    found = log.find_group(group)
    if found is None:
        raise Http404("There is no such change in the log.")
    story = tell_stories(datamodel, [found])[0]
    context = about(story.lead, story.subject, reverse("activity_undo", args=[group]))
    context["effects"] = list(group_effects(datamodel, found))
    if request.method != "POST":
        context["is_unchecked"] = found.count > CHECKED
        return ask(request, context, () if context["is_unchecked"] else undo.check_group(datamodel, group))
    try:
        with acting_as(actor_of(request)):
            done = undo.undo_group(datamodel, group)
    except undo.UndoRefused as refused:
        return ask(request, context, refused.obstacles, status=409)
    return after_undo(request, story.subject, story.lead, done, is_one=not story.also)


@require_http_methods(["GET", "HEAD", "POST"])
def change_undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask whether to undo one change of a set, and undo it on POST."""
    datamodel = get_datamodel(request)
    change = Change.objects.filter(pk=pk).first()
    if change is None:
        raise Http404("There is no such change in the log.")
    entry = tell_entries(datamodel, [change])[0]
    subject = f"{entry.model} '{entry.label}'"
    context = about(entry, subject, reverse("change_undo", args=[pk]))
    context["effects"] = [effect_words(change.action, 1, change.model, [entry.label])]
    if request.method != "POST":
        return ask(request, context, undo.check_change(datamodel, pk))
    try:
        with acting_as(actor_of(request)):
            done = undo.undo_change(datamodel, pk)
    except undo.UndoRefused as refused:
        return ask(request, context, refused.obstacles, status=409)
    return after_undo(request, subject, entry, done)


def about(lead: Entry, subject: str, action: str) -> dict[str, Any]:
    """Return what both pages say of what is to be undone."""
    return {
        "lead": lead,
        "heading": f"{QUESTIONS[lead.action]} {subject}?",
        "verb": "Restore" if lead.action == "delete" else "Undo",
        "action": action,
        "set_url": reverse("activity_set", args=[lead.group]),
    }


def ask(
    request: HttpRequest,
    context: dict[str, Any],
    obstacles: Sequence[undo.Obstacle],
    status: int = 200,
) -> HttpResponse:
    """The page that says what the undo would do, or why it cannot."""
    context |= {
        "obstacles": [tell_obstacle(obstacle) for obstacle in obstacles[:OBSTACLES]],
        "more_obstacles": max(0, len(obstacles) - OBSTACLES),
        "is_refused": status == 409,
        "next": next_address(request),
        "back": next_address(request) or context["set_url"],
        "status": status,
    }
    return render(request, "adminui/activity/undo.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Standing:
    """An obstacle with the way to it."""

    obstacle: undo.Obstacle
    history_url: str
    set_url: str
    """The later change, where one stands in the way."""


def tell_obstacle(obstacle: undo.Obstacle) -> Standing:
    change = obstacle.change
    return Standing(
        obstacle,
        reverse("record_history", args=[obstacle.model, obstacle.key]),
        reverse("activity_set", args=[change.group]) if change else "",
    )


def group_effects(datamodel: DataModel, group: log.Group) -> Iterator[Effect]:
    """Return what undoing a group does, a line for each of its tallies, with the labels of some records."""
    examples = defaultdict(list)
    entries = tell_entries(datamodel, log.entries(group.id, READ).items)
    for entry in entries:
        examples[entry.model, entry.action].append(entry.label)
    for tally in group.tallies:
        yield effect_words(tally.action, tally.count, tally.model, examples[tally.model, tally.action])


def effect_words(action: str, count: int, model: str, labels: Sequence[str]) -> Effect:
    style, mark, many, one = EFFECTS[action]
    words = f"{counted(count, model)} {one if count == 1 else many}"
    shown = tuple(label_text(label, LABEL) for label in labels[:EXAMPLES])
    return Effect(style, mark, words, shown, count - len(shown) if shown else 0)


def after_undo(
    request: HttpRequest, subject: str, lead: Entry, done: undo.Undone, *, is_one: bool = True
) -> HttpResponse:
    """Say what came of the undo, and go back to where it was asked for."""
    one, many = AFTERWARDS[lead.action]
    dropped = (
        f" Without {', '.join(done.dropped)}: the schema does not have it any more." if done.dropped else ""
    )
    is_there = lead.action != "create" and lead.url
    view = reverse("record", args=[lead.model, lead.key]) if is_there else ""
    say_done(request, f"{subject} {one if is_one else many}.{dropped}", undo=done.group, view=view)
    return redirect(next_address(request) or reverse("activity"))


def next_address(request: HttpRequest) -> str:
    """Return the page of this site to go on to, where the form or the address names one."""
    address = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""

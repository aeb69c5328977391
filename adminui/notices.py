"""Messages that say what happened, with what can be done next: look at it, undo it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from datamodel.changes import groups, log

__all__ = ["Next", "next_steps", "say_done", "written_group"]

UNDO, VIEW = "undo:", "view:"


@dataclass(frozen=True, slots=True)
class Next:
    """What a message offers: the set of changes to undo, the address to look at; nothing where empty."""

    undo: str = ""
    view: str = ""


def say_done(request: HttpRequest, sentence: str, *, undo: UUID | None = None, view: str = "") -> None:
    """Say on the next page what was done. ``undo`` is the set of changes it made, if it made any."""
    steps = [f"{UNDO}{undo}"] if undo else []
    steps += [f"{VIEW}{view}"] if view else []
    messages.success(request, sentence, extra_tags=" ".join(steps))


def next_steps(message: Message) -> Next:
    """Return what a message offers; its tags carry it, as addresses and uuids have no spaces."""
    tags = (message.extra_tags or "").split()
    undo = next((tag.removeprefix(UNDO) for tag in tags if tag.startswith(UNDO)), "")
    view = next((tag.removeprefix(VIEW) for tag in tags if tag.startswith(VIEW)), "")
    return Next(undo, view)


def written_group() -> UUID | None:
    """Return the set of changes that the current transaction has made so far, None where it made none.

    To be asked inside the transaction of a write, at its end.
    """
    group = log.current_group()
    return group if groups.entries(group, 1).items else None

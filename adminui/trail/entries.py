"""Entries of the change log as people read them: who did what to which record, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.urls import reverse

from adminui.joints import noun_of
from adminui.trail.differences import FieldChange, tell_differences
from adminui.trail.references import References
from adminui.trail.today import in_todays_words
from datamodel.models import Change
from datamodel.registry import DataModel

__all__ = ["MARKS", "VERBS", "Cause", "Entry", "Who", "because", "moment", "tell_entries", "tell_entry"]

MARKS = {"create": "+", "update": "~", "delete": "−"}  # noqa: RUF001  a minus sign
VERBS = {"create": "created", "update": "changed", "delete": "deleted"}


@dataclass(frozen=True, slots=True)
class Who:
    """Who made a change, in a word and with an icon."""

    kind: str
    name: str

    @property
    def words(self) -> str:
        return self.name or {"user": "somebody", "api_key": "an API key"}.get(self.kind, "the system")

    @property
    def icon(self) -> str:
        return {"user": "user-round", "api_key": "key-round"}.get(self.kind, "server")

    @property
    def listed(self) -> str:
        """The name in a list of all kinds."""
        return self.words if self.kind == "user" or not self.name else f"{self.name} ({self.kind_words})"

    @property
    def kind_words(self) -> str:
        return {"user": "person", "api_key": "API key"}.get(self.kind, "system")


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a change happen, where that was not somebody's wish for just this one."""

    kind: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A change as a page tells it."""

    id: int
    group: UUID
    action: str
    model: str
    key: str
    label: str
    url: str
    """The record's page; its history where it was deleted; nothing where its model is gone."""
    who: Who
    when: datetime
    version: int
    cause: Cause | None
    differences: tuple[FieldChange, ...]
    is_first: bool = False
    """True for the newest entry of a record."""

    @property
    def mark(self) -> str:
        return MARKS[self.action]

    @property
    def verb(self) -> str:
        return VERBS[self.action]

    @property
    def noun(self) -> str:
        return noun_of(self.model)


def tell_entries(datamodel: DataModel, changes: Sequence[Change]) -> list[Entry]:
    """Return the changes as entries; a fixed number of queries for all."""
    told = in_todays_words(datamodel, changes)
    references = References(datamodel, told)
    return [tell_entry(datamodel, change, references) for change in told]


def tell_entry(
    datamodel: DataModel, change: Change, references: References, *, in_short: bool = False
) -> Entry:
    """Return a change, in today's words, as an entry; ``in_short`` leaves out what differs."""
    return Entry(
        id=change.pk,
        group=change.group,
        action=change.action,
        model=change.model,
        key=change.key,
        label=references.label(change),
        url=record_url(datamodel, change),
        who=Who(change.actor_kind, change.actor),
        when=moment(change.at),
        version=change.record_version,
        cause=read_cause(datamodel, change),
        differences=() if in_short else tell_differences(datamodel, change, references),
    )


def record_url(datamodel: DataModel, change: Change) -> str:
    if change.model not in datamodel.models:
        return ""
    name = "record_history" if change.action == "delete" else "record"
    return reverse(name, args=[change.model, change.key])


def moment(milliseconds: int) -> datetime:
    """Return the moment that the log notes as milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def read_cause(datamodel: DataModel, change: Change) -> Cause | None:
    """Return why a change was made, with a link to what it names; None where somebody wished for just this one."""
    kind, _, rest = change.cause.partition(" ")
    if not kind:
        return None
    model, _, key = rest.partition(" ")
    url = ""
    if kind == "undo":
        url = reverse("activity_set", args=[model])
    elif model in datamodel.models and key:
        url = reverse("record_history", args=[model, key])
    return Cause(kind, because(change), url)


def because(change: Change) -> str:
    """Return ``cascade Post abc`` and its like in words."""
    kind, _, record = change.cause.partition(" ")
    noun = noun_of(record.partition(" ")[0])
    words = {"": "", "undo": "by an undo", "revert": "by a revert", "clear": f"as its {noun} was deleted"}
    return words.get(kind, f"with its {noun}")

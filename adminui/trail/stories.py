"""Sets of changes in words: what one save, delete or call did, in a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from adminui.joints import noun_of
from adminui.trail.differences import Part
from adminui.trail.entries import MARKS, VERBS, Entry, Who, tell_entry
from adminui.trail.references import References
from adminui.trail.today import in_todays_words
from datamodel.changes.groups import Group, Tally, find_group
from datamodel.registry import DataModel
from datamodel.schema import pluralize

__all__ = [
    "Day",
    "Story",
    "by_day",
    "counted",
    "in_a_row",
    "tell_stories",
    "went_along",
    "with_others",
    "words_for",
]

GLANCE = 4
"""So many changed values have room in a line."""
UNDO_VERBS = {"create": "restored", "update": "put back", "delete": "took back"}
LINK_VERBS = {"create": "linked", "delete": "unlinked"}


@dataclass(frozen=True, slots=True)
class Story:
    """A set of changes as the activity page tells it."""

    id: UUID
    lead: Entry
    """What somebody did; the rest followed from it or went with it."""
    verb: str
    also: tuple[str, ...]
    """What went the same way: ``2 more posts``, ``3 comments``."""
    asides: tuple[str, ...]
    """What else there was: ``2 post tags``, ``4 posts changed``."""
    alike: int
    """How many records the same was done to: the leading one and others of its model."""
    count: int
    undone_by: UUID | None
    undoes: UUID | None

    @property
    def mark(self) -> str:
        return "↶" if self.undoes else MARKS[self.lead.action]

    @property
    def along(self) -> str:
        """What went the same way, to be read on: `` and 3 comments``, ``, 2 more posts and 3 comments``."""
        return with_others(self.also)

    @property
    def who(self) -> Who:
        return self.lead.who

    @property
    def when(self) -> datetime:
        return self.lead.when

    @property
    def glance(self) -> tuple[Part, ...]:
        """The first values that an update of one record changed, for the line below."""
        return self._parts[:GLANCE]

    @property
    def more(self) -> int:
        """How many values it changed besides."""
        return len(self._parts[GLANCE:])

    @property
    def is_idle(self) -> bool:
        """True for a save that left everything as it was."""
        return self.count == 1 and self.lead.action == "update" and not self._parts

    @property
    def _parts(self) -> tuple[Part, ...]:
        if self.count > 1 or self.lead.action != "update":
            return ()
        return tuple(part for change in self.lead.differences for part in change.parts)

    @property
    def title(self) -> str:
        """The whole story as plain text."""
        return f"{self.verb} {self.subject}"

    @property
    def subject(self) -> str:
        """What it is about: ``Post 'Oak' and 3 comments``."""
        return f"{self.lead.model} '{self.lead.label}'{self.along}"


@dataclass(frozen=True, slots=True)
class Day:
    """The sets of one day, the newest first."""

    date: datetime
    stories: tuple[Story, ...]


def tell_stories(datamodel: DataModel, groups: Sequence[Group], *, in_short: bool = False) -> list[Story]:
    """Return the groups in words; a fixed number of queries for all. ``in_short`` leaves out what differs."""
    leading = in_todays_words(datamodel, [group.leading for group in groups])
    references = References(datamodel, leading, only_labels=in_short)
    leads = [tell_entry(datamodel, change, references, in_short=in_short) for change in leading]
    return [tell_story(datamodel, group, lead) for group, lead in zip(groups, leads, strict=True)]


def tell_story(datamodel: DataModel, group: Group, lead: Entry) -> Story:
    joins = {link.child for link in datamodel.schema.links if link.is_join}
    first, *others = group.tallies
    same_way = [t for t in others if t.action == lead.action and t.model not in joins]
    more = [f"{first.count - 1:,} more {words_for(first.model, first.count - 1)}"] if first.count > 1 else []
    return Story(
        group.id,
        lead,
        verb_of(lead, is_undo=group.undoes is not None, is_join=lead.model in joins),
        (*more, *(counted(t.count, t.model) for t in same_way)),
        tuple(tell_aside(tally, lead) for tally in others if tally not in same_way),
        first.count,
        group.count,
        group.undone_by,
        group.undoes,
    )


def verb_of(lead: Entry, *, is_undo: bool, is_join: bool) -> str:
    """Return the verb of the leading entry: a join record is not created, it links."""
    if is_undo:
        return UNDO_VERBS[lead.action]
    if is_join and lead.action in LINK_VERBS:
        return LINK_VERBS[lead.action]
    if lead.cause and lead.cause.kind == "revert":
        return "reverted"
    return VERBS[lead.action]


def tell_aside(tally: Tally, lead: Entry) -> str:
    words = counted(tally.count, tally.model)
    return words if tally.action == lead.action else f"{words} {VERBS[tally.action]}"


def counted(count: int, model: str) -> str:
    """Return ``1 comment`` or ``12 comments``."""
    return f"{count:,} {words_for(model, count)}"


def words_for(model: str, count: int) -> str:
    word = noun_of(model)
    return word if count == 1 else pluralize(word)


def with_others(words: Sequence[str]) -> str:
    """Return what to read on after the first of a row."""
    if not words:
        return ""
    return f"{', '.join(['', *words[:-1]])} and {words[-1]}"


def in_a_row(words: Sequence[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def went_along(group: UUID | None, model: str, count: int) -> str:
    """Return what a set deleted besides ``count`` records of ``model``: `` with 3 comments and 1 post tag``."""
    found = find_group(group) if group else None
    tallies = [tally for tally in found.tallies if tally.action == "delete"] if found else []
    counts = [(t.count - count if t.model == model else t.count, t.model) for t in tallies]
    words = [counted(more, name) for more, name in counts if more > 0]
    return f" with {in_a_row(words)}" if words else ""


def by_day(stories: Sequence[Story]) -> Iterator[Day]:
    """Return the stories, newest first, by the day they happened on."""
    start = 0
    for place, story in enumerate(stories):
        is_last = place + 1 == len(stories)
        if is_last or stories[place + 1].when.date() != story.when.date():
            yield Day(story.when, tuple(stories[start : place + 1]))
            start = place + 1

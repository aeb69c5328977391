"""Reading the change log as it grows: every entry once, in commit order, however late a transaction commits.

On PostgreSQL an entry's id is no cursor: ids are given when entries are appended, and a transaction that
began early may commit after others that began later. A cursor is therefore a snapshot: which transactions
had ended. What a later snapshot sees and an earlier one did not is the next batch. SQLite's writers take
turns from beginning to end, so there the ids are the order of the commits; they are never given twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.db import connection
from django.db.models import F, Min, Q

from datamodel.models import Change

__all__ = ["BadCursor", "Cursor", "position", "read_since"]

Cursor = str
"""Where a reader is in the log; to be kept and handed back, not to be looked into."""


class BadCursor(ValueError):  # noqa: N818  says what is wrong
    """A cursor that this log never gave."""

    def __init__(self) -> None:
        super().__init__("The cursor is none of this change log. Begin anew with position().")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions had ended: those below ``upper``, except the ones in ``running``."""

    upper: int
    running: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read PostgreSQL's text of a snapshot: ``10:20:10,14,15``."""
        _, upper, running = text.split(":")
        return cls(int(upper), tuple(int(number) for number in running.split(",") if number))

    def __str__(self) -> str:
        running = ",".join(map(str, self.running))
        return f"{self.running[0] if self.running else self.upper}:{self.upper}:{running}"

    @property
    def seen(self) -> Q:
        """The condition of entries whose transactions had ended."""
        ended = Q(transaction__lt=self.upper)
        return ended & ~Q(transaction__in=self.running) if self.running else ended

    @property
    def unseen(self) -> Q:
        """The condition of the other entries, in a form that an index answers."""
        later = Q(transaction__gte=self.upper)
        return later | Q(transaction__in=self.running) if self.running else later


@dataclass(frozen=True, slots=True)
class Place:
    """A reader's place: all that ``since`` saw is read, and of what ``until`` saw the entries up to ``last``."""

    since: Snapshot
    until: Snapshot | None = None
    last: int = 0

    @classmethod
    def parse(cls, cursor: Cursor) -> Self:
        since, *rest = cursor.split("|")
        if not rest:
            return cls(Snapshot.parse(since))
        until, last = rest
        return cls(Snapshot.parse(since), Snapshot.parse(until), int(last))

    def __str__(self) -> Cursor:
        return str(self.since) if self.until is None else f"{self.since}|{self.until}|{self.last}"


def position() -> Cursor:
    """Return the cursor of now: what commits from here on is still to be read."""
    if connection.vendor == "postgresql":
        return str(Place(current_snapshot()))
    return str(Change.objects.order_by("-id").values_list("id", flat=True).first() or 0)


def read_since(cursor: Cursor, limit: int, model: str | None = None) -> tuple[list[Change], Cursor]:
    """Return up to ``limit`` entries that the cursor's reader has not seen, and the cursor behind them.

    No entry is ever left out, nor given twice. A record's entries come in the order of its versions. There
    is no more to read for now where fewer than ``limit`` entries come. ``model`` names the only model that
    is wanted. Call it outside of a transaction that writes: what is not committed is not to be read yet.
    Raise BadCursor.
    """
    try:
        if connection.vendor == "postgresql":
            return read_snapshots(Place.parse(cursor), limit, model)
        return read_ids(int(cursor), limit, model)
    except ValueError as error:
        raise BadCursor from error


def read_ids(last: int, limit: int, model: str | None) -> tuple[list[Change], Cursor]:
    """Read by ids, for SQLite; where entries of other models come last, the cursor passes them too."""
    top = int(position())
    wanted = Q(id__gt=last, id__lte=top) & (Q() if model is None else Q(model=model))
    changes = list(Change.objects.filter(wanted).order_by("id")[:limit])
    return changes, str(changes[-1].id if len(changes) == limit else max(top, last))


def read_snapshots(place: Place, limit: int, model: str | None) -> tuple[list[Change], Cursor]:
    """Read what one snapshot sees and another did not, a page at a time; then what came meanwhile."""
    until = place.until or current_snapshot()
    batch = Change.objects.filter(place.since.unseen & until.seen)
    first = place.last + 1 if place.last else least_id(place.since, until)
    if first is None:
        return [], str(Place(until))
    wanted = Q(id__gte=first) & (Q() if model is None else Q(model=model))
    changes = list(batch.filter(wanted).order_by("id")[:limit])
    if len(changes) == limit:
        return changes, str(Place(place.since, until, changes[-1].id))
    if place.until is None:
        return changes, str(Place(until))
    more, cursor = read_snapshots(Place(until), limit - len(changes), model)
    return [*changes, *more], cursor


def least_id(since: Snapshot, until: Snapshot) -> int | None:
    """Return where a batch begins, None where it is empty.

    The sum keeps PostgreSQL from walking the primary key from its beginning to find the least: the entries
    of a batch are few, and another index has them together.
    """
    found = Change.objects.filter(since.unseen & until.seen).aggregate(first=Min(F("id") + 0))
    first: int | None = found["first"]
    return first


def current_snapshot() -> Snapshot:
    """Return what is visible now. The caller's own transaction counts as running: it may append more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text, pg_current_xact_id_if_assigned()::text")
        text, own = cursor.fetchone()
    snapshot = Snapshot.parse(text)
    if own is None or int(own) >= snapshot.upper or int(own) in snapshot.running:
        return snapshot
    return Snapshot(snapshot.upper, tuple(sorted({*snapshot.running, int(own)})))

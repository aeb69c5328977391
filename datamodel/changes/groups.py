"""The change log by groups: what one outermost transaction did, told in one line.

A group's uuid begins with the time, so that an index has the groups in order: finding the next one is one
probe of it, however many entries a group has and however long the log is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, OuterRef, Subquery, Value

from datamodel.access import Actor
from datamodel.changes.pages import Page
from datamodel.models import Change, first_group_at

__all__ = [
    "UNDO",
    "Filters",
    "Group",
    "Tally",
    "entries",
    "find_group",
    "newer_groups",
    "newest",
    "recent_groups",
    "summarize",
]

UNDO = "undo"
"""How the cause of an undo's entries begins: ``undo <group>``, for one entry alone ``undo <group> <entry>``."""
LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which groups are wanted: those with an entry that fits all that is given."""

    model: str | None = None
    action: str | None = None
    actor: Actor | None = None
    since: int | None = None
    """Milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of a model a group created, changed or deleted."""

    model: str
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """What one outermost transaction did."""

    id: UUID
    leading: Change
    """The first entry without a cause: what somebody did, not what followed from it."""
    tallies: tuple[Tally, ...]
    """The leading entry's kind first, then the larger numbers."""
    undone_by: UUID | None = None
    """The group that took this one back, unless that was taken back itself."""

    @property
    def undoes(self) -> UUID | None:
        """The group that this one took back, all of it or one entry."""
        return undone_group(self.leading.cause)

    @property
    def count(self) -> int:
        return sum(tally.count for tally in self.tallies)


def recent_groups(limit: int, before: str | None = None, filters: Filters | None = None) -> Page[Group]:
    """Return the latest groups, newest first; ``before`` is the ``next`` of the page in front.

    Raise ValueError where ``before`` is none.
    """
    found = newest(limit + 1, LAST if before is None else UUID(before), filters or Filters())
    shown = found[:limit]
    return Page(summarize(shown), str(shown[-1]) if len(found) > limit else None)


def newer_groups(
    limit: int, after: str, filters: Filters | None = None, before: str | None = None
) -> Page[Group]:
    """Return the groups right after ``after``, newest first; ``next`` is the newest shown, where more follow.

    Raise ValueError where ``after`` or ``before``, which all come before, is none.
    """
    end = LAST if before is None else UUID(before)
    found = walk(limit + 1, UUID(after), end, filters or Filters(), UP)
    shown = found[:limit][::-1]
    return Page(summarize(shown), str(shown[0]) if len(found) > limit else None)


def find_group(group: UUID) -> Group | None:
    """Return the group of that uuid."""
    return next(iter(summarize([group])), None)


def entries(group: UUID, limit: int, after: str | None = None, *, last_first: bool = False) -> Page[Change]:
    """Return a group's entries in their order or the other way round.

    ``after`` is the ``next`` of the page in front; raise ValueError where it is none.
    """
    # The sum keeps PostgreSQL from walking the primary key from its beginning to where a large group is.
    place = F("id") + 0
    changes = Change.objects.filter(group=group).order_by(place.desc() if last_first else place.asc())
    if after is not None:
        changes = changes.filter(id__lt=int(after)) if last_first else changes.filter(id__gt=int(after))
    # An index has the ids of a group: a large one is not read for a page of it.
    found = list(changes.values_list("id", flat=True)[: limit + 1])
    shown = found[:limit]
    read = Change.objects.in_bulk(shown)
    return Page([read[pk] for pk in shown], str(shown[-1]) if len(found) > limit else None)


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way to walk through the groups, in the words of SQL."""

    onward: str
    within: str
    order: str


DOWN = Direction("<", ">=", "DESC")
UP = Direction(">", "<", "ASC")


def newest(limit: int, before: UUID, filters: Filters) -> list[UUID]:
    """Return the uuids of the newest groups that fit, newest first."""
    return walk(limit, before, first_group_at(0), filters, DOWN)


def walk(limit: int, start: UUID, end: UUID, filters: Filters, direction: Direction) -> list[UUID]:
    """Return the uuids of groups that fit, from ``start`` on, by walking the index that the filters call for."""
    kinds = wanted_kinds(filters)
    if kinds is not None and not kinds:
        return []
    table = connection.ops.quote_name(Change._meta.db_table)
    uuid = Change._meta.get_field("group").db_type(connection)
    since = first_group_at(filters.since or 0)
    end = max(end, since) if direction is DOWN else end
    start = max(start, before_all(since)) if direction is UP else start
    probe = (NEXT_OF_ALL if kinds is None else NEXT_OF_KINDS).format(
        table=table,
        actor=BY_ACTOR if filters.actor else "",
        onward=direction.onward,
        within=direction.within,
        order=direction.order,
    )
    sql = f"""
        WITH RECURSIVE {kinds_sql(kinds)} walk("group", step) AS (
            SELECT CAST(%s AS {uuid}), 0
            UNION ALL
            SELECT ({probe}), step + 1 FROM walk WHERE walk."group" IS NOT NULL AND step < %s
        )
        SELECT "group" FROM walk WHERE step > 0 AND "group" IS NOT NULL"""  # noqa: S608 (names and placeholders)
    actor = [filters.actor.kind, filters.actor.name] if filters.actor else []
    pairs = [name for kind in kinds or () for name in kind]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*pairs, as_stored(start), *actor, as_stored(end), limit])
        return [value if isinstance(value, UUID) else UUID(value) for (value,) in cursor.fetchall()]


NEXT = 'c."group" {onward} walk."group" AND c."group" {within} %s ORDER BY c."group" {order} LIMIT 1'
NEXT_OF_ALL = f'SELECT c."group" FROM {{table}} c WHERE {NEXT}'  # noqa: S608 (names and placeholders)
NEXT_OF_KINDS = f"""
    SELECT (SELECT c."group" FROM {{table}} c
        WHERE {{actor}} c.model = kinds.model AND c.action = kinds.action AND {NEXT}) AS found
    FROM kinds ORDER BY found {{order}} NULLS LAST LIMIT 1"""  # noqa: S608 (likewise)
BY_ACTOR = "c.actor_kind = %s AND c.actor = %s AND"


def before_all(group: UUID) -> UUID:
    """Return the uuid right before ``group``."""
    return UUID(int=max(group.int - 1, 0))


def kinds_sql(kinds: Sequence[tuple[str, str]] | None) -> str:
    """Return the clause that makes a table of the wanted kinds."""
    if kinds is None:
        return ""
    return f"kinds(model, action) AS (VALUES {', '.join(['(%s, %s)'] * len(kinds))}),"


def wanted_kinds(filters: Filters) -> list[tuple[str, str]] | None:
    """Return the pairs of model and action to look for; None where any will do."""
    if filters.model is None and filters.action is None and filters.actor is None:
        return None
    models = [filters.model] if filters.model is not None else logged_models(filters.actor)
    actions = [filters.action] if filters.action is not None else list(Change.Action.values)
    return [(model, action) for model in models for action in actions]


def logged_models(actor: Actor | None = None) -> list[str]:
    """Return the names of the models that the log, or an actor's part of it, is about; a probe for each."""
    table = connection.ops.quote_name(Change._meta.db_table)
    own = BY_ACTOR if actor else ""
    probe = f"SELECT c.model FROM {table} c WHERE {own} c.model > walk.model ORDER BY c.model LIMIT 1"  # noqa: S608
    sql = f"""
        WITH RECURSIVE walk(model) AS (
            SELECT CAST('' AS varchar(255))
            UNION ALL
            SELECT ({probe}) FROM walk WHERE walk.model IS NOT NULL
        )
        SELECT model FROM walk WHERE model <> ''"""  # noqa: S608 (names and placeholders)
    with connection.cursor() as cursor:
        cursor.execute(sql, [actor.kind, actor.name] if actor else [])
        return [model for (model,) in cursor.fetchall()]


def as_stored(group: UUID) -> Any:
    """Return a uuid as the database's column has it."""
    return Change._meta.get_field("group").get_db_prep_value(group, connection)


@dataclass(frozen=True, slots=True)
class Kind:
    """A group's entries of one model and action: how many, and the first and last of them."""

    model: str
    action: str
    count: int
    ends: tuple[int, int]


def summarize(groups: Sequence[UUID]) -> list[Group]:
    """Return the groups of these uuids, in the same order; none for a uuid that the log does not have."""
    kinds = read_kinds(groups)
    leading = find_leading(kinds)
    undone = find_undone(leading)
    return [
        Group(group, leading[group], tallies(kinds[group], leading[group]), undone.get(group))
        for group in groups
        if group in leading
    ]


def read_kinds(groups: Collection[UUID]) -> dict[UUID, list[Kind]]:
    """Count what each group did; an index answers it alone."""
    rows = (
        Change.objects.filter(group__in=groups)
        .order_by()
        .values_list("group", "model", "action")
        .annotate(count=Count("id"), first=Min("id"), last=Max("id"))
    )
    found: dict[UUID, list[Kind]] = {}
    for group, model, action, count, first, last in rows:
        found.setdefault(group, []).append(Kind(model, action, count, (first, last)))
    return found


def find_leading(kinds: Mapping[UUID, Sequence[Kind]]) -> dict[UUID, Change]:
    """Return each group's first entry without a cause, or that of an undo's main record.

    What somebody did comes before or after all that followed from it: it is an end of its kind. An undo
    brings parents back first and removes them last.
    """
    ends = {group: {pk for kind in found for pk in kind.ends} for group, found in kinds.items()}
    rows = Change.objects.filter(id__in=[pk for found in ends.values() for pk in found])
    told = {pk: (cause, action) for pk, cause, action in rows.order_by().values_list("id", "cause", "action")}
    chosen = {}
    for group, found in ends.items():
        first, last = min(found), max(found)
        main = first if told[first][1] == Change.Action.CREATE else last
        chosen[group] = min((pk for pk in found if not told[pk][0]), default=main)
    changes = Change.objects.in_bulk(list(chosen.values()))
    return {group: changes[pk] for group, pk in chosen.items()}


def find_undone(leading: Mapping[UUID, Change]) -> dict[UUID, UUID]:
    """Return by which group each group was undone, where it is.

    An undo leaves an entry for every record of the group, the leading one's too; so does the undo of the undo.
    """
    later = Change.objects.filter(model=OuterRef("model"), key=OuterRef("key"), id__gt=OuterRef("id"))
    undos = later.filter(cause__startswith=f"{UNDO} ").order_by().values(one=Value(1))
    heads = [change.id for change in leading.values()]
    places = Change.objects.filter(id__in=heads).annotate(is_undone=Subquery(undos[:1])).filter(is_undone=1)
    found = {}
    for group, model, key, pk in places.order_by().values_list("group", "model", "key", "id"):
        entries = Change.objects.filter(model=model, key=key, id__gt=pk, cause__startswith=f"{UNDO} ")
        undone: dict[UUID, UUID] = {}
        for cause, by in entries.order_by("-id").values_list("cause", "group"):
            if by not in undone and " " not in cause.removeprefix(f"{UNDO} "):
                undone[UUID(cause.removeprefix(f"{UNDO} "))] = by
        if group in undone:
            found[group] = undone[group]
    return found


def undone_group(cause: str) -> UUID | None:
    """Return the group that a cause says was undone: ``undo <group>``, or ``undo <group> <entry>``."""
    kind, _, rest = cause.partition(" ")
    return UUID(rest.partition(" ")[0]) if kind == UNDO else None


def tallies(kinds: Iterable[Kind], leading: Change) -> tuple[Tally, ...]:
    own = (leading.model, leading.action)
    ordered = sorted(kinds, key=lambda kind: ((kind.model, kind.action) != own, -kind.count, kind.model))
    return tuple(Tally(kind.model, kind.action, kind.count) for kind in ordered)

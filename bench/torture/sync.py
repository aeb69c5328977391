"""Clients that sync while others write: each ends with what the table holds, nothing missing, no ghosts.

Four processes create, update, delete with what hangs on it, and create again what was deleted: three by the
write path, several changes to a transaction, one through the API. The clock of one of them jumps back and
forth, that of another stands still ahead of all, so that thousands of changes bear the same millisecond.
On PostgreSQL each of the three also holds transactions open for up to seconds. Three clients sync the way
DataStore does: page by page, then what was changed since `startedAt`, again and again.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any, TypeAlias

from django.db import connection, connections
from django.db.models import Count

from bench.torture.crew import Hand, hired
from bench.torture.doors import Door, Refused, open_door, told
from bench.torture.server import serving
from bench.torture.stage import Stage, activate
from bench.torture.syncing import Store, same_as_table
from bench.torture.verdict import Verdict
from datamodel import registry
from datamodel.modelgen import clock
from datamodel.models import Change
from datamodel.records.transactions import transact
from datamodel.schema.ir import OnDelete
from tests.invariants import broken_promises

__all__ = ["run"]

WRITERS = 4
CLIENTS = 3
JUMPING, STANDING, THROUGH_API = 1, 2, 3
"""The writers that are special, by their position."""
MODELS = ("Author", "Post", "Comment")
BETWEEN = 5
"""Writes until a writer counts the changes again."""
AT_ONCE = 40
"""Changes that one transaction makes at most."""
RECORDS = 100
"""Ids of a family and model: few enough that what was deleted is soon created again."""
HELD_S = 3.0
"""How long a transaction is held open at most."""
STANDS_S = 5.0
"""How long the clock that stands still stands, and how far ahead of all others."""

SCHEMA = """
type Author @model { id: ID! text: String
  posts: [Post] @hasMany(indexName: "byAuthor", fields: ["id"]) }
type Post @model { id: ID! text: String
  authorID: ID @index(name: "byAuthor") author: Author @belongsTo(fields: ["authorID"])
  comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
type Comment @model { id: ID! text: String
  postID: ID @index(name: "byPost") post: Post @belongsTo(fields: ["postID"]) }
"""
PARENTS = {"Post": ("authorID", "Author"), "Comment": ("postID", "Post")}
POLICIES = {"Post.author": OnDelete.CASCADE, "Comment.post": OnDelete.CASCADE}

EXPECTED = frozenset({"RecordExists", "RecordNotFound", "RelatedRecordNotFound"})
"""What a write may be refused with; nothing is known of what is there."""
BUSY = frozenset({"DatabaseBusy", "ServiceUnavailableException"})
"""What it may be refused with where another transaction holds a record."""

Answer: TypeAlias = Counter[str] | Store


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Make ``rounds`` changes while clients sync. There is always a server: ``is_api`` says nothing new."""
    activate(SCHEMA, datastore=True, on_delete=POLICIES)
    connections.close_all()
    with serving(stage, 2) as server, hired(WRITERS + CLIENTS) as crew:
        answers: list[Answer] = crew.run(__name__, "work", rounds, server.url)
    for answer in answers:
        if isinstance(answer, Counter):
            verdict.outcomes.update(answer)
        else:
            verdict.blame(same_as_table(answer, registry.current()))
            verdict.figures[f"syncs of client {answer.name}"] = answer.syncs
            verdict.figures[f"records sent to client {answer.name}"] = answer.received
    verdict.blame(broken_promises(registry.current()))
    tell(verdict)


def tell(verdict: Verdict) -> None:
    """Add what was written to the figures."""
    moments = Change.objects.values("at").annotate(count=Count("id")).order_by("-count")
    verdict.figures["changes"] = Change.objects.count()
    verdict.figures["of them in one millisecond"] = moments[0]["count"]
    verdict.figures["deletes"] = Change.objects.filter(action=Change.Action.DELETE).count()


def work(hand: Hand, changes: int, url: str) -> list[Answer]:
    """One process: the first four write, the others sync."""
    hand.wait()
    return [write(hand, changes, url) if hand.position < WRITERS else follow(hand, url)]


# The clients


def follow(hand: Hand, url: str) -> Store:
    """Sync until all writers are done, and once more."""
    chance = random.Random(hand.position)  # noqa: S311 - no secrets
    store = Store(str(hand.position - WRITERS), url, chance.choice((50, 200, 1000)))
    while hand.barrier.n_waiting < WRITERS and not hand.barrier.broken:
        store.sync(registry.current())
        time.sleep(chance.random() * (hand.position - WRITERS + 0.5))
    hand.wait()
    store.sync(registry.current())
    store.leave()
    return store


# The writers


def write(hand: Hand, changes: int, url: str) -> Counter[str]:
    """Write until so many changes are made by all; return how the writes ended."""
    outcomes: Counter[str] = Counter()
    is_done = threading.Event()
    holder = threading.Thread(target=hold, args=(hand.position, outcomes, is_done))
    if connection.vendor == "postgresql" and hand.position != THROUGH_API:
        holder.start()
    try:
        Author(hand.position, url if hand.position == THROUGH_API else None, outcomes).write(changes)
    finally:
        is_done.set()
        if holder.ident is not None:
            holder.join()
    hand.wait()
    return outcomes


class Author:
    """One writer: what it does next is a matter of chance, what becomes of it is counted."""

    def __init__(self, position: int, url: str | None, outcomes: Counter[str], family: str = "") -> None:
        self.position = position
        self.door: Door = open_door(registry.current(), url)
        self.is_inside = url is None
        self.outcomes = outcomes
        self.chance = random.Random(f"{position} {family}")  # noqa: S311 - no secrets
        self.family = family or str(position)
        self.made = 0
        self.living: dict[tuple[str, str], None] = {}
        """What this writer believes to be there."""

    def write(self, changes: int) -> None:
        """Write until all writers together have made so many changes."""
        while Change.objects.count() < changes:
            for _ in range(BETWEEN):
                self.turn_clock()
                self.write_once()
                # SQLite's writers do not queue: who never pauses lets nobody else in.
                time.sleep(0.004 * self.chance.random())

    def write_once(self) -> None:
        """Write several of its own records in one transaction, or anybody's one: nobody waits for two."""
        if self.is_inside and self.chance.random() < 0.6:
            self.together(self.chance.randint(2, AT_ONCE))
        else:
            self.outcomes[self.change(self.chance.choice(("0", "1", "2", "3", "shared")))] += 1

    def turn_clock(self) -> None:
        """Set this process's clock: one jumps, one stands still for a while, ahead of the others."""
        now = SystemClock.time_ns()
        if self.position == JUMPING and self.chance.random() < 0.02:
            CLOCK.offset = int(self.chance.uniform(-10, 0.5) * 1e9)
        elif self.position == STANDING and not now < CLOCK.stands_until:
            CLOCK.stands_until = now + int(STANDS_S * 1e9)

    def together(self, number: int, seconds: float = 0.0) -> None:
        """Make some changes in one transaction, which is held open for so long before it ends."""

        def work() -> Counter[str]:
            found = Counter(self.change(self.family) for _ in range(number))
            time.sleep(seconds)
            return found

        try:
            self.outcomes.update(told(lambda: transact(registry.current(), work)))
        except Refused as refusal:
            # A record that another transaction holds: all of this one is taken back.
            self.outcomes[refusal.kind] += 1

    def change(self, family: str) -> str:
        """Create, update or delete some record of a family; return the outcome in a word."""
        model, number = self.chance.choice(MODELS), self.chance.randrange(RECORDS)
        key = {"id": f"{family}-{number}"}
        place = (model, key["id"])
        try:
            if place not in self.living or self.chance.random() < 0.02:
                self.living[place] = None
                self.door.create(model, key | self.values(model, family))
            elif self.chance.random() < 0.8:
                self.door.update(model, key, self.values(model, family))
            else:
                del self.living[place]
                self.door.delete(model, key)
                return "deleted"
        except Refused as refusal:
            if refusal.kind not in EXPECTED | BUSY or self.has_to_end(refusal):
                raise
            if refusal.kind != "RecordExists":
                self.living.pop(place, None)
            return refusal.kind
        self.made += 1
        return "written"

    def has_to_end(self, refusal: Refused) -> bool:
        """Return whether the transaction around a write cannot go on."""
        return refusal.kind in BUSY and self.is_inside and connection.in_atomic_block

    def values(self, model: str, family: str) -> dict[str, Any]:
        """Return what to write: a text, and perhaps a parent of the same family."""
        values: dict[str, Any] = {"text": f"{self.position} {self.made}"}
        if model in PARENTS and self.chance.random() < 0.7:
            field, parent = PARENTS[model]
            key = f"{family}-{self.chance.randrange(RECORDS)}"
            values[field] = key if (parent, key) in self.living else None
        return values


def hold(position: int, outcomes: Counter[str], is_done: threading.Event) -> None:
    """Write beside the writer, in transactions that stay open."""
    author = Author(position, None, outcomes, f"held {position}")
    try:
        while not is_done.is_set():
            author.together(author.chance.randint(1, AT_ONCE), HELD_S * author.chance.random())
    finally:
        connections.close_all()


# The clock


SystemClock = clock.time
"""The module that the clock of the writes asks."""


class Clock:
    """Stands in for the module `time`, which the clock of the writes asks, in this process."""

    offset = 0
    stands_until = 0

    def time_ns(self) -> int:
        """Return the time: off by the offset, and the same one while the clock stands."""
        now = SystemClock.time_ns()
        return self.stands_until if now < self.stands_until else now + self.offset


CLOCK = Clock()
clock.time = CLOCK  # type: ignore[assignment]

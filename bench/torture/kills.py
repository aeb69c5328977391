"""Servers killed in the middle of writing: what was acknowledged is there, and nothing is there by halves.

Clients write without pause and keep a ledger of what they were answered. Meanwhile workers are killed
with SIGKILL, now and then all of the server at once; on PostgreSQL their connections are cut as well. In
the end the ledger is held against the log, and the log against the tables.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
import traceback
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connections

from bench.torture.doors import ApiDoor, NoAnswer, Refused
from bench.torture.server import Server, serving
from bench.torture.stage import Stage, activate, forget_everything
from bench.torture.verdict import Verdict
from datamodel import registry
from datamodel.modelgen import encode_key
from datamodel.models import Change
from datamodel.registry import DataModel
from tests.invariants import broken_promises

__all__ = ["run"]

CLIENTS = 8
WORKERS = 4
WRITES_BETWEEN = 40
"""Acknowledged writes between two kills, so that each one falls into work."""
ALL_AT_ONCE = 15
"""Every so many kills, master and workers go together."""
CUT = 4
"""Every so many kills on PostgreSQL, nothing is killed but all connections to the database."""
PATIENCE_S = 60
KNOWN = 200
"""Records of a model that the clients choose from; the oldest are forgotten."""

EXPECTED = frozenset({"RecordNotFound", "RelatedRecordNotFound"})
"""What a write may be refused with, because another client was first."""
AWAY = "ServiceUnavailableException"
"""What is answered where the connection was cut: the write may be there or not."""
UNKNOWN = frozenset({NoAnswer.__name__, AWAY})

SCHEMA = """
type Post @model { id: ID! text: String!
  comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"])
  tags: [Tag] @manyToMany(relationName: "PostTag") }
type Comment @model { id: ID! text: String!
  postID: ID @index(name: "byPost") post: Post @belongsTo(fields: ["postID"]) }
type Tag @model { id: ID! text: String! posts: [Post] @manyToMany(relationName: "PostTag") }
"""


@dataclass(frozen=True)
class Line:
    """One write in the ledger: what was sent, and what came back."""

    verb: str
    model: str
    key: str
    text: str
    outcome: str
    trouble: str = ""


@dataclass
class Office:
    """What the clients share: the records they know of, the ledger, and when to stop."""

    datamodel: DataModel
    url: str
    lines: list[Line] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: int = 0
    is_closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, line: Line) -> None:
        with self.lock:
            self.lines.append(line)
            if line.outcome == "done":
                self.acknowledged += 1
                if line.verb == "create":
                    ids = self.known[line.model]
                    ids.append(line.key)
                    del ids[:-KNOWN]

    def some(self, model: str, chance: random.Random) -> str:
        """Return the id of some record that was there once."""
        with self.lock:
            ids = self.known[model]
            return chance.choice(ids) if ids else "nobody"


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Kill ``rounds`` times, half of them with DataStore. There is always a server: ``is_api`` says nothing new."""
    for has_datastore in (False, True):
        datamodel = activate(SCHEMA, datastore=has_datastore)
        connections.close_all()
        with serving(stage, WORKERS) as server:
            office = Office(datamodel, server.url)
            with writing(office):
                kill(server, office, (rounds + has_datastore) // 2, verdict)
        judge(office, verdict)
        verdict.blame(broken_promises(registry.current()))
        forget_everything()
    verdict.figures["kills"] = rounds
    verdict.figures["acknowledged writes"] = verdict.outcomes.total() - sum(
        count for outcome, count in verdict.outcomes.items() if not outcome.endswith("done")
    )


@contextlib.contextmanager
def writing(office: Office) -> Iterator[None]:
    """Clients at work, until the block ends."""
    clients = [threading.Thread(target=write, args=(office, number)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        office.is_closing.set()
        for client in clients:
            client.join()


def kill(server: Server, office: Office, kills: int, verdict: Verdict) -> None:
    """Kill workers, and now and then everything, while the clients write."""
    chance = random.Random(kills)  # noqa: S311 - moments, not secrets
    for number in range(1, kills + 1):
        await_work(office, server)
        time.sleep(chance.random() * 0.05)
        if number % ALL_AT_ONCE == 0:
            server.kill_all()
            server.start()
            verdict.outcomes["servers killed"] += 1
        elif server.stage.vendor == "postgresql" and number % CUT == 0:
            verdict.outcomes["connections cut"] += cut_connections(server.stage)
        elif pids := server.worker_pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(pids), signal.SIGKILL)
            verdict.outcomes["workers killed"] += 1


def cut_connections(stage: Stage) -> int:
    """Let PostgreSQL end all other sessions of the database; return how many there were."""
    with psycopg.connect(stage.environment["DATABASE_URL"]) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return len(ended.fetchall())


def await_work(office: Office, server: Server) -> None:
    """Wait until writes are acknowledged again; raise RuntimeError where none are."""
    enough, deadline = office.acknowledged + WRITES_BETWEEN, time.monotonic() + PATIENCE_S
    while office.acknowledged < enough:
        if time.monotonic() > deadline:
            raise RuntimeError(f"No write succeeds any more: {server.log.read_text()[-2000:]}")
        time.sleep(0.01)


def write(office: Office, number: int) -> None:
    """One client: write, note the answer, go on."""
    door, chance = ApiDoor(office.datamodel, office.url), random.Random(number)  # noqa: S311 - no secrets
    while not office.is_closing.is_set():
        verb, model, key, values = chance.choices(KINDS, WEIGHTS)[0](office, chance)
        line = attempt(door, verb, model, key, values)
        office.note(line)
        if line.outcome == NoAnswer.__name__:
            time.sleep(0.02)
    door.close()


Write = tuple[str, str, str, dict[str, Any]]


def new_post(office: Office, chance: random.Random) -> Write:
    return "create", "Post", str(uuid.uuid4()), {}


def new_tag(office: Office, chance: random.Random) -> Write:
    return "create", "Tag", str(uuid.uuid4()), {}


def new_comment(office: Office, chance: random.Random) -> Write:
    return "create", "Comment", str(uuid.uuid4()), {"postID": office.some("Post", chance)}


def new_link(office: Office, chance: random.Random) -> Write:
    ends = {"postId": office.some("Post", chance), "tagId": office.some("Tag", chance)}
    return "create", "PostTag", str(uuid.uuid4()), ends


def edited_post(office: Office, chance: random.Random) -> Write:
    return "update", "Post", office.some("Post", chance), {}


def moved_comment(office: Office, chance: random.Random) -> Write:
    return "update", "Comment", office.some("Comment", chance), {"postID": office.some("Post", chance)}


def deleted(model: str) -> Callable[[Office, random.Random], Write]:
    return lambda office, chance: ("delete", model, office.some(model, chance), {})


KINDS: list[Callable[[Office, random.Random], Write]] = [
    new_post,
    new_tag,
    new_comment,
    new_link,
    edited_post,
    moved_comment,
    deleted("Post"),
    deleted("Comment"),
    deleted("Tag"),
    deleted("PostTag"),
]
WEIGHTS = [20, 5, 40, 20, 15, 15, 10, 4, 1, 3]


def attempt(door: ApiDoor, verb: str, model: str, key: str, values: dict[str, Any]) -> Line:
    """Send one write; say what came back, with the traceback of what is not explained."""
    text = "" if verb == "delete" or model == "PostTag" else str(uuid.uuid4())
    given = values | ({"text": text} if text else {})
    try:
        match verb:
            case "create":
                answer: object = door.create(model, {"id": key} | given)
            case "update":
                answer = door.update(model, {"id": key}, given)
            case _:
                answer = door.delete(model, {"id": key})
    except NoAnswer:
        return Line(verb, model, key, text, NoAnswer.__name__)
    except Refused as refusal:
        trouble = "" if refusal.kind in EXPECTED | UNKNOWN else traceback.format_exc()
        return Line(verb, model, key, text, refusal.kind, trouble)
    except Exception as error:  # every failure is told, none ends the run
        return Line(verb, model, key, text, type(error).__name__, traceback.format_exc())
    return Line(verb, model, key, text, "done" if answer is not None else "gone already")


def judge(office: Office, verdict: Verdict) -> None:
    """Hold the ledger against the log: what was acknowledged is there once, what was not at most once."""
    verdict.outcomes.update(f"{line.verb}: {line.outcome}" for line in office.lines)
    verdict.blame(f"{line.verb} {line.model}: {line.trouble}" for line in office.lines if line.trouble)
    logged = Counter(entry for change in Change.objects.iterator() for entry in entries(change))
    for line in office.lines:
        count = logged[(line.verb, line.model, encode_key((line.key,)), line.text)]
        is_unknown = line.outcome in UNKNOWN
        if (line.outcome == "done" and count != 1) or (is_unknown and count > 1):
            verdict.blame([f"{line} is {count} times in the log."])
        if is_unknown:
            verdict.outcomes[f"unanswered, {'written' if count else 'not written'}"] += 1


def entries(change: Change) -> Iterator[tuple[str, str, str, str]]:
    """Yield what an entry of the log says, as the ledger would."""
    text = (change.after or {}).get("text") or ""
    if change.action != Change.Action.UPDATE or text != (change.before or {}).get("text"):
        yield change.action, change.model, change.key, text

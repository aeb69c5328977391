"""Eight writers on twenty records: no version skipped or given twice, no update lost.

Each record holds a list. A writer adds a text of its own to it in one of three ways: it reads the record
and writes it back if its version, or its count, is still the same, or it writes another field blindly.
Meanwhile a reader follows the log from cursor to cursor: it has to see every entry, once.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import nullcontext
from typing import Any, TypeAlias

from bench.torture.crew import Hand, hired
from bench.torture.doors import Door, Refused, open_door
from bench.torture.server import serving
from bench.torture.stage import Stage, activate
from bench.torture.verdict import Verdict
from datamodel import registry
from datamodel.changes.reading import Cursor, position, read_since
from datamodel.models import Change
from tests.invariants import broken_promises

__all__ = ["run"]

HANDS = 8
RECORDS = 20
WAYS = ("version", "condition", "blind")

SCHEMA = "type Counter @model { id: ID! count: Int! texts: [String!] last: String blind: String }"

Note: TypeAlias = tuple[str, str, int]
"""How an update was made, its text, and how often it had to be tried."""


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Make ``rounds`` updates, all acknowledged, and look for each in the log."""
    activate(SCHEMA, datastore=True)
    door = open_door(registry.current(), None)
    for number in range(RECORDS):
        door.create("Counter", {"id": str(number), "count": 0, "texts": []})
    with serving(stage, 4) if is_api else nullcontext() as server, hired(HANDS + 1) as crew:
        share = -(-rounds // HANDS)
        answers = crew.run(__name__, "work", share, server.url if server else None)
    notes = [answer for answer in answers if isinstance(answer, tuple)]
    judge(notes, verdict)
    judge_reading([answer for answer in answers if isinstance(answer, int)], verdict)
    verdict.blame(broken_promises(registry.current()))
    verdict.figures["updates"] = len(notes)
    verdict.figures["records"] = RECORDS


def work(hand: Hand, updates: int, url: str | None) -> list[Note] | list[int]:
    """One process: the last of them reads, the others write."""
    beginning = position()
    hand.wait()
    answer = follow(hand, beginning) if hand.position == HANDS else count(hand, updates, url)
    hand.wait()
    return answer


def follow(hand: Hand, cursor: Cursor) -> list[int]:
    """Read the log until all writers are done and nothing is left; return the entries' ids as they came."""
    seen: list[int] = []
    while not hand.barrier.broken:
        is_last = hand.barrier.n_waiting == HANDS
        changes, cursor = read_since(cursor, 100)
        seen += [change.id for change in changes]
        if is_last and not changes:
            return seen
        if not changes:
            time.sleep(0.002)
    return seen


def judge_reading(seen: list[int], verdict: Verdict) -> None:
    """Compare what the reader saw with what is there."""
    there = set(Change.objects.filter(action=Change.Action.UPDATE).values_list("id", flat=True))
    verdict.figures["entries read"] = len(seen)
    if len(seen) != len(set(seen)):
        verdict.blame([f"{len(seen) - len(set(seen))} entries were read twice."])
    if missed := there - set(seen):
        verdict.blame([f"{len(missed)} of {len(there)} entries were never read, {min(missed)} first."])


def count(hand: Hand, updates: int, url: str | None) -> list[Note]:
    """One writer: ``updates`` updates, each tried until it succeeds."""
    door, chance = open_door(registry.current(), url), random.Random(hand.position)  # noqa: S311 - no secrets
    notes = []
    for number in range(updates):
        way, text = WAYS[number % 3], f"{hand.position}-{number}"
        key = {"id": str(chance.randrange(RECORDS))}
        notes.append((way, text, write(door, key, way, text)))
    return notes


def write(door: Door, key: dict[str, Any], way: str, text: str) -> int:
    """Write ``text`` into the record; return how often it was tried."""
    if way == "blind":
        door.update("Counter", key, {"blind": text})
        return 1
    for tries in range(1, 10_000):
        found = door.find("Counter", key)
        if found is None:
            raise LookupError(f"Counter {key} is not there.")
        if add(door, key, found, way, text):
            return tries
    raise TimeoutError(f"'{text}' was not written in {tries} tries.")


def add(door: Door, key: dict[str, Any], found: dict[str, Any], way: str, text: str) -> bool:
    """Add the text to what was found, unless somebody else was first."""
    values = {"count": found["count"] + 1, "texts": [*found["texts"], text][-50:], "last": text}
    try:
        if way == "version":
            answer = door.update("Counter", key, values, version=found["_version"])
        else:
            answer = door.update("Counter", key, values, condition={"count": {"eq": found["count"]}})
    except Refused as refusal:
        if refusal.kind not in ("VersionConflict", "ConditionFailed"):
            raise
        return False
    # A server that merges stale writes keeps what others wrote: then ours is not there.
    return bool(answer["last"] == text)


def judge(notes: list[Note], verdict: Verdict) -> None:
    """Look for every acknowledged text in the log, once, and for every addition in the counts."""
    verdict.outcomes.update(way for way, _, _ in notes)
    verdict.outcomes["conflict"] = sum(tries - 1 for _, _, tries in notes)
    logged = Counter(text for change in Change.objects.iterator() for text in written(change))
    verdict.blame(
        f"'{text}' ({way}) was acknowledged and is {logged[text]} times in the log."
        for way, text, _ in notes
        if logged[text] != 1
    )
    added = sum(way != "blind" for way, _, _ in notes)
    counted = sum(c.get_value("count") for c in registry.current().model("Counter").objects.all())
    if added != counted:
        verdict.blame([f"{added} additions were acknowledged and {counted} counted."])


def written(change: Change) -> list[str]:
    """Return the texts that an entry of the log brought."""
    before, after = change.before or {}, change.after or {}
    return [after[name] for name in ("last", "blind") if after.get(name) and after[name] != before.get(name)]

"""The schema replaced in the middle of writing: policies, models and DataStore change, writes go on.

A write happens under the version that is active, or is told that the version changed. In the end no
reference names what is gone, and the log gives the tables.
"""

from __future__ import annotations

import random
import time
import traceback
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeAlias

from bench.torture.crew import Hand, hired
from bench.torture.doors import Door, Refused, open_door
from bench.torture.server import serving
from bench.torture.stage import Stage, activate
from bench.torture.verdict import Verdict
from datamodel import registry
from datamodel.migrator import ApplyBusy
from datamodel.registry import DataModel, SchemaChanged
from datamodel.schema.ir import OnDelete
from tests.invariants import broken_promises

__all__ = ["run"]

HANDS = 4
PAUSE_S = 0.3
"""The longest pause between two schemas."""

CHANGED = ("SchemaChanged", "ServiceUnavailableException")
"""What a write is told that came while the schema was replaced: by the write path, and by the API."""
EXPECTED = frozenset({"RelatedRecordNotFound", "RecordNotFound", "RestrictedDelete", *CHANGED})
POLICIES = (OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT)

SCHEMA = """
type Post @model { id: ID! text: String!
  comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"])
  tags: [Tag] @manyToMany(relationName: "PostTag") }
type Comment @model { id: ID! text: String!
  postID: ID @index(name: "byPost") post: Post @belongsTo(fields: ["postID"]) }
type Tag @model { id: ID! text: String! posts: [Post] @manyToMany(relationName: "PostTag") }
"""
MORE = "type Note @model { id: ID! text: String }"

Answer: TypeAlias = tuple[str, str]
"""What came of a write or a change of the schema, and the traceback where it is not explained."""


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Replace the schema ``rounds`` times while three processes write."""
    activate(SCHEMA)
    with serving(stage, HANDS) if is_api else nullcontext() as server, hired(HANDS) as crew:
        answers = crew.run(__name__, "work", rounds, server.url if server else None)
    verdict.outcomes.update(outcome for outcome, _ in answers)
    verdict.blame(f"{outcome}: {trouble}" for outcome, trouble in answers if trouble)
    verdict.blame(broken_promises(registry.current()))
    verdict.figures["schemas"] = verdict.outcomes["schema: done"]
    verdict.figures["writes"] = sum(n for name, n in verdict.outcomes.items() if name.endswith("done"))


def work(hand: Hand, rounds: int, url: str | None) -> list[Answer]:
    """One process: the first replaces schemas, the others write until it has done."""
    hand.wait()
    answers = replace(rounds) if hand.position == 0 else write(hand, url)
    hand.wait()
    return answers


def replace(rounds: int) -> list[Answer]:
    chance = random.Random(rounds)  # noqa: S311 - no secrets
    answers = []
    for number in range(rounds):
        policy, text = chance.choice(POLICIES), SCHEMA + (MORE if number % 2 else "")
        try:
            activate(text, on_delete={"Comment.post": policy}, datastore=chance.choice((True, False, None)))
            answers.append(("schema: done", ""))
        except ApplyBusy:
            answers.append(("schema: ApplyBusy", ""))
        except Exception as error:  # every failure is told, none ends the run
            answers.append((f"schema: {type(error).__name__}", traceback.format_exc()))
        time.sleep(chance.random() * PAUSE_S)
    return answers


@dataclass
class Writer:
    """A process that writes: where to, and the posts it has made."""

    hand: Hand
    chance: random.Random
    door: Door
    posts: list[str]

    def write(self, number: int) -> str:
        """Make one write; return what it was."""
        verb = self.chance.choices(("post", "comment", "edit", "tag", "delete"), (30, 40, 10, 5, 15))[0]
        own = f"{self.hand.position}-{number}"
        post = self.chance.choice(self.posts) if self.posts else "nobody"
        match verb:
            case "post":
                self.door.create("Post", {"id": own, "text": own})
                self.posts.append(own)
            case "comment":
                self.door.create("Comment", {"id": own, "text": own, "postID": post})
            case "edit":
                self.door.update("Post", {"id": post}, {"text": own})
            case "tag":
                self.door.create("Tag", {"id": own, "text": own})
                self.door.create("PostTag", {"id": own, "postId": post, "tagId": own})
            case _:
                self.door.delete("Post", {"id": post})
        return verb


def write(hand: Hand, url: str | None) -> list[Answer]:
    """Write until the one who replaces schemas waits for the others."""
    datamodel, chance = registry.current(), random.Random(hand.position)  # noqa: S311 - no secrets
    writer = Writer(hand, chance, open_door(datamodel, url), [])
    answers, number = list[Answer](), 0
    while not hand.barrier.n_waiting and not hand.barrier.broken:
        number += 1
        answers.append(attempt(writer, number))
        datamodel = follow(writer, datamodel, url)
    return answers


def follow(writer: Writer, known: DataModel, url: str | None) -> DataModel:
    """Go on with the schema of now."""
    now = registry.current()
    if now is not known:
        writer.door = open_door(now, url)
    return now


def attempt(writer: Writer, number: int) -> Answer:
    """Make one write; say what came of it."""
    try:
        return f"{writer.write(number)}: done", ""
    except SchemaChanged:
        return "write: SchemaChanged", ""
    except Refused as refusal:
        return f"write: {refusal.kind}", "" if is_explained(refusal) else traceback.format_exc()
    except Exception as error:  # every failure is told, none ends the run
        return f"write: {type(error).__name__}", traceback.format_exc()


def is_explained(refusal: Refused) -> bool:
    """Return whether the refusal is one of the relationships', or comes from asking for another version's fields."""
    return refusal.kind in EXPECTED or (refusal.kind == "ValidationError" and "_version" in str(refusal))

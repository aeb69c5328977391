"""The same place taken by several clients at once: exactly one gets it, and what it wrote is what is stored."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from bench.torture.crew import Hand, hired
from bench.torture.doors import Door, Refused, open_door
from bench.torture.server import serving
from bench.torture.stage import Stage, activate, forget_everything
from bench.torture.verdict import Verdict
from datamodel import registry
from tests.invariants import broken_promises

__all__ = ["run"]

HANDS = 4

SCHEMA = """
type Note @model { id: ID! text: String! }
type Page @model { book: String! @primaryKey(sortKeyFields: ["number"]) number: Int! text: String! }
type Customer @model { id: ID! name: String cart: Cart @hasOne }
type Cart @model { id: ID! text: String! customer: Customer @belongsTo }
"""


@dataclass(frozen=True)
class Prize:
    """A place that one client can have: what is there before, and how to go for it."""

    prepare: Callable[[Door, int], object]
    take: Callable[[Door, int, str], object]
    """With the round's number and a text of one's own."""
    holders: tuple[str, Callable[[int], dict[str, Any]]]
    """The model of the record that the winner wrote, and the key of the one that is there afterwards."""
    refusal: str = "RecordExists"


@dataclass(frozen=True)
class Try:
    """What one client was answered in one round."""

    prize: str
    number: int
    text: str
    outcome: str
    trouble: str = ""


def note_key(number: int) -> dict[str, Any]:
    return {"id": f"note '{number}'"}


def page_key(number: int) -> dict[str, Any]:
    return {"book": f"book '{number % 5}'", "number": number}


def nothing(door: Door, number: int) -> None:
    """Nothing is there before."""


def a_deleted_note(door: Door, number: int) -> None:
    door.create("Note", note_key(number) | {"text": "first"})
    door.delete("Note", note_key(number))


PRIZES = {
    "a key": Prize(
        nothing,
        lambda door, number, text: door.create("Note", note_key(number) | {"text": text}),
        ("Note", note_key),
    ),
    "a composite key": Prize(
        nothing,
        lambda door, number, text: door.create("Page", page_key(number) | {"text": text}),
        ("Page", page_key),
    ),
    "the key of a deleted record": Prize(
        a_deleted_note,
        lambda door, number, text: door.create("Note", note_key(number) | {"text": text}),
        ("Note", note_key),
    ),
}


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Hold ``rounds`` rounds for each prize, half of them with DataStore."""
    with serving(stage, HANDS) if is_api else nullcontext() as server, hired(HANDS) as crew:
        for has_datastore in (False, True):
            activate(SCHEMA, datastore=has_datastore)
            url = server.url if server else None
            tries = crew.run(__name__, "compete", rounds // 2, url)
            judge(tries, verdict)
            verdict.blame(broken_promises(registry.current()))
            forget_everything()


def compete(hand: Hand, rounds: int, url: str | None) -> list[Try]:
    """One process: go for every prize at the moment when the others do."""
    door = open_door(registry.current(), url)
    tries = []
    for index, (name, prize) in enumerate(PRIZES.items()):
        for number in range(index * rounds, (index + 1) * rounds):
            if hand.position == number % hand.size:
                prize.prepare(door, number)
            hand.wait()
            tries.append(attempt(door, name, number, f"{hand.position} was here in {number}"))
    return tries


def attempt(door: Door, name: str, number: int, text: str) -> Try:
    prize = PRIZES[name]
    try:
        prize.take(door, number, text)
    except Refused as refusal:
        trouble = "" if refusal.kind == prize.refusal else traceback.format_exc()
        return Try(name, number, text, refusal.kind, trouble)
    except Exception as error:  # every failure is told, none ends the run
        return Try(name, number, text, type(error).__name__, traceback.format_exc())
    return Try(name, number, text, "won")


def judge(tries: list[Try], verdict: Verdict) -> None:
    """Count the winners of each round, and look whether theirs is what is stored."""
    door = open_door(registry.current(), None)
    verdict.outcomes.update(f"{one.prize}: {one.outcome}" for one in tries)
    verdict.blame(f"{one.prize}: {one.trouble}" for one in tries if one.trouble)
    rounds: dict[tuple[str, int], list[Try]] = defaultdict(list)
    for one in tries:
        rounds[(one.prize, one.number)].append(one)
    for (name, number), group in rounds.items():
        winners = [one.text for one in group if one.outcome == "won"]
        model, key = PRIZES[name].holders
        found = door.find(model, key(number))
        if len(winners) != 1:
            verdict.blame([f"{name} {number} was won by {winners}."])
        elif found is None or found["text"] != winners[0]:
            verdict.blame([f"{name} {number} was won by {winners[0]}, and {found} is stored."])
    verdict.figures["rounds"] = int(str(verdict.figures.get("rounds", 0))) + len(rounds)

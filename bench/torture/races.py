"""Deleting a parent against everything that could leave a child behind.

Each round makes a family of records, lets four processes loose on it at the same moment, and notes what
each was answered. Afterwards no reference may name what is gone, and the log must give the tables.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeAlias

from bench.torture.crew import Hand, hired, pause
from bench.torture.doors import EngineDoor, Refused, open_door
from bench.torture.family import POLICIES, Family, on_delete, schema_text
from bench.torture.server import serving
from bench.torture.stage import Stage, activate, forget_everything
from bench.torture.verdict import Verdict
from datamodel import registry
from datamodel.schema.ir import OnDelete
from tests.invariants import broken_promises

__all__ = ["run"]

HANDS = 4
JITTER_S = 0.004

Answer: TypeAlias = tuple[str, str, str]
"""Contest, outcome, and the traceback where the outcome is not explained."""


@dataclass(frozen=True)
class Contest:
    """What is there before a round, and what the hands do at once; the first of them deletes a record."""

    prepare: Callable[[Family], object]
    act: Callable[[Family, int], object]
    """With the role, from 1."""
    expects: frozenset[str] = frozenset({"RelatedRecordNotFound"})
    """What those may be refused with who do not delete the record."""
    is_inside: bool = False
    """True for what the site does in the server, and the API has no operation for."""
    target: str = "Post"
    """The model of the record that is deleted."""


def a_post(family: Family) -> None:
    family.create("Post", 0)


def commented(family: Family) -> None:
    """A post with a comment for each role."""
    a_post(family)
    for role in range(1, HANDS):
        family.comment(role)


def commented_elsewhere(family: Family) -> None:
    """A post without comments, and another that has them."""
    a_post(family)
    family.create("Post", 1)
    for role in range(1, HANDS):
        family.comment(role, post=1)


def commented_here(family: Family) -> None:
    """A post with comments, and another without."""
    commented(family)
    family.create("Post", 1)


def with_tags(family: Family) -> None:
    a_post(family)
    for role in range(1, HANDS):
        family.create("Tag", role)


def tagged(family: Family) -> None:
    with_tags(family)
    for role in range(1, HANDS):
        family.tag(role)


def without_comments(family: Family) -> None:
    """A post whose comments were deleted one by one."""
    commented(family)
    for role in range(1, HANDS):
        family.remove("Comment", role)


def deleted(family: Family) -> None:
    """A post that was deleted with its comments, or after them where they would be in the way."""
    commented(family)
    if family.policy is OnDelete.RESTRICT:
        for role in range(1, HANDS):
            family.remove("Comment", role)
    family.remove("Post")


def moved_away(family: Family) -> None:
    """A post whose comments went to another post."""
    commented_here(family)
    for role in range(1, HANDS):
        family.move(role, post=1)


def nested_folders(family: Family) -> None:
    """A folder in a folder, and so on."""
    for depth in range(HANDS):
        family.folder(depth, depth - 1 if depth else None)


def folders_in_a_circle(family: Family) -> None:
    """The same, and the outermost is in the innermost."""
    nested_folders(family)
    family.move_folder(0, HANDS - 1)


def rearrange(family: Family, role: int) -> object:
    """Add a folder to the innermost, delete one in between, or turn the order round."""
    match role:
        case 1:
            return family.folder(HANDS, HANDS - 1)
        case 2:
            return family.remove("Folder", 2)
        case _:
            return family.move_folder(1, HANDS - 1)


def comment_or(first: Callable[[Family], object]) -> Callable[[Family, int], object]:
    """Let the first role do ``first``, and the others add comments."""
    return lambda family, role: first(family) if role == 1 else family.comment(role + HANDS)


CONTESTS = {
    "add a child": Contest(a_post, Family.comment),
    "move a child to it": Contest(commented_elsewhere, lambda family, role: family.move(role, post=0)),
    "pick it for a child": Contest(
        commented_elsewhere, lambda family, role: family.pick(role, post=0), is_inside=True
    ),
    "move a child away": Contest(
        commented_here, lambda family, role: family.move(role, post=1), frozenset({"RecordNotFound"})
    ),
    "edit a child": Contest(
        commented, lambda family, role: family.change(role, {"text": "new"}), frozenset({"RecordNotFound"})
    ),
    "delete a child": Contest(commented, lambda family, role: family.remove("Comment", role), frozenset()),
    "add a grandchild": Contest(commented, lambda family, role: family.reply(role, comment=role)),
    "join it": Contest(with_tags, Family.tag),
    "join it, the other end going too": Contest(
        with_tags, lambda family, role: family.remove("Tag", 1) if role == 2 else family.tag(role, tag=1)
    ),
    "part it": Contest(tagged, lambda family, role: family.remove("PostTag", role), frozenset()),
    "pick a tag": Contest(with_tags, lambda family, role: family.pick_tag(1), is_inside=True),
    "unpick a tag": Contest(tagged, Family.unpick_tag, is_inside=True),
    "delete it twice, add a child": Contest(
        commented,
        comment_or(lambda family: family.remove("Post")),
        frozenset({"RelatedRecordNotFound", "RestrictedDelete"}),
    ),
    "make it again, add a child": Contest(
        commented,
        comment_or(lambda family: family.create("Post")),
        frozenset({"RelatedRecordNotFound", "RecordExists"}),
    ),
    "rearrange the folders in it": Contest(
        nested_folders,
        rearrange,
        frozenset({"RelatedRecordNotFound", "RecordNotFound", "RestrictedDelete"}),
        target="Folder",
    ),
    "delete others of its circle": Contest(
        folders_in_a_circle,
        lambda family, role: family.remove("Folder", role),
        frozenset({"RestrictedDelete"}),
        target="Folder",
    ),
    "bring back a child": Contest(
        without_comments,
        lambda family, role: family.undo("delete", "Comment", role),
        frozenset({"UndoRefused"}),
        is_inside=True,
    ),
    "bring it back, add a child": Contest(
        deleted,
        comment_or(lambda family: family.undo("delete", "Post")),
        frozenset({"RelatedRecordNotFound"}),
        is_inside=True,
    ),
    "bring it back twice": Contest(
        deleted,
        lambda family, role: family.undo("delete", "Post"),
        frozenset({"UndoRefused"}),
        is_inside=True,
    ),
    "take back its creation, add a child": Contest(
        a_post,
        comment_or(lambda family: family.undo("create", "Post")),
        frozenset({"RelatedRecordNotFound", "UndoRefused"}),
        is_inside=True,
    ),
    "take back a child's move": Contest(
        moved_away,
        lambda family, role: family.undo("update", "Comment", role),
        frozenset({"UndoRefused"}),
        is_inside=True,
    ),
}


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Race ``rounds`` rounds with single keys and as many with composite ones, half of them with DataStore."""
    with serving(stage, HANDS) if is_api else nullcontext() as server, hired(HANDS) as crew:
        for is_composite in (False, True):
            for has_datastore in (False, True):
                activate(schema_text(is_composite), datastore=has_datastore, on_delete=on_delete())
                share = (rounds + has_datastore) // 2
                first = rounds if has_datastore else 0
                url = server.url if server else None
                answers = crew.run(__name__, "race", first, share, is_composite, url)
                judge(answers, verdict)
            verdict.blame(broken_promises(registry.current()))
            forget_everything()
    verdict.figures["rounds"] = 2 * rounds


def race(hand: Hand, first: int, rounds: int, is_composite: bool, url: str | None) -> list[Answer]:
    """One process: take part in every round, in turns as the one who deletes the post."""
    datamodel, chance = registry.current(), random.Random(hand.position)  # noqa: S311 - moments, not secrets
    door = open_door(datamodel, url)
    contests = [(name, c) for name, c in CONTESTS.items() if isinstance(door, EngineDoor) or not c.is_inside]
    answers = []
    for number in range(first, first + rounds):
        cycle, place = divmod(number, len(contests))
        policy, (name, contest) = POLICIES[(cycle + place) % len(POLICIES)], contests[place]
        family = Family(door, datamodel, policy, number, is_composite)
        role = (hand.position - number) % hand.size
        if role == 0:
            contest.prepare(family)
        hand.wait()
        pause(chance, JITTER_S)
        answers.append((f"{name} · {policy.value}", *attempt(contest, family, role)))
        hand.wait()
    return answers


def attempt(contest: Contest, family: Family, role: int) -> tuple[str, str]:
    """Do what the role does; return the outcome in a word, and the traceback of what is not explained."""
    is_restricted = family.policy is OnDelete.RESTRICT
    expected = contest.expects if role else frozenset({"RestrictedDelete"} if is_restricted else ())
    try:
        contest.act(family, role) if role else family.remove(contest.target)
    except Refused as refusal:
        return refusal.kind, "" if refusal.kind in expected else traceback.format_exc()
    except Exception as error:  # every failure is told, none ends the run
        return type(error).__name__, traceback.format_exc()
    return "done", ""


def judge(answers: list[Answer], verdict: Verdict) -> None:
    """Count the outcomes; each that is not explained is a fault."""
    verdict.outcomes.update(f"{contest}: {outcome}" for contest, outcome, _ in answers)
    verdict.blame(f"{contest}: {text}" for contest, _, text in answers if text)

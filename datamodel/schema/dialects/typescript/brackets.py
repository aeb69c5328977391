"""Finds the bracket to blame for a syntax error, which a parser notices only much later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

CLOSING = {"(": ")", "[": "]", "{": "}", "${": "}"}
MAX_TOKENS = 100_000


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A bracket without a partner; ``other`` is the one that stands where its partner should."""

    node: Node
    reason: str
    other: Node | None = None


def misplaced_bracket(root: Node) -> Misplaced | None:
    """Return the first bracket that has no partner; None where all have one."""
    open_brackets: list[Node] = []
    for token in _brackets(root):
        if token.type in CLOSING:
            open_brackets.append(token)
        elif not open_brackets:
            return Misplaced(token, f"'{token.type}' closes nothing")
        elif CLOSING[open_brackets[-1].type] != token.type:
            opening = open_brackets[-1]
            return Misplaced(opening, f"'{opening.type}' is not closed before '{token.type}'", token)
        else:
            open_brackets.pop()
    if open_brackets:
        return Misplaced(open_brackets[-1], f"'{open_brackets[-1].type}' is never closed")
    return None


def _brackets(root: Node) -> Iterator[Node]:
    """The brackets of the text in order; those in strings and comments are no tokens."""
    pending = [root]
    for _ in range(MAX_TOKENS):
        if not pending:
            return
        node = pending.pop()
        if node.child_count:
            pending.extend(reversed(node.children))
        elif (node.type in CLOSING or node.type in CLOSING.values()) and not node.is_missing:
            yield node

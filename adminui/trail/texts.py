"""Two versions of a text side by side: which lines and words are new and which are gone.

Comparing costs more than linear time, so what is compared is bounded; a longer text that was rewritten is
shown as gone and new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

__all__ = ["GONE", "NEW", "SAME", "Line", "Piece", "compare_items", "compare_texts"]

SAME, GONE, NEW = "same", "gone", "new"

MAX_ITEMS = 300
"""How many lines, words or items are compared with each other, after what is equal at both ends."""
MAX_SHOWN = 4000
"""How many characters of a text that is gone or new are shown."""
CONTEXT = 1
"""How many unchanged lines are shown around a changed one."""
LONG_PIECE = 160
"""An unchanged stretch of a line that is longer is cut in its middle."""
KEPT = 60
ALIKE = 0.35
"""Below this ratio two lines are different lines, not one line that was edited."""
WORD = re.compile(r"\w+\s*|\s+|[^\w\s]\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line that is unchanged, gone or new. A carriage return is made visible."""

    text: str
    mark: str = SAME

    @property
    def shown(self) -> str:
        return self.text.replace("\r", "␍")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison; ``skipped`` lines in its place where it has no pieces."""

    mark: str
    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


Edit = tuple[str, int, int, int, int]
"""How ``before[i1:i2]`` became ``after[j1:j2]``: ``equal``, ``replace``, ``delete`` or ``insert``."""


def compare_texts(before: str, after: str) -> tuple[Line, ...]:
    """Return the lines of both texts in one order, unchanged ones only beside changes."""
    was, now = before.split("\n"), after.split("\n")
    lines: list[Line] = []
    edits = list(find_edits(was, now))
    for number, (kind, i1, i2, j1, j2) in enumerate(edits):
        if kind == "equal":
            is_first, is_last = number == 0, number == len(edits) - 1
            lines += shorten(was[i1:i2], is_first=is_first, is_last=is_last)
        elif kind == "replace" and i2 - i1 == j2 - j1:
            for old, new in zip(was[i1:i2], now[j1:j2], strict=True):
                lines += [same(new)] if old == new else compare_lines(old, new)
        else:
            lines += plain(was[i1:i2], GONE) + plain(now[j1:j2], NEW)
    return tuple(lines)


def compare_items(
    before: Sequence[Any], after: Sequence[Any], key: Callable[[Any], str]
) -> Iterator[tuple[str, Any]]:
    """Return the items of two lists in one order, each with its mark."""
    for kind, i1, i2, j1, j2 in find_edits([key(item) for item in before], [key(item) for item in after]):
        if kind == "equal":
            yield from ((SAME, item) for item in after[j1:j2])
        else:
            yield from ((GONE, item) for item in before[i1:i2])
            yield from ((NEW, item) for item in after[j1:j2])


def find_edits(before: Sequence[str], after: Sequence[str]) -> Iterator[Edit]:
    """Return how one sequence became the other; too much in the middle counts as replaced."""
    head = common(before, after)
    tail = common(before[head:][::-1], after[head:][::-1])
    i2, j2 = len(before) - tail, len(after) - tail
    if head:
        yield "equal", 0, head, 0, head
    if max(i2, j2) - head > MAX_ITEMS:
        yield "replace", head, i2, head, j2
    else:
        matcher = SequenceMatcher(None, before[head:i2], after[head:j2], autojunk=False)
        for kind, a1, a2, b1, b2 in matcher.get_opcodes():
            yield kind, head + a1, head + a2, head + b1, head + b2
    if tail:
        yield "equal", i2, len(before), j2, len(after)


def common(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many items the two have in common at their beginning."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(before), len(after)))


def shorten(lines: Sequence[str], *, is_first: bool, is_last: bool) -> list[Line]:
    """Return unchanged lines, those far from a change as one that says how many there are."""
    head, tail = 0 if is_first else CONTEXT, 0 if is_last else CONTEXT
    skipped = len(lines) - head - tail
    if skipped <= 1:
        return [same(line) for line in lines]
    last = lines[len(lines) - tail :] if tail else []
    return [*map(same, lines[:head]), Line(SAME, skipped=skipped), *map(same, last)]


def same(line: str) -> Line:
    return Line(SAME, (Piece(cut_middle(line)),))


def plain(lines: Sequence[str], mark: str) -> list[Line]:
    """Return whole lines that are gone or new, as many as there is room for."""
    shown: list[Line] = []
    room = MAX_SHOWN
    for number, line in enumerate(lines):
        if room <= 0:
            return [*shown, Line(mark, skipped=len(lines) - number)]
        text = line if len(line) <= room else f"{line[:room]}…"
        shown.append(Line(mark, (Piece(text, mark),)))
        room -= len(line) + 1
    return shown


def compare_lines(before: str, after: str) -> list[Line]:
    """Return an edited line as it was and as it is, the words that differ marked."""
    was, now = WORD.findall(before), WORD.findall(after)
    edits = list(find_edits(was, now))
    kept = sum(len("".join(was[i1:i2])) for kind, i1, i2, _, _ in edits if kind == "equal")
    if kept < ALIKE * max(len(before), len(after)):
        return plain([before], GONE) + plain([after], NEW)
    old = [Piece("".join(was[i1:i2]), SAME if kind == "equal" else GONE) for kind, i1, i2, _, _ in edits]
    new = [Piece("".join(now[j1:j2]), SAME if kind == "equal" else NEW) for kind, _, _, j1, j2 in edits]
    return [Line(GONE, tidy(old)), Line(NEW, tidy(new))]


def tidy(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Leave out empty pieces and the middle of long unchanged ones."""
    last = len(pieces) - 1
    return tuple(
        Piece(cut(piece, is_first=n == 0, is_last=n == last), piece.mark)
        for n, piece in enumerate(pieces)
        if piece.text
    )


def cut(piece: Piece, *, is_first: bool, is_last: bool) -> str:
    """Shorten a long stretch: an unchanged one where it is far from a change, another at its end."""
    text = piece.text
    if piece.mark != SAME:
        return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
    if len(text) <= LONG_PIECE:
        return text
    if is_first and not is_last:
        return f"… {text[-KEPT:]}"
    return f"{text[:KEPT]} …" if is_last else cut_middle(text)


def cut_middle(text: str) -> str:
    return text if len(text) <= LONG_PIECE else f"{text[:KEPT]} … {text[-KEPT:]}"

"""Schema text and the places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from datamodel.schema.dialect import Dialect, ToldDialect

__all__ = ["Location", "Source", "excerpt", "tell_dialect"]


MAX_WIDTH = 120
"""How much of a long line an excerpt shows."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that would act on a terminal."""


@dataclass(frozen=True, slots=True)
class Source:
    """A named text. ``name`` is the file name shown to people, ``text`` its whole content."""

    name: str
    text: str
    told: ToldDialect | None = None
    """The dialect that the place of the file, or a person, tells; None leaves it to the text."""
    flags: tuple[tuple[str, bool], ...] = ()
    """The flags of the Amplify project that the file belongs to, by official name."""


def tell_dialect(sources: Iterable[Source], dialect: Dialect, by: str) -> tuple[Source, ...]:
    """Return the sources with the dialect that ``by`` tells, whatever was told before."""
    return tuple(replace(source, told=ToldDialect(dialect, by)) for source in sources)


@dataclass(frozen=True, slots=True)
class Location:
    """A character in a source. ``line`` and ``column`` count from 1, columns in characters."""

    source: Source
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    @classmethod
    def at_offset(cls, source: Source, offset: int) -> Location:
        """Return the location of the character at ``offset`` (0-based, in characters)."""
        starts = _line_starts(source.text)
        line = bisect_right(starts, offset)
        return cls(source, line, offset - starts[line - 1] + 1)


@lru_cache(maxsize=64)
def _line_starts(text: str) -> tuple[int, ...]:
    """The offsets at which lines begin; only a line feed ends a line."""
    starts = [0]
    starts.extend(index + 1 for index, character in enumerate(text) if character == "\n")
    return tuple(starts)


def excerpt(location: Location, *, context: int = 1) -> str:
    """Return the lines around ``location``, numbered, with a caret under the character."""
    lines = location.source.text.split("\n")
    first = max(1, location.line - context)
    last = min(len(lines), location.line + context)
    width = len(str(last))
    shown: list[str] = []
    for number in range(first, last + 1):
        line = CONTROL.sub("\ufffd", lines[number - 1].rstrip("\r"))
        start = max(0, location.column - 1 - MAX_WIDTH // 2) if len(line) > MAX_WIDTH else 0
        shown.append(f"{number:>{width}} | {_clip(line, start)}".rstrip())
        if number == location.line:
            # tabs stay tabs, so that the caret stands under its character
            before = line[start : location.column - 1]
            indent = "".join("\t" if c == "\t" else " " for c in before) + " " * (start > 0)
            shown.append(f"{' ' * width} | {indent}^")
    return "\n".join(shown)


def _clip(line: str, start: int) -> str:
    """Return what is shown of a line that may be very long."""
    end = start + MAX_WIDTH
    return f"{'…' if start else ''}{line[start:end]}{'…' if line[end:] else ''}"

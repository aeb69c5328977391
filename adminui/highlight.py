"""Schema text as numbered lines of HTML, with comments, strings, directives and type names marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datamodel.schema.errors import Problem
from datamodel.schema.source import Source

__all__ = ["Line", "Listing", "list_source", "mark_code", "short_name"]

MARKED_CHARACTERS = 200_000
"""Longer texts are shown plain."""

WHOLE_LINES = 30
"""Longer texts with problems are shown around these only."""

LINES_AROUND = 3

# What is not closed ends with its line or the text, so that nothing is read twice.
TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))
      |(?P<string>\"\"\".*?(?:\"\"\"|\Z)|"(?:\\[^\n]|[^"\\\n])*"?|'(?:\\[^\n]|[^'\\\n])*'?|`(?:\\.|[^`\\])*(?:`|\Z))
      |(?P<directive>@[A-Za-z_]\w*)
      |(?P<keyword>\b(?:type|enum|input|interface|union|scalar|extend|implements|directive|schema
          |import|export|from|const|let|return|default|as)\b)
      |(?P<type>\b[A-Z]\w*)
      |(?P<method>\.[a-z]\w*(?=\())
    """,
    re.VERBOSE | re.DOTALL,
)


CODE = re.compile(
    TOKEN.pattern.replace("|import|", "|async|await|mutation|new|query|import|"), re.VERBOSE | re.DOTALL
)
"""The tokens of code that uses a schema: operations have keywords of their own."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a listing; ``problems`` stand at it."""

    number: int
    html: SafeString
    text: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_wrong(self) -> bool:
        return any(problem.is_error for problem in self.problems)

    def carets(self) -> Iterator[tuple[str, Problem]]:
        """The blanks that put a caret under each problem's character; tabs stay tabs."""
        for problem in self.problems:
            column = problem.location.column if problem.location else 1
            yield "".join("\t" if c == "\t" else " " for c in self.text[: column - 1]), problem


@dataclass(frozen=True, slots=True)
class Listing:
    """A source, ready to be shown. ``anchor`` begins the ids of its lines."""

    name: str
    short_name: str
    anchor: str
    text: str
    lines: tuple[Line, ...]

    @property
    def runs(self) -> list[list[Line]]:
        """The lines to show: all of them, or of a long text only those around its problems."""
        if len(self.lines) <= WHOLE_LINES:
            return [list(self.lines)]
        near = {
            number
            for line in self.lines
            if line.problems
            for number in range(line.number - LINES_AROUND, line.number + LINES_AROUND + 1)
        }
        shown = [line for line in self.lines if line.number in near] or list(self.lines)
        runs: list[list[Line]] = []
        for line in shown:
            if not runs or runs[-1][-1].number + 1 != line.number:
                runs.append([])
            runs[-1].append(line)
        return runs


def list_source(source: Source, index: int = 1, problems: Iterable[Problem] = ()) -> Listing:
    """Return the lines of ``source``, each with the problems that stand at it."""
    at_line: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.location and problem.location.source.name == source.name:
            at_line.setdefault(problem.location.line, []).append(problem)
    text = source.text.replace("\r\n", "\n")
    lines = tuple(
        Line(number, html, plain, tuple(at_line.get(number, ())))
        for number, (html, plain) in enumerate(
            zip(_mark(text), text.split("\n"), strict=True),
            1,
        )
    )
    return Listing(source.name, short_name(source.name), f"s{index}-L", source.text, lines)


def short_name(name: str) -> str:
    """Return the name of a file without the folders it lay in."""
    return name.rpartition("/")[2] or name


def mark_code(text: str) -> SafeString:
    """Return GraphQL or JavaScript as HTML, its lines as they are."""
    return format_html_join("\n", "{}", ((line,) for line in _mark(text, CODE)))


def _mark(text: str, tokens: re.Pattern[str] = TOKEN) -> Iterator[SafeString]:
    """The lines of ``text`` as HTML. A token that spans lines is marked on each of them."""
    if len(text) > MARKED_CHARACTERS:
        yield from (format_html("{}", line) for line in text.split("\n"))
        return
    line: list[SafeString] = []
    for kind, token in _tokens(text, tokens):
        first, *rest = token.split("\n")
        line.append(_span(kind, first))
        for part in rest:
            yield _join(line)
            line = [_span(kind, part)]
    yield _join(line)


def _tokens(text: str, tokens: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    end = 0
    for match in tokens.finditer(text):
        yield "", text[end : match.start()]
        yield match.lastgroup or "", match.group()
        end = match.end()
    yield "", text[end:]


def _span(kind: str, text: str) -> SafeString:
    return (
        format_html('<span class="t-{}">{}</span>', kind, text) if kind and text else format_html("{}", text)
    )


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))

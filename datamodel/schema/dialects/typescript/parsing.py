"""From TypeScript text to a syntax tree, with the place of every node."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from itertools import accumulate

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from datamodel.schema.dialects.typescript.brackets import Misplaced, misplaced_bracket
from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import ReadingError, shorten
from datamodel.schema.errors import Problem
from datamodel.schema.source import Location, Source

__all__ = ["SyntaxTree", "field", "parse", "syntax_problems", "unparenthesized"]

MAX_BYTES = 1024 * 1024
"""The most text that is parsed, all files together."""
PARSE_SECONDS = 0.35
"""Processor time for all files; only text that is no TypeScript at all comes near it."""
MAX_SYNTAX_PROBLEMS = 10
"""Per file. One slip often upsets the lines after it; a longer list would help nobody."""

_TYPESCRIPT = Language(tree_sitter_typescript.language_typescript())
_TSX = Language(tree_sitter_typescript.language_tsx())
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class SyntaxTree:
    """A parsed source."""

    source: Source
    data: bytes
    root: Node
    _columns: dict[int, Sequence[int]] = attribute(default_factory=dict)

    def locate(self, node: Node) -> Location:
        """Return where ``node`` begins; the parser counts bytes, a location characters."""
        row, column = node.start_point
        if row not in self._columns:
            self._columns[row] = self._character_columns(node.start_byte - column)
        return Location(self.source, row + 1, self._columns[row][column])

    def _character_columns(self, line_start: int) -> Sequence[int]:
        """For each byte of a line, the column of the character that begins there."""
        end = self.data.find(b"\n", line_start)
        line = self.data[line_start : len(self.data) if end < 0 else end + 1]
        if line.isascii():
            return range(1, len(line) + 2)
        # bytes 0b10xxxxxx continue a character
        return list(accumulate((byte & 0xC0 != 0x80 for byte in line), initial=1))

    def text(self, node: Node) -> str:
        """Return the source text of ``node``."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def excerpt(self, node: Node) -> str:
        """Return the source text of ``node`` on one line, cut short where it is long."""
        end = min(node.end_byte, node.start_byte + 300)
        return shorten(self.data[node.start_byte : end].decode("utf-8", "ignore"))


def parse(sources: Sequence[Source]) -> list[SyntaxTree]:
    """Parse ``sources``; raise ReadingError where they are too large or take too long."""
    size = 0
    deadline = time.thread_time() + PARSE_SECONDS
    trees: list[SyntaxTree] = []
    for source in sources:
        data = source.text.encode("utf-8", "replace")
        size += len(data)
        if size > MAX_BYTES:
            raise _too_large(source, f"The files hold more than {MAX_BYTES // 1024} KiB.")
        trees.append(_parse(source, data, deadline))
    return trees


def _parse(source: Source, data: bytes, deadline: float) -> SyntaxTree:
    language = _TSX if source.name.endswith("x") else _TYPESCRIPT
    try:
        tree = Parser(language).parse(
            lambda offset, _point: data[offset : offset + _CHUNK],
            progress_callback=lambda _offset, _has_error: time.thread_time() > deadline,
        )
    except ValueError as error:  # the parser's answer to a callback that says stop
        raise _too_large(source, f"'{source.name}' takes too long to parse.") from error
    return SyntaxTree(source, data, tree.root_node)


def _too_large(source: Source, message: str) -> ReadingError:
    hint = "Upload only the files that define the schema."
    return ReadingError(Problem(Code.TOO_LARGE, message, hint, Location(source, 1, 1)))


def field(node: Node, name: str) -> Node:
    """Return the child of ``node`` in the grammar's field ``name``, which the grammar promises."""
    child = node.child_by_field_name(name)
    if child is None:
        raise LookupError(f"{node.type} has no {name}")
    return child


def unparenthesized(node: Node) -> Node:
    """Return the expression inside parentheses; ``node`` itself where there are none."""
    while node.type == "parenthesized_expression":
        inner = [child for child in node.named_children if child.type != "comment"]
        if not inner:
            return node
        node = inner[0]
    return node


def syntax_problems(tree: SyntaxTree) -> list[Problem]:
    """Return a problem for each place where the text is no TypeScript."""
    if not tree.root.has_error:
        return []
    misplaced = misplaced_bracket(tree.root)
    if misplaced is not None:
        return [_bracket_problem(tree, misplaced)]
    problems: list[Problem] = []
    for node in _broken_nodes(tree.root):
        message, hint = _describe(tree, node)
        problems.append(Problem(Code.SYNTAX, message, hint, tree.locate(node)))
        if len(problems) == MAX_SYNTAX_PROBLEMS:
            break
    return problems


def _broken_nodes(root: Node) -> Iterator[Node]:
    """The outermost nodes the parser could not place or had to make up, in the order of the text."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            pending.extend(reversed(node.children))


def _bracket_problem(tree: SyntaxTree, misplaced: Misplaced) -> Problem:
    where = ""
    if misplaced.other is not None:
        other = tree.locate(misplaced.other)
        where = f" at line {other.line}, column {other.column}"
    message = f"Syntax error: {misplaced.reason}{where}."
    return Problem(Code.SYNTAX, message, "Check the brackets.", tree.locate(misplaced.node))


def _describe(tree: SyntaxTree, node: Node) -> tuple[str, str]:
    if node.is_missing:
        return f"Syntax error: '{node.type}' is missing here.", "Check the brackets and commas before it."
    text = tree.excerpt(node)
    if not text:
        return "Syntax error.", "Check that every bracket and quote is closed."
    return (
        f"Syntax error: unexpected '{shorten(text, 30)}'.",
        "Check the brackets, commas and quotes around it.",
    )

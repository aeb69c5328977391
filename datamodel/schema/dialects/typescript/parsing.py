"""From TypeScript text to a syntax tree, with the place of every node."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from datamodel.schema.dialects.typescript.findings import SYNTAX, TOO_LARGE, ReadingError, shorten
from datamodel.schema.errors import Problem
from datamodel.schema.source import Location, Source

__all__ = ["SyntaxTree", "field", "parse", "syntax_problems", "unparenthesized"]

MAX_BYTES = 1024 * 1024
"""The most text that is parsed, all files together."""
PARSE_SECONDS = 0.5
"""Processor time for one file; only text that is no TypeScript at all comes near it."""
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

    def locate(self, node: Node) -> Location:
        """Return where ``node`` begins; the parser counts bytes, a location characters."""
        row, column = node.start_point
        line_start = node.start_byte - column
        characters = len(self.data[line_start : node.start_byte].decode("utf-8", "replace"))
        return Location(self.source, row + 1, characters + 1)

    def text(self, node: Node) -> str:
        """Return the source text of ``node``."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def parse(source: Source) -> SyntaxTree:
    """Parse ``source``; raise ReadingError where it is too large or takes too long."""
    data = source.text.encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise ReadingError(
            Problem(
                TOO_LARGE,
                f"'{source.name}' holds more than {MAX_BYTES // 1024} KiB.",
                "Upload only the files that define the schema.",
                Location(source, 1, 1),
            )
        )
    language = _TSX if source.name.endswith(("x", "X")) else _TYPESCRIPT
    deadline = time.thread_time() + PARSE_SECONDS
    try:
        tree = Parser(language).parse(
            lambda offset, _point: data[offset : offset + _CHUNK],
            progress_callback=lambda _offset, _has_error: time.thread_time() > deadline,
        )
    except ValueError as error:  # the parser's answer to a callback that says stop
        problem = Problem(
            TOO_LARGE,
            f"'{source.name}' cannot be read as TypeScript.",
            "Upload only the files that define the schema.",
            Location(source, 1, 1),
        )
        raise ReadingError(problem) from error
    return SyntaxTree(source, data, tree.root_node)


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
    problems: list[Problem] = []
    for node in _broken_nodes(tree.root):
        message, hint = _describe(tree, node)
        problems.append(Problem(SYNTAX, message, hint, tree.locate(node)))
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


def _describe(tree: SyntaxTree, node: Node) -> tuple[str, str]:
    if node.is_missing:
        return f"Syntax error: '{node.type}' is missing here.", "Check the brackets and commas before it."
    text = tree.text(node).split("\n", 1)[0].strip()
    if not text:
        return "Syntax error.", "Check that every bracket and quote is closed."
    return (
        f"Syntax error: unexpected '{shorten(text, 30)}'.",
        "Check the brackets, commas and quotes around it.",
    )

"""The text that string literals and the parts of templates stand for."""

from __future__ import annotations

import re

from tree_sitter import Node

from datamodel.schema.dialects.typescript.parsing import SyntaxTree

_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CODE_POINT = re.compile(r"u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})")


def string_text(node: Node, tree: SyntaxTree) -> str:
    """Return the value of a string literal."""
    return join_halves(piece_text(node, tree))


def join_halves(text: str) -> str:
    """Make characters of what two escapes spell in halves; a half alone is no character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def piece_text(node: Node, tree: SyntaxTree) -> str:
    """Return the text of a part, which may begin or end with half a character."""
    match node.type:
        case "string_fragment":
            return tree.text(node)
        case "escape_sequence":
            return unescape(tree.text(node)[1:])
        case _:
            return "".join(piece_text(child, tree) for child in node.named_children)


def unescape(body: str) -> str:
    """Return the character that the escape ``\\body`` means."""
    found = _CODE_POINT.fullmatch(body)
    if found is not None:
        code = int(next(group for group in found.groups() if group), 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    if body[:1] in ("\n", "\r", "\u2028", "\u2029"):
        return ""
    return _SIMPLE.get(body, body)

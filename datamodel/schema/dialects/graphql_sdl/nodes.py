"""Small readings of graphql-core's syntax tree: locations, values, directives, types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import graphql
from graphql import language as ast

from datamodel.schema.source import Location, Source

__all__ = [
    "OriginSource",
    "Word",
    "arguments",
    "base_name",
    "describe",
    "find_directives",
    "locate",
    "plain_value",
]

Directed = (
    ast.TypeDefinitionNode
    | ast.TypeExtensionNode
    | ast.FieldDefinitionNode
    | ast.InputValueDefinitionNode
    | ast.EnumValueDefinitionNode
)


class OriginSource(graphql.Source):
    """graphql-core's source, remembering ours."""

    __slots__ = ("origin",)

    def __init__(self, origin: Source) -> None:
        super().__init__(origin.text, origin.name)
        self.origin = origin


def locate(node: ast.Node) -> Location | None:
    """Return where ``node`` begins; a definition begins at its name, not at its description."""
    named = getattr(node, "name", None)
    if isinstance(named, ast.NameNode) and not isinstance(node, ast.DirectiveNode):
        node = named
    if node.loc is None or not isinstance(node.loc.source, OriginSource):
        return None
    return Location.at_offset(node.loc.source.origin, node.loc.start)


class Word(str):
    """An enum member used as a value: text without quotes."""

    __slots__ = ()


def plain_value(node: ast.ValueNode) -> Any:
    """Return a constant as JSON-like Python: enum members become text, numbers numbers."""
    match node:
        case ast.ListValueNode():
            return [plain_value(value) for value in node.values]
        case ast.ObjectValueNode():
            return {item.name.value: plain_value(item.value) for item in node.fields}
        case ast.NullValueNode():
            return None
        case ast.BooleanValueNode():
            return node.value
        case ast.IntValueNode():
            return int(node.value) if len(node.value) < 20 else node.value
        case ast.FloatValueNode():
            return float(node.value)
        case ast.EnumValueNode():
            return Word(node.value)
        case ast.StringValueNode():
            return node.value
    return None


def arguments(directive: ast.DirectiveNode) -> dict[str, Any]:
    """Return the arguments of a directive by name."""
    return {argument.name.value: plain_value(argument.value) for argument in directive.arguments}


def find_directives(node: Directed, name: str) -> Iterator[ast.DirectiveNode]:
    """Return the uses of ``@name`` on ``node``."""
    return (directive for directive in node.directives or () if directive.name.value == name)


def base_name(node: ast.TypeNode) -> str:
    """Return the name inside lists and ``!``."""
    while not isinstance(node, ast.NamedTypeNode):
        node = node.type  # type: ignore[attr-defined]
    return node.name.value


def describe(node: Any) -> str | None:
    """Return the description text of a definition."""
    return node.description.value if node.description else None

"""What is kept as written: the user's own root fields, interfaces, unions, inputs."""

from __future__ import annotations

from typing import Any

from graphql import language as ast
from graphql.language import REMOVE, Visitor, visit

from datamodel.schema.codes import Code
from datamodel.schema.dialects.graphql_sdl.document import ROOTS, SETTINGS, Document
from datamodel.schema.dialects.graphql_sdl.nodes import locate
from datamodel.schema.ir import CustomOperation

__all__ = ["read_custom_operations"]


class _PlainDirectives(Visitor):
    """Drops every directive that plain GraphQL does not have."""

    def enter_directive(self, node: ast.DirectiveNode, *_: Any) -> Any:
        return None if node.name.value == "deprecated" else REMOVE


def plain_sdl(node: ast.Node) -> str:
    """Print a definition without AWS directives."""
    return ast.print_ast(visit(node, _PlainDirectives()))


def read_custom_operations(document: Document) -> tuple[CustomOperation, ...]:
    """Return everything that is neither model, embedded type nor enum, in the order written."""
    kept: list[CustomOperation] = []
    for name, node in document.definitions.items():
        match node:
            case ast.ObjectTypeDefinitionNode() if name in ROOTS and name not in document.models:
                kept.extend(_root_fields(node, document))
            case ast.ObjectTypeDefinitionNode() | ast.EnumTypeDefinitionNode():
                continue
            case _ if name == SETTINGS:
                continue
            case _:
                kept.append(CustomOperation(name, plain_sdl(node), None, locate(node)))
    return tuple(kept)


def _root_fields(node: ast.ObjectTypeDefinitionNode, document: Document) -> list[CustomOperation]:
    fields: dict[str, CustomOperation] = {}
    for item in node.fields:
        name = item.name.value
        if name in fields:
            message = f"Field '{node.name.value}.{name}' is defined more than once."
            document.report(Code.DUPLICATE_FIELD, message, "Remove one.", item)
        fields.setdefault(name, CustomOperation(name, plain_sdl(item), node.name.value, locate(item)))
    return list(fields.values())

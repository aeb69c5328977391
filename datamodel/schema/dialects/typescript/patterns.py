"""Destructuring: ``const { a, b: [c] } = value``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from datamodel.schema.dialects.typescript.modules import Scope, exported
from datamodel.schema.dialects.typescript.natives import find_property
from datamodel.schema.dialects.typescript.parsing import field
from datamodel.schema.dialects.typescript.strings import string_text
from datamodel.schema.dialects.typescript.values import (
    UNDEFINED,
    ListValue,
    ModuleObject,
    ObjectValue,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from datamodel.schema.dialects.typescript.evaluator import Evaluator


def bind(evaluator: Evaluator, pattern: Node, value: Value, scope: Scope) -> None:
    """Bind the names of ``pattern`` in ``scope`` to the parts of ``value``."""
    evaluator.spend(1)
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            scope.names[scope.module.tree.text(pattern)] = value
        case "object_pattern":
            _bind_object(evaluator, pattern, value, scope)
        case "array_pattern":
            _bind_array(evaluator, pattern, value, scope)
        case "assignment_pattern" | "object_assignment_pattern":
            if value is UNDEFINED:
                value = evaluator.evaluate(field(pattern, "right"), scope)
            bind(evaluator, field(pattern, "left"), value, scope)


def _bind_object(evaluator: Evaluator, pattern: Node, value: Value, scope: Scope) -> None:
    taken: set[str] = set()
    for child in pattern.named_children:
        match child.type:
            case "pair_pattern":
                name, target = _key(field(child, "key"), scope), field(child, "value")
            case "object_assignment_pattern":
                name, target = scope.module.tree.text(field(child, "left")), child
            case "shorthand_property_identifier_pattern":
                name, target = scope.module.tree.text(child), child
            case "rest_pattern":
                rest = _without(evaluator, value, taken)
                bind(evaluator, child.named_children[0], rest, scope)
                continue
            case _:
                continue
        taken.add(name)
        bind(evaluator, target, _part(evaluator, value, name, child, scope), scope)


def _key(node: Node, scope: Scope) -> str:
    tree = scope.module.tree
    return string_text(node, tree) if node.type == "string" else tree.text(node)


def _part(evaluator: Evaluator, value: Value, name: str, node: Node, scope: Scope) -> Value:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, ModuleObject):
        found = exported(value.module, name)
        return UNDEFINED if found is None else found.value
    part = find_property(value, name, evaluator.locate(node, scope))
    return evaluator.unknown(node, scope) if part is None else part.value


def _without(evaluator: Evaluator, value: Value, taken: set[str]) -> Value:
    if not isinstance(value, ObjectValue):
        return value
    evaluator.spend(len(value.entries))
    entries = {name: entry for name, entry in value.entries.items() if name not in taken}
    return ObjectValue(entries, value.unknown)


def _bind_array(evaluator: Evaluator, pattern: Node, value: Value, scope: Scope) -> None:
    items = value.items if isinstance(value, ListValue) else []
    missing: Value = UNDEFINED if isinstance(value, ListValue) else evaluator.unknown(pattern, scope)
    position = 0
    for child in pattern.children:
        if child.type == ",":
            position += 1
        elif child.type == "rest_pattern":
            evaluator.spend(len(items))
            bind(evaluator, child.named_children[0], ListValue(list(items[position:])), scope)
        elif child.is_named and child.type != "comment":
            bind(evaluator, child, items[position].value if position < len(items) else missing, scope)

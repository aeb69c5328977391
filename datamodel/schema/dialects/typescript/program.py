"""Runs the statements of schema files: declarations, imports and exports, bodies of helper functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tree_sitter import Node

from datamodel.schema.dialects.typescript.evaluator import CANNOT_KNOW, Evaluator
from datamodel.schema.dialects.typescript.findings import Findings
from datamodel.schema.dialects.typescript.modules import DEFAULT, Import, Module, ModuleIndex, Scope
from datamodel.schema.dialects.typescript.natives import GLOBALS, PACKAGE
from datamodel.schema.dialects.typescript.parsing import SyntaxTree, field, unparenthesized
from datamodel.schema.dialects.typescript.patterns import bind
from datamodel.schema.dialects.typescript.strings import string_text
from datamodel.schema.dialects.typescript.values import (
    UNDEFINED,
    Entry,
    Function,
    ListValue,
    Namespace,
    ObjectValue,
    Unknown,
    Value,
    is_truthy,
)

DEFAULT_NAME = "*default*"
"""The local name of a default export that has no name of its own."""

TYPES_ONLY = frozenset(
    {"interface_declaration", "type_alias_declaration", "ambient_declaration", "empty_statement", "comment"}
)


@dataclass(frozen=True, slots=True)
class Return:
    """How a block ended: with the value of a ``return``."""

    value: Value


class Program:
    """The uploaded files, executed in the order in which they import each other."""

    def __init__(self, trees: Iterable[SyntaxTree], findings: Findings) -> None:
        self.index = ModuleIndex(Module(tree) for tree in trees)
        self.evaluator = Evaluator(findings, run_function)

    @property
    def modules(self) -> list[Module]:
        return self.index.modules

    def run(self, skipping: Collection[Module] = ()) -> None:
        """Execute every module once but those in ``skipping``; raise ReadingError beyond the limits."""
        for module in skipping:
            module.is_started = True
        for module in self.modules:
            self._run_module(module)

    def _run_module(self, module: Module) -> None:
        if module.is_started:
            return
        module.is_started = True
        statements = [node for node in module.tree.root.named_children if node.type not in TYPES_ONLY]
        for node in statements:
            self._link(node, module)
        for imported in module.imports:
            self._run_module(imported)
        _hoist((_declaration(node) for node in statements), module.scope)
        for node in statements:
            self._run_top_level(node, module)

    # -- imports and exports

    def _link(self, node: Node, module: Module) -> None:
        """Note what an import binds and what an export names; nothing is evaluated yet."""
        source = node.child_by_field_name("source")
        if node.type == "import_statement" and source is not None:
            self._link_import(node, string_text(source, module.tree), module)
        elif node.type == "export_statement":
            self._link_export(node, source, module)

    def _link_import(self, node: Node, specifier: str, module: Module) -> None:
        target = self._import_target(specifier, module)
        clause = next((child for child in node.named_children if child.type == "import_clause"), None)
        for child in clause.named_children if clause is not None else ():
            match child.type:
                case "identifier":
                    self._bind_import(module, child, DEFAULT, target, specifier)
                case "namespace_import":
                    self._bind_import(module, child.named_children[0], "*", target, specifier)
                case "named_imports":
                    for item in child.named_children:
                        if item.type == "import_specifier":
                            name = field(item, "name")
                            local = item.child_by_field_name("alias") or name
                            exported = _export_name(name, module.tree)
                            self._bind_import(module, local, exported, target, specifier)

    def _import_target(self, specifier: str, module: Module) -> Module | None:
        target = self.index.resolve(specifier, module)
        if target is not None and target not in module.imports:
            module.imports.append(target)
        return target

    def _bind_import(
        self, module: Module, local: Node, name: str, target: Module | None, specifier: str
    ) -> None:
        local_name = module.tree.text(local)
        if target is not None:
            module.scope.names[local_name] = Import(target, name)
        else:
            value = _missing_import(name, local_name, specifier, module, local)
            module.scope.names[local_name] = value

    def _link_export(self, node: Node, source: Node | None, module: Module) -> None:
        specifier = string_text(source, module.tree) if source is not None else None
        target = self._import_target(specifier, module) if specifier is not None else None
        for child in node.children:
            if child.type == "export_clause":
                for item in child.named_children:
                    if item.type == "export_specifier":
                        self._link_specifier(item, specifier, target, module)
            elif child.type == "namespace_export" and target is not None:
                module.exports[module.tree.text(child.named_children[0])] = Import(target, "*")
            elif child.type == "*" and target is not None:
                module.star_exports.append(target)
        declaration = node.child_by_field_name("declaration")
        if declaration is not None:
            for name in _declared_names(declaration, module.tree):
                module.exports[name] = name
        if any(child.type == DEFAULT for child in node.children):
            module.exports[DEFAULT] = _default_name(node, module.tree)

    @staticmethod
    def _link_specifier(item: Node, specifier: str | None, target: Module | None, module: Module) -> None:
        name = _export_name(field(item, "name"), module.tree)
        exported = _export_name(item.child_by_field_name("alias") or field(item, "name"), module.tree)
        if specifier is None:
            module.exports[exported] = name
        elif target is not None:
            module.exports[exported] = Import(target, name)
        else:
            hidden = f"*{exported}*"
            module.exports[exported] = hidden
            module.scope.names[hidden] = _missing_import(name, name, specifier, module, item)

    # -- statements at the top level

    def _run_top_level(self, node: Node, module: Module) -> None:
        if node.type == "export_statement":
            value = node.child_by_field_name("value")
            if value is not None:
                module.scope.names[DEFAULT_NAME] = self.evaluator.evaluate(value, module.scope)
            inner = node.child_by_field_name("declaration")
            if inner is None:
                return
            node = inner
        if node.type != "import_statement":
            run_statement(self.evaluator, node, module.scope)


def _declaration(node: Node) -> Node:
    inner = node.child_by_field_name("declaration") if node.type == "export_statement" else None
    return inner or node


def _export_name(node: Node, tree: SyntaxTree) -> str:
    return string_text(node, tree) if node.type == "string" else tree.text(node)


def _default_name(node: Node, tree: SyntaxTree) -> str:
    declaration = node.child_by_field_name("declaration")
    name = declaration.child_by_field_name("name") if declaration is not None else None
    return DEFAULT_NAME if name is None else tree.text(name)


def _declared_names(declaration: Node, tree: SyntaxTree) -> list[str]:
    if declaration.type in ("lexical_declaration", "variable_declaration"):
        targets = [field(d, "name") for d in declaration.named_children if d.type == "variable_declarator"]
        return [name for target in targets for name in _pattern_names(target, tree)]
    name = declaration.child_by_field_name("name")
    return [] if name is None else [tree.text(name)]


def _pattern_names(pattern: Node, tree: SyntaxTree) -> list[str]:
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        return [tree.text(pattern)]
    return [name for child in pattern.named_children for name in _pattern_names(child, tree)]


def _missing_import(name: str, local: str, specifier: str, module: Module, node: Node) -> Value:
    """What a name stands for whose file was not uploaded: the builders of Amplify, or nothing known."""
    if name in ("a", "defineData"):
        return GLOBALS[name]
    if "aws-amplify" in specifier and name in ("*", DEFAULT):
        return Namespace(PACKAGE)
    is_file = specifier.startswith((".", "@/", "~/", "#/", "/"))
    reason = f"'{local}' comes from '{specifier}', which {'was not uploaded' if is_file else 'is not read'}."
    hint = "Upload that file as well." if is_file else CANNOT_KNOW
    return Unknown(reason, hint, module.tree.locate(node))


def run_function(evaluator: Evaluator, body: Node, scope: Scope) -> Value:
    """Execute the body of a function in ``scope`` and return what it returns."""
    outcome = _run_block(evaluator, body, scope)
    return UNDEFINED if outcome is None else outcome.value


def _run_block(evaluator: Evaluator, block: Node, scope: Scope) -> Return | None:
    statements = [node for node in block.named_children if node.type not in TYPES_ONLY]
    evaluator.spend(len(statements))
    _hoist(statements, scope)
    for node in statements:
        outcome = run_statement(evaluator, node, scope)
        if outcome is not None:
            return outcome
    return None


def _hoist(nodes: Iterable[Node], scope: Scope) -> None:
    """Bind the functions, which may be used before the line that declares them."""
    for node in nodes:
        name = node.child_by_field_name("name")
        if node.type == "function_declaration" and name is not None:
            scope.names[scope.module.tree.text(name)] = Function(node, scope)


def run_statement(evaluator: Evaluator, node: Node, scope: Scope) -> Return | None:
    """Execute one statement; return how it ended the surrounding block, None where it did not."""
    evaluator.visit(node, scope)
    match node.type:
        case "lexical_declaration" | "variable_declaration":
            _declare(evaluator, node, scope)
        case "expression_statement":
            _run_expression(evaluator, node, scope)
        case "return_statement":
            return Return(
                evaluator.evaluate(node.named_children[0], scope) if node.named_children else UNDEFINED
            )
        case "if_statement":
            return _run_if(evaluator, node, scope)
        case "statement_block":
            return _run_block(evaluator, node, Scope(scope.module, scope))
        case "for_in_statement":
            return _run_loop(evaluator, node, scope)
        case "enum_declaration":
            _declare_enum(evaluator, node, scope)
        case "function_declaration":
            pass
        case kind if kind not in TYPES_ONLY:
            _forget_changes(evaluator, node, scope)
    return None


def _declare(evaluator: Evaluator, node: Node, scope: Scope) -> None:
    for declarator in node.named_children:
        if declarator.type == "variable_declarator":
            value_node = declarator.child_by_field_name("value")
            value = UNDEFINED if value_node is None else evaluator.evaluate(value_node, scope)
            bind(evaluator, field(declarator, "name"), value, scope)


def _run_expression(evaluator: Evaluator, node: Node, scope: Scope) -> None:
    expression = unparenthesized(node.named_children[0])
    if expression.type in ("augmented_assignment_expression", "update_expression"):
        _forget_changes(evaluator, expression, scope)
    else:
        evaluator.evaluate(expression, scope)


def _run_if(evaluator: Evaluator, node: Node, scope: Scope) -> Return | None:
    condition = evaluator.evaluate(field(node, "condition"), scope)
    if isinstance(condition, Unknown):
        _forget_changes(evaluator, node, scope, condition)
        has_return = any(found.type == "return_statement" for found in _descendants(evaluator, node))
        return Return(condition) if has_return else None
    if is_truthy(condition):
        return run_statement(evaluator, field(node, "consequence"), scope)
    alternative = node.child_by_field_name("alternative")
    if alternative is None:
        return None
    return run_statement(evaluator, alternative.named_children[0], scope)


def _run_loop(evaluator: Evaluator, node: Node, scope: Scope) -> Return | None:
    """``for (const x of list)``; a loop over anything else is not followed."""
    items = evaluator.evaluate(field(node, "right"), scope)
    operator = node.child_by_field_name("operator")
    if not isinstance(items, ListValue) or operator is None or operator.type != "of":
        _forget_changes(evaluator, node, scope, items if isinstance(items, Unknown) else None)
        return None
    for item in items:
        evaluator.visit(node, scope)
        inner = Scope(scope.module, scope)
        bind(evaluator, field(node, "left"), item.value, inner)
        outcome = run_statement(evaluator, field(node, "body"), inner)
        if outcome is not None:
            return outcome
    return None


def _declare_enum(evaluator: Evaluator, node: Node, scope: Scope) -> None:
    """A TypeScript enum is an object; members without a value count up."""
    tree = scope.module.tree
    result = ObjectValue()
    following: Value = 0
    for member in field(node, "body").named_children:
        if member.type == "enum_assignment":
            name_node = field(member, "name")
            value = evaluator.evaluate(field(member, "value"), scope)
        elif member.type == "comment":
            continue
        else:
            name_node, value = member, following
        where = tree.locate(name_node)
        result.entries[_export_name(name_node, tree)] = Entry(value, where, where)
        following = value + 1 if isinstance(value, int) else UNDEFINED
    scope.names[tree.text(field(node, "name"))] = result


def _forget_changes(evaluator: Evaluator, node: Node, scope: Scope, cause: Unknown | None = None) -> None:
    """Make unknown what a statement that is not followed declares or changes."""
    tree = scope.module.tree
    if cause is None:
        reason = f"'{tree.excerpt(node)}' is code that is not followed."
        cause = Unknown(reason, CANNOT_KNOW, tree.locate(node))
    name = node.child_by_field_name("name")
    if name is not None:
        scope.names[tree.text(name)] = cause
    for changed in _changed_names(evaluator, node, tree):
        holder = scope.find(changed)
        if holder is None:
            continue
        value = holder.names[changed]
        if isinstance(value, ObjectValue | ListValue):
            value.unknown = cause
        else:
            holder.names[changed] = cause


def _changed_names(evaluator: Evaluator, node: Node, tree: SyntaxTree) -> list[str]:
    """The variables that are assigned, or whose members are, or on which a method is called."""
    names: list[str] = []
    for found in _descendants(evaluator, node):
        target = found.child_by_field_name("left") or found.child_by_field_name("argument")
        if found.type == "call_expression":
            target = field(found, "function")
            if target.type != "member_expression":
                continue
        elif "assignment" not in found.type and found.type != "update_expression":
            continue
        while target is not None and target.type in ("member_expression", "subscript_expression"):
            target = field(target, "object")
        if target is not None and target.type == "identifier":
            names.append(tree.text(target))
    return names


def _descendants(evaluator: Evaluator, node: Node) -> Iterable[Node]:
    pending = [node]
    while pending:
        found = pending.pop()
        evaluator.spend(len(pending) % 8 == 0)
        yield found
        pending.extend(found.named_children)

"""Works out the constant expressions of schema files without running them.

Only what has one possible value is evaluated: literals, constants, spreads, templates, helper
functions, imports between the uploaded files. Everything else becomes ``Unknown``, which does no
harm until the schema needs it. Work and nesting are limited, so no input can hang or crash a reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from tree_sitter import Node

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import (
    Findings,
    ReadingError,
)
from datamodel.schema.dialects.typescript.modules import Import, Scope, exported, imported, module_members
from datamodel.schema.dialects.typescript.natives import GLOBALS, call_native, find_property
from datamodel.schema.dialects.typescript.operators import apply_binary, apply_unary, number
from datamodel.schema.dialects.typescript.parsing import field, unparenthesized
from datamodel.schema.dialects.typescript.patterns import bind
from datamodel.schema.dialects.typescript.strings import join_halves, piece_text, string_text
from datamodel.schema.dialects.typescript.values import (
    MAX_ITEMS,
    MAX_TEXT,
    UNDEFINED,
    Builder,
    BuilderFunction,
    Call,
    Entry,
    Function,
    ListValue,
    Located,
    Method,
    ModuleObject,
    Native,
    ObjectValue,
    Undefined,
    Unknown,
    Value,
    is_truthy,
    to_text,
)
from datamodel.schema.errors import Problem
from datamodel.schema.source import Location

MAX_STEPS = 150_000
MAX_DEPTH = 120

HOST_NAMES = frozenset(
    {"process", "globalThis", "window", "Math", "Date", "console", "crypto", "Deno", "Bun"}
)
"""What every program finds, and what is only known when it runs."""
CANNOT_KNOW = "Write the value itself, or use a constant of the uploaded files."


class Evaluator:
    """Evaluates expressions; ``run`` (see ``program``) executes the body of a function."""

    def __init__(self, findings: Findings, run: Callable[[Evaluator, Node, Scope], Value]) -> None:
        self.findings = findings
        self.created: list[Builder] = []
        """Every ``a.schema``, ``a.combine`` and ``defineData`` call, in the order of evaluation."""
        self._run = run
        self._steps = 0
        self._depth = 0
        self._place: tuple[Node, Scope] | None = None

    # -- entry points

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """Return the value of the expression ``node``; raise ReadingError beyond the limits."""
        self._depth += 1
        self.visit(node, scope)
        try:
            handler = self._HANDLERS.get(node.type)
            return handler(self, node, scope) if handler else self.unknown(node, scope)
        finally:
            self._depth -= 1

    def visit(self, node: Node, scope: Scope) -> None:
        """Note what is being worked on, as one step."""
        self._place = (node, scope)
        self.spend(1)

    def spend(self, steps: int) -> None:
        """Count work; raise ReadingError when there was too much of it, or it is nested too deeply."""
        self._steps += steps
        if self._steps > MAX_STEPS or self._depth > MAX_DEPTH:
            raise ReadingError(self._limit_problem())

    def located(self, node: Node, scope: Scope) -> Located:
        return Located(self.evaluate(node, scope), self.locate(node, scope))

    def call(self, callee: Value, arguments: Sequence[Located], location: Location) -> Value:
        """Return what calling ``callee`` gives. ``location`` is that of the call."""
        self.spend(1 + len(arguments))
        match callee:
            case BuilderFunction():
                builder = Builder(callee.family, callee.name, list(arguments), location)
                if callee.name in ("schema", "combine", "defineData"):
                    self.created.append(builder)
                return builder
            case Method():
                callee.builder.calls.append(Call(callee.name, list(arguments), callee.location))
                return callee.builder
            case Function():
                return self._call_function(callee, arguments)
            case Native():
                return call_native(self, callee, arguments, location)
            case Unknown():
                return callee
            case _:
                return Unknown("What is called here is not a function.", CANNOT_KNOW, location)

    def unknown(self, node: Node, scope: Scope) -> Unknown:
        """Return the value of an expression that only running the code would give."""
        text = scope.module.tree.excerpt(node)
        return Unknown(
            f"'{text}' cannot be worked out without running the code.", CANNOT_KNOW, self.locate(node, scope)
        )

    @staticmethod
    def locate(node: Node, scope: Scope) -> Location:
        return scope.module.tree.locate(node)

    def _limit_problem(self) -> Problem:
        is_deep = self._depth > MAX_DEPTH
        message = "The code is nested too deeply." if is_deep else "The code takes too much work to evaluate."
        hint = "Write the schema as plain a.model({...}) calls."
        location = None if self._place is None else self.locate(*self._place)
        return Problem(Code.TOO_LARGE, message, hint, location)

    # -- literals

    def _string(self, node: Node, scope: Scope) -> Value:
        return string_text(node, scope.module.tree)

    def _template(self, node: Node, scope: Scope) -> Value:
        text = ""
        for child in node.named_children:
            if child.type != "template_substitution":
                text += piece_text(child, scope.module.tree)
                continue
            part = self._text(self._wrapped(child, scope), child, scope)
            if isinstance(part, Unknown):
                return part
            text += part
            if len(text) > MAX_TEXT:
                return self.unknown(node, scope)
        return join_halves(text)

    def _text(self, value: Value, node: Node, scope: Scope) -> str | Unknown:
        """Return ``value`` as text; Unknown where it is not known or would be too long."""
        if isinstance(value, Unknown):
            return value
        try:
            return to_text(value)
        except ValueError:
            return self.unknown(node, scope)

    def _number(self, node: Node, scope: Scope) -> Value:
        value = number(scope.module.tree.text(node))
        return self.unknown(node, scope) if value is None else value

    def _array(self, node: Node, scope: Scope) -> Value:
        result = ListValue()
        for child in node.named_children:
            if child.type != "comment":
                self._add_item(result, child, scope)
        return result

    def _add_item(self, result: ListValue, node: Node, scope: Scope) -> None:
        if node.type != "spread_element":
            result.items.append(self.located(node, scope))
            return
        value = self.evaluate(node.named_children[0], scope)
        if isinstance(value, ListValue) and len(result.items) + len(value.items) <= MAX_ITEMS:
            self.spend(len(value.items))
            result.items.extend(value.items)
            result.unknown = result.unknown or value.unknown
        else:
            result.unknown = result.unknown or self._as_unknown(value, node, scope)

    def _as_unknown(self, value: Value, node: Node, scope: Scope) -> Unknown:
        return value if isinstance(value, Unknown) else self.unknown(node, scope)

    def _object(self, node: Node, scope: Scope) -> Value:
        result = ObjectValue()
        written: set[str] = set()
        for child in node.named_children:
            match child.type:
                case "pair":
                    self._add_pair(result, child, scope, written)
                case "shorthand_property_identifier":
                    name = scope.module.tree.text(child)
                    where = self.locate(child, scope)
                    self._set(result, name, Entry(self.evaluate(child, scope), where, where), written)
                case "method_definition":
                    name = scope.module.tree.text(field(child, "name"))
                    where = self.locate(child, scope)
                    self._set(result, name, Entry(Function(child, scope), where, where), written)
                case "spread_element":
                    self._spread(result, child, scope)
        return result

    def _add_pair(self, result: ObjectValue, node: Node, scope: Scope, written: set[str]) -> None:
        key_node, value_node = field(node, "key"), field(node, "value")
        key = self._key(key_node, scope)
        value = self.located(value_node, scope)
        if isinstance(key, Unknown):
            result.unknown = result.unknown or key
            return
        self._set(result, key, Entry(value.value, self.locate(key_node, scope), value.location), written)

    def _key(self, node: Node, scope: Scope) -> str | Unknown:
        match node.type:
            case "string":
                return string_text(node, scope.module.tree)
            case "computed_property_name":
                return self._text(self._wrapped(node, scope), node, scope)
            case "number":
                return self._text(self._number(node, scope), node, scope)
            case _:
                return scope.module.tree.text(node)

    def _set(self, result: ObjectValue, name: str, entry: Entry, written: set[str]) -> None:
        if name in written:
            self.findings.warning(
                Code.DUPLICATE_KEY,
                f"'{name}' is written twice in one object; only the last one counts.",
                "Remove or rename one of them.",
                entry.key_location,
            )
        written.add(name)
        result.entries[name] = entry

    def _spread(self, result: ObjectValue, node: Node, scope: Scope) -> None:
        value = self.evaluate(node.named_children[0], scope)
        match value:
            case ObjectValue():
                self.spend(len(value.entries))
                result.entries.update(value.entries)
                result.unknown = result.unknown or value.unknown
            case ModuleObject():
                members = module_members(value.module)
                self.spend(len(members))
                result.entries.update(members)
            case None | bool() | int() | float() | Undefined():
                pass  # JavaScript spreads nothing
            case _:
                result.unknown = result.unknown or self._as_unknown(value, node, scope)

    # -- names, members, calls

    def _identifier(self, node: Node, scope: Scope) -> Value:
        name = scope.module.tree.text(node)
        holder = scope.find(name)
        if holder is not None:
            binding = holder.names[name]
            return imported(binding) if isinstance(binding, Import) else binding
        if name in GLOBALS:
            return GLOBALS[name]
        if name in HOST_NAMES:
            return replace(self.unknown(node, scope), is_host=True)
        reason, hint = f"'{name}' is not defined here.", "Upload the file that defines it as well."
        return Unknown(reason, hint, self.locate(node, scope), scope, name)

    def _member(self, node: Node, scope: Scope) -> Value:
        target = self.evaluate(field(node, "object"), scope)
        name_node = field(node, "property")
        return self._property(target, scope.module.tree.text(name_node), node, name_node, scope)

    def _subscript(self, node: Node, scope: Scope) -> Value:
        target = self.evaluate(field(node, "object"), scope)
        index_node = field(node, "index")
        index = self.evaluate(index_node, scope)
        if isinstance(index, Unknown):
            return index
        if isinstance(index, int) and isinstance(target, ListValue):
            if 0 <= index < len(target.items):
                return target.items[index].value
            return target.unknown or UNDEFINED
        name = self._text(index, index_node, scope)
        if isinstance(name, Unknown):
            return name
        return self._property(target, name, node, index_node, scope)

    def _property(self, target: Value, name: str, node: Node, name_node: Node, scope: Scope) -> Value:
        if isinstance(target, Unknown):
            return replace(self.unknown(node, scope), is_host=True) if target.is_host else target
        if isinstance(target, ModuleObject):
            found = exported(target.module, name)
            return UNDEFINED if found is None else found.value
        found_property = find_property(target, name, self.locate(name_node, scope))
        return self.unknown(node, scope) if found_property is None else found_property.value

    def _call_expression(self, node: Node, scope: Scope) -> Value:
        callee = self.evaluate(field(node, "function"), scope)
        arguments_node = field(node, "arguments")
        if arguments_node.type == "template_string":
            return self.unknown(node, scope)
        arguments = ListValue()
        for child in arguments_node.named_children:
            if child.type != "comment":
                self._add_item(arguments, child, scope)
        if isinstance(callee, Unknown) and callee.is_host:
            return replace(self.unknown(node, scope), is_host=True)
        if arguments.unknown is not None and not isinstance(callee, Unknown):
            return arguments.unknown
        return self.call(callee, arguments.items, self.locate(node, scope))

    def _call_function(self, function: Function, arguments: Sequence[Located]) -> Value:
        scope = Scope(function.scope.module, function.scope)
        parameters = function.node.child_by_field_name("parameters")
        single = function.node.child_by_field_name("parameter")
        if single is not None:
            scope.names[scope.module.tree.text(single)] = arguments[0].value if arguments else UNDEFINED
        elif parameters is not None:
            self._bind_parameters(parameters, arguments, scope)
        body = function.node.child_by_field_name("body")
        if body is None:
            return UNDEFINED
        self._depth += 2  # a call takes more of the interpreter's stack than an operator
        try:
            return (
                self._run(self, body, scope) if body.type == "statement_block" else self.evaluate(body, scope)
            )
        finally:
            self._depth -= 2

    def _bind_parameters(self, parameters: Node, arguments: Sequence[Located], scope: Scope) -> None:
        nodes = [p for p in parameters.named_children if p.type != "comment"]
        for position, parameter in enumerate(nodes):
            pattern = parameter.child_by_field_name("pattern") or parameter
            if pattern.type == "rest_pattern":
                bind(self, pattern.named_children[0], ListValue(list(arguments[position:])), scope)
                return
            value = arguments[position].value if position < len(arguments) else UNDEFINED
            default = parameter.child_by_field_name("value")
            if value is UNDEFINED and default is not None:
                value = self.evaluate(default, scope)
            bind(self, pattern, value, scope)

    # -- operators

    def _wrapped(self, node: Node, scope: Scope) -> Value:
        """``(x)``, ``x as T``, ``x satisfies T``, ``x!``, ``await x``: the value of x."""
        inner = [child for child in node.named_children if child.type != "comment"]
        return self.evaluate(inner[0], scope) if inner else UNDEFINED

    def _assertion(self, node: Node, scope: Scope) -> Value:
        return self.evaluate(node.named_children[-1], scope)

    def _ternary(self, node: Node, scope: Scope) -> Value:
        condition = self.evaluate(field(node, "condition"), scope)
        if isinstance(condition, Unknown):
            return condition
        branch = "consequence" if is_truthy(condition) else "alternative"
        return self.evaluate(field(node, branch), scope)

    def _binary(self, node: Node, scope: Scope) -> Value:
        operator = field(node, "operator").type
        left = self.evaluate(field(node, "left"), scope)
        if isinstance(left, Unknown):
            return left
        right_node = field(node, "right")
        match operator:
            case "&&":
                return self.evaluate(right_node, scope) if is_truthy(left) else left
            case "||":
                return left if is_truthy(left) else self.evaluate(right_node, scope)
            case "??":
                return self.evaluate(right_node, scope) if left in (None, UNDEFINED) else left
        right = self.evaluate(right_node, scope)
        if isinstance(right, Unknown):
            return right
        try:
            result = apply_binary(operator, left, right)
        except (ValueError, OverflowError):
            result = None
        return self.unknown(node, scope) if result is None else result

    def _unary(self, node: Node, scope: Scope) -> Value:
        value = self.evaluate(field(node, "argument"), scope)
        if isinstance(value, Unknown):
            return value
        result = apply_unary(field(node, "operator").type, value)
        return self.unknown(node, scope) if result is None else result

    def _assignment(self, node: Node, scope: Scope) -> Value:
        value = self.located(field(node, "right"), scope)
        target = unparenthesized(field(node, "left"))
        match target.type:
            case "identifier":
                name = scope.module.tree.text(target)
                (scope.find(name) or scope).names[name] = value.value
            case "member_expression" | "subscript_expression":
                self._assign_member(target, value, scope)
        return value.value

    def _assign_member(self, target: Node, value: Located, scope: Scope) -> None:
        holder = self.evaluate(field(target, "object"), scope)
        if not isinstance(holder, ObjectValue):
            return
        key_node = target.child_by_field_name("property")
        if key_node is not None:
            key: Value = scope.module.tree.text(key_node)
        else:
            key_node = field(target, "index")
            key = self.evaluate(key_node, scope)
        name = self._text(key, key_node, scope)
        if isinstance(name, Unknown):
            holder.unknown = holder.unknown or name
        else:
            holder.entries[name] = Entry(value.value, self.locate(key_node, scope), value.location)

    def _function(self, node: Node, scope: Scope) -> Value:
        return Function(node, scope)

    def _constant(self, node: Node, scope: Scope) -> Value:
        return {"true": True, "false": False, "null": None}[node.type]

    def _undefined(self, node: Node, scope: Scope) -> Value:
        return UNDEFINED

    _HANDLERS: ClassVar[dict[str, Callable[[Evaluator, Node, Scope], Value]]] = {
        "string": _string,
        "template_string": _template,
        "number": _number,
        "true": _constant,
        "false": _constant,
        "null": _constant,
        "undefined": _undefined,
        "array": _array,
        "object": _object,
        "identifier": _identifier,
        "shorthand_property_identifier": _identifier,
        "member_expression": _member,
        "subscript_expression": _subscript,
        "call_expression": _call_expression,
        "arrow_function": _function,
        "function_expression": _function,
        "parenthesized_expression": _wrapped,
        "as_expression": _wrapped,
        "satisfies_expression": _wrapped,
        "non_null_expression": _wrapped,
        "await_expression": _wrapped,
        "type_assertion": _assertion,
        "ternary_expression": _ternary,
        "binary_expression": _binary,
        "unary_expression": _unary,
        "assignment_expression": _assignment,
    }

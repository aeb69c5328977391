"""The schema's own root fields, interfaces, unions and inputs: GraphQL can hold them together.

They are kept as written, and one that refers to nothing would leave the whole API unable to answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graphql import GraphQLError, parse, print_ast
from graphql.language import ast

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import SCALARS, CustomOperation, FieldKind, Schema
from datamodel.schema.naming import upper_first
from datamodel.schema.rules.embedded_types import endless_names
from datamodel.schema.rules.findings import error, holders, type_names
from datamodel.schema.source import Location
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_own_definitions"]

GENERATED_INPUT = re.compile(r"(?:Model|Searchable)\w+|(?:Create|Update|Delete)\w+Input")
GENERATED_OUTPUT = re.compile(r"(?:Model|Searchable)\w+Connection")
Inputs = Sequence[ast.InputValueDefinitionNode]


@dataclass
class _Definitions:
    """What the schema defines by itself, parsed, with the place of each definition."""

    roots: dict[str, tuple[ast.FieldDefinitionNode, Location | None]] = field(default_factory=dict)
    interfaces: dict[str, tuple[ast.InterfaceTypeDefinitionNode, Location | None]] = field(
        default_factory=dict
    )
    unions: dict[str, tuple[ast.UnionTypeDefinitionNode, Location | None]] = field(default_factory=dict)
    inputs: dict[str, tuple[ast.InputObjectTypeDefinitionNode, Location | None]] = field(default_factory=dict)

    def add(self, definition: CustomOperation) -> None:
        is_root = definition.parent is not None
        text = f"type Root {{ {definition.sdl} }}" if is_root else definition.sdl
        for node in parse(text, no_location=True).definitions:
            name, at = definition.name, definition.location
            match node:
                case ast.ObjectTypeDefinitionNode() if is_root:
                    self.roots[f"{definition.parent}.{name}"] = node.fields[0], at
                case ast.InterfaceTypeDefinitionNode():
                    self.interfaces[name] = node, at
                case ast.UnionTypeDefinitionNode():
                    self.unions[name] = node, at
                case ast.InputObjectTypeDefinitionNode():
                    self.inputs[name] = node, at


def check_own_definitions(schema: Schema) -> Iterator[Problem]:
    """Report own definitions that name nothing, stand in the wrong place, or never end."""
    found = _Definitions()
    for definition in schema.custom_operations:
        found.add(definition)
    names = _Names(schema, found)
    for label, (node, at) in found.roots.items():
        yield from _check_field(label, node, names, at)
    for name, (interface, at) in found.interfaces.items():
        if not interface.fields:
            yield error(Code.EMPTY, f"Interface '{name}' has no fields.", "Give it one.", at)
        for item in interface.fields:
            yield from _check_field(f"{name}.{item.name.value}", item, names, at)
    for name, (union, at) in found.unions.items():
        yield from _check_union(name, union, names, at)
    for name, (given, at) in found.inputs.items():
        if not given.fields:
            yield error(Code.EMPTY, f"Input '{name}' has no fields.", "Give it one.", at)
        yield from _check_inputs(f"Field '{name}.{{}}'", given.fields, names, at)
    yield from _check_endless(found)
    yield from _check_fields_of_types(schema, names)


class _Names:
    """Which types there are, by what they may be used for."""

    def __init__(self, schema: Schema, found: _Definitions) -> None:
        self.plain = SCALARS | {each.name for each in schema.enums}
        self.objects = {each.name for each in schema.models} | {each.name for each in schema.custom_types}
        self.outputs = self.objects | found.interfaces.keys() | found.unions.keys()
        made = {f"{upper_first(each.name)}Input" for each in schema.custom_types}
        self.inputs = found.inputs.keys() | made
        self.suggested = [
            *type_names(schema),
            *found.interfaces,
            *found.unions,
            *found.inputs,
            *sorted(SCALARS),
        ]

    def problem(self, name: str, what: str, at: Location | None, *, is_input: bool) -> Iterator[Problem]:
        """Report a type that is unknown, or has no business in an input (or in an answer)."""
        generated = GENERATED_INPUT if is_input else GENERATED_OUTPUT
        right, wrong = (self.inputs, self.outputs) if is_input else (self.outputs, self.inputs)
        if name in self.plain or name in right:
            return
        if name in wrong:
            kind, hint = (
                ("input", f"Write an input: 'input {name}Input {{ … }}'.") if is_input else ("answer", "")
            )
            yield error(Code.UNSUITABLE_TYPE, f"{what} is '{name}', which is no {kind} type.", hint, at)
        elif not generated.fullmatch(name):
            hint = did_you_mean(name, self.suggested) or f"Define '{name}'."
            yield error(Code.UNKNOWN_TYPE, f"{what} refers to unknown type '{name}'.", hint, at)


def _check_field(
    label: str, node: ast.FieldDefinitionNode, names: _Names, at: Location | None
) -> Iterator[Problem]:
    yield from _check_name(node.name.value, f"Field '{label}'", at)
    yield from names.problem(_named(node.type), f"Field '{label}'", at, is_input=False)
    yield from _check_inputs(f"Argument '{{}}' of '{label}'", node.arguments, names, at)


def _check_inputs(label: str, inputs: Inputs, names: _Names, at: Location | None) -> Iterator[Problem]:
    for item in inputs:
        what = label.format(item.name.value)
        yield from _check_name(item.name.value, what, at)
        yield from names.problem(_named(item.type), what, at, is_input=True)


def _check_name(name: str, what: str, at: Location | None) -> Iterator[Problem]:
    if name.startswith("__"):
        yield error(
            Code.BAD_NAME, f"{what} begins with '__', which GraphQL keeps for itself.", "Rename it.", at
        )


def _check_union(
    name: str, node: ast.UnionTypeDefinitionNode, names: _Names, at: Location | None
) -> Iterator[Problem]:
    members = [member.name.value for member in node.types]
    if not members:
        yield error(Code.EMPTY, f"Union '{name}' has no types.", "Give it one.", at)
    for member in dict.fromkeys(members):
        if members.count(member) > 1:
            yield error(Code.DUPLICATE_TYPE, f"Union '{name}' names '{member}' twice.", "Remove one.", at)
        if member not in names.objects and not GENERATED_OUTPUT.fullmatch(member):
            message = f"Union '{name}' names '{member}', which is no type with fields."
            hint = did_you_mean(member, sorted(names.objects)) or f"Define 'type {member}', or remove it."
            yield error(Code.UNKNOWN_TYPE, message, hint, at)


def _check_endless(found: _Definitions) -> Iterator[Problem]:
    """Report inputs that need others of themselves inside: nobody could ever write one."""
    needed: Mapping[str, set[str]] = {
        name: {
            inner
            for item in node.fields
            if isinstance(item.type, ast.NonNullTypeNode)
            and isinstance(item.type.type, ast.NamedTypeNode)
            and (inner := _named(item.type)) in found.inputs
        }
        for name, (node, _) in found.inputs.items()
    }
    for name in sorted(endless_names(needed)):
        message = f"Input '{name}' needs others inside, and so on without end."
        yield error(Code.UNSUITABLE_TYPE, message, "Make one of its fields optional.", found.inputs[name][1])


def _check_fields_of_types(schema: Schema, names: _Names) -> Iterator[Problem]:
    """Report fields of models and embedded types: an input among their values, wrong arguments."""
    for holder, item in holders(schema):
        label, at = f"{holder.name}.{item.name}", item.type.location or item.location
        if item.type.kind is FieldKind.ABSTRACT:
            yield from names.problem(item.type.name, f"Field '{label}'", at, is_input=False)
        if item.arguments:
            try:
                document = parse(f"input Arguments {{ {item.arguments.strip()[1:-1]} }}", no_location=True)
            except GraphQLError:  # left to the reader
                continue
            for node in document.definitions:
                if isinstance(node, ast.InputObjectTypeDefinitionNode):
                    yield from _check_inputs(
                        f"Argument '{{}}' of '{label}'", node.fields, names, item.location
                    )


def _named(node: ast.TypeNode) -> str:
    """The name inside ``[Post!]!``."""
    return print_ast(node).strip("[]!")

"""Texts to one set of definitions: parsing, joining files, merging extensions, telling names apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import graphql
from graphql import language as ast

from datamodel.schema.codes import Code
from datamodel.schema.dialects.graphql_sdl.nodes import OriginSource, find_directives, locate
from datamodel.schema.errors import Problem, Severity
from datamodel.schema.ir import SCALARS, FieldKind
from datamodel.schema.source import Location, Source
from datamodel.schema.suggest import did_you_mean

__all__ = ["ROOTS", "Document", "TooManyProblemsError", "read_document"]

ROOTS = ("Query", "Mutation", "Subscription")
SETTINGS = "AMPLIFY"
MAX_PROBLEMS = 200

Definition: TypeAlias = ast.TypeDefinitionNode
IGNORABLE = re.compile(r"(?:[\s,\ufeff]|#[^\n\r]*+)*+\Z")


class TooManyProblemsError(Exception):
    """Reading on would only cost time."""


@dataclass(slots=True)
class Document:
    """Every definition of the upload, in the order written, and what was wrong with them."""

    definitions: dict[str, Definition] = field(default_factory=dict)
    own_directives: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    extensions: list[ast.TypeExtensionNode] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    """Names of the object types with ``@model``."""

    def report(self, code: Code, message: str, hint: str = "", node: ast.Node | None = None) -> None:
        """Note an error at ``node``; raise TooManyProblemsError once there are more than anybody reads."""
        self.problems.append(Problem(code, message, hint, locate(node) if node else None))
        if len(self.problems) >= MAX_PROBLEMS:
            raise TooManyProblemsError

    def warn(self, code: Code, message: str, hint: str = "", node: ast.Node | None = None) -> None:
        """Note a warning at ``node``."""
        where = locate(node) if node else None
        self.problems.append(Problem(code, message, hint, where, Severity.WARNING))

    def kind_of(self, name: str) -> FieldKind:
        """Say what a field of type ``name`` holds."""
        if name in SCALARS:
            return FieldKind.SCALAR
        match self.definitions.get(name):
            case ast.ObjectTypeDefinitionNode() as node:
                return FieldKind.MODEL if node.name.value in self.models else FieldKind.CUSTOM
            case ast.EnumTypeDefinitionNode():
                return FieldKind.ENUM
            case None:
                return FieldKind.UNKNOWN
        return FieldKind.ABSTRACT

    def objects(self) -> Iterator[ast.ObjectTypeDefinitionNode]:
        """The object types, the three roots not among them."""
        for name, node in self.definitions.items():
            if isinstance(node, ast.ObjectTypeDefinitionNode) and (name not in ROOTS or name in self.models):
                yield node


def read_document(sources: Sequence[Source], document: Document) -> None:
    """Parse every source and join the definitions into ``document``, noting problems there."""
    written = [source for source in sources if not IGNORABLE.match(source.text)]
    if not written:
        where = Location(sources[0], 1, 1) if sources else None
        hint = "Define a type with '@model'."
        document.problems.append(Problem(Code.EMPTY, "The schema is empty.", hint, where))
    for source in written:
        for node in _parse(source, document):
            _add(node, document)
    for extension in document.extensions:
        _extend(extension, document)
    for name, definition in document.definitions.items():
        if isinstance(definition, ast.ObjectTypeDefinitionNode) and any(find_directives(definition, "model")):
            document.models.add(name)


def _parse(source: Source, document: Document) -> Sequence[ast.DefinitionNode]:
    try:
        return graphql.parse(OriginSource(source)).definitions
    except graphql.GraphQLSyntaxError as error:
        where = Location.at_offset(source, next(iter(error.positions or (0,))))
        message = error.message.removeprefix("Syntax Error: ")
        hint = (
            "Names are made of letters A to Z, digits and '_'."
            if message.startswith("Unexpected char")
            else ""
        )
        document.problems.append(Problem(Code.SYNTAX, f"Syntax error: {message}", hint, where))
    except RecursionError:
        where = Location(source, 1, 1)
        document.problems.append(Problem(Code.TOO_LARGE, "The schema is nested too deeply.", "", where))
    return ()


def _add(node: ast.DefinitionNode, document: Document) -> None:
    match node:
        case ast.ScalarTypeDefinitionNode() if node.name.value in SCALARS:
            return
        case ast.ScalarTypeDefinitionNode():
            name = node.name.value
            hint = did_you_mean(name, SCALARS) or "AppSync has no custom scalars; use one of its own."
            document.report(Code.UNSUITABLE_TYPE, f"Scalar '{name}' is not one of AppSync's.", hint, node)
        case ast.TypeDefinitionNode():
            _define(node, document)
        case ast.TypeExtensionNode():
            document.extensions.append(node)
        case ast.DirectiveDefinitionNode():
            document.own_directives.add(node.name.value)
        case ast.SchemaDefinitionNode() | ast.SchemaExtensionNode():
            _check_roots(node, document)
        case _:
            message = "Only type definitions belong in a schema."
            document.report(Code.NOT_A_DEFINITION, message, "Remove the query or fragment.", node)


def _check_roots(node: ast.SchemaDefinitionNode | ast.SchemaExtensionNode, document: Document) -> None:
    """Refuse root types that are not called by their usual names."""
    for operation in node.operation_types or ():
        usual = operation.operation.value.capitalize()
        if operation.type.name.value != usual:
            message = f"The {operation.operation.value} type must be called '{usual}'."
            document.report(Code.RESERVED_NAME, message, f"Rename it to '{usual}'.", operation.type)


def _define(node: Definition, document: Document) -> None:
    name = node.name.value
    earlier = document.definitions.get(name)
    if earlier is None:
        document.definitions[name] = node
        return
    hint = f"It is already defined at {locate(earlier)}: rename or remove one of them."
    document.report(Code.DUPLICATE_TYPE, f"Type '{name}' is defined more than once.", hint, node)


def _extend(extension: ast.TypeExtensionNode, document: Document) -> None:
    """Join an extension to its type; ``extend type Query`` works without a ``type Query``."""
    name = extension.name.value
    base = document.definitions.get(name)
    if base is None and name in ROOTS and isinstance(extension, ast.ObjectTypeExtensionNode):
        base = ast.ObjectTypeDefinitionNode(
            name=extension.name, description=None, interfaces=(), directives=(), fields=(), loc=extension.loc
        )
    if base is None:
        hint = did_you_mean(name, document.definitions) or f"Define '{name}' first."
        document.report(Code.UNKNOWN_TYPE, f"Type '{name}' is extended and not defined.", hint, extension)
    elif extension.kind.replace("extension", "definition") != base.kind:
        document.report(
            Code.UNSUITABLE_TYPE, f"Type '{name}' is extended as another kind of type.", "", extension
        )
    else:
        document.definitions[name] = _merged(base, extension)


def _merged(base: Definition, extension: ast.TypeExtensionNode) -> Definition:
    """Return ``base`` with the members of ``extension`` appended."""
    members = {key: getattr(base, key) for key in base.keys}
    for key in ("interfaces", "directives", "fields", "types", "values"):
        if key in members:
            members[key] = (*(members[key] or ()), *(getattr(extension, key, None) or ()))
    return type(base)(**members)

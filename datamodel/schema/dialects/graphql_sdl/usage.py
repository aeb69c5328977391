"""Checks on how directives are used: known, in place, once, with arguments that fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import language as ast

from datamodel.schema.codes import Code
from datamodel.schema.dialect import Dialect
from datamodel.schema.dialects.graphql_sdl.directives import DIRECTIVES, FIELD, IGNORED, TYPE, DirectiveRule
from datamodel.schema.dialects.graphql_sdl.document import Document
from datamodel.schema.dialects.graphql_sdl.nodes import locate, plain_value
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_directives", "choose_dialect"]

PLACES = {
    ast.ObjectTypeDefinitionNode: TYPE,
    ast.FieldDefinitionNode: FIELD,
    ast.InterfaceTypeDefinitionNode: "interface",
    ast.UnionTypeDefinitionNode: "union",
    ast.EnumTypeDefinitionNode: "enum",
    ast.InputObjectTypeDefinitionNode: "input",
    ast.EnumValueDefinitionNode: "enum value",
}
GENERATIONS = {Dialect.V1: "version 1", Dialect.V2: "version 2"}
MIGRATED = {
    "key": "Write '@primaryKey' or '@index' on the field.",
    "connection": "Write '@hasOne', '@hasMany' or '@belongsTo'.",
    "primaryKey": "Write '@key(fields: …)' on the type.",
    "index": "Write '@key(name: …, fields: …)' on the type.",
    "hasOne": "Write '@connection'.",
    "hasMany": "Write '@connection'.",
    "belongsTo": "Write '@connection'.",
    "manyToMany": "Write a join model with two '@connection' fields.",
}


def choose_dialect(document: Document) -> Dialect:
    """Return the generation most of the directives belong to; version 2 where none tells."""
    found = [rule.dialect for use, _ in _uses(document) if (rule := DIRECTIVES.get(use.name.value))]
    return Dialect.V1 if found.count(Dialect.V1) > found.count(Dialect.V2) else Dialect.V2


def check_directives(document: Document, dialect: Dialect, told_by: str | None = None) -> None:
    """Report each wrong use of a directive, and warn once of every kind that does nothing here.

    Where the dialect is told, what only Joinery would accept is reported too.
    """
    ignored: set[str] = set()
    for use, owner in _uses(document):
        name = use.name.value
        if name in DIRECTIVES:
            _check_use(use, owner, dialect, told_by, document)
        elif name in IGNORED or name in document.own_directives:
            if name not in ignored:
                ignored.add(name)
                meaning = IGNORED.get(name, "It is your own and means nothing to Joinery.")
                document.warn(Code.IGNORED_DIRECTIVE, f"Directive '@{name}' is ignored.", meaning, use)
        else:
            hint = did_you_mean(f"@{name}", [f"@{known}" for known in (*DIRECTIVES, *IGNORED)])
            document.report(Code.UNKNOWN_DIRECTIVE, f"Unknown directive '@{name}'.", hint, use)
    for owner in _owners(document):
        _check_repeats(owner, document)


def _owners(document: Document) -> Iterator[Any]:
    """Every node that may carry directives."""
    for node in document.definitions.values():
        yield node
        yield from getattr(node, "fields", None) or ()
        yield from getattr(node, "values", None) or ()


def _uses(document: Document) -> Iterator[tuple[ast.DirectiveNode, tuple[Any, Any]]]:
    """Every use of a directive with the node that carries it and the type around that."""
    for definition in document.definitions.values():
        for member in (
            definition,
            *(getattr(definition, "fields", None) or ()),
            *(getattr(definition, "values", None) or ()),
        ):
            for use in member.directives or ():
                yield use, (member, definition)


def _check_use(
    use: ast.DirectiveNode,
    owner: tuple[Any, Any],
    dialect: Dialect,
    told_by: str | None,
    document: Document,
) -> None:
    member, definition = owner
    name = use.name.value
    rule = DIRECTIVES[name]
    place = (
        "input field" if isinstance(member, ast.InputValueDefinitionNode) else PLACES.get(type(member), "")
    )
    if rule.dialect and rule.dialect is not dialect:
        _report_other_dialect(use, rule.dialect, dialect, told_by, document)
        return
    if place not in rule.places:
        hint = f"It belongs on a {' or '.join(sorted(rule.places))}."
        document.report(
            Code.MISPLACED_DIRECTIVE, f"Directive '@{name}' may not be used on {_a(place)}.", hint, use
        )
        return
    if rule.needs_model and definition.name.value not in document.models:
        holder = definition.name.value
        message = f"Directive '@{name}' needs a model, and '{holder}' is none."
        document.report(Code.NEEDS_MODEL, message, f"Add '@model' to type '{holder}'.", use)
        return
    _check_arguments(use, rule, told_by is not None, document)


def _report_other_dialect(
    use: ast.DirectiveNode, own: Dialect, dialect: Dialect, told_by: str | None, document: Document
) -> None:
    """Report a directive of the dialect ``own`` in a schema of ``dialect``."""
    name = use.name.value
    message = f"Directive '@{name}' belongs to {GENERATIONS[own]} of the transformer, "
    hint = MIGRATED.get(name, "Remove it.")
    if told_by:
        message += f"and {told_by} says {GENERATIONS[dialect]}."
        hint += f" If the schema is of {GENERATIONS[own]} after all, choose that: '--dialect {own}'."
    else:
        message += f"the rest of the schema to {GENERATIONS[dialect]}."
    document.report(Code.MIXED_DIALECTS, message, hint, use)


def _a(place: str) -> str:
    return f"an {place}" if place[:1] in "aeiou" else f"a {place}"


def _check_arguments(
    use: ast.DirectiveNode, rule: DirectiveRule, is_strict: bool, document: Document
) -> None:
    name = use.name.value
    given = set()
    for argument in use.arguments:
        key = argument.name.value
        expected = rule.arguments.get(key)
        if expected is None:
            hint = did_you_mean(key, rule.arguments) or _takes(rule)
            message = f"Directive '@{name}' has no argument '{key}'."
            document.report(Code.BAD_ARGUMENT, message, hint, argument)
        elif key in given:
            message = f"Argument '{key}' of '@{name}' is given twice."
            document.report(Code.BAD_ARGUMENT, message, "Remove one.", argument)
        elif not expected.accepts(plain_value(argument.value)):
            message = f"Argument '{key}' of '@{name}' must be {expected.wanted}."
            document.report(Code.BAD_ARGUMENT, message, "", argument)
        given.add(key)
    for key, expected in rule.arguments.items():
        if (expected.is_required or (is_strict and expected.is_required_officially)) and key not in given:
            message = f"Directive '@{name}' needs the argument '{key}'."
            document.report(Code.BAD_ARGUMENT, message, f"Write '@{name}({key}: …)'.", use)


def _takes(rule: DirectiveRule) -> str:
    names = ", ".join(f"'{name}'" for name in rule.arguments)
    return f"It takes {names}." if names else "It takes none."


def _check_repeats(owner: Any, document: Document) -> None:
    """Report a directive that is on the same node twice."""
    seen: dict[str, ast.DirectiveNode] = {}
    for use in owner.directives or ():
        name = use.name.value
        rule = DIRECTIVES.get(name)
        if rule and not rule.is_repeatable and name in seen:
            hint = f"It is already there at {locate(seen[name])}."
            document.report(Code.REPEATED_DIRECTIVE, f"Directive '@{name}' is used twice here.", hint, use)
        seen.setdefault(name, use)

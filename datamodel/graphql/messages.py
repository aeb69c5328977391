"""graphql-core's findings in AppSync's words, which Amplify clients recognise."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from datamodel.graphql.errors import plain_entry

__all__ = ["syntax_entry", "validation_entry", "variable_entry"]

Wording = Callable[[re.Match[str]], str]

VALIDATION: tuple[tuple[re.Pattern[str], Wording], ...] = (
    (
        re.compile(r"^Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'"),
        lambda m: f"FieldUndefined: Field '{m['field']}' in type '{m['type']}' is undefined",
    ),
    (
        re.compile(r"^Unknown argument '(?P<argument>\w+)' on field '(?P<place>[\w.]+)'"),
        lambda m: f"UnknownArgument: Unknown field argument {m['argument']}",
    ),
    (
        re.compile(r"^Unknown type '(?P<type>\w+)'"),
        lambda m: f"UnknownType: Unknown type {m['type']}",
    ),
    (
        re.compile(r"^Variable '\$(?P<name>\w+)' is not defined"),
        lambda m: f"UndefinedVariable: Undefined variable {m['name']}",
    ),
    (
        re.compile(r"^Variable '\$(?P<name>\w+)' of type '(?P<type>[^']+)' used in position"),
        lambda m: f"VariableTypeMismatch: Variable type '{m['type']}' doesn't match its position",
    ),
    (
        re.compile(
            r"^Field '(?P<field>\w+)' argument '(?P<argument>\w+)' of type '(?P<type>[^']+)' is required"
        ),
        lambda m: f"MissingFieldArgument: Missing field argument {m['argument']}",
    ),
    (
        re.compile(r"^Field '(?P<field>\w+)' of type '(?P<type>[^']+)' must have a selection"),
        lambda m: f"SubSelectionRequired: Sub selection required for type {m['type']} of field {m['field']}",
    ),
)

SUGGESTION = re.compile(r" Did you mean [^{]*\?$")

NULL_VARIABLE = re.compile(
    r"^Variable '\$(?P<name>\w+)' of (?:required|non-null) type '(?P<type>[^']+)' (?:was not|must not)"
)
NULL_FIELD = re.compile(
    r"^Variable '\$(?P<name>\w+)' got invalid value .*Field '[\w.]+' of required type '(?P<type>[^']+)' was not",
    re.DOTALL,
)
NULL_VALUE = re.compile(
    r"^Variable '\$(?P<name>\w+)' got invalid value .*Expected non-nullable type '(?P<type>[^']+)' not to be None",
    re.DOTALL,
)
BAD_VALUE = re.compile(r"^Variable '\$(?P<name>\w+)' got invalid value .*?; (?P<why>[^;]*)$", re.DOTALL)


def syntax_entry(error: GraphQLError) -> dict[str, Any]:
    """Return the entry of a document that cannot be read."""
    return plain_entry(error.message, "InvalidSyntaxError", locations=locations(error))


def validation_entry(error: GraphQLError) -> dict[str, Any]:
    """Return the entry of a document that does not fit the API."""
    detail = error.message
    for pattern, wording in VALIDATION:
        if match := pattern.match(error.message):
            detail = wording(match) + suggestion(error.message)
            break
    return plain_entry(
        f"Validation error of type {detail}" if detail != error.message else detail,
        "ValidationError",
        locations=locations(error),
    )


def suggestion(message: str) -> str:
    """Return the names that a message suggests, where it was allowed to."""
    found = SUGGESTION.search(message)
    return f".{found.group()}" if found else ""


def variable_entry(error: GraphQLError) -> dict[str, Any]:
    """Return the entry of variables that do not fit the operation."""
    for pattern in (NULL_VARIABLE, NULL_FIELD, NULL_VALUE):
        if match := pattern.match(error.message):
            name, type_ = match["name"], match["type"]
            text = f"Variable '{name}' has coerced Null value for NonNull type '{type_}'"
            return plain_entry(text, None, locations=locations(error))
    if match := BAD_VALUE.match(error.message):
        return plain_entry(
            f"Variable '{match['name']}' has an invalid value: {match['why']}",
            None,
            locations=locations(error),
        )
    return plain_entry(error.message, None, locations=locations(error))


def locations(error: GraphQLError) -> list[dict[str, Any]]:
    return [{"line": at.line, "column": at.column, "sourceName": None} for at in error.locations or ()]

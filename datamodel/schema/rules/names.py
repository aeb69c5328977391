"""Names: what GraphQL allows, not too long, not reserved."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import SCALARS, Schema
from datamodel.schema.rules.findings import error, holders, named_types
from datamodel.schema.source import Location

__all__ = ["check_name", "check_names"]

NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z", re.ASCII)
MAX_LENGTH = 255
ROOTS = frozenset({"Query", "Mutation", "Subscription"})
METADATA = frozenset({"_version", "_deleted", "_lastChangedAt"})
NOT_ENUM_VALUES = frozenset({"true", "false", "null"})


def check_names(schema: Schema) -> Iterator[Problem]:
    """Report names that cannot be used for types, fields and enum values."""
    roots = [each for each in schema.custom_operations if each.parent is not None]
    for each in (*named_types(schema), *roots):
        yield from check_name(each.name, "Name", each.location)
    yield from _check_types(schema)
    for holder, item in holders(schema):
        yield from check_name(item.name, f"Field name of '{holder.name[:80]}'", item.location)
    for model in schema.models:
        for item in model.fields:
            if item.name in METADATA:
                message = f"Field '{model.name}.{item.name}' has a name that is kept for DataStore."
                yield error(Code.RESERVED_NAME, message, "Rename or remove it.", item.location)
    yield from _check_enums(schema)


def check_name(name: str, what: str, at: Location | None) -> Iterator[Problem]:
    """Report a name that the API could not have; ``what`` begins the sentence."""
    if len(name) > MAX_LENGTH:
        message = f"{what} '{name[:40]}…' has {len(name)} characters; {MAX_LENGTH} are allowed."
        yield error(Code.BAD_NAME, message, "Shorten it.", at)
    elif not NAME.match(name):
        hint = "Use letters, digits and '_', and begin with a letter or '_'."
        yield error(Code.BAD_NAME, f"{what} '{name}' is not a GraphQL name.", hint, at)
    elif name.startswith("__"):
        message = f"{what} '{name}' begins with '__', which GraphQL keeps for itself."
        yield error(Code.BAD_NAME, message, "Rename it.", at)


def _check_types(schema: Schema) -> Iterator[Problem]:
    for each in named_types(schema):
        if each.name in ROOTS:
            message = f"'{each.name}' is a reserved type name."
            yield error(Code.RESERVED_NAME, message, f"Call it '{each.name}Record', for one.", each.location)
        elif each.name in SCALARS:
            message = f"'{each.name}' is the name of a scalar."
            yield error(Code.RESERVED_NAME, message, "Rename the type.", each.location)


def _check_enums(schema: Schema) -> Iterator[Problem]:
    for enum in schema.enums:
        if not enum.values:
            yield error(Code.BAD_NAME, f"Enum '{enum.name}' has no values.", "Give it one.", enum.location)
        for value in enum.values:
            if value.name in NOT_ENUM_VALUES:
                message = f"Enum value '{enum.name}.{value.name}' has a name that means something else."
                yield error(Code.BAD_NAME, message, "Rename it.", enum.location)
            else:
                yield from check_name(value.name, f"Value of enum '{enum.name[:80]}'", enum.location)

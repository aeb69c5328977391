"""What is told of the API itself, and to whom: introspection, and suggestions in error messages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum

from django.conf import settings
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from datamodel.access import Actor, Caller

__all__ = [
    "ANONYMOUS",
    "Introspection",
    "asks_only_of_schema",
    "introspection",
    "is_helped",
    "may_introspect",
]

ANONYMOUS = Caller(Actor("nobody", ""), "none")
"""Who calls without a key."""


class Introspection(StrEnum):
    """Who may ask what the API consists of: `GRAPHQL_INTROSPECTION`."""

    AUTHENTICATED = "authenticated"
    """Whoever has a key."""
    ALL = "all"
    """Everybody."""
    OFF = "off"
    """Nobody but the people of the site."""


def introspection() -> Introspection:
    """Return the setting; a value that means nothing tells nobody anything."""
    name = "GRAPHQL_INTROSPECTION"
    value = getattr(settings, name, None) or os.environ.get(name) or Introspection.AUTHENTICATED
    return Introspection(value) if value in set(Introspection) else Introspection.OFF


def is_helped(caller: Caller) -> bool:
    """Return whether error messages suggest names: to people of the site, and while debugging."""
    return settings.DEBUG or caller.actor.kind == "user"


def may_introspect(*, is_helped: bool) -> bool:
    """Return whether a document may ask what the API consists of.

    People of the site always may: theirs is the schema. Unless DEBUG is on, nobody else is helped.
    """
    return introspection() is not Introspection.OFF or (is_helped and not settings.DEBUG)


def asks_only_of_schema(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Return whether an operation is a query that reads nothing but the API's own description."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    is_query = operation.operation is OperationType.QUERY
    return is_query and _are_meta(operation.selection_set, fragments)


def _are_meta(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> bool:
    for selection in selections.selections:
        match selection:
            case FieldNode(name=name):
                is_meta = name.value.startswith("__")
            case InlineFragmentNode(selection_set=inner):
                is_meta = _are_meta(inner, fragments)
            case FragmentSpreadNode(name=name):
                # Validation has made sure that fragments exist and do not hold themselves.
                is_meta = _are_meta(fragments[name.value].selection_set, fragments)
            case _:
                is_meta = False
        if not is_meta:
            return False
    return True

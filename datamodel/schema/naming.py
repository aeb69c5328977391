"""How names are made from names: letter case, camel-cased keys, root fields of a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from datamodel.schema.plural import pluralize

__all__ = [
    "camel_case",
    "default_query_name",
    "gen2_query_name",
    "lower_first",
    "plural_upper",
    "subscription_name",
    "upper_first",
]

SUBSCRIPTION_NAME_LIMIT = 50


def upper_first(name: str) -> str:
    """Return ``name`` with its first letter in upper case; nothing else changes."""
    return name[:1].upper() + name[1:]


def lower_first(name: str) -> str:
    """Return ``name`` with its first letter in lower case; nothing else changes."""
    return name[:1].lower() + name[1:]


def camel_case(words: Sequence[str]) -> str:
    """Join words in camel case: ``Post``, ``comments``, ``id`` give ``postCommentsId``."""
    return lower_first(words[0]) + "".join(upper_first(word) for word in words[1:])


def plural_upper(model: str) -> str:
    """Return what follows ``list`` and ``sync``: ``Posts``, ``Categories``."""
    return upper_first(pluralize(model))


def default_query_name(model: str, fields: Sequence[str]) -> str:
    """Return the query (and index) name that an ``@index`` without one gets: ``todosByNameAndAge``."""
    return f"{lower_first(pluralize(model))}By{'And'.join(upper_first(name) for name in fields)}"


def gen2_query_name(model: str, fields: Sequence[str]) -> str:
    """Return the query name of a Gen 2 secondary index: ``listTodoByNameAndAge``."""
    return f"list{upper_first(model)}By{'And'.join(upper_first(name) for name in fields)}"


def subscription_name(event: str, model: str, *, is_cut: bool) -> str:
    """Return ``onCreatePost``; a long name is cut to 45 characters and 5 of its hash where ``is_cut``."""
    name = f"{event}{upper_first(model)}"
    if not is_cut or len(name) <= SUBSCRIPTION_NAME_LIMIT:
        return name
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return name[:45] + digest[:5]

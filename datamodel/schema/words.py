"""Names of a schema as words inside a sentence."""

from __future__ import annotations

import re

from datamodel.schema.plural import pluralize

__all__ = ["noun_of", "plural_of", "with_article"]


def noun_of(name: str) -> str:
    """Return a type's name as words: ``post tag`` for ``PostTag``; capitals in a row stay."""
    words = re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z]?[^A-Z_]+|[A-Z]", name)
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words) or name


def plural_of(name: str) -> str:
    """Return ``post tags`` for ``PostTag``."""
    return pluralize(noun_of(name))


def with_article(noun: str) -> str:
    """Return ``an order``, ``a post``."""
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"

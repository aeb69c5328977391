"""Guesses at what was meant."""

from __future__ import annotations

from collections.abc import Iterable

from graphql.pyutils import suggestion_list

__all__ = ["did_you_mean"]

MAX_SUGGESTIONS = 3


def did_you_mean(name: str, options: Iterable[str]) -> str:
    """Return ``Did you mean 'Author'?`` for names near ``name``, or an empty text."""
    if len(name) > 255:
        return ""
    near = suggestion_list(name, [option for option in options if len(option) <= 255])[:MAX_SUGGESTIONS]
    quoted = [f"'{option}'" for option in near]
    if not quoted:
        return ""
    if len(quoted) == 1:
        return f"Did you mean {quoted[0]}?"
    return f"Did you mean {', '.join(quoted[:-1])} or {quoted[-1]}?"

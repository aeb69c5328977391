"""The marks in a statement's text that are no JSON, or that say that there is none."""

from __future__ import annotations

__all__ = ["BLANK", "FAILED_VALUE", "FAILURE", "PAGE", "PART", "RECORD"]

FAILED_VALUE = 127
"""The character that stands for a value which cannot be answered. Hardly a text holds it, and no JSON escapes it."""

FAILURE = f'"{chr(FAILED_VALUE)}"'
"""Stands where a value cannot be answered: the field is then executed without the compiler.

A text that is exactly this one character looks the same; executing it anyhow does no harm.
"""

PAGE, PART = 1, 3
"""The characters around a nested list's position, and between its parts. JSON never holds them raw."""

BLANK = 4
"""The character around the name of a value that is filled in later."""

RECORD = 10
"""A line break before every record of an answer whose records have to be counted."""

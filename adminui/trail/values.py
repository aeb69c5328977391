"""A logged value ready to be drawn, whatever its type was when it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from adminui.forms.controls import to_text
from adminui.forms.moments import spoken_timestamp
from adminui.related import Chip
from adminui.table import in_short
from datamodel.schema.ir import FieldKind, FieldType

__all__ = ["Shown", "as_text", "show_value"]

LONG = 240
"""A text with more characters is cut, with a way to see all of it."""
MOST = 20_000
"""No page shows more of one value."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it: ``kind`` names its look."""

    kind: str
    text: str = ""
    whole: str = ""
    """All of it, where ``text`` is cut."""
    note: str = ""
    """The same in other words: the moment that a number of seconds means."""
    chip: Chip | None = None


def show_value(type: FieldType | None, value: Any) -> Shown:
    """Return how a value is drawn; without a type the field is gone, and the value speaks for itself."""
    if value is None:
        return Shown("none")
    if isinstance(value, bool):
        return Shown("yes" if value else "no")
    if isinstance(value, list | dict):
        return cut("json" if isinstance(value, dict) else "text", in_short(value), kind_when_empty="emptied")
    if type is not None and not type.is_list:
        if type.kind is FieldKind.ENUM:
            return Shown("enum", str(value))
        if type.name == "AWSTimestamp":
            return Shown("text", str(value), note=spoken_timestamp(str(value)))
        if type.name == "AWSDateTime":
            return Shown("moment", str(value))
    return cut("text", to_text(value), kind_when_empty="empty")


def cut(kind: str, text: str, *, kind_when_empty: str) -> Shown:
    """Return a text, long ones in short and whole."""
    if not text:
        return Shown(kind_when_empty)
    if len(text) <= LONG:
        return Shown(kind, text)
    whole = text if len(text) <= MOST else f"{text[:MOST]}…"
    return Shown(kind, f"{text[: LONG - 1].rstrip()}…", whole)


def as_text(type: FieldType | None, value: Any) -> str | None:
    """Return the text to compare line by line; None where the value is none, or better shown as one."""
    if type is not None and type.name == "AWSJSON" and not type.is_list:
        return pretty(value)
    return value if isinstance(value, str) else None


def pretty(value: Any) -> str:
    """Return JSON with a line per member; what is no JSON stays as it is."""
    try:
        parsed = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return str(value)
    return json.dumps(parsed, indent=2, ensure_ascii=False)

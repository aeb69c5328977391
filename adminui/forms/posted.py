"""What a form sent, and which of its buttons was pressed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict

__all__ = ["Action", "Posted", "is_number"]

LONGEST_NUMBER = 15


@dataclass(frozen=True, slots=True)
class Action:
    """A button inside the form: what to do, to which control, at which row."""

    verb: str = ""
    target: str = ""
    row: str = ""

    @classmethod
    def parse(cls, text: str) -> Action:
        verb, _, rest = text.partition(":")
        target, _, row = rest.partition(":")
        return cls(verb, target, row)


def is_number(text: str) -> bool:
    """Return whether a form of ours could have made the number."""
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


class Posted:
    """Typed values by control name; line ends as they were typed, not as browsers send them."""

    def __init__(self, data: QueryDict) -> None:
        self.data = data
        self.used: set[str] = set()

    @cached_property
    def action(self) -> Action:
        return Action.parse(self.data.get("_do", ""))

    def does(self, verb: str, target: str) -> bool:
        """Return whether the pressed button is ``verb`` of the control ``target``."""
        return self.action.verb == verb and self.action.target == target

    def text(self, name: str) -> str | None:
        """Return what was typed into ``name``, None where the form did not have it."""
        self.used.add(name)
        value = self.data.get(name)
        return None if value is None else value.replace("\r\n", "\n").replace("\r", "\n")

    def texts(self, name: str) -> list[str]:
        self.used.add(name)
        return self.data.getlist(name)

    def has(self, name: str) -> bool:
        self.used.add(name)
        return name in self.data

    def json(self, name: str) -> Any:
        """Return the JSON that a hidden field carries, None where it is missing or broken."""
        try:
            return json.loads(self.text(name) or "null")
        except (ValueError, RecursionError):
            return None

    def number(self, name: str) -> int | None:
        """Return the whole number that a hidden field carries, None where it is missing or broken."""
        text = self.text(name) or ""
        return int(text) if is_number(text) else None

    def unused(self, prefix: str) -> dict[str, str]:
        """What was typed into fields that no control asked for: the schema no longer has them."""
        return {
            name: text
            for name in self.data
            if name.startswith(prefix) and name not in self.used and (text := self.text(name))
        }

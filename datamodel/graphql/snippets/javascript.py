"""Statements in JavaScript: objects on one line where they fit, and names that nothing else has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from datamodel.graphql.snippets.printing import INDENT, js_string, js_value
from datamodel.graphql.snippets.story import TAKEN, Plain, Sample, Story
from datamodel.schema.ir import Schema
from datamodel.schema.naming import lower_first, upper_first

__all__ = ["ONE_LINE", "Scope", "array", "indented", "object_lines", "property_line"]

ONE_LINE = 76


class Scope:
    """The names of one piece of code: those of the story's records stay theirs."""

    def __init__(self, story: Story) -> None:
        schema = story.schema
        self.used = {sample.variable for sample in story.samples} | TAKEN
        self.used |= {model.name for model in schema.models} | {enum.name for enum in schema.enums}

    def name(self, wanted: str) -> str:
        """Return ``wanted``, or a name like it that is free; it is taken from then on."""
        wanted = lower_first(wanted)
        candidates = [wanted, f"found{upper_first(wanted)}", *(f"{wanted}{n}" for n in range(2, 100))]
        found = next(name for name in candidates if name not in self.used)
        self.used.add(found)
        return found


def plain_value(schema: Schema, held: Plain, *, enum_objects: bool) -> str:
    return js_value(schema, held.field.type, held.value, enum_objects=enum_objects)


def value_of(schema: Schema, sample: Sample, name: str, *, enum_objects: bool = False) -> str:
    """Return a value as the code knows it: written out, or ``post.id``."""
    held = sample.values[name]
    if isinstance(held, Plain):
        return plain_value(schema, held, enum_objects=enum_objects)
    return f"{held.sample.variable}.{held.name}"


def property_line(name: str, value: str) -> str:
    """Return ``name: value``, or ``name`` alone where they are the same."""
    return name if name == value else f"{name}: {value}"


def object_lines(before: str, properties: Sequence[str], after: str) -> list[str]:
    """Return ``before { a: 1, b: 2 } after`` on one line where it fits, else a property per line."""
    inside = f"{{ {', '.join(properties)} }}" if properties else "{}"
    if len(before) + len(inside) + len(after) <= ONE_LINE:
        return [f"{before}{inside}{after}"]
    return [f"{before}{{", *(f"{INDENT}{each}," for each in properties), f"}}{after}"]


def array(texts: Iterable[str]) -> str:
    return f"[{', '.join(js_string(text) for text in texts)}]"


def indented(lines: Iterable[str]) -> list[str]:
    return [f"{INDENT}{line}" for line in lines]

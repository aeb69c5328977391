"""SQLite's words. Where SQL has none, Python's own functions are called from the statement."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from datamodel.modelgen.fields import HALF, replace_halves
from datamodel.modelgen.in_sql.words import Member, Words, balanced, literal
from datamodel.modelgen.keys import encode_part
from datamodel.modelgen.labels import join_labels, label_text, value_text
from datamodel.modelgen.values import is_json
from datamodel.schema.ir import FieldKind, FieldType, ModelField

__all__ = ["SQLite", "teach"]

MOST_PAIRS = 60
"""SQLite's functions take 127 arguments."""
GREATEST_FLOAT = sys.float_info.max


class SQLite(Words):
    """Expressions for SQLite."""

    def bound(self, expression: str, body: Callable[[str], str]) -> str:
        return body(expression)

    def text(self, expression: str, field: ModelField) -> str:
        if field.type.name == "Float":
            return f"joinery_text({expression})"
        return f"CAST({expression} AS TEXT)" if field.type.name in ("Int", "AWSTimestamp") else expression

    def escaped(self, expression: str) -> str:
        return f"joinery_escaped({expression})"

    def disguised(self, expression: str) -> str:
        return f"'~' || hex(substr({expression}, 1, 1)) || substr({expression}, 2)"

    def first_line(self, expression: str, limit: int) -> str:
        return f"joinery_first_line({expression}, {limit})"

    def value_label(self, expression: str, field: ModelField) -> str:
        shape = f"{literal(field.name)}, {literal(field.type.name)}, {int(field.type.is_list)}"
        return f"joinery_value_label({expression}, {shape})"

    def json_object(self, members: Sequence[Member]) -> str:
        """Return an object: SQLite's own function for plain values, as many as it takes, and text put together."""
        plain = [member for member in members if is_plain(member)][:MOST_PAIRS]
        others = [member for member in members if member not in plain]
        pairs = [f"{literal(member.name)}, {without_bytes(member.expression)}" for member in plain]
        whole = f"json_object({', '.join(pairs)})"
        if not others:
            return whole
        pieces = []
        for position, member in enumerate(others):
            pieces += [
                literal(("{" if position == 0 else ", ") + json.dumps(member.name) + ": "),
                as_json(member),
            ]
        pieces += [literal(", "), f"substr({whole}, 2)"] if plain else [literal("}")]
        return balanced(pieces, "||")


def is_plain(member: Member) -> bool:
    """Return whether SQLite writes every value of the field as Python does: texts and whole numbers."""
    if member.field is None or member.field.type.is_list or member.field.type.kind is FieldKind.CUSTOM:
        return False
    return member.field.type.name not in {"Boolean", "Float"}


def without_bytes(expression: str) -> str:
    """Return the expression with text in the place of bytes, which only SQL by hand can store, and not JSON."""
    return f"CASE WHEN typeof({expression}) = 'blob' THEN joinery_text({expression}) ELSE {expression} END"


def as_json(member: Member) -> str:
    """Return a value as the text of its JSON."""
    expression, field = member.expression, member.field
    if field is None:
        return expression
    if field.type.is_list or field.type.kind is FieldKind.CUSTOM:
        is_odd = f"instr({expression}, '\\u')"
        return f"COALESCE(CASE WHEN {is_odd} THEN joinery_whole({expression}) ELSE {expression} END, 'null')"
    if field.type.name == "Boolean":
        return (
            f"CASE WHEN {expression} IS NULL THEN 'null' WHEN {expression} = 1 THEN 'true' ELSE 'false' END"
        )
    if field.type.name == "Float":
        # SQLite writes fewer digits of a number than it has.
        is_finite = f"typeof({expression}) = 'real' AND abs({expression}) <= {GREATEST_FLOAT!r}"
        return f"CASE WHEN {is_finite} THEN joinery_number({expression}) ELSE joinery_json({expression}) END"
    return f"json_quote({without_bytes(expression)})"


def teach(database: sqlite3.Connection) -> None:
    """Make the functions known that the statements call."""
    database.create_function("joinery_escaped", 1, encode_part, deterministic=True)
    database.create_function("joinery_first_line", 2, first_line, deterministic=True)
    database.create_function("joinery_value_label", 4, value_label, deterministic=True)
    database.create_function("joinery_text", 1, str, deterministic=True)
    database.create_function("joinery_number", 1, repr, deterministic=True)
    database.create_function("joinery_whole", 1, whole, deterministic=True)
    database.create_function("joinery_json", 1, json_text, deterministic=True)


def whole(text: str) -> str:
    """Return JSON without halves of characters, which nobody could read back."""
    return json.dumps(replace_halves(json.loads(text))) if HALF.search(text) else text


def first_line(value: Any, limit: int) -> str:
    return label_text(value if isinstance(value, str) else str(value), limit) if value else ""


def json_text(value: Any) -> str:
    """Return a value as JSON; what JSON has no room for becomes text."""
    return json.dumps(value if is_json(value) else str(value))


def value_label(value: Any, name: str, type_name: str, is_list: int) -> str:
    stored = json.loads(value) if is_list and isinstance(value, str) else value
    text = value_text(field_like(name, type_name, bool(is_list)), stored)
    return join_labels((text,)) if text else ""


@lru_cache(maxsize=256)
def field_like(name: str, type_name: str, is_list: bool) -> ModelField:
    """Return a field with all that its value's words depend on."""
    return ModelField(name, FieldType(type_name, FieldKind.SCALAR, is_list))

"""What people call a record: the field that names it best."""

from __future__ import annotations

import re
from typing import Any

from datamodel.schema.ir import FieldKind, FieldOrigin, Link, ModelField, ModelType, Schema

__all__ = [
    "MAX_LABEL_LENGTH",
    "MAX_PARTS",
    "join_labels",
    "label_field",
    "label_links",
    "label_text",
    "label_value",
    "value_text",
]

MAX_LABEL_LENGTH = 120
MAX_PARTS = 2
"""How many parents, or parents and values, make the label of a record without a text of its own."""

PREFERRED = (
    "name",
    "title",
    "label",
    "username",
    "displayname",
    "fullname",
    "nickname",
    "headline",
    "subject",
    "caption",
    "code",
    "slug",
    "email",
)
TEXTS = ("String", "AWSEmail", "AWSPhone", "AWSURL")
"""Single values of these types name a record by themselves; the first of the list is best."""
DATE_TIME = re.compile(r"(?P<date>[\d-]+)T(?P<time>\d\d:\d\d)[\d:.]*(?P<zone>Z|[+-][\d:]+)")
VALUES = ("AWSDate", "AWSDateTime", "AWSTime", "AWSIPAddress", "Int", "Float")


def label_field(model_type: ModelType) -> ModelField | None:
    """Return the field that names a record best; None where only the key tells records apart."""
    texts = [field for field in model_type.stored_fields if _is_text(field)]
    by_name = {field.name.replace("_", "").lower(): field for field in reversed(texts)}
    for name in PREFERRED:
        if name in by_name:
            return by_name[name]
    others = [field for field in texts if not _is_technical(model_type, field)]
    return min(others, key=lambda field: TEXTS.index(field.type.name), default=None)


def label_links(schema: Schema, model_type: ModelType) -> tuple[Link, ...]:
    """Return the links whose parents name a record; none where a text of its own does."""
    if label_field(model_type) is not None:
        return ()
    order = [field.name for field in model_type.stored_fields]
    links = [link for link in schema.links_from(model_type.name) if link.is_comparable]
    return tuple(sorted(links, key=lambda link: order.index(link.reference_fields[0]))[:MAX_PARTS])


def label_value(schema: Schema, model_type: ModelType) -> ModelField | None:
    """Return the field that helps to name a record without a text: a list of texts, an enum, a date, a number."""
    if label_field(model_type) is not None:
        return None
    references = {name for link in schema.links_from(model_type.name) for name in link.reference_fields}
    values = [
        field
        for field in model_type.stored_fields
        if _is_value(field) and field.name not in references and not _is_technical(model_type, field)
    ]
    return min(values, key=_rank, default=None)


def label_text(value: Any, limit: int = MAX_LABEL_LENGTH) -> str:
    """Return the first line of ``value``, shortened to what a heading can hold; whatever is stored has words."""
    text = str(value)
    if text.isprintable() and len(text) <= limit and "  " not in text and text == text.strip():
        return text
    line = next((line for line in text.splitlines() if line.strip()), "")
    text = " ".join(line.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def join_labels(parts: tuple[str, ...]) -> str:
    """Return the parts as one label, each shortened so that all have room."""
    room = MAX_LABEL_LENGTH // max(len(parts), 1) - 2
    return " · ".join(label_text(part, room) for part in parts)


def value_text(field: ModelField, value: Any) -> str:
    """Return a value in the words of a label; a number says what it counts."""
    if isinstance(value, list):
        return label_text(", ".join(str(item) for item in value if item is not None))
    if value is None:
        return ""
    if field.type.name in ("Int", "Float") and isinstance(value, (int, float)):
        return f"{field.name} {value:g}"
    if field.type.name == "AWSDateTime" and isinstance(value, str):
        return DATE_TIME.sub(spoken_date_time, value)
    return label_text(value)


def spoken_date_time(match: re.Match[str]) -> str:
    """Return a date and time to the minute, its zone apart."""
    zone = "UTC" if match["zone"] == "Z" else match["zone"]
    return f"{match['date']} {match['time']} {zone}"


def _is_text(field: ModelField) -> bool:
    return field.type.kind is FieldKind.SCALAR and not field.type.is_list and field.type.name in TEXTS


def _is_value(field: ModelField) -> bool:
    if field.type.is_list:
        return field.type.kind is FieldKind.SCALAR and field.type.name in TEXTS
    return field.type.kind is FieldKind.ENUM or field.type.name in VALUES


def _rank(field: ModelField) -> int:
    """Lists of texts first, then enums, then the other values in their order."""
    if field.type.is_list:
        return 0
    return 1 if field.type.kind is FieldKind.ENUM else 2 + VALUES.index(field.type.name)


def _is_technical(model_type: ModelType, field: ModelField) -> bool:
    return (
        field.origin is not FieldOrigin.DECLARED
        or field.name in model_type.primary_key
        or field.name in {"id", model_type.created_at, model_type.updated_at}
        or field.name.lower().endswith(("id", "ids"))
    )

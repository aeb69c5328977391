"""Values and objects as text, in GraphQL and in JavaScript."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from typing import Any

from datamodel.schema.ir import FieldKind, FieldType, Schema

__all__ = ["block", "comment_lines", "graphql_value", "js_string", "js_value"]

INDENT = "  "
COMMENT_WIDTH = 76


def graphql_value(schema: Schema, type_: FieldType, value: Any) -> str:
    """Return a value as GraphQL writes it: enum values bare, objects without quoted names."""
    if isinstance(value, list):
        return f"[{', '.join(graphql_value(schema, type_, item) for item in value)}]"
    match type_.kind:
        case FieldKind.ENUM:
            return str(value)
        case FieldKind.CUSTOM:
            fields = {f.name: f.type for f in schema.custom_type(type_.name).fields}
            inner = (f"{name}: {graphql_value(schema, fields[name], item)}" for name, item in value.items())
            return f"{{ {', '.join(inner)} }}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def js_value(schema: Schema, type_: FieldType, value: Any, *, enum_objects: bool) -> str:
    """Return a value as JavaScript writes it; ``enum_objects`` gives ``Status.OPEN`` for ``"OPEN"``."""
    if isinstance(value, list):
        return f"[{', '.join(js_value(schema, type_, item, enum_objects=enum_objects) for item in value)}]"
    match type_.kind:
        case FieldKind.ENUM if enum_objects:
            return f"{type_.name}.{value}"
        case FieldKind.CUSTOM:
            fields = {f.name: f.type for f in schema.custom_type(type_.name).fields}
            inner = (
                f"{name}: {js_value(schema, fields[name], item, enum_objects=enum_objects)}"
                for name, item in value.items()
            )
            return f"{{ {', '.join(inner)} }}"
        case _ if type_.name == "AWSJSON":
            return f"JSON.stringify({js_object(json.loads(value))})"
        case _:
            return js_string(value) if isinstance(value, str) else json.dumps(value)


def js_object(value: dict[str, Any]) -> str:
    """Return a flat object."""
    inner = (f"{js_string(name)}: {json.dumps(item)}" for name, item in value.items())
    return f"{{ {', '.join(inner)} }}"


def js_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def block(opening: str, lines: Iterable[str], closing: str) -> list[str]:
    """Return ``lines`` one step further in, between ``opening`` and ``closing``."""
    return [opening, *(INDENT + line for line in lines), closing]


def comment_lines(mark: str, comments: Iterable[str]) -> list[str]:
    """Return each comment on lines that begin with ``mark``."""
    return [
        f"{mark}{line}" for comment in comments for line in textwrap.wrap(comment, COMMENT_WIDTH - len(mark))
    ]

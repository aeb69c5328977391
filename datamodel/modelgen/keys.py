"""Keys of records as one URL path segment, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from datamodel.schema.ir import ModelType

__all__ = [
    "EMPTY",
    "MAX_KEY_LENGTH",
    "RESERVED_SEGMENTS",
    "SEPARATOR",
    "decode_key",
    "encode_key",
    "encode_part",
]

RESERVED_SEGMENTS = frozenset({"new", "import", "options", "export.csv", "export.json", ".", ".."})
"""Path segments that mean something else; an encoded key is never equal to one of them."""

MAX_KEY_LENGTH = 2048
"""The longest encoded key; the change log has it in an index."""

SEPARATOR = ","
EMPTY = "~"

_UNSAFE = re.compile(rb"[^A-Za-z0-9_.@-]")
_PLAIN_PART = re.compile(r"[A-Za-z0-9_.@-]+")
_ESCAPE = re.compile(rb"~([0-9A-F]{2})")
_ENCODED_PART = re.compile(r"(?:[A-Za-z0-9_.@-]|~[0-9A-F]{2})+")


def encode_key(parts: Sequence[Any]) -> str:
    """Return the key as one path segment: ``a/b`` becomes ``a~2Fb``, parts are joined by commas."""
    encoded = SEPARATOR.join(encode_part(part) for part in parts)
    if encoded in RESERVED_SEGMENTS:
        return f"~{ord(encoded[0]):02X}{encoded[1:]}"
    return encoded


def decode_key(model_type: ModelType, text: str) -> dict[str, Any]:
    """Return the key's values by field name; raise ValueError where ``text`` is no key of the model."""
    parts = text.split(SEPARATOR)
    if len(parts) != len(model_type.primary_key):
        raise ValueError(f"A key of {model_type.name} has {len(model_type.primary_key)} parts.")
    return {
        name: _decode_part(model_type.field(name).type.name, part)
        for name, part in zip(model_type.primary_key, parts, strict=True)
    }


def encode_part(part: Any) -> str:
    """Return one value of a key with all but the plain characters escaped; ``~`` for the empty text."""
    if isinstance(part, bool):
        part = "true" if part else "false"
    text = str(part)
    if _PLAIN_PART.fullmatch(text):
        return text
    if not text:
        return EMPTY
    return _UNSAFE.sub(lambda match: b"~%02X" % ord(match[0]), text.encode()).decode()


def _decode_part(type_name: str, part: str) -> Any:
    if part == EMPTY:
        text = ""
    elif _ENCODED_PART.fullmatch(part):
        text = _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), part.encode()).decode()
    else:
        raise ValueError(f"'{part}' is no part of a key.")
    match type_name:
        case "Int" | "AWSTimestamp":
            return int(text)
        case "Float":
            return float(text)
        case "Boolean":
            return text == "true"
        case _:
            return text

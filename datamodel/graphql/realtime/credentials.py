"""Where a client puts its key when it opens a socket: the subprotocol, the query string, or the headers."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from datamodel.graphql.http import Headers

__all__ = ["key_in", "offered_key"]

PREFIX = "header-"


def offered_key(subprotocols: Sequence[str], query: bytes, headers: Headers) -> str | None:
    """Return the key of a handshake, None where there is none to be read.

    Version 6 clients put a header object into a subprotocol, older ones into the query string, both in
    base64; Android and Swift send plain headers.
    """
    for name in subprotocols:
        if name.startswith(PREFIX):
            return key_in(decode(name[len(PREFIX) :]))
    given = parse_qs(query.decode("latin-1")).get("header")
    if given:
        return key_in(decode(given[0]))
    keys = headers.all("x-api-key")
    return keys[0].strip() if len(keys) == 1 else None


def key_in(header: Mapping[str, Any]) -> str | None:
    """Return the API key in a header object, whatever its case; objects may hold it under `headers`."""
    for name, value in header.items():
        if name.lower() == "x-api-key" and isinstance(value, str):
            return value.strip()
    inner = header.get("headers")
    return key_in(inner) if isinstance(inner, Mapping) else None


def decode(text: str) -> Mapping[str, Any]:
    """Return the object in base64 of either alphabet, padded or not; an empty one where there is none."""
    plain = text.replace("-", "+").replace("_", "/").replace(" ", "+").rstrip("=")
    try:
        content = json.loads(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}

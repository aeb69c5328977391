"""Admission: what a request's headers come to, kept for the next request that sends the same ones."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.signals import setting_changed

__all__ = ["Admission", "Admissions", "request_id"]

JUDGED = frozenset(
    {
        b"accept",
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"origin",
        b"x-api-key",
        b"x-forwarded-for",
    }
)
"""The headers that decide whether and how a request is answered."""

KEPT = 1_000
DIGITS = 5
"""Of the length of a body that no limit is likely to refuse."""

Look = tuple[Any, ...]
Pairs = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """What is known of a POST by its headers."""

    key: str
    key_hash: str
    address: str
    content_type: str
    headers: Pairs
    """The answer's headers, but for those that every answer has its own of."""
    is_rated: bool
    """True where calls are counted."""


class Admissions:
    """The admissions of those heard of last."""

    def __init__(self) -> None:
        self.kept: OrderedDict[Look, Admission] = OrderedDict()
        setting_changed.connect(self.forget)

    def find(self, scope: Mapping[str, Any]) -> Admission | None:
        """Return what is known of a request, None where its headers are new, or where it is no POST."""
        if not self.kept or scope["method"] != "POST" or scope["path"] != "/graphql":
            return None
        if any(name == b"content-length" and len(value) > DIGITS for name, value in scope["headers"]):
            # Perhaps longer than allowed.
            return None
        return self.kept.get(look_of(scope))

    def keep(self, scope: Mapping[str, Any], admission: Admission) -> None:
        self.kept[look_of(scope)] = admission
        while len(self.kept) > KEPT:
            self.kept.popitem(last=False)

    def forget(self, **_signal: Any) -> None:
        """Judge all headers anew: tests change settings."""
        self.kept.clear()


def look_of(scope: Mapping[str, Any]) -> Look:
    """Return what an admission depends on."""
    client = scope.get("client")
    return client and client[0], *[pair for pair in map(tuple, scope["headers"]) if pair[0] in JUDGED]


def request_id() -> bytes:
    """Return a random id, in the form that clients know."""
    # It names a request and guards nothing: the system need not be asked.
    text = f"{random.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}".encode()

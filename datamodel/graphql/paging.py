"""Pages: limits, the order of records, and the token that continues after the last one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from datamodel.access import Actor
from datamodel.graphql.errors import BadRequest
from datamodel.graphql.expressions import RowAfter
from datamodel.graphql.filters import NOTHING
from datamodel.graphql.slots import Slot, known
from datamodel.limits import get_limit

__all__ = [
    "Order",
    "Page",
    "Position",
    "Scope",
    "after",
    "invalid_token",
    "make_token",
    "null_places",
    "ordering",
    "read_page",
    "read_token",
]

SALT = "joinery.nextToken"
MAC_BYTES = 18

# `json.dumps` would make an encoder with every call.
IN_ORDER = json.JSONEncoder(sort_keys=True, default=str)
COMPACT = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Order:
    """One attribute that records are ordered by; missing values come first, or last when descending."""

    attribute: str
    is_descending: bool = False
    is_nullable: bool = False

    def expression(self) -> OrderBy:
        if not self.is_nullable:
            # The databases' own order, which their indexes have.
            return OrderBy(F(self.attribute), descending=self.is_descending)
        if self.is_descending:
            return F(self.attribute).desc(nulls_last=True)
        return F(self.attribute).asc(nulls_first=True)

    def past(self, value: Any) -> Q:
        """Return the condition that a record comes after one with this value."""
        name = self.attribute
        if not self.is_nullable:
            return Q(**{f"{name}__{'lt' if self.is_descending else 'gt'}": value})
        if not self.is_descending:
            return Q(**{f"{name}__isnull": False}) if value is None else Q(**{f"{name}__gt": value})
        if value is None:
            return NOTHING
        return Q(**{f"{name}__lt": value}) | Q(**{f"{name}__isnull": True})

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.attribute}__isnull": True}) if value is None else Q(**{self.attribute: value})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token belongs to: a field with its arguments. Nobody else's token continues it."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Without limit and token: these may change from page to page."""

    def digest(self, actor: Actor) -> str:
        """Return a short text that tells this query of this caller from every other."""
        parts = [self.name, self.arguments, actor.kind, actor.name]
        return hashlib.sha256(IN_ORDER.encode(parts).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked of a list: how many records, in what order, after which position."""

    limit: int
    orders: tuple[Order, ...]
    scope: Scope
    token: str | Slot | None = None
    is_sync: bool = False
    """True where every page tells the time that the first one told."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes whose values make up a position."""
        return tuple(order.attribute for order in self.orders)


@dataclass(frozen=True, slots=True)
class Position:
    """What a token says: the values of the last record, and the key of the parent whose list it is.

    A sync's list has no parent; there the first page's time is kept in that place.
    """

    values: tuple[Any, ...]
    parent: tuple[Any, ...] = ()


def read_page(
    name: str, orders: Sequence[Order], arguments: Mapping[str, Any], default: int | None = None
) -> Page:
    """Return the page that a list field's arguments ask for; raise BadRequest for a limit out of range."""
    given = {n: v for n, v in arguments.items() if n not in {"limit", "nextToken"} and v is not None}
    limit = read_limit(known(arguments.get("limit")), default)
    return Page(limit, tuple(orders), Scope(name, given), arguments.get("nextToken"))


def ordering(orders: Sequence[Order]) -> list[OrderBy]:
    return [order.expression() for order in orders]


def after(orders: Sequence[Order], position: Sequence[Any]) -> Q:
    """Return the condition that a record comes after ``position`` in the order."""
    directions = {order.is_descending for order in orders}
    if len(orders) > 1 and len(directions) == 1 and not any(order.is_nullable for order in orders):
        names = [order.attribute for order in orders]
        return Q(RowAfter(names, position, is_descending=directions.pop()))
    condition, prefix = NOTHING, Q()
    for order, value in zip(orders, position, strict=True):
        condition |= prefix & order.past(value)
        prefix &= order.same(value)
    return condition


def read_limit(given: int | None, default: int | None = None) -> int:
    """Return the page size asked for, else the default; refuse what is out of range."""
    largest = get_limit("LIST_MAX_LIMIT")
    if given is None:
        return min(default or get_limit("LIST_DEFAULT_LIMIT"), largest)
    if not 1 <= given <= largest:
        raise BadRequest(f"'limit' is between 1 and {largest}, not {given}.")
    return given


def make_token(digest: str, position: Position) -> str:
    """Return the opaque token of the page after the record at ``position``."""
    content = [digest, list(position.values), list(position.parent)]
    text = encode(COMPACT.encode(content).encode())
    return f"{text}.{signature(settings.SECRET_KEY, text)}"


def read_token(token: str, digest: str, width: int, parents: int = 0) -> Position:
    """Return the position a token stands for; refuse one that was altered or belongs to another query."""
    text, _, mac = token.rpartition(".")
    keys = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    if not token.isascii() or not any(hmac.compare_digest(mac, signature(key, text)) for key in keys):
        raise invalid_token()
    found, values, parent = json.loads(decode(text))
    if found != digest or len(values) != width or len(parent) != parents:
        raise invalid_token()
    return Position(tuple(values), tuple(parent))


def null_places(token: str) -> tuple[int, ...]:
    """Return which values of a position are missing; nothing is known of a text that is no token."""
    try:
        _, values, _ = json.loads(decode(token.rpartition(".")[0]))
        return tuple(place for place, value in enumerate(values) if value is None)
    except (ValueError, TypeError, RecursionError):
        return ()


def invalid_token() -> BadRequest:
    return BadRequest("Invalid pagination token given.")


def signature(secret: str, text: str) -> str:
    return encode(hmac.digest(signing_key(secret), text.encode(), "sha256")[:MAC_BYTES])


@lru_cache(maxsize=8)
def signing_key(secret: str) -> bytes:
    return hashlib.sha256(f"{SALT} {secret}".encode()).digest()


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

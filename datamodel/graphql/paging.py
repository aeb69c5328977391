"""Pages: limits, the order of records, and the token that continues after the last one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from datamodel.graphql.errors import BadRequest
from datamodel.graphql.filters import NOTHING
from datamodel.limits import get_limit

__all__ = ["Order", "Page", "after", "make_token", "ordering", "read_limit", "read_token"]

SALT = "joinery.nextToken"


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
class Page:
    """What is asked of a list: how many records, in what order, after which position."""

    limit: int
    orders: tuple[Order, ...]
    position: tuple[Any, ...] | None
    scope: str
    """Names the query that a token of this page belongs to."""

    @property
    def condition(self) -> Q:
        return after(self.orders, self.position) if self.position is not None else Q()

    def token_after(self, values: Sequence[Any]) -> str:
        return make_token(self.scope, values)


def ordering(orders: Sequence[Order]) -> list[OrderBy]:
    return [order.expression() for order in orders]


def after(orders: Sequence[Order], position: Sequence[Any]) -> Q:
    """Return the condition that a record comes after ``position`` in the order."""
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


def scope_of(*parts: Any) -> str:
    """Return a short digest of what makes a query this query and no other."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def make_token(scope: str, values: Sequence[Any]) -> str:
    """Return the opaque token of the page after the record with these values."""
    return signing.Signer(salt=SALT).sign_object({"s": scope, "v": list(values)})


def read_token(token: str | None, scope: str, width: int) -> tuple[Any, ...] | None:
    """Return the position a token stands for; refuse one that was altered or belongs to another query."""
    if token is None:
        return None
    try:
        content = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise BadRequest("Invalid pagination token given.") from error
    if content.get("s") != scope or len(content.get("v", ())) != width:
        raise BadRequest("Invalid pagination token given.")
    return tuple(content["v"])

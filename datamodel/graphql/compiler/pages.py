"""The pages of a compiled field: where they begin, by the tokens of each request, and the tokens they end with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import Q

from datamodel.access import Actor
from datamodel.graphql.compiler.conditions import field_of
from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.paging import Page, Position, Scope, after, make_token, null_places, read_token
from datamodel.graphql.slots import PAGES, Binding, Looks, Slot, known, resolve
from datamodel.modelgen import Record

__all__ = ["PagePlan", "Pages"]


class Digests:
    """The digests of a scope whose arguments each request fills. Clients ask with the same values again and again."""

    MOST = 256
    LONGEST = 200
    """Characters of a text among the values that are kept."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.bindings = tuple(bindings_in(scope.arguments))
        self.known: dict[tuple[Any, ...], str] = {}

    def find(self, values: Mapping[str, Any], actor: Actor) -> str:
        """Return the digest of a request's scope."""
        key = (actor.kind, actor.name, *[binding.bind(values) for binding in self.bindings])
        found = self.known.get(key)
        if found is None:
            found = Scope(self.scope.name, resolve(self.scope.arguments, values)).digest(actor)
            if all(type(part) is not str or len(part) <= self.LONGEST for part in key):
                if len(self.known) >= self.MOST:
                    self.known.clear()
                self.known[key] = found
        return found


def bindings_in(value: Any) -> Iterator[Binding]:
    """Yield what a request fills in, in a structure of a scope."""
    match value:
        case Binding():
            yield value
        case Mapping():
            yield from chain.from_iterable(map(bindings_in, value.values()))
        case list() | tuple():
            yield from chain.from_iterable(map(bindings_in, value))


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page of one request after the other. Positions are told by the values that records are ordered by."""

    number: int
    page: Page
    parents: int
    """How many values tell whose list a token continues; 0 for a root field."""
    digests: Digests

    def begin(self, values: Mapping[str, Any], actor: Actor) -> tuple[Any, ...]:
        """Return the position of the request's token, then whose list it is; raise BadRequest."""
        if self.page.token is None:
            return ()
        token = resolve(self.page.token, values)
        position = read_token(token, self.digest(values, actor), len(self.page.orders), self.parents)
        return position.values + position.parent

    @property
    def continues_sync(self) -> bool:
        """Return whether the page's token tells when the sync began."""
        return self.page.is_sync and self.page.token is not None

    def token(self, values: Mapping[str, Any], actor: Actor, position: Position) -> str:
        """Return the token of the page after a record."""
        return make_token(self.digest(values, actor), position)

    def digest(self, values: Mapping[str, Any], actor: Actor) -> str:
        return self.digests.find(values, actor)


class Pages:
    """Collects the pages of a field while it is lowered."""

    def __init__(self, looks: Looks) -> None:
        self.looks = looks
        self.plans: list[PagePlan] = []

    def add(self, page: Page, parents: Sequence[Field]) -> PagePlan:
        """Add a page whose list belongs to a parent told by these fields."""
        plan = PagePlan(len(self.plans), page, len(parents) or int(page.is_sync), Digests(page.scope))
        self.plans.append(plan)
        return plan

    def past(self, model: type[Record], plan: PagePlan) -> Q:
        """Return the condition that a record comes after the position of the request's token."""
        page = plan.page
        if page.token is None:
            return Q()
        # Where values may be missing, the condition depends on which of them are.
        missing = known(page.token, null_places) if any(o.is_nullable for o in page.orders) else ()
        position = [
            None if place in missing else self.slot(plan, place, field_of(model, order.attribute))
            for place, order in enumerate(page.orders)
        ]
        return after(page.orders, position)

    def parent(self, plan: PagePlan, fields: Sequence[Field]) -> tuple[Slot, ...]:
        """Return the slots of whose list the request's token continues; none where there is no token."""
        if plan.page.token is None:
            return ()
        first = len(plan.page.orders)
        return tuple(self.slot(plan, place, field) for place, field in enumerate(fields, first))

    def slot(self, plan: PagePlan, place: int, field: Field) -> Slot:
        return Slot((PAGES, plan.number, place), example_of(field), self.looks)


def example_of(field: Field) -> Any:
    """Return a value of the field's type, which tells the type of its parameters."""
    match field:
        case models.BigIntegerField():
            return 2**40
        case models.IntegerField():
            return 0
        case models.FloatField():
            return 0.0
    return ""

"""What every resolver of one request shares: the pinned data model, the caller, the time that is left."""

from __future__ import annotations

import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import OperationalError, connection

from datamodel.access import Caller, Permissions
from datamodel.changes import syncing
from datamodel.graphql.compiler.answers import CompiledField, Irregular, JsonText, TupleRows
from datamodel.graphql.compiler.plans import OperationPlan, Outcome
from datamodel.graphql.compiler.sqlite import is_unreadable
from datamodel.graphql.errors import LimitExceeded, Unauthorized
from datamodel.graphql.slots import NOW
from datamodel.limits import get_limit
from datamodel.registry import DataModel

__all__ = ["RequestContext", "permissions_of"]


_permissions: weakref.WeakKeyDictionary[DataModel, dict[str, Permissions]] = weakref.WeakKeyDictionary()


def permissions_of(datamodel: DataModel, scope: str) -> Permissions:
    """Return what callers of a scope may do, worked out once per data model."""
    scopes = _permissions.setdefault(datamodel, {})
    return scopes.get(scope) or scopes.setdefault(scope, Permissions(datamodel.schema, scope))


def default_deadline() -> float:
    return time.monotonic() + get_limit("GRAPHQL_TIMEOUT_S")


@dataclass(eq=False)
class RequestContext:
    """One request. ``answers`` keeps what was read, for equal reads under another alias."""

    datamodel: DataModel
    caller: Caller
    deadline: float = field(default_factory=default_deadline)
    answers: dict[Any, Any] = field(default_factory=dict)
    nodes: int = 0
    cost: int = 0
    plan: OperationPlan | None = None
    """How root fields are answered without being executed."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The variables, coerced."""
    has_written: bool = False
    """True once a mutation field was written: the request cannot be answered as if nothing had happened."""

    @property
    def permissions(self) -> Permissions:
        """What the caller may do; shared by the callers of one scope."""
        return permissions_of(self.datamodel, self.caller.scope)

    @cached_property
    def started_at(self) -> int:
        """What clients that sync are told as the time of this request: asked for before anything is read."""
        return syncing.started_at()

    def require(self, model: str, operation: str, field_name: str, type_name: str) -> None:
        """Raise Unauthorized unless the caller may do ``operation`` with the records of ``model``."""
        if not self.permissions.may(model, operation):
            raise Unauthorized(field_name, type_name)

    def spend_cost(self, records: int) -> None:
        """Count records that may be answered with, before any is read; raise LimitExceeded past the limit."""
        self.cost += records
        if self.cost > get_limit("GRAPHQL_MAX_COST"):
            raise LimitExceeded(
                f"The answers might hold more than {get_limit('GRAPHQL_MAX_COST')} records. Ask for less with 'limit'."
            )

    def spend(self, nodes: int) -> None:
        """Count records that go into the answer; raise LimitExceeded past the limit or the time allowed."""
        self.nodes += nodes
        if self.nodes > get_limit("GRAPHQL_MAX_RESULT_NODES"):
            raise LimitExceeded(
                f"The answer holds more than {get_limit('GRAPHQL_MAX_RESULT_NODES')} records."
            )
        if time.monotonic() > self.deadline:
            raise LimitExceeded(f"The request took longer than {get_limit('GRAPHQL_TIMEOUT_S')} seconds.")

    def outcome(self, key: str) -> Outcome:
        """Return how the root field of a response key is answered; None where it is executed."""
        return self.plan.outcome(key) if self.plan is not None else None

    def read(self, field: CompiledField, more: Mapping[str, Any] | None = None) -> JsonText:
        """Answer a compiled field on the thread's own connection, within its transaction.

        Raise Irregular where it has to be executed, ApiError where it cannot be answered.
        """
        values = {**self.values, **(more or {})}
        if field.is_timed:
            values[NOW] = self.started_at
        request = field.begin(values, self.caller.actor)
        try:
            with connection.cursor() as cursor:
                cursor.execute(field.statement.text, field.statement.bind(request.values))
                rows = TupleRows(cursor.fetchall())
        except OperationalError as error:
            if is_unreadable(error):
                raise Irregular from error
            raise
        self.spend(0)
        return JsonText(field.answer(rows, request))

"""What every resolver of one request shares: the pinned data model, the caller, the time that is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from datamodel import access
from datamodel.access import Caller
from datamodel.graphql.errors import LimitExceeded, Unauthorized
from datamodel.limits import get_limit
from datamodel.registry import DataModel

__all__ = ["RequestContext"]


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

    def may(self, model: str, operation: str) -> bool:
        """Return whether the caller may do ``operation`` with the records of ``model``."""
        schema = self.datamodel.schema
        return access.may(self.caller, schema.model(model), operation, schema=schema)

    def require(self, model: str, operation: str, field_name: str, type_name: str) -> None:
        """Raise Unauthorized unless the caller may do ``operation``."""
        if not self.may(model, operation):
            raise Unauthorized(field_name, type_name)

    def spend(self, nodes: int) -> None:
        """Count records that go into the answer; raise LimitExceeded past the limit or the time allowed."""
        self.nodes += nodes
        if self.nodes > get_limit("GRAPHQL_MAX_RESULT_NODES"):
            raise LimitExceeded(
                f"The answer holds more than {get_limit('GRAPHQL_MAX_RESULT_NODES')} records."
            )
        if time.monotonic() > self.deadline:
            raise LimitExceeded(f"The request took longer than {get_limit('GRAPHQL_TIMEOUT_S')} seconds.")

"""The transaction of a write: begun with the version check, retried where the database asks for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from datamodel.modelgen.clock import not_before
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.registry import DataModel, lock_version
from datamodel.turns import turn

__all__ = ["transact"]

T = TypeVar("T")

RETRIES = 5
PAUSE_S = (0.01, 0.05)
"""Waited before the first repetition, twice as long before the second, and so on."""

_locked: ContextVar[DataModel | None] = ContextVar("joinery_locked", default=None)
"""The data model whose version the outermost transaction has locked."""

POSTGRESQL_TRANSIENT = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available."""

POSTGRESQL_FOREIGN_KEY = "23503"
SQLITE_FOREIGN_KEY = "FOREIGN KEY constraint failed"


def transact(datamodel: DataModel, work: Callable[[], T]) -> T:
    """Run ``work`` in one transaction of the data model's version and return its answer.

    Nests: inside another transaction it becomes part of that one. Outermost, it runs again, up to five
    times, when the database reports a deadlock, a lock it could not get, or a reference that came loose
    meanwhile. Raise DatabaseBusy after that, and SchemaChanged where another version is active.
    """
    if connection.in_atomic_block:
        return run_inside(datamodel, work)
    failure: Exception | None = None
    for attempt in range(1 + RETRIES):
        if attempt:
            # Those it was in the way of go first: begun anew at once, it would be in their way again.
            time.sleep(random.uniform(*PAUSE_S) * attempt)  # noqa: S311 - a moment, not a secret
        try:
            return run_outermost(datamodel, work)
        except (OperationalError, IntegrityError) as error:
            if not is_transient(error):
                raise
            failure = error
    raise DatabaseBusy from failure


def run_outermost(datamodel: DataModel, work: Callable[[], T]) -> T:
    """Run ``work`` once; all of it happens or nothing."""
    with turn(), transaction.atomic():
        return run_locked(datamodel, work)


def run_inside(datamodel: DataModel, work: Callable[[], T]) -> T:
    """Run ``work`` as a part of the transaction around it, which goes on where the part fails."""
    with transaction.atomic():
        return work() if _locked.get() is datamodel else run_locked(datamodel, work)


def run_locked(datamodel: DataModel, work: Callable[[], T]) -> T:
    """Run ``work`` with the version locked, and no change of it dated before what it follows."""
    with not_before(lock_version(datamodel)):
        token = _locked.set(datamodel)
        try:
            return work()
        finally:
            _locked.reset(token)


def is_transient(error: OperationalError | IntegrityError) -> bool:
    """Return whether the same work may succeed when it is run again.

    A foreign key that fails at commit may: the second run finds the children or misses the parent.
    """
    code = getattr(error.__cause__, "sqlstate", None)
    if isinstance(error, IntegrityError):
        return code == POSTGRESQL_FOREIGN_KEY or SQLITE_FOREIGN_KEY in str(error)
    return code in POSTGRESQL_TRANSIENT or "locked" in str(error)

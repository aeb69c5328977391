"""Apply a plan: one at a time, in one transaction, all or nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.db.migrations.operations.base import Operation

from datamodel import registry
from datamodel.migrator.clearing import clear_dangling
from datamodel.migrator.errors import ApplyBusy, MigrationRefused, StalePlan
from datamodel.migrator.history import read_base, record_version, replay_state, sources_to_json
from datamodel.migrator.plan import Plan, make_plan
from datamodel.migrator.removals import remove_lacking
from datamodel.migrator.steps import PlanStep
from datamodel.modelgen import APP_LABEL
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.models import SchemaVersion
from datamodel.registry import DataModel
from datamodel.schema import encode_schema
from datamodel.turns import turn

__all__ = ["apply_plan"]

ADVISORY_LOCK = 0x6A6F696E
"""The number by which PostgreSQL knows the lock of a schema change: "join"."""
WAIT_FOR_TABLES = "10s"
BUSY = "Another schema change is under way, or writes take too long to end. Try again in a moment."
MISSING_LOCK = {"55P03", "40P01"}
"""PostgreSQL's codes for a lock that was not to be had: not available, deadlock."""

_one_at_a_time = threading.Lock()


def apply_plan(plan: Plan, *, allow_destructive: bool = False, summary: str = "") -> DataModel:
    """Bring tables, records and API to the plan's schema, and activate it.

    Raises MigrationRefused where a question is open or a destructive step lacks consent, StalePlan
    where the base moved or the records changed what the plan says, ApplyBusy where another change is
    under way. Whatever is raised, everything is as before.
    """
    refuse_unless_agreed(plan, allow_destructive)
    with _exclusive(), _foreign_keys_set_aside(), _busy_told(), turn(), transaction.atomic(durable=True):
        _lock_activation(plan)
        fresh = _plan_again(plan, allow_destructive)
        if not fresh.is_empty:
            remove_lacking(registry.current(), fresh.removals)
            clear_dangling(registry.current(), fresh.clearings)
            _run(fresh.operations)
            _record(fresh, summary)
    return registry.current()


def refuse_unless_agreed(plan: Plan, allow_destructive: bool) -> None:
    """Raise MigrationRefused for open questions, records in the way, or missing consent."""
    if blocked := [step for step in plan.steps if step.blocker]:
        raise MigrationRefused(" ".join(step.blocker for step in blocked), blocked)
    if asked := [question for question in plan.questions if question.is_blocking]:
        raise MigrationRefused(" ".join(question.text for question in asked))
    destructive = [step for step in plan.steps if step.is_destructive]
    if destructive and not allow_destructive:
        texts = "; ".join(step.text for step in destructive)
        raise MigrationRefused(f"The plan loses data and needs explicit consent: {texts}.", destructive)


def _plan_again(plan: Plan, allow_destructive: bool) -> Plan:
    """Plan anew now that nobody writes; raise StalePlan where something else would be lost than was shown."""
    fresh = make_plan(plan.sources, plan.options, select=plan.select)
    shown = {_identity(step) for step in plan.steps if step.is_destructive or step.blocker}
    news = [s for s in fresh.steps if (s.is_destructive or s.blocker) and _identity(s) not in shown]
    if news:
        texts = "; ".join(step.text for step in news)
        raise StalePlan(f"The records changed since the plan was made: {texts}. Make the plan again.")
    refuse_unless_agreed(fresh, allow_destructive)
    return fresh


def _identity(step: PlanStep) -> tuple[str, str, str | None]:
    return step.kind, step.model, step.field


def _run(operations: Sequence[Operation]) -> None:
    """Run the operations with Django's schema editor, in the transaction that is open."""
    state = replay_state()
    try:
        with connection.schema_editor(atomic=False) as editor:
            for operation in operations:
                before = state.clone()
                operation.state_forwards(APP_LABEL, state)
                operation.database_forwards(APP_LABEL, editor, before, state)
    except IntegrityError as error:
        message = "The records break a rule of the new schema: a key that is not unique, or a reference to no record."
        hint = "Data health and checkdata tell what is broken already."
        raise MigrationRefused(f"{message} Nothing was changed. {hint}") from error


def _record(plan: Plan, summary: str) -> SchemaVersion:
    values: dict[str, Any] = {
        "sources": sources_to_json(plan.sources),
        "select": plan.select or "",
        "options": plan.stored_options.to_json(),
        "ir": encode_schema(plan.schema),
        "names": plan.names.to_json(),
        "summary": summary or "; ".join(step.text for step in plan.steps),
    }
    return record_version(read_base(), values, plan.operations)


def _lock_activation(plan: Plan) -> None:
    """Hold off other changes and all writers until the transaction ends.

    SQLite's transaction excludes every other writer. On PostgreSQL writers share a lock on the
    active version's row: those before us end first, those after us find another version.
    """
    if connection.vendor == "postgresql":
        _lock_postgresql()
    version = registry.active_version()
    if version != plan.base_version:
        raise StalePlan(
            f"Version {version} became active since the plan was made for version {plan.base_version}. "
            "Make the plan again."
        )


def _lock_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            raise ApplyBusy(BUSY)
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_FOR_TABLES}'")
        # Deferred checks that wait would keep PostgreSQL from altering their tables.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    list(SchemaVersion.objects.select_for_update().filter(is_active=True).values_list("number"))


@contextmanager
def _exclusive() -> Iterator[None]:
    """Let one change through per process and, with SQLite, per database file; the next is told at once."""
    if not _one_at_a_time.acquire(blocking=False):
        raise ApplyBusy(BUSY)
    try:
        with _file_lock():
            yield
    finally:
        _one_at_a_time.release()


@contextmanager
def _file_lock() -> Iterator[None]:
    """Lock a file beside the database: a small database of its own, whose lock ends with the process."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        yield
        return
    lock = sqlite3.connect(f"{name}.applying", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise ApplyBusy(BUSY) from error
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            lock.execute("ROLLBACK")
        lock.close()


@contextmanager
def _foreign_keys_set_aside() -> Iterator[None]:
    """Let SQLite remake tables: its editor wants the checks off, which works outside of transactions only.

    The editor checks every reference before the transaction commits.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


@contextmanager
def _busy_told() -> Iterator[None]:
    """Turn a lock that was not to be had into ApplyBusy."""
    try:
        yield
    except DatabaseBusy as error:
        raise ApplyBusy(BUSY) from error
    except OperationalError as error:
        if "locked" in str(error) or _sqlstate(error) in MISSING_LOCK:
            raise ApplyBusy(BUSY) from error
        raise


def _sqlstate(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", "") or ""

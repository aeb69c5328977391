"""Applying under trouble: failures, killed processes, two at once, writers of the old version."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from datamodel import registry
from datamodel.migrator import ApplyBusy, apply_plan, executor
from datamodel.models import SchemaMigration
from datamodel.registry import SchemaChanged, lock_version

from .conftest import add, plan_for, shape, stored
from .test_plan import ONE_TO_MANY, POST, post


def test_a_failure_in_the_middle_leaves_everything_as_it_was(change, monkeypatch):
    change(POST)
    add("Post", title="One")
    before = shape()

    def fail(*args):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(executor, "_record", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        change(post("rating: Int!", "type Tag @model { id: ID! }"), defaults={("Post", "rating"): 1})
    assert shape() == before
    assert registry.current().version == 1
    assert stored("Post", "title") == [("One",)]
    assert SchemaMigration.objects.count() == 1
    monkeypatch.undo()
    assert change(post("rating: Int")).version == 2


KILLED = """
import os, django
django.setup()
from datamodel.migrator import apply_plan, executor, make_plan
from datamodel.schema import Source
executor._record = lambda *args: os._exit(9)
apply_plan(make_plan([Source("a.graphql", "type Tag @model { id: ID! }")]), allow_destructive=True)
"""


@pytest.mark.slow
def test_a_process_that_is_killed_in_the_middle_leaves_everything_as_it_was(change):
    change(POST)
    add("Post", title="One")
    before = shape()
    connections.close_all()
    killed = subprocess.run([sys.executable, "-c", KILLED], env=os.environ | {"DATABASE_URL": database_url()})
    assert killed.returncode == 9
    assert shape() == before
    assert stored("Post", "title") == [("One",)]
    assert change(post("rating: Int")).version == 2


def database_url():
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def test_references_are_checked_again_after_a_change(change):
    change(ONE_TO_MANY)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
    comment = registry.current().model("Comment")(id="c", postID="nobody", createdAt="", updatedAt="")
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), transaction.atomic():
        type(comment).objects.bulk_create([comment])


def test_a_second_change_at_the_same_time_is_told_at_once(change, monkeypatch):
    change(POST)
    plan = plan_for(post("title: String rating: Int"))
    inside, leave = threading.Event(), threading.Event()
    run = executor._run

    def wait(operations):
        inside.set()
        leave.wait(10)
        run(operations)

    monkeypatch.setattr(executor, "_run", wait)
    first = threading.Thread(target=apply_and_close, args=(plan,))
    first.start()
    assert inside.wait(10)
    try:
        with pytest.raises(ApplyBusy):
            apply_plan(plan_for(post("title: String other: Int")))
    finally:
        leave.set()
        first.join()
    assert registry.current().version == 2


def apply_and_close(plan):
    apply_plan(plan)
    connections.close_all()


def test_a_change_in_another_process_is_told_at_once(change):
    change(POST)
    plan = plan_for(post("title: String rating: Int"))
    with other_process_applying(), pytest.raises(ApplyBusy):
        apply_plan(plan)
    assert apply_plan(plan).version == 2


@contextmanager
def other_process_applying():
    """Hold the lock that a schema change of another process would hold."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(f"{connection.settings_dict['NAME']}.applying", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
    else:
        other = connection.copy()
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [executor.ADVISORY_LOCK])
    yield
    if connection.vendor == "postgresql":
        # a server lets go of a closed connection's locks in its own time
        other.cursor().execute("SELECT pg_advisory_unlock(%s)", [executor.ADVISORY_LOCK])
    other.close()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_a_writer_of_the_old_version_ends_first(change, monkeypatch):
    datamodel = change(POST)
    plan = plan_for(post("title: String rating: Int"))
    monkeypatch.setattr(executor, "WAIT_FOR_TABLES", "200ms")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT number FROM datamodel_schemaversion WHERE is_active FOR SHARE")
    with pytest.raises(ApplyBusy):
        apply_plan(plan)
    other.rollback()
    other.close()
    apply_plan(plan)
    with pytest.raises(SchemaChanged), transaction.atomic():
        lock_version(datamodel)


def test_another_failure_of_the_database_is_not_hidden(change, monkeypatch):
    def fail(*args):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(executor, "_run", fail)
    with pytest.raises(OperationalError, match="disk"):
        change(POST)


def test_a_schema_of_many_models_is_applied_in_good_time(change):
    models = " ".join(
        f'type M{i} @model {{ id: ID! ref: ID @index(name: "by{i}") next: M{(i + 1) % 60} @hasOne(fields: ["ref"]) }}'
        for i in range(60)
    )
    assert len(change(models).models) == 60

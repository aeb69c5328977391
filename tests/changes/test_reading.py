from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, connections, transaction

from datamodel import records
from datamodel.changes import reading
from datamodel.models import Change
from tests.records.schemas import BLOG


@pytest.fixture
def blog(activate_schema):
    return activate_schema(BLOG)


@contextmanager
def elsewhere(work: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """Do ``work`` in a transaction of another connection that stays open; call what comes to commit it."""
    done, release = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                release.wait(20)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    assert done.wait(20)

    def commit() -> None:
        release.set()
        thread.join()

    try:
        yield commit
    finally:
        commit()


def read_all(cursor: str, limit: int = 1000, model: str | None = None) -> tuple[list[str], str]:
    """Read to the end; what was read as keys with versions, and the cursor behind it."""
    found: list[Change] = []
    while True:
        changes, cursor = reading.read_since(cursor, limit, model)
        found += changes
        if len(changes) < limit:
            return [f"{change.key} {change.record_version}" for change in found], cursor


def post(blog, key: str, **values):
    return records.create(blog, "Post", {"id": key, "title": "T", **values})


def test_what_commits_after_a_position_is_read_once(blog):
    post(blog, "old")
    found, cursor = read_all(reading.position())
    assert found == []
    post(blog, "a")
    post(blog, "b")
    found, cursor = read_all(cursor)
    assert found == ["a 1", "b 1"]
    assert read_all(cursor)[0] == []


def test_transactions_that_write_no_entry_move_the_cursor_and_nothing_else(blog):
    """PostgreSQL numbers the transactions of all its databases together."""
    if connection.vendor != "postgresql":
        pytest.skip("A cursor of SQLite counts entries.")
    begun = cursor = reading.position()
    with connection.cursor() as database:
        database.execute("SELECT pg_current_xact_id()")
    found, cursor = read_all(cursor)
    assert found == []
    assert cursor != begun
    post(blog, "a")
    assert read_all(begun)[0] == read_all(cursor)[0] == ["a 1"]


def test_pages_follow_each_other_without_gap_or_overlap(blog):
    cursor = reading.position()
    keys = [f"{number:03}" for number in range(25)]
    for key in keys:
        post(blog, key)
    found, end = read_all(cursor, limit=5)
    assert found == [f"{key} 1" for key in keys]
    assert read_all(end)[0] == []


def test_what_commits_between_two_pages_comes_after_them(blog):
    cursor = reading.position()
    for key in "abc":
        post(blog, key)
    first, cursor = reading.read_since(cursor, 2)
    post(blog, "d")
    rest, cursor = read_all(cursor, 2)
    later, _ = read_all(cursor)
    assert [change.key for change in first] + rest + later == ["a", "b", "c 1", "d 1"]


def test_one_model_may_be_wanted(blog):
    cursor = reading.position()
    post(blog, "a")
    records.create(blog, "Comment", {"id": "c", "content": "C"})
    found, cursor = read_all(cursor, model="Comment")
    assert found == ["c 1"]
    assert read_all(cursor)[0] == []


def test_a_transaction_that_commits_late_is_not_passed_over(blog):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers wait for each other: no transaction commits late.")
    cursor = reading.position()
    with elsewhere(lambda: post(blog, "late")) as commit:
        post(blog, "early")
        assert Change.objects.count() == 1
        found, cursor = read_all(cursor)
        assert found == ["early 1"]
        post(blog, "next")
        found, cursor = read_all(cursor)
        assert found == ["next 1"]
        commit()
        found, cursor = read_all(cursor)
        assert found == ["late 1"]
    assert read_all(cursor)[0] == []


def test_a_transaction_that_commits_between_two_pages_is_not_passed_over(blog):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers wait for each other: no transaction commits late.")
    cursor = reading.position()
    with elsewhere(lambda: post(blog, "late")) as commit:
        post(blog, "a")
        post(blog, "b")
        first, cursor = reading.read_since(cursor, 1)
        commit()
        found, _ = read_all(cursor)
    assert [change.key for change in first] == ["a"]
    assert sorted(found) == ["b 1", "late 1"]


def test_many_transactions_held_open_are_each_read_once(blog):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers wait for each other: no transaction commits late.")
    cursor, seen = reading.position(), []
    with ExitStack() as stack:
        held = [stack.enter_context(elsewhere(lambda n=n: post(blog, f"held {n}"))) for n in range(5)]
        for turn, commit in enumerate(reversed(held)):
            post(blog, f"turn {turn}")
            commit()
            found, cursor = read_all(cursor, limit=1)
            seen += found
    assert len(seen) == 10
    assert len(set(seen)) == 10


def test_a_record_comes_in_the_order_of_its_versions(blog):
    """The second writer's transaction began first and has the smaller number; it waits for the record."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers wait for each other: no transaction commits late.")
    post(blog, "shared")
    cursor = reading.position()
    key = {"id": "shared"}
    with elsewhere(lambda: post(blog, "begins first")):
        pass
    first_began, go_on = threading.Event(), threading.Event()

    def second_writer() -> None:
        try:
            with transaction.atomic():
                post(blog, "own")
                first_began.set()
                go_on.wait(20)
                records.update(blog, "Post", key, {"title": "second"})
        finally:
            connections.close_all()

    thread = threading.Thread(target=second_writer)
    thread.start()
    assert first_began.wait(20)
    with elsewhere(lambda: records.update(blog, "Post", key, {"title": "first"})) as commit:
        go_on.set()
        commit()
    thread.join()
    changes, _ = reading.read_since(cursor, 100)
    shared = [change for change in changes if change.key == "shared"]
    assert [change.record_version for change in shared] == [2, 3]
    assert shared[0].transaction > shared[1].transaction


def test_a_reader_does_not_read_what_is_not_committed(blog):
    cursor = reading.position()
    with elsewhere(lambda: post(blog, "held")) as commit:
        assert read_all(cursor)[0] == []
        now = reading.position()
        commit()
    assert read_all(cursor)[0] == read_all(now)[0] == ["held 1"]


def test_the_callers_own_transaction_is_read_when_it_is_over(blog):
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite a reader has no transaction of its own.")
    with transaction.atomic():
        post(blog, "a")
        cursor = reading.position()
        post(blog, "b")
    found, cursor = read_all(cursor)
    assert found == ["a 1", "b 1"]


def test_ids_are_not_given_twice(blog):
    post(blog, "a")
    last = Change.objects.latest("id").id
    Change.objects.all().delete()
    cursor = reading.position()
    post(blog, "b")
    assert Change.objects.get().id > last
    assert read_all(cursor)[0] == ["b 1"]


@pytest.mark.parametrize("cursor", ["", "x", "1:2", "1:2:3|4", "a:b:c"])
def test_a_cursor_that_is_none_is_refused(blog, cursor):
    with pytest.raises(reading.BadCursor):
        reading.read_since(cursor, 1)

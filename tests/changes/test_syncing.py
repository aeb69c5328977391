"""A client that always sends the last time it was told misses no change."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from datamodel import records
from datamodel.changes.syncing import Sync, read_sync, started_at
from datamodel.modelgen.clock import now_ms
from datamodel.models import Change
from datamodel.registry import DataModel

DAY = 24 * 3600 * 1000


@pytest.fixture
def datamodel(activate_schema: Any) -> DataModel:
    return activate_schema("type Thing @model { id: ID! }", datastore=True)


def test_nothing_began_before_anything_was_written(datamodel: DataModel) -> None:
    assert started_at() == 0


def test_it_is_the_time_of_the_last_change(datamodel: DataModel) -> None:
    records.create(datamodel, "Thing", {"id": "1"})
    last = records.create(datamodel, "Thing", {"id": "2"})
    assert started_at() <= last.joinery_changed_at
    if connection.vendor == "sqlite":
        assert started_at() == last.joinery_changed_at


def test_a_clock_that_was_set_back_hides_no_change(datamodel: DataModel) -> None:
    records.create(datamodel, "Thing", {"id": "1"})
    Change.objects.update(at=now_ms() + DAY)
    told = started_at()
    later = records.create(datamodel, "Thing", {"id": "2"})
    assert later.joinery_changed_at >= told


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
def test_a_transaction_that_commits_late_is_not_missed(datamodel: DataModel) -> None:
    written, may_commit = threading.Event(), threading.Event()
    stamps = []

    def slow() -> None:
        with transaction.atomic():
            stamps.append(records.create(datamodel, "Thing", {"id": "late"}).joinery_changed_at)
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    records.create(datamodel, "Thing", {"id": "quick"})
    told = started_at()
    may_commit.set()
    thread.join(10)
    assert told <= stamps[0]


@pytest.mark.parametrize(
    ("last_sync", "sync"),
    [
        (None, Sync.BEGIN),
        (0, Sync.BEGIN),
        (-5, Sync.BEGIN),
        (99 * DAY, Sync.DELTA),
        (100 * DAY + 1000, Sync.DELTA),
        (60 * DAY, Sync.ALL),
        (101 * DAY, Sync.ALL),
    ],
    ids=["none", "zero", "negative", "yesterday", "another clock", "older than tombstones", "future"],
)
def test_what_a_client_gets(last_sync: int | None, sync: Sync) -> None:
    assert read_sync(last_sync, now=100 * DAY) is sync


def synced(gql: Any, **variables: Any) -> tuple[list[str], int, str | None]:
    """Return the keys that a sync answers, its time and its token."""
    query = """query($limit: Int, $nextToken: String, $lastSync: AWSTimestamp) {
      syncThings(limit: $limit, nextToken: $nextToken, lastSync: $lastSync) {
        items { id _deleted } nextToken startedAt } }"""
    answer = gql(query, **variables)
    assert "errors" not in answer, answer
    page = answer["data"]["syncThings"]
    return [item["id"] for item in page["items"]], page["startedAt"], page["nextToken"]


def test_later_pages_tell_the_time_of_the_first(datamodel: DataModel, gql: Any) -> None:
    for number in range(5):
        records.create(datamodel, "Thing", {"id": str(number)})
    first, told, token = synced(gql, limit=2)
    records.create(datamodel, "Thing", {"id": "meanwhile"})
    Change.objects.update(at=now_ms() + DAY)
    keys = list(first)
    while token:
        found, again, token = synced(gql, limit=2, nextToken=token)
        assert again == told
        keys += found
    assert keys == ["0", "1", "2", "3", "4", "meanwhile"]


def test_a_delta_brings_tombstones_and_what_came_at_the_same_moment(datamodel: DataModel, gql: Any) -> None:
    records.create(datamodel, "Thing", {"id": "1"})
    records.create(datamodel, "Thing", {"id": "2"})
    _, told, _ = synced(gql, lastSync=0)
    records.delete(datamodel, "Thing", {"id": "1"})
    keys, _, _ = synced(gql, lastSync=told)
    assert "1" in keys


def test_a_token_of_another_last_sync_is_refused(datamodel: DataModel, gql: Any) -> None:
    for number in range(3):
        records.create(datamodel, "Thing", {"id": str(number)})
    _, _, token = synced(gql, limit=1)
    query = "query($t: String) { syncThings(limit: 1, nextToken: $t, lastSync: 5) { startedAt } }"
    assert gql(query, t=token)["errors"][0]["errorType"] == "BadRequestException"


def test_tombstones_are_left_out_of_a_first_sync_after_their_lifetime(datamodel: DataModel, gql: Any) -> None:
    records.create(datamodel, "Thing", {"id": "1"})
    records.create(datamodel, "Thing", {"id": "2"})
    records.delete(datamodel, "Thing", {"id": "1"})
    assert synced(gql)[0] == ["1", "2"]
    datamodel.model("Thing").all_objects.update(joinery_changed_at=now_ms() - 31 * DAY)
    assert synced(gql)[0] == ["2"]
    # A client that was away for so long still learns of it.
    assert synced(gql, lastSync=now_ms() - 40 * DAY)[0] == ["1", "2"]

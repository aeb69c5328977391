"""SQLite's writers take turns."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from datamodel import records, turns
from datamodel.migrator import ApplyBusy, apply_plan, make_plan
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.registry import DataModel
from datamodel.schema import Source

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = "type Note @model { id: ID! text: String }"

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite's writers take turns")


@pytest.fixture
def notes(activate_schema: Callable[..., DataModel]) -> DataModel:
    return activate_schema(NOTE)


@contextmanager
def taken() -> Iterator[None]:
    """The turn, held as another process would."""
    with Path(turns.turn_path() or "").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@only_sqlite
def test_a_write_whose_turn_does_not_come_is_told_that_the_database_is_busy(
    notes: DataModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.02)
    with taken(), pytest.raises(DatabaseBusy):
        records.create(notes, "Note", {"id": "1"})
    records.create(notes, "Note", {"id": "1"})
    assert notes.model("Note").objects.count() == 1


@only_sqlite
def test_a_schema_change_whose_turn_does_not_come_is_told_that_others_are_at_it(
    notes: DataModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "PATIENCE_S", 0.02)
    plan = make_plan([Source("schema.graphql", NOTE + " type More @model { id: ID! }")])
    with taken(), pytest.raises(ApplyBusy):
        apply_plan(plan)
    assert apply_plan(plan).model("More")


@only_sqlite
def test_a_write_waits_for_its_turn(notes: DataModel) -> None:
    asked, answers = threading.Event(), []

    def write() -> None:
        asked.set()
        answers.append(records.create(notes, "Note", {"id": "1"}))
        connections.close_all()

    writer = threading.Thread(target=write)
    with taken():
        writer.start()
        asked.wait(10)
        writer.join(0.05)
        assert answers == []
    writer.join(10)
    assert len(answers) == 1


@only_sqlite
def test_the_turn_ends_with_a_write_that_fails(notes: DataModel) -> None:
    with pytest.raises(records.ValidationFailed):
        records.create(notes, "Note", {"nothing": 1})
    with turns.turn():
        assert turns.turn_path() == f"{connection.settings_dict['NAME']}.turn"


def test_a_write_inside_another_goes_on_with_its_turn(notes: DataModel) -> None:
    def work() -> int:
        for number in range(3):
            records.create(notes, "Note", {"id": str(number)})
        return notes.model("Note").objects.count()

    assert records.transact(notes, work) == 3


@pytest.mark.parametrize("name", [":memory:", "file:x?mode=memory&cache=shared"])
def test_a_database_in_memory_knows_no_turns(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    assert turns.turn_path() is None

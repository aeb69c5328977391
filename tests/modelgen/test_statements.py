"""Ready-made statements find, store and convert as Django's own queries do."""

from __future__ import annotations

import gc
import weakref

import pytest
from django.db import connection, transaction
from django.db.models import F

from datamodel import records
from datamodel.modelgen import statements

pytestmark = pytest.mark.django_db(transaction=True)

SCHEMA = """
enum Mood { GOOD BAD }
type Mark { text: String! mood: Mood }
type Box @model { code: String! @primaryKey(sortKeyFields: ["order"]) order: Int!
  select: String count: Int size: Float isOpen: Boolean day: AWSDate at: AWSTimestamp extra: AWSJSON
  mood: Mood moods: [Mood] names: [String!] mark: Mark marks: [Mark] }
"""
VALUES = {
    "code": "a'b%s",
    "order": -3,
    "select": "«»",
    "count": 7,
    "size": 0.5,
    "isOpen": True,
    "day": "2026-11-20",
    "at": 1_700_000_000,
    "extra": '{"a": [1]}',
    "mood": "BAD",
    "moods": ["GOOD", None],
    "names": ["x"],
    "mark": {"text": "T", "mood": None},
    "marks": [{"text": "T", "mood": "GOOD"}],
}


@pytest.fixture
def box(activate_schema):
    """The record class, and one record with a value of every kind."""
    datamodel = activate_schema(SCHEMA)
    records.create(datamodel, "Box", VALUES)
    return datamodel.model("Box")


def fetched(box, key=("a'b%s", -3), *, is_live=True, lock=""):
    return statements.fetch(box, box.key_attributes, key, is_live=is_live, lock=lock)


def test_a_record_is_read_as_a_query_reads_it(box):
    queried = box.objects.get()
    assert (
        fetched(box).values()
        == queried.values()
        == VALUES | {name: queried.get_value(name) for name in ("createdAt", "updatedAt")}
    )
    assert fetched(box)._state.adding is False
    assert fetched(box, ("a'b%s", 4)) is None


@pytest.mark.parametrize("lock", ["", "FOR NO KEY UPDATE", "FOR KEY SHARE"])
def test_a_record_is_found_with_any_lock(box, lock):
    with transaction.atomic():
        assert fetched(box, lock=lock) is not None
        assert statements.is_there(box, ("order",), (-3,), lock)
        assert not statements.is_there(box, ("order",), (4,), lock)


def test_a_deleted_record_is_told_from_a_living_one(box):
    box.all_objects.update(joinery_deleted=True)
    assert fetched(box) is None
    assert fetched(box, is_live=False).joinery_deleted is True
    assert not statements.is_there(box, ("order",), (-3,), "")


def test_what_is_saved_is_stored(box):
    record = fetched(box)
    record.set_value("names", None)
    record.set_value("isOpen", False)
    record.save()
    again = box.objects.get()
    assert (again.get_value("names"), again.get_value("isOpen"), again.joinery_version) == (None, False, 2)


def test_what_the_database_works_out_is_left_to_it(box):
    values = [(box._meta.get_field("count"), None, F("count") + 1)]
    record = fetched(box)
    assert record._do_update(box.all_objects.all(), "default", record.pk, values, None, False)
    assert box.objects.get().get_value("count") == 8


def test_a_record_that_is_gone_is_not_updated(box):
    record = fetched(box)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(box._meta.db_table)}")
    assert not statements.update(box, "default", record.pk, [(box._meta.get_field("count"), 1)])


def test_what_is_kept_goes_with_its_class():
    class Owner:
        pass

    class Made:
        pass

    assert statements.kept(Owner, "one", Made) is statements.kept(Owner, "one", Made)
    made = weakref.ref(statements.kept(Owner, "one", Made))
    del Owner
    gc.collect()
    assert made() is None

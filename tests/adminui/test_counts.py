"""Counting records for the navigation."""

from __future__ import annotations

from adminui.counts import record_counts
from datamodel import records


def test_it_counts_every_model(example):
    records.create(example, "Tag", {"label": "craft"})
    records.create(example, "Tag", {"label": "wood"})
    counts = record_counts(example)
    assert counts["Tag"] == 2
    assert counts["Post"] == 0
    assert set(counts) == set(example.models)


def test_it_counts_all_models_in_one_statement(example, django_assert_num_queries):
    with django_assert_num_queries(2):
        record_counts(example)


def test_it_does_not_count_again_until_something_is_written(example, django_assert_num_queries):
    record_counts(example)
    with django_assert_num_queries(1):
        record_counts(example)
    tag = records.create(example, "Tag", {"label": "craft"})
    assert record_counts(example)["Tag"] == 1
    records.delete(example, "Tag", tag.key_dict)
    assert record_counts(example)["Tag"] == 0


def test_deleted_records_of_a_data_store_do_not_count(activate_schema):
    datamodel = activate_schema("type Note @model { text: String }", datastore=True)
    note = records.create(datamodel, "Note", {"text": "a"})
    records.delete(datamodel, "Note", note.key_dict)
    assert record_counts(datamodel)["Note"] == 0


def test_a_model_may_have_any_field_names(activate_schema):
    datamodel = activate_schema("type Odd @model { model: String count: Int pk: String n: Int }")
    assert record_counts(datamodel) == {"Odd": 0}


def test_hundreds_of_models_are_counted(activate_schema):
    datamodel = activate_schema("\n".join(f"type M{n} @model {{ a: String }}" for n in range(120)))
    assert len(record_counts(datamodel)) == 120

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datamodel.modelgen import NameMap, build_names
from tests.modelgen.schemas import blog, field, model, relation, schema

AWKWARD_TEXT = """
    save objects pk id Id ID check clean delete Meta from_db DoesNotExist _meta _state a__b a_ _a class None
    import lambda order select group user table index values count filter get self cls defaults label key
    names schema model_type joinery_pk JOINERY_version xmin XMIN rowid oid Select SELECT not NOT True exists
"""
AWKWARD = AWKWARD_TEXT.split()


def names_of(*fields, previous: NameMap | None = None):
    return build_names(schema(model("Thing", *(field(name) for name in fields))), previous).models["Thing"]


def test_ordinary_names_stay_as_written():
    names = build_names(blog()).models["Comment"]
    assert names.class_name == "Comment"
    assert names.table == "data_comment"
    assert names.attribute("postID") == names.column("postID") == "postID"


def test_a_relation_has_no_column():
    assert build_names(blog()).models["Comment"].column("post") == ""


@pytest.mark.parametrize("name", ["save", "pk", "a__b", "a_", "_a", "class", "self", "objects", "Meta"])
def test_a_name_django_cannot_hold_is_mapped(name):
    names = names_of(name)
    assert names.attribute(name).startswith("f_")
    assert names.column(name) == name


def test_a_system_column_is_mapped():
    assert names_of("xmin").column("xmin") == "f_xmin"


def test_names_equal_but_for_case_stay_apart():
    names = names_of("name", "Name", "NAME")
    assert len({pair.attribute.lower() for pair in names.fields.values()}) == len(names.fields)
    assert len({pair.column.lower() for pair in names.fields.values()}) == len(names.fields)


def test_models_equal_but_for_case_stay_apart():
    names = build_names(schema(model("Order"), model("order"))).models
    assert names["Order"].class_name.lower() != names["order"].class_name.lower()
    assert names["Order"].table != names["order"].table


def test_long_names_with_a_common_beginning_stay_apart():
    first, second = "a" * 80 + "x", "a" * 80 + "y"
    names = names_of(first, second)
    assert len(names.column(first)) <= 63
    assert names.column(first) != names.column(second)


def test_a_mapped_name_does_not_take_a_plain_one():
    names = names_of("save", "f_save")
    assert names.attribute("f_save") == "f_save"
    assert names.attribute("save") != "f_save"


def test_earlier_names_stay_when_others_come():
    before = build_names(schema(model("Thing", field("Name"))))
    after = names_of("name", "Name", previous=before)
    assert after.fields["Name"] == before.models["Thing"].fields["Name"]
    assert after.attribute("name").lower() != "name"


def test_a_new_field_does_not_take_the_names_of_one_that_goes():
    before = build_names(schema(model("Thing", field("Name"))))
    assert names_of("name", previous=before).column("name") != "name"


def test_a_relation_that_becomes_a_stored_field_gets_a_column():
    before = build_names(schema(model("Thing", relation("owner", "Thing"))))
    names = names_of("owner", previous=before)
    assert names.column("owner") == "owner"
    assert names.attribute("owner") == before.models["Thing"].attribute("owner")


def test_renaming_keeps_attribute_and_column():
    before = build_names(schema(model("Thing", field("old"))))
    renamed = before.with_field_renamed("Thing", "old", "new").with_model_renamed("Thing", "Item")
    after = build_names(schema(model("Item", field("new"))), renamed)
    assert after.models["Item"].table == "data_thing"
    assert after.models["Item"].attribute("new") == "old"


def test_the_map_survives_json():
    names = build_names(blog())
    assert NameMap.from_json(json.loads(json.dumps(names.to_json()))) == names


api_names = st.one_of(
    st.sampled_from(AWKWARD),
    st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,80}\Z").filter(lambda n: n[:2] != "__"),
)


@given(st.lists(api_names, unique=True, min_size=1, max_size=40))
def test_no_two_names_collide(api):
    api = [name for name in api if name not in {"id", "createdAt", "updatedAt"}]
    names = names_of(*api)
    for identifiers in (
        [pair.attribute for pair in names.fields.values()],
        [pair.column for pair in names.fields.values()],
    ):
        assert len({name.lower() for name in identifiers}) == len(names.fields)
        assert all(0 < len(name.encode()) <= 63 for name in identifiers)
    assert all(pair.attribute.isidentifier() and "__" not in pair.attribute for pair in names.fields.values())

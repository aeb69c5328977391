from __future__ import annotations

from datamodel.modelgen import build_models, build_names, label_field, label_value
from tests.modelgen.schemas import blog, field, model, schema


def label_name(*fields):
    found = label_field(model("Thing", *fields))
    return found.name if found else None


def test_a_name_is_preferred():
    assert label_name(field("notes"), field("name")) == "name"
    assert label_name(field("label"), field("title")) == "title"
    assert label_name(field("about"), field("full_name")) == "full_name"


def test_else_the_first_text_is_taken():
    assert label_name(field("rating", "Int"), field("notes"), field("more")) == "notes"


def test_lists_references_and_timestamps_are_no_labels():
    assert label_name(field("tags", "[String]"), field("postID"), field("postID2", "ID")) is None


def test_a_text_of_another_type_names_a_record_too():
    assert label_name(field("site", "AWSURL"), field("contact", "AWSEmail")) == "contact"


def unlabelled(*fields, **values):
    """The label of a record without a text."""
    whole = schema(model("Thing", *fields))
    assert label_field(whole.model("Thing")) is None
    return build_models(whole, build_names(whole))["Thing"](id="t1", **values).label


def test_without_a_text_a_value_helps():
    assert unlabelled(field("quantity", "Int"), field("on", "AWSDate"), on="2026-11-20") == "2026-11-20"
    when = {"at": "2026-11-20T10:30:15.000Z"}
    assert unlabelled(field("at", "AWSDateTime"), **when) == "2026-11-20 10:30 UTC"
    assert unlabelled(field("quantity", "Int"), quantity=5) == "quantity 5"
    assert unlabelled(field("items", "[String]"), items=["oak", None, "ash"]) == "oak, ash"
    assert unlabelled(field("quantity", "Int")) == "t1"
    assert unlabelled(field("isDone", "Boolean"), isDone=True) == "t1"


def test_a_record_with_a_text_needs_no_value():
    named = model("Thing", field("name"), field("quantity", "Int"))
    assert label_value(schema(named), named) is None


def labelled(**values):
    names = build_names(blog())
    return build_models(blog(), names)["Post"](id="p1", **values).label


def test_the_label_is_the_first_line_shortened():
    assert labelled(title="\n  Hello   world \nmore") == "Hello world"
    assert labelled(title="x" * 500).endswith("…")
    assert len(labelled(title="x" * 500)) == 120


def test_a_record_without_text_is_called_by_its_key():
    assert labelled(title=" ") == "p1"
    pair = schema(model("Pair", field("a", "ID!"), field("b", "Int!"), key=("a", "b")))
    assert str(build_models(pair, build_names(pair))["Pair"](a="x", b=2)) == "x, 2"

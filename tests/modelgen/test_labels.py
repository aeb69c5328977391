from __future__ import annotations

from datamodel.modelgen import build_models, build_names, label_field
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

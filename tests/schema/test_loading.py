from __future__ import annotations

import pytest

from datamodel.schema import SchemaError, SchemaLimits, SchemaOptions, Source, load_schema
from datamodel.schema.suggest import did_you_mean


def test_a_good_schema_comes_complete_with_its_warnings():
    loaded = load_schema([Source("a.graphql", "type A @model @searchable { id: ID! }")])
    assert loaded.schema.model("A").operations.get == "getA"
    assert [str(warning) for warning in loaded.warnings] == [
        "a.graphql:1:15: schema.W002 Directive '@searchable' is ignored."
        " There is no search index; filters of the list queries work on every field."
    ]


def test_a_bad_schema_raises_with_all_problems_in_order():
    texts = [
        Source("b.graphql", "type B @model { a: Nope }"),
        Source("a.graphql", "type A @modle { id: ID! }"),
    ]
    with pytest.raises(SchemaError) as caught:
        load_schema(texts)
    places = [str(problem.location) for problem in caught.value.problems]
    assert places == ["a.graphql:1:8", "b.graphql:1:20"]
    assert str(caught.value).startswith("a.graphql:1:8: schema.E010 Unknown directive '@modle'.")


def test_options_reach_the_schema():
    text = [Source("a.graphql", "type A @model { id: ID! }")]
    assert load_schema(text).schema.has_datastore
    assert not load_schema(text, SchemaOptions(datastore=False)).schema.has_datastore


def test_limits_reach_the_reader():
    with pytest.raises(SchemaError, match="larger than 10 bytes"):
        load_schema([Source("a.graphql", "type A @model { id: ID! }")], limits=SchemaLimits(max_bytes=10))


def test_suggestions_are_few_and_in_words():
    assert did_you_mean("Auther", ["Author", "Post"]) == "Did you mean 'Author'?"
    assert did_you_mean("cat", ["bat", "rat", "hat", "mat"]) == "Did you mean 'bat', 'hat' or 'mat'?"
    assert did_you_mean("Auther", []) == ""
    assert did_you_mean("x" * 300, ["x" * 299]) == ""

"""Applying plans: what records become, and that a failure leaves everything as it was."""

from __future__ import annotations

import pytest

from datamodel import registry
from datamodel.access import Actor, acting_as
from datamodel.migrator import MigrationRefused, StalePlan, apply_plan
from datamodel.migrator.history import replay_state
from datamodel.modelgen import APP_LABEL, build_state
from datamodel.models import SchemaVersion
from datamodel.schema import OnDelete

from .conftest import add, plan_for, shape, stored
from .test_plan import ONE_TO_MANY, POST, UNLINKED, post


def test_a_fresh_schema_is_served_at_once(change):
    datamodel = change(POST)
    assert datamodel.version == 1
    assert registry.current() is datamodel
    add("Post", title="One")
    assert stored("Post", "title") == [("One",)]


def test_records_survive_a_change(change):
    change(POST)
    add("Post", id="1", title="One")
    change(post("title: String rating: Int", "type Tag @model { id: ID! }"))
    assert stored("Post", "id", "title", "rating") == [("1", "One", None)]


@pytest.mark.parametrize(
    ("source", "target", "before", "after"),
    [
        ("String", "Int", ["5", "x", None, " 7 "], [5, None, None, 7]),
        ("String", "Float", ["1.5", "x"], [1.5, None]),
        ("String", "Boolean", ["true", "x", "False"], [True, None, False]),
        ("String", "AWSDate", ["2026-01-02", "x"], ["2026-01-02", None]),
        ("String", "AWSJSON", ['{"a": 1}', "{"], ['{"a": 1}', None]),
        ("String", "[String]", ["a", None], [["a"], None]),
        ("String", "ID", ["a", None], ["a", None]),
        ("Int", "String", [5, None], ["5", None]),
        ("Int", "Float", [5, None], [5.0, None]),
        ("Int", "AWSTimestamp", [5, None], [5, None]),
        ("Int", "Boolean", [1, 0, 2], [True, False, None]),
        ("Float", "Int", [5.0, 1.5], [5, None]),
        ("Float", "String", [1.5], ["1.5"]),
        ("Boolean", "String", [True, False, None], ["true", "false", None]),
        ("Boolean", "Int", [True, False], [1, 0]),
        ("AWSTimestamp", "Int", [5, 2**40], [5, None]),
        ("AWSTimestamp", "AWSDateTime", [0], ["1970-01-01T00:00:00.000Z"]),
        ("AWSDateTime", "AWSTimestamp", ["1970-01-01T00:01:00.000Z"], [60]),
        ("AWSDateTime", "AWSDate", ["2026-01-02T03:04:05.000Z"], ["2026-01-02"]),
        ("[String]", "String", [["a"], ["a", "b"], []], ["a", None, None]),
        ("[String]", "[Int]", [["1", "x"], []], [[1], []]),
        ("Home", "AWSJSON", [{"street": "One"}], ['{"street": "One"}']),
        ("State", "String", ["ON"], ["ON"]),
        ("String", "State", ["ON", "UP"], ["ON", None]),
        ("[State]", "State", [["ON"]], ["ON"]),
    ],
)
def test_values_are_converted(change, source, target, before, after):
    rest = " type Home { street: String } enum State { ON OFF }"
    change(post(f"value: {source}", rest))
    for value in before:
        add("Post", value=value)
    change(post(f"value: {target}", rest))
    assert stored("Post", "value") == [(value,) for value in after]


def test_a_converted_field_becomes_required_with_a_default(change):
    change(POST)
    for title in ("5", "x", None):
        add("Post", title=title)
    change(post("title: Int!"), defaults={("Post", "title"): 9})
    assert stored("Post", "title") == [(5,), (9,), (9,)]


def test_a_converted_field_becomes_optional(change):
    change(post("title: String!"))
    add("Post", title="x")
    change(post("title: AWSDate"))
    assert stored("Post", "title") == [(None,)]


def test_a_converted_field_keeps_its_index(change):
    change(post('title: String @index(name: "byTitle")'))
    add("Post", title="5")
    change(post('title: Int @index(name: "byTitle")'))
    expected = shape()
    assert stored("Post", "title") == [(5,)]
    assert any("title" in constraint for constraint in expected["data_post"]["constraints"])


def test_a_list_loses_only_the_items_that_do_not_fit(change):
    text = "type Post @model { id: ID! states: [State!]! } enum State { ON OFF }"
    change(text)
    add("Post", states=["ON", "OFF"])
    change(text.replace(" OFF", ""))
    assert stored("Post", "states") == [(["ON"],)]


def test_a_required_field_is_filled(change):
    change(POST)
    add("Post", title="One")
    add("Post")
    change(
        post("title: String! rating: Int! tags: [String!]!"),
        defaults={("Post", "title"): "none", ("Post", "rating"): 3, ("Post", "tags"): ["a"]},
    )
    assert stored("Post", "title", "rating", "tags") == [("One", 3, ["a"]), ("none", 3, ["a"])]


def test_a_default_fills_an_optional_field_too(change):
    change(POST)
    add("Post")
    change(post("title: String rating: Int"), defaults={("Post", "rating"): 3})
    add("Post")
    assert stored("Post", "rating") == [(3,), (None,)]


def test_new_ids_differ(change):
    change("type Post @model { slug: String! @primaryKey }")
    add("Post", slug="a")
    add("Post", slug="b")
    change("type Post @model { id: ID! slug: String! }")
    (one, _), (other, _) = stored("Post", "id", "slug")
    assert len(one) == 36
    assert one != other


def test_timestamps_that_are_switched_on_are_filled(change):
    change("type Post @model(timestamps: null) { id: ID! }")
    add("Post")
    change("type Post @model { id: ID! }")
    ((created, updated),) = stored("Post", "createdAt", "updatedAt")
    assert created == updated
    assert created.endswith("Z")


def test_references_that_name_no_record_are_cleared_with_consent(change):
    change(UNLINKED)
    add("Post", id="p")
    for post_id in ("p", "nobody", None):
        add("Comment", postID=post_id)
    change(ONE_TO_MANY)
    assert stored("Comment", "postID") == [("p",), (None,), (None,)]


def test_references_that_came_after_the_plan_are_not_cleared_silently(change):
    change(UNLINKED)
    plan = plan_for(ONE_TO_MANY)
    add("Comment", postID="nobody")
    with pytest.raises(StalePlan, match="The records changed since the plan was made"):
        apply_plan(plan, allow_destructive=True)
    assert stored("Comment", "postID") == [("nobody",)]


def test_a_required_reference_that_dangles_is_refused(change):
    required = UNLINKED.replace("postID: ID", "postID: ID!")
    change(required)
    add("Comment", postID="nobody")
    with pytest.raises(MigrationRefused, match="'nobody'") as caught:
        change(ONE_TO_MANY.replace("postID: ID", "postID: ID!"))
    assert [step.kind for step in caught.value.steps] == ["add_relationship"]


def test_the_database_enforces_a_new_relationship(change):
    change(ONE_TO_MANY)
    references = shape()["data_comment"]["references"]
    assert len(references) == 1
    change(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.KEEP})
    assert shape()["data_comment"]["references"] == []
    change(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.CASCADE})
    assert shape()["data_comment"]["references"] == references


def test_a_referenced_key_changes_its_type_on_both_sides(change):
    text = """
    type Post @model { no: Int! @primaryKey comments: [Comment] @hasMany(indexName: "byPost", fields: ["no"]) }
    type Comment @model { id: ID! postNo: Int @index(name: "byPost") }
    """
    change(text)
    add("Post", no=7)
    add("Comment", postNo=7)
    change(text.replace("Int", "String"))
    assert stored("Post", "no") == [("7",)]
    assert stored("Comment", "postNo") == [("7",)]
    assert len(shape()["data_comment"]["references"]) == 1


SHAPES = {
    "nothing": "type Other @model { id: ID! }",
    "plain": POST,
    "wide": post(
        "title: Int! rating: Float done: Boolean at: AWSTimestamp tags: [String] kind: Kind",
        "enum Kind { A }",
    ),
    "linked": ONE_TO_MANY,
    "unlinked": UNLINKED,
    "key": 'type Post @model { title: String! @primaryKey(sortKeyFields: ["part"]) part: Int! }',
    "many": """
        type Post @model { id: ID! title: String tags: [Tag] @manyToMany(relationName: "PostTag") }
        type Tag @model { id: ID! posts: [Post] @manyToMany(relationName: "PostTag") }
    """,
    "self": """type Comment @model { id: ID! parentID: ID @index(name: "byParent")
        parent: Comment @belongsTo(fields: ["parentID"]) replies: [Comment] @hasMany(indexName: "byParent", fields: ["id"]) }""",
}


@pytest.mark.parametrize("first", SHAPES)
def test_there_and_back_again_restores_the_tables(change, first):
    change(SHAPES[first])
    before = shape()
    for second in list(SHAPES)[list(SHAPES).index(first) + 1 :]:
        change(SHAPES[second])
        change(SHAPES[first])
        assert shape() == before, second


def test_changing_twice_ends_where_a_fresh_start_does(change):
    datamodel = change(SHAPES["wide"])
    fresh = shape()
    change(SHAPES["key"])
    change(SHAPES["wide"])
    assert shape() == fresh
    assert (
        replay_state().models[APP_LABEL, "post"]
        == build_state(datamodel.schema, datamodel.names).models[APP_LABEL, "post"]
    )


def test_a_destructive_plan_needs_consent(change):
    change(POST)
    add("Post", title="One")
    with pytest.raises(MigrationRefused, match="drop field title from Post") as caught:
        apply_plan(plan_for(post("")))
    assert [step.kind for step in caught.value.steps] == ["drop_field"]
    assert stored("Post", "title") == [("One",)]


def test_what_became_destructive_after_the_plan_is_not_done(change):
    change(POST)
    plan = plan_for(post(""))
    assert not plan.is_destructive
    add("Post", title="One")
    with pytest.raises(StalePlan, match="drop field title"):
        apply_plan(plan, allow_destructive=True)


def test_an_open_question_is_refused(change):
    change(POST)
    add("Post", title="One")
    with pytest.raises(MigrationRefused, match="needs a value for the required field 'rating'"):
        change(post("title: String rating: Int!"))


def test_duplicate_keys_are_refused(change):
    change("type Post @model { id: ID! slug: String! }")
    add("Post", slug="same")
    add("Post", slug="same")
    with pytest.raises(MigrationRefused, match="'same'"):
        change("type Post @model { slug: String! @primaryKey }")


def test_a_plan_for_an_earlier_version_is_stale(change):
    change(POST)
    plan = plan_for(post("title: String rating: Int"))
    change(post("title: String other: Int"))
    with pytest.raises(StalePlan, match="Version 2 became active since the plan was made for version 1"):
        apply_plan(plan)


def test_an_empty_plan_makes_no_version(change):
    change(POST)
    assert change(POST).version == 1
    assert SchemaVersion.objects.count() == 1


def test_a_version_tells_who_made_it_from_what(change):
    with acting_as(Actor("user", "alice")):
        change(POST, datastore=False)
    version = SchemaVersion.objects.get()
    assert version.created_by == "alice"
    assert version.summary == "create table Post"
    assert version.sources == [{"name": "schema.graphql", "text": POST}]
    assert version.options["datastore"] is False
    assert version.migrations.count() == 1

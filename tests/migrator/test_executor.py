"""Applying plans: what records become, and that a failure leaves everything as it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction

from datamodel import registry
from datamodel.access import Actor, acting_as
from datamodel.migrator import ApplyBusy, MigrationRefused, StalePlan, apply_plan, executor
from datamodel.migrator.history import replay_state
from datamodel.modelgen import APP_LABEL, build_state
from datamodel.models import SchemaMigration, SchemaVersion
from datamodel.registry import SchemaChanged, lock_version
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


def test_a_renamed_field_keeps_its_values(change):
    change(post('title: String @index(name: "byTitle")'))
    add("Post", title="One")
    change(post('headline: String @index(name: "byTitle")'), renames={("Post", "title"): "headline"})
    assert stored("Post", "headline") == [("One",)]
    assert "headline" in shape()["data_post"]["columns"]


@pytest.mark.parametrize("name", ["save", "Title", "a__b", "end_", "objects", "pk", "select", "x" * 70])
def test_a_field_is_renamed_from_and_to_any_name(change, name):
    change(POST)
    add("Post", title="One")
    change(post(f"{name}: String"), renames={("Post", "title"): name})
    assert stored("Post", name) == [("One",)]
    change(POST, renames={("Post", name): "title"})
    assert stored("Post", "title") == [("One",)]


def test_a_renamed_field_changes_its_type_too(change):
    change(POST)
    add("Post", title="5")
    change(post("rating: Int"), renames={("Post", "title"): "rating"})
    assert stored("Post", "rating") == [(5,)]


def test_two_fields_are_renamed_as_told(change):
    change(post("a: String b: String"))
    add("Post", a="A", b="B")
    change(post("c: String d: String"), renames={("Post", "a"): "d", ("Post", "b"): "c"})
    assert stored("Post", "c", "d") == [("B", "A")]


def test_a_field_takes_a_name_that_another_gives_up(change):
    change(post("a: String Zz: String"))
    add("Post", a="A", Zz="Z")
    change(post("zz: String q: String"), renames={("Post", "a"): "zz", ("Post", "Zz"): "q"})
    assert stored("Post", "zz", "q") == [("A", "Z")]
    change(post("zz: String q: String").replace("q:", "Q:"), renames={("Post", "q"): "Q"})
    assert stored("Post", "zz", "Q") == [("A", "Z")]


def test_a_model_takes_a_name_that_another_gives_up(change):
    change("type Zed @model { id: ID! a: Int } type Order @model { id: ID! b: Int }")
    add("Zed", a=1)
    add("Order", b=2)
    change(
        "type Article @model { id: ID! a: Int } type zed @model { id: ID! b: Int }",
        model_renames={"Zed": "Article", "Order": "zed"},
    )
    assert (stored("Article", "a"), stored("zed", "b")) == ([(1,)], [(2,)])


def test_a_renamed_key_keeps_its_references(change):
    text = """
    type Post @model { slug: ID! @primaryKey comments: [Comment] @hasMany(indexName: "byPost", fields: ["slug"]) }
    type Comment @model { id: ID! postSlug: ID @index(name: "byPost") }
    """
    change(text)
    add("Post", slug="p")
    add("Comment", postSlug="p")
    renames = {("Post", "slug"): "code", ("Comment", "postSlug"): "postCode"}
    change(text.replace("slug", "code").replace("postSlug", "postCode"), renames=renames)
    assert stored("Comment", "postCode") == [("p",)]
    assert len(shape()["data_comment"]["references"]) == 1


def test_a_renamed_key_alone_keeps_its_references(change):
    text = """
    type Post @model { slug: ID! @primaryKey comments: [Comment] @hasMany(indexName: "byPost", fields: ["slug"]) }
    type Comment @model { id: ID! postSlug: ID @index(name: "byPost") }
    """
    change(text)
    add("Post", slug="p")
    add("Comment", postSlug="p")
    change(text.replace("slug", "code"), renames={("Post", "slug"): "code"})
    assert stored("Comment", "postSlug") == [("p",)]
    assert len(shape()["data_comment"]["references"]) == 1


def test_a_renamed_model_keeps_its_records_and_relationships(change):
    change(ONE_TO_MANY)
    add("Post", id="p")
    add("Comment", postID="p")
    change(ONE_TO_MANY.replace("Comment", "Remark"), model_renames={"Comment": "Remark"})
    assert stored("Remark", "postID") == [("p",)]
    assert set(shape()) == {"data_post", "data_remark"}
    change(
        ONE_TO_MANY.replace("Comment", "Remark").replace("Post ", "Article "),
        model_renames={"Post": "Article"},
    )
    assert set(shape()) == {"data_article", "data_remark"}
    assert stored("Remark", "postID") == [("p",)]


def test_a_model_is_renamed_together_with_its_fields(change):
    change(POST)
    add("Post", title="One")
    change(
        "type Article @model { id: ID! headline: String }",
        model_renames={"Post": "Article"},
        renames={("Post", "title"): "headline"},
    )
    assert stored("Article", "headline") == [("One",)]


def test_a_generated_reference_follows_a_renamed_model(change):
    text = "type Post @model { id: ID! comments: [Comment] @hasMany } type Comment @model { id: ID! }"
    change(text)
    add("Post", id="p")
    add("Comment", postCommentsId="p")
    change(text.replace("Post", "Article"), model_renames={"Post": "Article"})
    assert stored("Comment", "articleCommentsId") == [("p",)]


def test_a_generated_reference_follows_a_renamed_relationship(change):
    text = "type User @model { id: ID! profile: Profile @hasOne } type Profile @model { id: ID! }"
    change(text)
    add("Profile", id="p")
    add("User", userProfileId="p")
    change(text.replace("profile:", "bio:"), renames={("User", "profile"): "bio"})
    assert stored("User", "userBioId") == [("p",)]


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


def test_a_failure_in_the_middle_leaves_everything_as_it_was(change, monkeypatch):
    change(POST)
    add("Post", title="One")
    before = shape()

    def fail(*args):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(executor, "_record", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        change(post("rating: Int!", "type Tag @model { id: ID! }"), defaults={("Post", "rating"): 1})
    assert shape() == before
    assert registry.current().version == 1
    assert stored("Post", "title") == [("One",)]
    assert SchemaMigration.objects.count() == 1
    monkeypatch.undo()
    assert change(post("rating: Int")).version == 2


KILLED = """
import os, django
django.setup()
from datamodel.migrator import apply_plan, executor, make_plan
from datamodel.schema import Source
executor._record = lambda *args: os._exit(9)
apply_plan(make_plan([Source("a.graphql", "type Tag @model { id: ID! }")]), allow_destructive=True)
"""


@pytest.mark.slow
def test_a_process_that_is_killed_in_the_middle_leaves_everything_as_it_was(change):
    change(POST)
    add("Post", title="One")
    before = shape()
    connections.close_all()
    killed = subprocess.run([sys.executable, "-c", KILLED], env=os.environ | {"DATABASE_URL": database_url()})
    assert killed.returncode == 9
    assert shape() == before
    assert stored("Post", "title") == [("One",)]
    assert change(post("rating: Int")).version == 2


def database_url():
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def test_references_are_checked_again_after_a_change(change):
    change(ONE_TO_MANY)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
    comment = registry.current().model("Comment")(id="c", postID="nobody", createdAt="", updatedAt="")
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), transaction.atomic():
        type(comment).objects.bulk_create([comment])


def test_a_second_change_at_the_same_time_is_told_at_once(change, monkeypatch):
    change(POST)
    plan = plan_for(post("title: String rating: Int"))
    inside, leave = threading.Event(), threading.Event()
    run = executor._run

    def wait(operations):
        inside.set()
        leave.wait(10)
        run(operations)

    monkeypatch.setattr(executor, "_run", wait)
    first = threading.Thread(target=apply_and_close, args=(plan,))
    first.start()
    assert inside.wait(10)
    try:
        with pytest.raises(ApplyBusy):
            apply_plan(plan_for(post("title: String other: Int")))
    finally:
        leave.set()
        first.join()
    assert registry.current().version == 2


def apply_and_close(plan):
    apply_plan(plan)
    connections.close_all()


def test_a_change_in_another_process_is_told_at_once(change):
    change(POST)
    plan = plan_for(post("title: String rating: Int"))
    with other_process_applying(), pytest.raises(ApplyBusy):
        apply_plan(plan)
    assert apply_plan(plan).version == 2


@contextmanager
def other_process_applying():
    """Hold the lock that a schema change of another process would hold."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(f"{connection.settings_dict['NAME']}.applying", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
    else:
        other = connection.copy()
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [executor.ADVISORY_LOCK])
    yield
    other.close()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_a_writer_of_the_old_version_ends_first(change, monkeypatch):
    datamodel = change(POST)
    plan = plan_for(post("title: String rating: Int"))
    monkeypatch.setattr(executor, "WAIT_FOR_TABLES", "200ms")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT number FROM datamodel_schemaversion WHERE is_active FOR SHARE")
    with pytest.raises(ApplyBusy):
        apply_plan(plan)
    other.rollback()
    other.close()
    apply_plan(plan)
    with pytest.raises(SchemaChanged), transaction.atomic():
        lock_version(datamodel)


def test_another_failure_of_the_database_is_not_hidden(change, monkeypatch):
    def fail(*args):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(executor, "_run", fail)
    with pytest.raises(OperationalError, match="disk"):
        change(POST)


def test_a_schema_of_many_models_is_applied_in_good_time(change):
    models = " ".join(
        f'type M{i} @model {{ id: ID! ref: ID @index(name: "by{i}") next: M{(i + 1) % 60} @hasOne(fields: ["ref"]) }}'
        for i in range(60)
    )
    assert len(change(models).models) == 60

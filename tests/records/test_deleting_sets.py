"""Deletes of many records at once: what the log says of each, and what the database is asked."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import connection
from django.db.models.signals import post_delete, pre_delete
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datamodel import deletion, records
from datamodel.changes import log
from datamodel.deletion import Bound
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from tests.modelgen.test_in_sql import FLOATS, KEYS, WORDS, stored_form
from tests.records.conftest import comment_on, logged, refetch, remove
from tests.records.schemas import BLOG, DIAMOND, TAGS, TREE

SHELF = """
enum Mood { GOOD BAD }
type Place { street: String number: Float }
type Shelf @model { code: ID! @primaryKey(sortKeyFields: ["row"]) row: Int!
  books: [Book] @hasMany(indexName: "byShelf", fields: ["code", "row"]) }
type Book @model { id: ID! title: String price: Float isSold: Boolean mood: Mood extra: AWSJSON
  tags: [String] scores: [Float] place: Place
  shelfCode: ID @index(name: "byShelf", sortKeyFields: ["shelfRow"]) shelfRow: Int
  shelf: Shelf @belongsTo(fields: ["shelfCode", "shelfRow"]) }
"""
BOOKS = st.fixed_dictionaries(
    {"id": KEYS},
    optional={
        "title": st.none() | WORDS,
        "price": FLOATS,
        "isSold": st.booleans(),
        "mood": st.sampled_from(["GOOD", "BAD"]),
        "extra": st.just('{"b": 1.50, "a": [null]}'),
        "tags": st.lists(WORDS, max_size=2),
        "scores": st.lists(FLOATS, max_size=2),
        "place": st.fixed_dictionaries({"street": WORDS}, optional={"number": FLOATS}),
    },
)
FIELDS = (
    "model",
    "key",
    "label",
    "action",
    "before",
    "after",
    "record_version",
    "is_tombstone",
    "cause",
    "at",
)


def entry(change):
    return {name: getattr(change, name) for name in FIELDS}


def expected(record, after, cause, now):
    """The entry that Python's own path makes of a record as it was."""
    written = dataclasses.replace(log.Written(record, record.values(), after), cause=cause)
    change = Change(**log.to_values(written, log.access.current_actor(), log.current_group()))
    is_tombstone = after is None and record.schema.has_datastore
    later = {"record_version": record.joinery_version + 1, "at": now, "is_tombstone": is_tombstone}
    values = {"before": stored_form(change.before), "after": after and stored_form(after)}
    return entry(change) | later | values


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR])
def test_entries_are_those_of_single_writes(activate_schema, datastore, policy):
    datamodel = activate_schema(SHELF, datastore=datastore, on_delete={"Book.shelf": policy})

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(KEYS, st.lists(BOOKS, min_size=1, max_size=4, unique_by=lambda book: book["id"]))
    def compare(code, books):
        shelf = records.create(datamodel, "Shelf", {"code": code, "row": -1})
        ends = {"shelfCode": code, "shelfRow": -1}
        made = [refetch(records.create(datamodel, "Book", book | ends)) for book in books]
        Change.objects.all().delete()
        remove(datamodel, shelf)
        *found, root = Change.objects.order_by("id")
        cause = f"{policy} Shelf {shelf.url_key}"
        if policy is OnDelete.CASCADE:
            made.reverse()
        for record, change in zip(made, found, strict=True):
            after = None
            if policy is OnDelete.CLEAR:
                stored = refetch(record)
                after = stored.values()
                assert after | ends | {"updatedAt": record.get_value("updatedAt")} == record.values()
                assert (after["shelfCode"], after["shelfRow"]) == (None, None)
            assert entry(change) == expected(record, after, cause, change.at)
        assert entry(root) == expected(shelf, None, "", root.at)
        datamodel.model("Book").all_objects.all()._raw_delete(connection.alias)
        datamodel.model("Shelf").all_objects.all()._raw_delete(connection.alias)

    compare()


def count_statements(call):
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured.captured_queries)


def chain(datamodel, length):
    """Folders one inside the other; returns the outermost."""
    root = inner = records.create(datamodel, "Folder", {"name": "F"})
    for _ in range(length - 1):
        inner = records.create(datamodel, "Folder", {"name": "F", "parentID": inner.get_value("id")})
    return root


def test_a_deep_tree_costs_as_many_statements_as_a_flat_one(activate_schema, datastore):
    datamodel = activate_schema(TREE, datastore=datastore)
    flat, deep = chain(datamodel, 2), chain(datamodel, 40)
    assert count_statements(lambda: remove(datamodel, flat)) == count_statements(
        lambda: remove(datamodel, deep)
    )
    assert not datamodel.model("Folder").objects.exists()


def test_a_deep_tree_goes_from_the_inside(activate_schema, datastore):
    datamodel = activate_schema(TREE, datastore=datastore)
    root = chain(datamodel, 10)
    inside_out = list(datamodel.model("Folder").objects.order_by("-joinery_pk"))
    Change.objects.all().delete()
    remove(datamodel, root)
    changes = list(Change.objects.order_by("id"))
    assert [change.key for change in changes] == [folder.url_key for folder in inside_out]
    parents = [f"cascade Folder {folder.url_key}" for folder in inside_out[1:]]
    assert [change.cause for change in changes] == [*parents, ""]


def test_a_circle_goes_whole_wherever_it_is_opened(activate_schema, datastore):
    datamodel = activate_schema(TREE, datastore=datastore)
    root = chain(datamodel, 4)
    last = datamodel.model("Folder").objects.latest("joinery_pk")
    records.update(datamodel, "Folder", root.key_dict, {"parentID": last.get_value("id")})
    middle = datamodel.model("Folder").objects.order_by("joinery_pk")[2]
    remove(datamodel, middle)
    assert not datamodel.model("Folder").objects.exists()
    assert Change.objects.filter(action="delete").count() == 4


def test_many_records_are_deleted_in_one_walk(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore)

    def posts(number):
        made = [records.create(blog, "Post", {"title": f"T{n}"}) for n in range(number)]
        for post in made:
            comment_on(blog, post)
        return made

    few, many = posts(2), posts(30)
    assert count_statements(lambda: records.delete_together(blog, few)) == count_statements(
        lambda: records.delete_together(blog, many)
    )
    assert not blog.model("Comment").objects.exists()


def test_each_of_many_records_has_an_entry_of_its_own(blog):
    made = [records.create(blog, "Post", {"title": f"T{n}"}) for n in range(3)]
    comment_on(blog, made[1])
    Change.objects.all().delete()
    gone = blog.model("Post")(id="nobody", joinery_pk=0)
    assert records.delete_together(blog, [*made, gone]) == 3
    assert logged() == [("delete", "Comment", "cascade"), *[("delete", "Post", "")] * 3]
    assert [change.label for change in Change.objects.filter(model="Post").order_by("id")] == [
        "T0",
        "T1",
        "T2",
    ]
    assert Change.objects.values("group").distinct().count() == 1


def test_records_that_go_together_do_not_stand_in_each_others_way(activate_schema):
    folders = activate_schema(TREE, on_delete={"Folder.parent": OnDelete.RESTRICT})
    root = chain(folders, 3)
    with pytest.raises(records.RestrictedDelete):
        remove(folders, root)
    assert folders.model("Folder").objects.all().delete() == (3, {"records.Folder": 3})


def test_what_two_records_share_is_touched_once(activate_schema, datastore):
    tags = activate_schema(TAGS, datastore=datastore)
    post, tag = records.create(tags, "Post", {"title": "T"}), records.create(tags, "Tag", {"label": "L"})
    other = records.create(tags, "Post", {"title": "U"})
    for one in (post, other):
        records.link_many(tags, "Post", "tags", one.key_dict, tag.key_dict)
    Change.objects.all().delete()
    tags.model("Post").objects.all().delete()
    assert logged() == [("delete", "PostTag", "cascade")] * 2 + [("delete", "Post", "")] * 2


def test_receivers_of_django_are_told_of_each_record(blog):
    made = [records.create(blog, "Post", {"title": f"T{n}"}) for n in range(2)]
    told = []

    def tell(sender, instance, signal, **kwargs):
        told.append((signal is pre_delete, instance.label, instance.joinery_version))

    for signal in (pre_delete, post_delete):
        signal.connect(tell, sender=blog.model("Post"))
    records.delete_together(blog, made)
    assert told == [(True, "T0", 1), (True, "T1", 1), (False, "T0", 2), (False, "T1", 2)]


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT])
def test_tombstones_left_from_datastore_go_without_a_word(activate_schema, policy):
    blog = activate_schema(DIAMOND, datastore=True, on_delete={"Comment.post": policy})
    post = records.create(blog, "Post", {"title": "T"})
    comment = records.create(blog, "Comment", {"content": "C", "postID": post.get_value("id")})
    remove(blog, comment)
    plain = activate_schema(DIAMOND, datastore=False, on_delete={"Comment.post": policy})
    Change.objects.all().delete()
    remove(plain, records.find(plain, "Post", post.key_dict))
    assert logged() == [("delete", "Post", "")]
    assert not plain.model("Comment").all_objects.exists()


def test_a_delete_comes_in_batches_where_there_is_too_much_for_one_statement(blog, monkeypatch):
    monkeypatch.setattr("datamodel.modelgen.sets.BATCH", 4)
    post = records.create(blog, "Post", {"title": "T"})
    comments = [comment_on(blog, post, f"C{n}") for n in range(10)]
    Change.objects.all().delete()
    remove(blog, post)
    assert not blog.model("Comment").objects.exists()
    assert [change.key for change in Change.objects.order_by("id")] == [
        *(comment.url_key for comment in reversed(comments)),
        post.url_key,
    ]


# Before the delete


def many_comments(datamodel, **ends):
    comment = datamodel.model("Comment")
    made = [
        comment(id=f"c{number}", content=f"C{number}", createdAt="", updatedAt="", **ends)
        for number in range(1002)
    ]
    comment.all_objects.bulk_create(made, batch_size=500)


def told(records):
    return [(e.link.name, e.policy, e.count, e.bound, e.depth) for e in deletion.preview(records)]


def test_a_preview_counts_to_a_thousand(activate_schema, datastore):
    datamodel = activate_schema(DIAMOND, datastore=datastore)
    user = records.create(datamodel, "User", {"name": "U"})
    post = records.create(datamodel, "Post", {"title": "T", "authorID": user.get_value("id")})
    many_comments(datamodel, postID=post.get_value("id"))
    assert told([user]) == [
        ("Post.author", "cascade", 1, Bound.EXACT, 1),
        ("Comment.post", "cascade", 1000, Bound.MORE, 2),
    ]


def test_what_is_below_a_thousand_is_counted_at_least(activate_schema, datastore):
    datamodel = activate_schema(TREE_OF_COMMENTS, datastore=datastore)
    post = records.create(datamodel, "Post", {"title": "T"})
    many_comments(datamodel, postID=post.get_value("id"))
    records.create(datamodel, "Like", {"commentID": "c0"})
    assert told([post]) == [
        ("Comment.post", "cascade", 1000, Bound.MORE, 1),
        ("Like.comment", "cascade", 1, Bound.LEAST, 2),
    ]


TREE_OF_COMMENTS = """
type Post @model { id: ID! title: String comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
type Comment @model { id: ID! content: String postID: ID @index(name: "byPost")
  post: Post @belongsTo(fields: ["postID"]) likes: [Like] @hasMany(indexName: "byComment", fields: ["id"]) }
type Like @model { id: ID! commentID: ID @index(name: "byComment") comment: Comment @belongsTo(fields: ["commentID"]) }
"""


@pytest.mark.parametrize("policy", [OnDelete.CLEAR, OnDelete.RESTRICT])
def test_a_preview_looks_at_all_where_the_rest_could_change_the_answer(activate_schema, datastore, policy):
    """All comments go with their posts: none is cleared or in the way, however many there are."""
    datamodel = activate_schema(DIAMOND, datastore=datastore, on_delete={"Comment.writer": policy})
    user = records.create(datamodel, "User", {"name": "U"})
    post = records.create(datamodel, "Post", {"title": "T", "authorID": user.get_value("id")})
    many_comments(datamodel, postID=post.get_value("id"), writerID=user.get_value("id"))
    assert told([user]) == [
        ("Post.author", "cascade", 1, Bound.EXACT, 1),
        ("Comment.post", "cascade", 1000, Bound.MORE, 2),
    ]


def test_a_preview_names_records_with_their_keys(activate_schema):
    blog = activate_schema(BLOG)
    post = records.create(blog, "Post", {"title": "T"})
    comment = records.create(
        blog, "Comment", {"id": "a/b", "content": "C", "postCommentsId": post.get_value("id")}
    )
    (effect,) = deletion.preview([post])
    assert effect.shown == (deletion.Example("C", comment.url_key),)


def test_a_preview_of_a_deep_tree_counts_all_levels(activate_schema, datastore):
    folders = activate_schema(TREE, datastore=datastore)
    root = chain(folders, 12)
    assert told([root]) == [("Folder.parent", "cascade", 11, Bound.EXACT, 1)]


def test_a_preview_leaves_out_tombstones(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=True)
    post = records.create(blog, "Post", {"title": "T"})
    remove(blog, comment_on(blog, post))
    blog = activate_schema(BLOG, datastore=datastore)
    assert told([records.find(blog, "Post", post.key_dict)]) == []

"""Writes at the same moment, on connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, connections

from datamodel import records
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from tests.records.conftest import comment_on, reference, remove
from tests.records.schemas import BLOG, CYCLE, DIAMOND, ORDERS, TAGS


def race(*calls: Callable[[], object]) -> list[object]:
    """Run the calls at the same moment, each with a connection of its own; return answers and errors."""
    barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(position: int, call: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            answers[position] = call()
        except records.RecordError as error:
            answers[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def orphans(datamodel, link):
    """Children of ``link`` whose parent is not alive."""
    parents = {tuple(parent.key) for parent in datamodel.model(link.parent).objects.all()}
    references = (
        tuple(child.get_value(name) for name in link.reference_fields)
        for child in datamodel.model(link.child).objects.all()
    )
    return [values for values in references if None not in values and values not in parents]


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT])
@pytest.mark.parametrize("text", [BLOG, ORDERS], ids=["single", "composite"])
def test_no_child_outlives_its_parent_in_a_race(activate_schema, text, policy, datastore):
    name = "Comment.post" if text == BLOG else "Line.order"
    datamodel = activate_schema(text, datastore=datastore, on_delete={name: policy})
    link = datamodel.schema.link(name)
    for number in range(10):
        values = {"title": "T"} if text == BLOG else {"shop": "S", "number": number}
        parent = records.create(datamodel, link.parent, values)
        own = {"content": "C"} if text == BLOG else {"text": "T"}

        add = partial(records.create, datamodel, link.child, own | reference(link, parent))
        answers = race(add, lambda parent=parent: remove(datamodel, parent), add)
        errors = [answer for answer in answers if isinstance(answer, Exception)]
        assert all(isinstance(e, records.RelatedRecordNotFound | records.RestrictedDelete) for e in errors)
    assert orphans(datamodel, link) == []


def test_no_grandchild_outlives_its_parent_in_a_race(activate_schema, datastore):
    datamodel = activate_schema(DIAMOND, datastore=datastore)
    for _ in range(10):
        user = records.create(datamodel, "User", {"name": "U"})
        post = records.create(datamodel, "Post", {"title": "T", "authorID": user.get_value("id")})
        values = {"content": "C", "postID": post.get_value("id")}
        race(
            lambda values=values: records.create(datamodel, "Comment", values),
            lambda user=user: remove(datamodel, user),
        )
    assert orphans(datamodel, datamodel.schema.link("Comment.post")) == []
    assert orphans(datamodel, datamodel.schema.link("Post.author")) == []


def test_no_child_moves_to_a_parent_that_goes(blog):
    link = blog.schema.link("Comment.post")
    for _ in range(10):
        old, new = (records.create(blog, "Post", {"title": title}) for title in ("old", "new"))
        comment = comment_on(blog, old)
        race(
            lambda comment=comment, new=new: records.link(blog, link, new.key_dict, comment.key_dict),
            lambda new=new: remove(blog, new),
        )
    assert orphans(blog, link) == []


def test_the_same_key_is_created_once_in_a_race(blog):
    for number in range(10):
        values = {"id": str(number), "title": "T"}
        answers = race(*[lambda values=values: records.create(blog, "Post", values)] * 2)
        assert sorted(isinstance(answer, records.RecordExists) for answer in answers) == [False, True]
    assert Change.objects.count() == 10


def test_no_update_is_lost_in_a_race(blog):
    key = records.create(blog, "Post", {"title": "T", "rating": 0}).key_dict

    def add_one():
        with_lock = records.find(blog, "Post", key, for_update=True)
        return records.update(blog, "Post", key, {"rating": with_lock.get_value("rating") + 1})

    for _ in range(5):
        race(*[lambda: records.transact(blog, add_one)] * 3)
    post = records.find(blog, "Post", key)
    assert (post.get_value("rating"), post.joinery_version) == (15, 16)


def test_a_record_is_deleted_once_in_a_race(synced_blog):
    for _ in range(10):
        post = records.create(synced_blog, "Post", {"title": "T"})
        answers = race(*[lambda post=post: remove(synced_blog, post)] * 2)
        assert sorted(answer is None for answer in answers) == [False, True]
    assert Change.objects.filter(action="delete").count() == 10


def test_records_are_joined_once_in_a_race(activate_schema):
    tags = activate_schema(TAGS)
    post, tag = records.create(tags, "Post", {"title": "T"}), records.create(tags, "Tag", {"label": "L"})
    race(
        lambda: records.link_many(tags, "Post", "tags", post.key_dict, tag.key_dict),
        lambda: records.link_many(tags, "Tag", "posts", tag.key_dict, post.key_dict),
    )
    assert tags.model("PostTag").objects.count() == 1


def test_records_of_a_cycle_deleted_at_once_do_not_stop_each_other(activate_schema):
    datamodel = activate_schema(CYCLE)
    hen = records.create(datamodel, "Hen", {"name": "H"})
    egg = records.create(datamodel, "Egg", {"name": "E", "henID": hen.get_value("id")})
    records.update(datamodel, "Hen", hen.key_dict, {"eggID": egg.get_value("id")})
    answers = race(lambda: remove(datamodel, hen), lambda: remove(datamodel, egg))
    assert not any(isinstance(answer, Exception) for answer in answers)
    assert not datamodel.model("Hen").objects.exists()
    assert not datamodel.model("Egg").objects.exists()

from __future__ import annotations

import pytest
from django.db import transaction

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.changes import log
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from tests.records.conftest import comment_on, logged
from tests.records.schemas import BLOG, DIAMOND


def only_change() -> Change:
    return Change.objects.get()


def test_a_create_is_logged_with_what_came_to_be(blog):
    with acting_as(Actor("user", "alice")):
        post = records.create(blog, "Post", {"title": "T"})
    change = only_change()
    assert (change.action, change.before, change.after) == ("create", None, post.values())
    assert (change.model, change.key, change.label) == ("Post", post.url_key, "T")
    assert (change.actor_kind, change.actor, change.cause) == ("user", "alice", "")
    assert (change.version, change.record_version, change.at) == (blog.version, 1, post.joinery_changed_at)
    assert not change.is_tombstone


def test_an_update_is_logged_with_both_sides(blog):
    post = records.create(blog, "Post", {"title": "T"})
    before = post.values()
    Change.objects.all().delete()
    changed = records.update(blog, "Post", post.key_dict, {"title": "U"})
    change = only_change()
    assert (change.action, change.before, change.after) == ("update", before, changed.values())
    assert change.record_version == 2


def test_a_delete_is_logged_with_what_was(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore)
    post = records.create(blog, "Post", {"title": "T"})
    Change.objects.all().delete()
    records.delete(blog, "Post", post.key_dict)
    change = only_change()
    assert (change.action, change.before, change.after) == ("delete", post.values(), None)
    assert (change.record_version, change.is_tombstone) == (2, datastore)


def test_everything_on_the_way_of_a_delete_is_logged_with_its_cause(activate_schema, datastore):
    on_delete = {"Comment.writer": OnDelete.CLEAR}
    datamodel = activate_schema(DIAMOND, datastore=datastore, on_delete=on_delete)
    user = records.create(datamodel, "User", {"id": "1", "name": "U"})
    post = records.create(datamodel, "Post", {"id": "2", "title": "T", "authorID": "1"})
    gone = records.create(datamodel, "Comment", {"id": "3", "content": "gone", "postID": "2"})
    kept = records.create(datamodel, "Comment", {"id": "4", "content": "kept", "writerID": "1"})
    Change.objects.all().delete()
    records.delete(datamodel, "User", user.key_dict)
    changes = list(Change.objects.order_by("id"))
    assert [(c.action, c.model, c.key, c.cause) for c in changes] == [
        ("delete", "Comment", gone.url_key, f"cascade Post {post.url_key}"),
        ("delete", "Post", post.url_key, f"cascade User {user.url_key}"),
        ("update", "Comment", kept.url_key, f"clear User {user.url_key}"),
        ("delete", "User", user.url_key, ""),
    ]
    assert len({c.group for c in changes}) == 1
    assert {c.record_version for c in changes} == {2}
    assert changes[0].before == gone.values()
    assert changes[2].after["writerID"] is None
    assert changes[2].before["writerID"] == "1"
    assert changes[2].after["updatedAt"] >= changes[2].before["updatedAt"]


def test_replaying_the_log_gives_the_table(synced_blog):
    posts = [records.create(synced_blog, "Post", {"title": str(number)}) for number in range(3)]
    comments = [comment_on(synced_blog, post) for post in posts]
    records.update(synced_blog, "Post", posts[0].key_dict, {"rating": 1})
    records.update(synced_blog, "Comment", comments[1].key_dict, {"content": "D"})
    records.delete(synced_blog, "Post", posts[2].key_dict)
    replayed: dict[tuple[str, str], object] = {}
    for change in Change.objects.order_by("id"):
        assert replayed.get((change.model, change.key)) == change.before
        replayed[change.model, change.key] = change.after
    stored = {
        (name, record.url_key): record.values()
        for name, model in synced_blog.models.items()
        for record in model.objects.all()
    }
    assert {place: values for place, values in replayed.items() if values is not None} == stored


def test_all_writes_of_one_transaction_are_a_group(blog):
    with transaction.atomic():
        post = records.create(blog, "Post", {"title": "T"})
        comment_on(blog, post)
    comment_on(blog, post)
    first, second, third = Change.objects.order_by("id").values_list("group", flat=True)
    assert first == second != third


def test_a_group_survives_a_refused_write(blog):
    with transaction.atomic():
        records.create(blog, "Post", {"id": "1", "title": "T"})
        with pytest.raises(records.RecordExists):
            records.create(blog, "Post", {"id": "1", "title": "T"})
        records.create(blog, "Post", {"id": "2", "title": "T"})
    assert Change.objects.count() == 2
    assert Change.objects.values("group").distinct().count() == 1


def test_a_transaction_that_is_rolled_back_leaves_no_entry_and_no_group(blog):
    with transaction.atomic():
        records.create(blog, "Post", {"title": "T"})
        lost = only_change().group
        transaction.set_rollback(True)
    assert not Change.objects.exists()
    records.create(blog, "Post", {"title": "T"})
    assert only_change().group != lost


def test_a_refused_delete_leaves_no_entry(activate_schema):
    blog = activate_schema(BLOG, on_delete={"Comment.post": OnDelete.RESTRICT})
    post = records.create(blog, "Post", {"title": "T"})
    comment_on(blog, post)
    with pytest.raises(records.RestrictedDelete):
        records.delete(blog, "Post", post.key_dict)
    assert logged() == [("create", "Post", ""), ("create", "Comment", "")]


def test_many_entries_are_appended_in_order(blog):
    post = records.create(blog, "Post", {"title": "T"})
    comments = [comment_on(blog, post, f"C{number}") for number in range(150)]
    Change.objects.all().delete()
    records.delete(blog, "Post", post.key_dict)
    keys = [change.key for change in Change.objects.order_by("id")]
    assert keys == [comment.url_key for comment in reversed(comments)] + [post.url_key]
    assert Change.objects.order_by("id")[0].before == comments[-1].values()


def test_the_latest_entries_come_newest_first(blog):
    post = records.create(blog, "Post", {"title": "T"})
    comment_on(blog, post)
    records.update(blog, "Post", post.key_dict, {"rating": 1})
    assert [(c.model, c.action) for c in log.recent(2)] == [("Post", "update"), ("Comment", "create")]


def test_what_is_saved_for_a_reason_says_so(blog):
    with log.because("revert 7"):
        post = records.create(blog, "Post", {"title": "T"})
    records.delete(blog, "Post", post.key_dict)
    assert [change.cause for change in Change.objects.order_by("id")] == ["revert 7", ""]

from __future__ import annotations

import pytest
from django.db import transaction

from datamodel import records
from datamodel.access import Actor
from datamodel.models import Change, Job
from datamodel.schema.ir import OnDelete
from tests.records.conftest import comment_on, logged, refetch
from tests.records.schemas import BLOG


def new_comment(blog, **values):
    comment = blog.model("Comment")()
    for name, value in {"content": "C", **values}.items():
        comment.set_value(name, value)
    return comment


def test_saving_checks_references(blog):
    with pytest.raises(records.RelatedRecordNotFound) as refused:
        new_comment(blog, postCommentsId="1").save()
    assert (refused.value.value, refused.value.parent_model) == ("1", "Post")
    assert not blog.model("Comment").all_objects.exists()


def test_saving_is_logged_once(blog):
    comment = new_comment(blog)
    comment.save()
    comment.set_value("content", "D")
    comment.save()
    assert logged() == [("create", "Comment", ""), ("update", "Comment", "")]
    change = Change.objects.last()
    assert (change.before["content"], change.after["content"], change.record_version) == ("C", "D", 2)
    assert Actor(change.actor_kind, change.actor) == Actor("system", "")


def test_saving_an_old_instance_follows_the_stored_version(blog):
    post = records.create(blog, "Post", {"title": "T"})
    records.update(blog, "Post", post.key_dict, {"title": "U"})
    post.set_value("title", "V")
    post.save()
    change = Change.objects.last()
    assert (change.before["title"], change.record_version, refetch(post).joinery_version) == ("U", 3, 3)


def test_saving_some_fields_logs_those(blog):
    post = records.create(blog, "Post", {"title": "T", "rating": 1})
    post.set_value("title", "U")
    post.set_value("rating", 2)
    post.save(update_fields=["rating"])
    after = Change.objects.last().after
    assert (after["title"], after["rating"]) == ("T", 2)
    assert after == refetch(post).values()


def test_a_save_that_was_refused_can_be_mended(blog):
    post = records.create(blog, "Post", {"title": "T"})
    comment = comment_on(blog, post)
    comment.set_value("postCommentsId", "nothing")
    with pytest.raises(records.RelatedRecordNotFound):
        comment.save()
    records.update(blog, "Comment", comment.key_dict, {"content": "D"})
    comment.set_value("postCommentsId", None)
    comment.save()
    assert Change.objects.last().before["content"] == "D"


def test_deleting_an_instance_obeys_the_policies(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore)
    post = records.create(blog, "Post", {"title": "T"})
    comment_on(blog, post)
    Change.objects.all().delete()
    post.delete()
    assert not blog.model("Comment").objects.exists()
    assert logged() == [("delete", "Comment", "cascade"), ("delete", "Post", "")]


def test_deleting_a_queryset_obeys_the_policies(activate_schema):
    blog = activate_schema(BLOG, datastore=False, on_delete={"Comment.post": OnDelete.RESTRICT})
    posts = [records.create(blog, "Post", {"title": title}) for title in ("free", "taken")]
    comment_on(blog, posts[1])
    with pytest.raises(records.RestrictedDelete):
        blog.model("Post").objects.all().delete()
    assert blog.model("Post").objects.count() == 2
    assert blog.model("Post").objects.filter(title="free").delete()[0] == 1


def test_a_refused_delete_inside_a_transaction_leaves_it_usable(activate_schema):
    blog = activate_schema(BLOG, on_delete={"Comment.post": OnDelete.RESTRICT})
    post = records.create(blog, "Post", {"title": "T"})
    comment = comment_on(blog, post)
    with transaction.atomic():
        with pytest.raises(records.RestrictedDelete):
            post.delete()
        comment.delete()
        post.delete()
    assert refetch(post) is None


def test_deleting_what_is_gone_is_not_logged(synced_blog):
    post = records.create(synced_blog, "Post", {"title": "T"})
    again = synced_blog.model("Post").objects.get()
    post.delete()
    again.delete()
    assert [change.action for change in Change.objects.order_by("id")] == ["create", "delete"]
    assert synced_blog.model("Post").all_objects.get().joinery_version == 2


def test_other_models_are_left_alone(blog):
    job = Job.objects.create(kind="test", status="done")
    job.delete()
    assert not Change.objects.exists()

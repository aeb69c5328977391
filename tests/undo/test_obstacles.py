"""What stands in the way of an undo: it is named, and nothing is done by halves."""

from __future__ import annotations

import uuid

import pytest

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from datamodel.undo import UndoRefused, UnknownChange, check_change, check_group, undo_change, undo_group
from datamodel.undo.outcome import MAX_OBSTACLES
from tests.records.schemas import BLOG, CART, DIAMOND
from tests.undo.conftest import create, everything, last_change, last_group

ALICE = Actor("user", "alice")


def refused(datamodel, group):
    """The obstacles to undoing a group, which leaves everything as it is."""
    before, last = everything(datamodel), last_change().id
    with pytest.raises(UndoRefused) as refusal:
        undo_group(datamodel, group)
    assert check_group(datamodel, group) == refusal.value.obstacles
    assert (everything(datamodel), last_change().id) == (before, last)
    assert refusal.value.message.startswith(f"Not undone. {refusal.value.obstacles[0].message}")
    return refusal.value.obstacles


def only(datamodel, group):
    (obstacle,) = refused(datamodel, group)
    return obstacle


def test_the_later_change_is_named_with_who_and_when(blog):
    create(blog, "Post", id="p", title="T", rating=1)
    records.update(blog, "Post", {"id": "p"}, {"title": "U", "rating": 2})
    group = last_group()
    with acting_as(ALICE):
        records.update(blog, "Post", {"id": "p"}, {"rating": 3})
    culprit = last_change()
    records.update(blog, "Post", {"id": "p"}, {"title": "U"})
    obstacle = only(blog, group)
    assert obstacle.change == culprit
    assert (obstacle.model, obstacle.key, obstacle.label) == ("Post", "p", "U")
    assert obstacle.message.startswith("Post 'U': 'rating' was changed since. alice, 20")
    assert obstacle.message.endswith(" UTC.")


def test_later_changes_of_other_fields_are_kept(blog):
    create(blog, "Post", id="p", title="T", rating=1)
    records.update(blog, "Post", {"id": "p"}, {"title": "U"})
    group = last_group()
    changed = records.update(blog, "Post", {"id": "p"}, {"rating": 2})
    undo_group(blog, group)
    post = blog.model("Post").objects.get()
    assert (post.get_value("title"), post.get_value("rating")) == ("T", 2)
    assert post.get_value("updatedAt") >= changed.get_value("updatedAt")


def test_a_field_that_is_back_already_is_left_alone(blog):
    create(blog, "Post", id="p", title="T", rating=1)
    records.update(blog, "Post", {"id": "p"}, {"title": "U", "rating": 2})
    group = last_group()
    records.update(blog, "Post", {"id": "p"}, {"title": "T"})
    undo_group(blog, group)
    post = blog.model("Post").objects.get()
    assert (post.get_value("title"), post.get_value("rating")) == ("T", 1)


def test_a_key_that_was_taken_again_is_in_the_way(blog):
    create(blog, "Post", id="p", title="T")
    records.delete(blog, "Post", {"id": "p"})
    group = last_group()
    create(blog, "Post", id="p", title="new")
    obstacle = only(blog, group)
    assert obstacle.change == last_change()
    assert "There is a record of this key again." in obstacle.message


def test_a_parent_that_is_gone_is_in_the_way(blog):
    create(blog, "Post", id="p", title="T")
    create(blog, "Comment", id="c", content="C", postCommentsId="p")
    records.delete(blog, "Comment", {"id": "c"})
    group = last_group()
    records.delete(blog, "Post", {"id": "p"})
    obstacle = only(blog, group)
    assert (obstacle.model, obstacle.key) == ("Comment", "c")
    assert "Its Post 'p' ('postCommentsId') does not exist any more." in obstacle.message
    assert obstacle.change == last_change()
    undo_group(blog, last_group())
    undo_group(blog, group)
    assert len(everything(blog)) == 2


def test_one_missing_parent_is_told_once(blog):
    create(blog, "Post", id="p", title="T")
    for number in range(3):
        create(blog, "Comment", id=str(number), content="C", postCommentsId="p")
    records.delete_together(blog, list(blog.model("Comment").objects.all()))
    group = last_group()
    records.delete(blog, "Post", {"id": "p"})
    assert len(refused(blog, group)) == 1


def test_an_old_link_to_a_parent_that_is_gone_is_in_the_way(blog):
    for key in ("old", "new"):
        create(blog, "Post", id=key, title=key)
    create(blog, "Comment", id="c", content="C", postCommentsId="old")
    records.update(blog, "Comment", {"id": "c"}, {"postCommentsId": "new"})
    group = last_group()
    records.delete(blog, "Post", {"id": "old"})
    assert only(blog, group).change == last_change()


def test_a_place_for_one_that_is_taken_is_in_the_way(activate_schema, datastore):
    cart = activate_schema(CART, "resource.ts", datastore=datastore)
    create(cart, "Customer", id="c", name="N")
    create(cart, "Cart", id="1", items="first", customerId="c")
    records.delete(cart, "Cart", {"id": "1"})
    group = last_group()
    create(cart, "Cart", id="2", items="second", customerId="c")
    obstacle = only(cart, group)
    assert "Its Customer has another Cart now: 'second'." in obstacle.message
    assert obstacle.change == last_change()
    records.delete(cart, "Cart", {"id": "2"})
    undo_group(cart, group)


def test_a_reference_set_elsewhere_since_is_in_the_way(activate_schema, datastore):
    cart = activate_schema(CART, "resource.ts", datastore=datastore)
    for key in ("gone", "other"):
        create(cart, "Customer", id=key, name=key)
    create(cart, "Cart", id="1", items="I", customerId="gone")
    records.delete(cart, "Customer", {"id": "gone"})
    group = last_group()
    records.update(cart, "Cart", {"id": "1"}, {"customerId": "other"})
    obstacle = only(cart, group)
    assert (obstacle.model, obstacle.change) == ("Cart", last_change())
    assert "'customerId' was changed since." in obstacle.message


def test_a_changed_record_that_was_deleted_since_is_in_the_way(blog):
    create(blog, "Post", id="p", title="T")
    records.update(blog, "Post", {"id": "p"}, {"title": "U"})
    group = last_group()
    records.delete(blog, "Post", {"id": "p"})
    obstacle = only(blog, group)
    assert obstacle.change == last_change()
    assert "It was deleted since." in obstacle.message


def test_a_new_record_that_was_changed_since_is_in_the_way(blog):
    create(blog, "Post", id="p", title="T")
    group = last_group()
    records.update(blog, "Post", {"id": "p"}, {"title": "U"})
    assert only(blog, group).change == last_change()
    undo_group(blog, last_group())
    assert undo_group(blog, group).removed == 1


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT])
def test_new_children_are_in_the_way_of_a_removal(activate_schema, datastore, policy):
    blog = activate_schema(BLOG, datastore=datastore, on_delete={"Comment.post": policy})
    create(blog, "Post", id="p", title="T")
    group = last_group()
    create(blog, "Comment", id="c", content="C", postCommentsId="p")
    obstacle = only(blog, group)
    assert (obstacle.model, obstacle.key, obstacle.change) == ("Comment", "c", last_change())
    assert obstacle.message.startswith("Comment 'C': It refers to Post 'T', which would be removed.")


def test_a_child_that_the_undo_moves_away_is_not_in_the_way(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore)
    create(blog, "Comment", id="c", content="C")
    before = everything(blog)

    def work():
        create(blog, "Post", id="p", title="T")
        records.update(blog, "Comment", {"id": "c"}, {"postCommentsId": "p"})

    records.transact(blog, work)
    undone = undo_group(blog, last_group())
    assert (undone.removed, undone.reverted) == (1, 1)
    assert everything(blog) == before


def test_what_refers_to_something_the_same_undo_removes_is_in_the_way(activate_schema, datastore):
    diamond = activate_schema(DIAMOND, datastore=datastore, on_delete={"Comment.post": OnDelete.CLEAR})
    create(diamond, "Post", id="old", title="old")
    create(diamond, "Comment", id="c", content="C", postID="old")

    def work():
        records.delete(diamond, "Post", {"id": "old"})
        create(diamond, "Post", id="new", title="new")
        records.update(diamond, "Comment", {"id": "c"}, {"postID": "new"})

    records.transact(diamond, work)
    group = last_group()
    create(diamond, "Comment", id="d", content="D", postID="new")
    assert only(diamond, group).key == "d"


def test_all_obstacles_are_told(blog):
    for number in range(4):
        create(blog, "Post", id=str(number), title=str(number))
    records.delete_together(blog, list(blog.model("Post").objects.all()))
    group = last_group()
    for number in (1, 3):
        create(blog, "Post", id=str(number), title="new")
    found = refused(blog, group)
    assert {obstacle.key for obstacle in found} == {"1", "3"}


def test_obstacles_are_told_up_to_a_number(blog):
    posts = [create(blog, "Post", title="T") for _ in range(MAX_OBSTACLES + 20)]
    records.delete_together(blog, posts)
    group = last_group()
    for post in posts:
        create(blog, "Post", id=post.get_value("id"), title="new")
    found = refused(blog, group)
    assert len(found) == MAX_OBSTACLES


def test_an_undo_done_twice_has_nothing_to_do(blog):
    create(blog, "Post", id="p", title="T")
    records.delete(blog, "Post", {"id": "p"})
    group = last_group()
    undo_group(blog, group)
    obstacle = only(blog, group)
    assert "Nothing is left to undo: all is as it was before." in obstacle.message
    assert obstacle.change == last_change()


def test_what_was_brought_back_by_itself_is_passed_over(blog):
    create(blog, "Post", id="p", title="T")
    create(blog, "Comment", id="c", content="C", postCommentsId="p")
    before = everything(blog)
    records.delete(blog, "Post", {"id": "p"})
    group = last_group()
    undo_change(blog, last_change("Post").id)
    assert undo_group(blog, group).restored == 1
    assert everything(blog) == before


def test_what_was_removed_by_itself_is_passed_over(blog):
    records.transact(blog, lambda: [create(blog, "Post", id=key, title="T") for key in "ab"])
    group = last_group()
    records.delete(blog, "Post", {"id": "a"})
    assert undo_group(blog, group).removed == 1


def test_one_entry_of_a_deletion_comes_back_alone(blog):
    create(blog, "Post", id="p", title="T")
    for number in range(2):
        create(blog, "Comment", id=str(number), content="C", postCommentsId="p")
    records.delete(blog, "Post", {"id": "p"})
    post, comment = (Change.objects.filter(action="delete", model=m)[0] for m in ("Post", "Comment"))
    (obstacle,) = check_change(blog, comment.id)
    assert obstacle.change == post
    with pytest.raises(UndoRefused):
        undo_change(blog, comment.id)
    assert undo_change(blog, post.id).restored == 1
    assert undo_change(blog, comment.id).restored == 1
    assert len(everything(blog)) == 2
    assert last_change().cause == f"undo {post.group} {comment.id}"


def test_one_entry_of_a_change_goes_back_alone(blog):
    create(blog, "Post", id="p", title="T")

    def work():
        records.update(blog, "Post", {"id": "p"}, {"title": "U"})
        records.update(blog, "Post", {"id": "p"}, {"rating": 1})

    records.transact(blog, work)
    first = Change.objects.filter(action="update").order_by("id")[0]
    undo_change(blog, first.id)
    post = blog.model("Post").objects.get()
    assert (post.get_value("title"), post.get_value("rating")) == ("T", 1)


def test_one_creation_is_removed_alone(blog):
    records.transact(blog, lambda: [create(blog, "Post", id=key, title="T") for key in "ab"])
    undo_change(blog, last_change().id)
    assert list(everything(blog)) == [("Post", "a")]


def test_what_the_log_does_not_have_is_told(blog):
    with pytest.raises(UnknownChange, match="The change log has no group"):
        undo_group(blog, uuid.uuid4())
    with pytest.raises(UnknownChange, match="The change log has no group"):
        check_group(blog, uuid.uuid4())
    with pytest.raises(UnknownChange, match="The change log has no entry '7'"):
        undo_change(blog, 7)


def test_an_undo_by_an_old_version_is_refused(activate_schema):
    blog = activate_schema(BLOG)
    create(blog, "Post", id="p", title="T")
    records.delete(blog, "Post", {"id": "p"})
    activate_schema(BLOG.replace("rating: Int", "rating: Float"))
    with pytest.raises(records.SchemaChanged):
        undo_group(blog, last_group())

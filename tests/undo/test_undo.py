from __future__ import annotations

import pytest
from django.db import transaction

from datamodel import records
from datamodel.models import Change
from datamodel.undo import UndoRefused, check_group, undo_group
from tests.invariants import broken_promises
from tests.undo.conftest import create, everything, last_group


def test_a_deletion_undone_brings_back_everything_it_took(blog):
    post = create(blog, "Post", title="T", rating=3)
    for number in range(3):
        create(blog, "Comment", content=f"C{number}", postCommentsId=post.get_value("id"))
    before = everything(blog)
    records.delete(blog, "Post", post.key_dict)
    assert everything(blog) == {}
    group = last_group()
    assert check_group(blog, group) == ()
    undone = undo_group(blog, group)
    assert (undone.restored, undone.reverted, undone.removed) == (4, 0, 0)
    assert everything(blog) == before
    assert list(everything(blog)) == list(before)
    changes = list(Change.objects.filter(group=undone.group))
    assert {(change.action, change.cause) for change in changes} == {("create", f"undo {group}")}
    assert {change.record_version for change in changes} == {3}


def test_an_undo_can_be_undone_and_redone(blog):
    post = create(blog, "Post", title="T")
    create(blog, "Comment", content="C", postCommentsId=post.get_value("id"))
    before = everything(blog)
    records.delete(blog, "Post", post.key_dict)
    back = undo_group(blog, last_group())
    gone = undo_group(blog, back.group)
    assert (gone.removed, everything(blog)) == (2, {})
    undo_group(blog, gone.group)
    assert everything(blog) == before


def test_a_record_that_was_replaced_comes_back_to_its_place(blog):
    post = create(blog, "Post", title="first")
    create(blog, "Comment", content="C", postCommentsId=post.get_value("id"))
    create(blog, "Post", title="second")
    before = everything(blog)
    with transaction.atomic():
        records.delete(blog, "Post", post.key_dict)
        create(blog, "Post", title="instead", **post.key_dict)
    after, undone = everything(blog), undo_group(blog, last_group())
    assert everything(blog) == before
    assert list(everything(blog)) == list(before)
    assert undone.count == Change.objects.filter(group=undone.group).count()
    again = undo_group(blog, undone.group)
    assert everything(blog) == after
    assert list(everything(blog)) == list(after)
    undo_group(blog, again.group)
    assert list(everything(blog)) == list(before)
    assert broken_promises(blog) == []


def test_an_update_undone_changes_back_what_it_changed(blog):
    post = create(blog, "Post", title="T", rating=1)
    before = everything(blog)
    records.update(blog, "Post", post.key_dict, {"title": "U"})
    undone = undo_group(blog, last_group())
    assert undone.reverted == 1
    assert everything(blog) == before


def test_a_later_change_of_the_same_field_stands_in_the_way(blog):
    post = create(blog, "Post", title="T", rating=1)
    records.update(blog, "Post", post.key_dict, {"title": "U"})
    group = last_group()
    records.update(blog, "Post", post.key_dict, {"title": "V"})
    before = everything(blog)
    with pytest.raises(UndoRefused) as refused:
        undo_group(blog, group)
    (obstacle,) = refused.value.obstacles
    assert obstacle.change == Change.objects.last()
    assert "'title' was changed since." in obstacle.message
    assert check_group(blog, group) == (obstacle,)
    assert everything(blog) == before


def test_a_creation_undone_refuses_to_cascade(blog):
    post = create(blog, "Post", title="T")
    group = last_group()
    comment = create(blog, "Comment", content="C", postCommentsId=post.get_value("id"))
    with pytest.raises(UndoRefused) as refused:
        undo_group(blog, group)
    (obstacle,) = refused.value.obstacles
    assert (obstacle.model, obstacle.key) == ("Comment", comment.url_key)
    undo_group(blog, last_group())
    undo_group(blog, group)
    assert everything(blog) == {}

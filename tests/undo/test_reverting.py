from __future__ import annotations

import pytest

from datamodel import records
from datamodel.models import Change
from datamodel.undo import UnknownChange, revert_record
from tests.undo.conftest import create, last_change


@pytest.fixture
def edited(blog):
    """A post that was created and changed twice."""
    create(blog, "Post", id="p", title="T", rating=1)
    records.update(blog, "Post", {"id": "p"}, {"title": "U"})
    records.update(blog, "Post", {"id": "p"}, {"title": "V", "rating": 2})
    return blog


def entry(number: int) -> int:
    return Change.objects.order_by("id")[number].id


def test_a_record_is_reverted_to_what_it_was_after_a_change(edited):
    created = edited.model("Post").objects.get()
    post = revert_record(edited, "Post", "p", entry(0))
    assert (post.get_value("title"), post.get_value("rating"), post.joinery_version) == ("T", 1, 4)
    assert post.get_value("createdAt") == created.get_value("createdAt")
    assert post.get_value("updatedAt") >= created.get_value("updatedAt")
    assert (last_change().action, last_change().cause) == ("update", f"revert {entry(0)}")


def test_some_fields_may_be_reverted(edited):
    post = revert_record(edited, "Post", "p", entry(0), fields=["rating"])
    assert (post.get_value("title"), post.get_value("rating")) == ("V", 1)


def test_reverting_to_what_is_there_writes_nothing(edited):
    assert revert_record(edited, "Post", "p", entry(2)).joinery_version == 3
    assert Change.objects.count() == 3


def test_a_version_that_is_not_the_stored_one_is_refused(edited):
    with pytest.raises(records.VersionConflict):
        revert_record(edited, "Post", "p", entry(0), expected_version=2)
    assert revert_record(edited, "Post", "p", entry(0), expected_version=3).joinery_version == 4


def test_a_reference_to_nothing_is_refused(blog):
    create(blog, "Post", id="p", title="T")
    create(blog, "Comment", id="c", content="C", postCommentsId="p")
    linked = last_change()
    records.update(blog, "Comment", {"id": "c"}, {"postCommentsId": None})
    records.delete(blog, "Post", {"id": "p"})
    with pytest.raises(records.RelatedRecordNotFound):
        revert_record(blog, "Comment", "c", linked.id)


@pytest.mark.parametrize("field", ["id", "createdAt", "nothing"])
def test_a_field_that_nobody_writes_is_refused(edited, field):
    with pytest.raises(records.ValidationFailed) as refused:
        revert_record(edited, "Post", "p", entry(0), fields=[field])
    assert list(refused.value.errors) == [field]


def test_a_record_that_is_gone_is_not_reverted(edited):
    records.delete(edited, "Post", {"id": "p"})
    with pytest.raises(records.RecordNotFound):
        revert_record(edited, "Post", "p", entry(0))


def test_an_entry_of_another_record_is_refused(edited):
    create(edited, "Post", id="q", title="T")
    with pytest.raises(UnknownChange):
        revert_record(edited, "Post", "q", entry(0))


def test_a_deletion_has_no_values_to_revert_to(edited):
    records.delete(edited, "Post", {"id": "p"})
    create(edited, "Post", id="p", title="again")
    with pytest.raises(UnknownChange):
        revert_record(edited, "Post", "p", entry(3))

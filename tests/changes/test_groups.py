from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.changes.groups import Filters, Tally, entries, find_group, recent_groups
from datamodel.changes.history import Difference, differences, history
from datamodel.changes.trash import deleted
from datamodel.models import Change, first_group_at, new_group
from datamodel.undo import undo_change, undo_group
from tests.records.schemas import BLOG

ALICE = Actor("user", "alice")


@pytest.fixture
def blog(activate_schema):
    return activate_schema(BLOG)


def post(blog, key: str, **values):
    return records.create(blog, "Post", {"id": key, "title": key, **values})


def comment(blog, key: str, on: str):
    return records.create(blog, "Comment", {"id": key, "content": key, "postCommentsId": on})


def told(page) -> list[str]:
    return [f"{group.leading.action} {group.leading.label}" for group in page.items]


def test_groups_sort_in_the_order_in_which_they_began():
    groups = [new_group() for _ in range(1000)]
    assert groups == sorted(groups)
    assert len(set(groups)) == 1000
    assert {group.version for group in groups} == {7}


def test_a_group_sorts_after_the_moment_it_began():
    group = new_group()
    milliseconds = group.int >> 80
    assert first_group_at(milliseconds) <= group < first_group_at(milliseconds + 1)


def test_groups_come_newest_first_and_in_pages(blog):
    for key in "abcde":
        post(blog, key)
    first = recent_groups(2)
    second = recent_groups(2, first.next)
    last = recent_groups(2, second.next)
    assert told(first) + told(second) + told(last) == [f"create {key}" for key in "edcba"]
    assert last.next is None


def test_a_full_last_page_has_no_next(blog):
    for key in "ab":
        post(blog, key)
    assert recent_groups(2).next is None


def test_a_group_tells_what_was_asked_for_and_what_went_along(blog):
    post(blog, "p")
    for key in "abc":
        comment(blog, key, "p")
    records.delete(blog, "Post", {"id": "p"})
    group = recent_groups(1).items[0]
    assert (group.leading.model, group.leading.action, group.leading.cause) == ("Post", "delete", "")
    assert group.tallies == (Tally("Post", "delete", 1), Tally("Comment", "delete", 3))
    assert group.count == 4
    assert find_group(group.id) == group


def test_the_first_of_several_leads_a_group(blog):
    with transaction.atomic():
        for key in "abc":
            post(blog, key)
    group = recent_groups(1).items[0]
    assert group.leading.label == "a"
    assert group.tallies == (Tally("Post", "create", 3),)


def test_groups_are_filtered(blog):
    with acting_as(ALICE):
        post(blog, "a")
    post(blog, "b")
    comment(blog, "c", "b")
    with acting_as(ALICE):
        records.update(blog, "Post", {"id": "b"}, {"rating": 1})
    since = Change.objects.get(model="Comment").at
    later = first_group_at(since)

    def found(**given) -> list[str]:
        return told(recent_groups(9, filters=Filters(**given)))

    assert found(model="Comment") == ["create c"]
    assert found(action="create") == ["create c", "create b", "create a"]
    assert found(actor=ALICE) == ["update b", "create a"]
    assert found(actor=ALICE, action="create") == ["create a"]
    assert found(actor=ALICE, model="Comment") == []
    assert found(model="Nothing") == []
    assert found(actor=Actor("user", "bob")) == []
    shown = recent_groups(9, filters=Filters(since=since)).items
    assert shown
    assert all(group.id >= later for group in shown)


def test_a_filtered_list_comes_in_pages(blog):
    for number in range(5):
        post(blog, f"p{number}")
        comment(blog, f"c{number}", f"p{number}")
    seen, place = [], None
    while True:
        page = recent_groups(2, place, Filters(action="create", model="Post"))
        seen += told(page)
        place = page.next
        if place is None:
            break
    assert seen == [f"create p{number}" for number in reversed(range(5))]


def test_the_entries_of_a_group_come_in_pages(blog):
    with transaction.atomic():
        for key in "abc":
            post(blog, key)
    group = recent_groups(1).items[0].id
    first = entries(group, 2)
    second = entries(group, 2, first.next)
    assert [change.key for change in (*first.items, *second.items)] == ["a", "b", "c"]
    assert second.next is None


def test_a_group_that_is_none_is_not_found(blog):
    assert find_group(uuid.uuid4()) is None


def test_a_group_knows_by_which_it_was_undone(blog):
    post(blog, "p")
    records.delete(blog, "Post", {"id": "p"})
    deletion = recent_groups(1).items[0]
    assert deletion.undone_by is None
    undo = undo_group(blog, deletion.id)
    assert find_group(deletion.id).undone_by == undo.group
    assert find_group(undo.group).undoes == deletion.id
    redo = undo_group(blog, undo.group)
    assert find_group(deletion.id).undone_by is None
    assert find_group(undo.group).undone_by == redo.group


def test_a_history_is_one_records_and_comes_in_pages(blog):
    post(blog, "p")
    post(blog, "q")
    for rating in range(4):
        records.update(blog, "Post", {"id": "p"}, {"rating": rating})
    first = history("Post", "p", 3)
    second = history("Post", "p", 3, first.next)
    versions = [change.record_version for change in (*first.items, *second.items)]
    assert versions == [5, 4, 3, 2, 1]
    assert second.next is None


def test_differences_are_told_field_by_field(blog):
    post(blog, "p", rating=1)
    records.update(blog, "Post", {"id": "p"}, {"title": "T", "rating": None})
    found = differences(Change.objects.last(), blog.schema.model("Post"))
    assert [one for one in found if one.field != "updatedAt"] == [
        Difference("title", "p", "T"),
        Difference("rating", 1, None),
    ]


def test_a_new_record_has_no_values_before(blog):
    post(blog, "p")
    found = {one.field: one for one in differences(Change.objects.get())}
    assert found["title"] == Difference("title", None, "p")
    assert "rating" not in found


def test_the_trash_has_what_is_still_gone(blog):
    for key in "abc":
        post(blog, key)
        comment(blog, f"of {key}", key)
    for key in "abc":
        records.delete(blog, "Post", {"id": key})
    groups = [item.group.id for item in deleted(9).items]
    undo_group(blog, groups[1])
    post(blog, "a")
    page = deleted(9)
    assert [(item.change.model, item.change.label) for item in page.items] == [
        ("Post", "c"),
        ("Comment", "of a"),
    ]
    assert page.items[0].along == (Tally("Comment", "delete", 1),)


def test_the_trash_comes_in_pages(blog):
    for number in range(7):
        post(blog, f"{number}")
    for number in range(7):
        records.delete(blog, "Post", {"id": f"{number}"})
    seen, place = [], None
    while True:
        page = deleted(3, place)
        seen += [item.change.label for item in page.items]
        place = page.next
        if place is None:
            break
    assert seen == [f"{number}" for number in reversed(range(7))]


def test_the_trash_may_be_of_one_model(blog):
    post(blog, "p")
    comment(blog, "c", "p")
    records.delete(blog, "Post", {"id": "p"})
    assert [item.change.model for item in deleted(9, model="Comment").items] == ["Comment"]
    assert [item.change.model for item in deleted(9).items] == ["Post"]


def test_what_came_back_alone_leaves_the_rest_in_the_trash(blog):
    post(blog, "p")
    comment(blog, "c", "p")
    records.delete(blog, "Post", {"id": "p"})
    undo_change(blog, Change.objects.get(model="Post", action="delete").id)
    assert [(item.change.model, item.change.label) for item in deleted(9).items] == [("Comment", "c")]

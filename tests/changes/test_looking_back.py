"""What the activity page and the trash ask of the change log."""

from __future__ import annotations

import pytest
from django.db import transaction

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.changes.actors import logged_actors
from datamodel.changes.groups import Filters, entries, newer_groups, recent_groups
from datamodel.changes.trash import deleted_like
from datamodel.models import first_group_at
from datamodel.undo import UnknownChange, earlier_state, undo_group
from tests.changes.test_groups import comment, post, told
from tests.records.schemas import BLOG


@pytest.fixture
def blog(activate_schema):
    return activate_schema(BLOG)


def pages_up(limit, start, **filters):
    """Every page from ``start`` on to the newest."""
    place, seen = start, []
    while place is not None:
        page = newer_groups(limit, place, Filters(**filters))
        seen.append(told(page))
        place = page.next
    return seen


def test_newer_groups_come_in_pages_too(blog):
    for key in "abcde":
        post(blog, key)
    oldest = str(recent_groups(9).items[-1].id)
    assert pages_up(2, oldest) == [["create c", "create b"], ["create e", "create d"]]


def test_newer_groups_pass_the_same_filters(blog):
    for number in range(4):
        with acting_as(Actor("user", f"u{number % 2}")):
            post(blog, f"p{number}")
            comment(blog, f"c{number}", f"p{number}")
    oldest = str(recent_groups(9).items[-1].id)
    assert pages_up(9, oldest, model="Comment") == [["create c3", "create c2", "create c1", "create c0"]]
    assert pages_up(9, oldest, actor=Actor("user", "u1"), action="create", model="Post") == [
        ["create p3", "create p1"]
    ]
    assert pages_up(9, oldest, model="Tag") == [[]]


def test_newer_groups_stay_within_their_time(blog):
    for key in "abcd":
        post(blog, key)
    newest, *_, oldest = recent_groups(9).items
    page = newer_groups(9, str(oldest.id), before=str(newest.id))
    assert told(page) == ["create c", "create b"]
    later = (newest.id.int >> 80) + 1
    assert told(newer_groups(9, str(first_group_at(0)), Filters(since=later))) == []
    assert told(recent_groups(9, filters=Filters(since=later))) == []


def test_what_is_no_place_is_refused(blog):
    with pytest.raises(ValueError, match="badly formed"):
        newer_groups(2, "x")


def test_entries_come_the_other_way_round_too(blog):
    with transaction.atomic():
        for key in "abc":
            post(blog, key)
    group = recent_groups(1).items[0].id
    first = entries(group, 2, last_first=True)
    second = entries(group, 2, first.next, last_first=True)
    assert [change.key for change in (*first.items, *second.items)] == ["c", "b", "a"]
    assert second.next is None


def test_everybody_who_wrote_is_known_once(blog):
    assert logged_actors() == []
    post(blog, "p")
    for actor in (Actor("user", "zoe"), Actor("api_key", "app"), Actor("user", "ann"), Actor("user", "zoe")):
        with acting_as(actor):
            records.update(blog, "Post", {"id": "p"}, {"title": actor.name})
    assert logged_actors() == [
        Actor("api_key", "app"),
        Actor("system", ""),
        Actor("user", "ann"),
        Actor("user", "zoe"),
    ]


def found(text, **about):
    page = deleted_like(text, 9, **about)
    return [one.change.label for one in page.items]


def test_deleted_records_are_found_by_a_part_of_their_label(blog):
    post(blog, "Oak")
    comment(blog, "oak comment", "Oak")
    post(blog, "Elm")
    records.delete(blog, "Post", {"id": "Oak"})
    records.delete(blog, "Post", {"id": "Elm"})
    assert found("O") == ["oak comment"]
    assert found("oak", model="Post") == ["Oak"]
    assert found("e") == ["Elm", "oak comment"]
    assert found("100%") == []


def test_what_came_back_is_not_found(blog):
    post(blog, "Oak")
    records.delete(blog, "Post", {"id": "Oak"})
    undo_group(blog, recent_groups(1).items[0].id)
    assert found("Oak") == []


def test_an_undo_leads_with_the_record_that_it_is_about(blog):
    post(blog, "Oak")
    comment(blog, "c", "Oak")
    records.delete(blog, "Post", {"id": "Oak"})
    back = undo_group(blog, recent_groups(1).items[0].id)
    assert told(recent_groups(1)) == ["create Oak"]
    undo_group(blog, back.group)
    assert told(recent_groups(1)) == ["delete Oak"]


def test_an_earlier_state_has_what_people_may_write(blog):
    post(blog, "p", rating=1)
    group = recent_groups(1).items[0]
    records.update(blog, "Post", {"id": "p"}, {"rating": 2})
    state = earlier_state(blog, "Post", "p", group.leading.pk)
    assert state.values["rating"] == 1
    assert not {"id", "createdAt", "updatedAt"} & state.values.keys()
    assert state.misfits == {}


def test_an_entry_of_another_record_has_no_earlier_state(blog):
    post(blog, "p")
    post(blog, "q")
    change = recent_groups(1).items[0].leading
    with pytest.raises(UnknownChange, match="no values of Post 'p'"):
        earlier_state(blog, "Post", "p", change.pk)
    with pytest.raises(UnknownChange):
        earlier_state(blog, "Post", "p", 0)

"""The change log by sets."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from adminui.views import activity
from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.models import Change
from tests.adminui.trail.conftest import NADIA, last_change, last_group

pytestmark = pytest.mark.django_db(transaction=True)


def stories(client, query=""):
    """What the page tells: verb, subject, what else, who."""
    page = client.get(f"/activity/{query}")
    assert page.status_code == 200
    return [
        (story.title, story.asides, story.who.words) for day in page.context["days"] for story in day.stories
    ]


def test_each_call_is_told_as_one_set_newest_first(admin_client, blog):
    assert stories(admin_client)[:4] == [
        ("changed Post 'Oak'", (), "blog frontend"),
        ("created Comment 'comment c2'", (), "nadia"),
        ("created Comment 'comment c1'", (), "nadia"),
        ("linked PostTag 'Oak · wood'", (), "nadia"),
    ]


def test_a_deletion_tells_what_went_along(admin_client, blog):
    with acting_as(NADIA):
        records.delete(blog, "Post", {"id": "p"})
    assert stories(admin_client)[0] == ("deleted Post 'Oak' and 2 comments", ("1 post tag",), "nadia")
    page = admin_client.get("/activity/").content.decode()
    assert "4 records" in page


def test_several_at_once_are_one_set(admin_client, blog):
    def work():
        for key in ("c1", "c2"):
            records.delete(blog, "Comment", {"id": key})
        records.update(blog, "Tag", {"id": "t"}, {"label": "elm"})

    records.transact(blog, work)
    assert stories(admin_client)[0] == (
        "deleted Comment 'comment c1' and 1 more comment",
        ("1 tag changed",),
        "the system",
    )


def test_a_change_says_at_a_glance_what_changed(admin_client, blog):
    page = admin_client.get("/activity/")
    (first, *_) = page.context["days"][0].stories
    assert [part.name for part in first.glance] == ["rating", "author"]
    text = page.content.decode()
    assert "user u" in text
    assert "user v" in text


def test_filters_stand_in_the_address(admin_client, blog):
    records.delete(blog, "Comment", {"id": "c1"})
    assert len(stories(admin_client, "?model=Comment")) == 3
    assert [who for *_, who in stories(admin_client, "?who=api_key:blog frontend")] == ["blog frontend"]
    assert [told for told, *_ in stories(admin_client, "?action=delete&model=Comment")] == [
        "deleted Comment 'comment c1'"
    ]
    assert stories(admin_client, "?model=Nothing") == []
    page = admin_client.get("/activity/?model=Nothing&who=user:somebody who left").content.decode()
    assert "Nothing of the kind was changed" in page
    assert "somebody who left" in page


def test_filters_by_day(admin_client, blog):
    today = datetime.now(UTC).date()
    assert len(stories(admin_client, f"?day={today}")) == 8
    assert stories(admin_client, f"?day={today - timedelta(days=1)}") == []
    assert stories(admin_client, f"?day={today + timedelta(days=1)}") == []


@pytest.mark.parametrize(
    "query",
    [
        "?day=never",
        "?day=9999-12-31",
        "?day=0001-01-01",
        "?_before=x",
        "?_after=x",
        "?action=drop",
        "?who=nobody",
        "?_after=00000000-0000-0000-0000-000000000000",
    ],
)
def test_an_address_that_makes_no_sense_is_no_error(admin_client, blog, query):
    assert admin_client.get(f"/activity/{query}").status_code == 200


def test_pages_lead_to_older_and_newer_sets(admin_client, blog, monkeypatch):
    monkeypatch.setattr(activity, "SETS", 3)
    address = "/activity/"
    seen = []
    while address:
        page = admin_client.get(address)
        seen.append([story.id for day in page.context["days"] for story in day.stories])
        address, last = page.context["older"], page
    assert [len(one) for one in seen] == [3, 3, 2]
    assert len({group for one in seen for group in one}) == 8
    newer = admin_client.get(last.context["newer"])
    assert [story.id for day in newer.context["days"] for story in day.stories] == seen[1]
    newest = admin_client.get(newer.context["newer"])
    assert [story.id for day in newest.context["days"] for story in day.stories] == seen[0]
    assert newest.context["newer"] == ""


def test_less_than_a_page_of_newer_sets_is_the_first_page(admin_client, blog, monkeypatch):
    monkeypatch.setattr(activity, "SETS", 5)
    first = [story.id for day in admin_client.get("/activity/").context["days"] for story in day.stories]
    page = admin_client.get(f"/activity/?_after={first[2]}")
    assert [story.id for day in page.context["days"] for story in day.stories] == first


def test_filters_stay_on_the_way_to_older_sets(admin_client, blog, monkeypatch):
    monkeypatch.setattr(activity, "SETS", 1)
    page = admin_client.get("/activity/?model=Comment&who=user:nadia")
    assert "model=Comment&who=user%3Anadia&_before=" in page.context["older"]
    assert admin_client.get(page.context["older"]).context["newer"].startswith("/activity/?model=Comment")


def test_a_set_shows_every_record_with_what_differs(admin_client, blog):
    page = admin_client.get(f"/activity/{last_change('Post', 'p').group}/")
    (entry,) = page.context["entries"]
    assert [change.name for change in entry.differences] == ["rating", "author"]
    assert "no value" in page.content.decode()
    assert page.context["story"].who.kind_words == "API key"


def test_a_deletion_begins_with_what_somebody_deleted_and_says_why_the_rest_went(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    page = admin_client.get(f"/activity/{last_group()}/")
    told = [
        (entry.model, entry.cause.words if entry.cause else "", entry.cause.url if entry.cause else "")
        for entry in page.context["entries"]
    ]
    assert told[0] == ("Post", "", "")
    assert set(told[1:]) == {
        ("Comment", "with its post", "/data/Post/p/history/"),
        ("PostTag", "with its post", "/data/Post/p/history/"),
    }


def test_a_join_record_is_called_by_its_ends_even_when_they_are_deleted(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    labels = [entry.label for entry in admin_client.get(f"/activity/{last_group()}/").context["entries"]]
    assert "Oak · wood" in labels


def test_a_cleared_reference_says_so(admin_client, activate_schema):
    model = activate_schema(
        """
        type Post @model { id: ID! title: String authorID: ID author: User @hasOne(fields: ["authorID"]) }
        type User @model { id: ID! name: String! }
        """
    )
    records.create(model, "User", {"id": "u", "name": "Ian"})
    records.create(model, "Post", {"id": "p", "title": "Oak", "authorID": "u"})
    records.delete(model, "User", {"id": "u"})
    assert stories(admin_client)[0][:2] == ("deleted User 'Ian'", ("1 post changed",))
    page = admin_client.get(f"/activity/{last_group()}/")
    cleared = next(entry for entry in page.context["entries"] if entry.model == "Post")
    assert cleared.cause.words == "as its user was deleted"
    (part,) = cleared.differences[0].parts
    assert (part.before.chip.label, part.before.chip.note, part.after.kind) == ("Ian", "deleted", "none")


def test_a_large_set_comes_in_pages(admin_client, example, monkeypatch):
    monkeypatch.setattr(activity, "ENTRIES", 4)

    def work():
        for number in range(10):
            records.create(example, "Tag", {"id": f"t{number}", "label": f"tag {number}"})

    records.transact(example, work)
    address, seen = f"/activity/{last_group()}/", []
    while address:
        page = admin_client.get(address)
        seen += [entry.label for entry in page.context["entries"]]
        address = page.context["more"]
    assert seen == [f"tag {number}" for number in range(10)]


def test_htmx_gets_the_part_it_asks_for(admin_client, blog):
    sets = admin_client.get("/activity/", HTTP_HX_REQUEST="true").content.decode()
    assert sets.lstrip().startswith('<div id="sets"')
    entries = admin_client.get(f"/activity/{last_group()}/", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in entries
    assert "rating" in entries


def test_paging_takes_the_focus_along_and_filtering_does_not(admin_client, blog, monkeypatch):
    monkeypatch.setattr(activity, "SETS", 3)
    first = admin_client.get("/activity/?model=Post", HTTP_HX_REQUEST="true")
    assert "data-autofocus" not in first.content.decode()
    assert 'data-announce="2 changes shown, beginning with Today."' in first.content.decode()
    older = admin_client.get(admin_client.get("/activity/").context["older"], HTTP_HX_REQUEST="true")
    assert older.content.decode().count("data-autofocus") == 1


def test_an_unknown_set_is_not_found(admin_client, blog):
    page = admin_client.get(f"/activity/{uuid.uuid4()}/")
    assert page.status_code == 404
    assert "There is no such change in the log." in page.content.decode()
    assert admin_client.get(f"/activity/{uuid.uuid4()}/undo/").status_code == 404
    assert admin_client.get("/activity/changes/99999/undo/").status_code == 404


def test_the_log_outlives_its_models(admin_client, blog, activate_schema):
    activate_schema("type Post @model { id: ID! title: String! }")
    assert "deleted" not in {told.split()[0] for told, *_ in stories(admin_client)}
    groups = Change.objects.order_by("id").values_list("group", flat=True).distinct()
    for group in set(groups):
        assert admin_client.get(f"/activity/{group}/").status_code == 200
    assert admin_client.get("/activity/?model=Comment").status_code == 200


def test_only_staff_reads_the_log(client, blog, django_user_model):
    for path in ("/activity/", f"/activity/{last_group()}/", "/trash/", "/data/Post/p/history/"):
        assert client.get(path).status_code == 302
    client.force_login(django_user_model.objects.create_user("guest"))
    for path in ("/activity/", f"/activity/{last_group()}/undo/", "/trash/", "/data/Post/p/history/"):
        assert client.get(path).status_code == 403


def test_labels_are_escaped(admin_client, example):
    records.create(example, "Tag", {"id": "x", "label": "<script>alert(1)</script>"})
    records.update(example, "Tag", {"id": "x"}, {"label": "<img src=x onerror=alert(2)>"})
    for path in ("/activity/", f"/activity/{last_group()}/", "/data/Tag/x/history/"):
        text = admin_client.get(path).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_before_the_first_change_it_says_what_it_is_for(admin_client, example):
    assert "Nothing was changed yet" in admin_client.get("/activity/").content.decode()


def test_the_number_of_statements_does_not_grow_with_the_log(
    admin_client, blog, django_assert_max_num_queries
):
    for number in range(60):
        with acting_as(Actor("user", f"person {number % 7}")):
            key = {"id": f"x{number}"}
            records.create(blog, "Post", {**key, "title": f"P{number}", "status": "DRAFT", "authorID": "u"})
            records.create(blog, "Comment", {"content": f"C{number}", "postID": f"x{number}"})
            records.link_many(blog, "Post", "tags", key, {"id": "t"})
            records.update(blog, "Post", key, {"authorID": "v"})
            if number % 2:
                records.delete(blog, "Post", key)
    with django_assert_max_num_queries(28):
        assert len(stories(admin_client)) == 25
    with django_assert_max_num_queries(28):
        assert len(stories(admin_client, "?model=Post&action=update&who=user:person 3")) > 2
    records.delete(blog, "User", {"id": "v"})
    group = last_group()
    with django_assert_max_num_queries(28):
        assert len(admin_client.get(f"/activity/{group}/").context["entries"]) == 50

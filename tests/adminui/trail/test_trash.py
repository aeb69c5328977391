"""The trash."""

from __future__ import annotations

import pytest

from adminui.views import trash
from datamodel import records
from tests.adminui.trail.conftest import last_group

pytestmark = pytest.mark.django_db(transaction=True)


def gone(client, query=""):
    """What the page lists."""
    page = client.get(f"/trash/{query}")
    assert page.status_code == 200
    return [(one.entry.model, one.entry.label, one.along) for one in page.context["gone"]]


def test_it_lists_what_is_gone_with_what_went_along(admin_client, blog):
    records.delete(blog, "User", {"id": "u"})
    records.delete(blog, "Post", {"id": "p"})
    assert gone(admin_client) == [
        ("Post", "Oak", ", 2 comments and 1 post tag"),
        ("User", "user u", ""),
    ]


def test_restoring_brings_all_back_and_empties_the_list(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    page = admin_client.get("/trash/")
    (one,) = page.context["gone"]
    asked = admin_client.get(one.restore_url)
    assert asked.context["next"] == "/trash/"
    back = admin_client.post(asked.context["action"], {"next": "/trash/"}, follow=True)
    assert back.redirect_chain == [("/trash/", 302)]
    assert "Post &#x27;Oak&#x27; and 2 comments are back." in back.content.decode()
    assert gone(admin_client) == []
    assert blog.model("Comment").objects.count() == 2


def test_what_stands_in_the_way_is_named(admin_client, blog):
    records.delete(blog, "Comment", {"id": "c1"})
    records.delete(blog, "Post", {"id": "p"})
    comment = admin_client.get("/trash/?model=Comment&q=c1").context["gone"][0]
    asked = admin_client.get(comment.restore_url)
    text = asked.content.decode()
    assert "does not exist any more" in text
    assert f'href="/activity/{last_group()}/"' in text
    refused = admin_client.post(asked.context["action"])
    assert refused.status_code == 409
    assert blog.model("Comment").objects.count() == 0


def test_it_is_searched_by_label_and_narrowed_by_model(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    records.delete(blog, "User", {"id": "u"})
    assert [model for model, *_ in gone(admin_client, "?q=oak")] == ["Post"]
    assert [label for _, label, _ in gone(admin_client, "?q=COMMENT+c2")] == ["comment c2"]
    assert gone(admin_client, "?model=Comment") == [
        ("Comment", "comment c2", ", 1 post, 1 more comment and 1 post tag")
    ]
    assert gone(admin_client, "?model=Comment&q=oak") == []
    page = admin_client.get("/trash/?q=no+such+thing").content.decode()
    assert "Nothing deleted matches" in page


def test_what_came_back_is_not_found_either(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    admin_client.post(f"/activity/{last_group()}/undo/")
    assert gone(admin_client, "?q=oak") == []


def test_pages_lead_to_older_deletions(admin_client, example, monkeypatch):
    monkeypatch.setattr(trash, "SETS", 2)
    for number in range(5):
        records.create(example, "Tag", {"id": f"t{number}", "label": f"tag {number}"})
        records.delete(example, "Tag", {"id": f"t{number}"})
    for query in ("", "?q=tag&model=Tag"):
        address, seen = f"/trash/{query}", []
        while address:
            page = admin_client.get(address)
            seen += [one.entry.label for one in page.context["gone"]]
            address = page.context["older"]
        assert seen == [f"tag {number}" for number in reversed(range(5))]


def test_an_empty_trash_says_what_it_is_for(admin_client, example):
    assert "The trash is empty" in admin_client.get("/trash/").content.decode()


def test_htmx_gets_the_list_alone(admin_client, blog):
    part = admin_client.get("/trash/?q=oak", HTTP_HX_REQUEST="true").content.decode()
    assert part.lstrip().startswith('<div id="gone"')


def test_the_number_of_statements_does_not_grow_with_the_trash(
    admin_client, blog, django_assert_max_num_queries
):
    for number in range(40):
        key = {"id": f"x{number}"}
        records.create(blog, "Post", {**key, "title": f"P{number}", "status": "DRAFT", "authorID": "u"})
        records.link_many(blog, "Post", "tags", key, {"id": "t"})
        records.delete(blog, "Post", key)
    with django_assert_max_num_queries(24):
        assert len(gone(admin_client)) == 25
    with django_assert_max_num_queries(24):
        assert len(gone(admin_client, "?q=P")) == 25

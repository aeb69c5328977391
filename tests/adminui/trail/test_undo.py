"""Undoing from the site: from messages, from the activity page, one change alone."""

from __future__ import annotations

import pytest

from adminui.views import undo as views
from datamodel import records
from datamodel.models import Change
from tests.adminui.trail.conftest import last_change, last_group

pytestmark = pytest.mark.django_db(transaction=True)


def everything(datamodel):
    """All live records."""
    return {
        (name, record.url_key): {k: v for k, v in record.values().items() if k != "updatedAt"}
        for name, model in datamodel.models.items()
        for record in model.objects.all()
    }


def test_the_message_after_deleting_offers_an_undo_that_brings_all_back(admin_client, blog):
    before = everything(blog)
    page = admin_client.post("/data/Post/p/delete/", {"_list": "q=oak"}, follow=True)
    text = page.content.decode()
    assert "Post &#x27;Oak&#x27; deleted with 2 comments and 1 post tag." in text
    address = f"/activity/{last_group()}/undo/"
    assert f'action="{address}"' in text
    assert 'name="next" value="/data/Post/?q=oak"' in text
    back = admin_client.post(address, {"next": "/data/Post/?q=oak"}, follow=True)
    assert back.redirect_chain == [("/data/Post/?q=oak", 302)]
    assert everything(blog) == before
    told = back.content.decode()
    assert "Post &#x27;Oak&#x27; and 2 comments are back." in told
    assert 'href="/data/Post/p/"' in told


def test_an_undo_can_be_undone_from_its_message(admin_client, blog):
    admin_client.post("/data/Post/p/delete/")
    admin_client.post(f"/activity/{last_group()}/undo/")
    page = admin_client.get("/activity/")
    assert f'action="/activity/{last_group()}/undo/"' in page.content.decode()
    told = admin_client.post(f"/activity/{last_group()}/undo/", follow=True).content.decode()
    assert "Post &#x27;Oak&#x27; and 2 comments are deleted again." in told
    assert ("Post", "p") not in everything(blog)


def test_join_records_that_come_back_too_are_not_counted_in_the_sentence(admin_client, blog):
    records.delete(blog, "Tag", {"id": "t"})
    told = admin_client.post(f"/activity/{last_group()}/undo/", follow=True).content.decode()
    assert "Tag &#x27;wood&#x27; is back." in told
    assert blog.model("PostTag").objects.count() == 1


def test_the_message_after_saving_offers_an_undo(admin_client, blog):
    form = {"f.label": "elm", "_version": "1", "_base": '{"label": "wood"}', "_do": "stay"}
    told = admin_client.post("/data/Tag/t/", form, follow=True).content.decode()
    assert "Tag &#x27;elm&#x27; saved." in told
    assert f'action="/activity/{last_group()}/undo/"' in told
    assert '<a class="btn small" href="/data/Tag/t/">View</a>' not in told
    done = admin_client.post(f"/activity/{last_group()}/undo/", follow=True).content.decode()
    assert "has its earlier values again." in done
    assert everything(blog)["Tag", "t"]["label"] == "wood"


def test_saving_without_a_change_offers_none(admin_client, blog):
    form = {"f.label": "wood", "_version": "1", "_base": '{"label": "wood"}', "_do": "save"}
    told = admin_client.post("/data/Tag/t/", form, follow=True).content.decode()
    assert "Tag &#x27;wood&#x27; saved." in told
    assert "/undo/" not in told


def test_undoing_a_new_record_deletes_it(admin_client, blog):
    told = admin_client.post(
        "/data/Tag/new/", {"f.label": "ash", "_do": "save"}, follow=True
    ).content.decode()
    assert "Tag &#x27;ash&#x27; made." in told
    admin_client.post(f"/activity/{last_group()}/undo/", {"next": "/data/Tag/"})
    assert [record.label for record in blog.model("Tag").objects.all()] == ["wood"]


def test_several_deleted_at_once_come_back_at_once(admin_client, blog):
    before = everything(blog)
    told = admin_client.post("/data/Comment/", {"key": ["c1", "c2"], "confirm": "1"}, follow=True)
    assert "2 comments deleted." in told.content.decode()
    admin_client.post(f"/activity/{last_group()}/undo/")
    assert everything(blog) == before


def test_first_it_says_what_it_would_do_and_changes_nothing(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    before = everything(blog)
    page = admin_client.get(f"/activity/{last_group()}/undo/")
    assert [effect.words for effect in page.context["effects"]] == [
        "1 post comes back",
        "2 comments come back",
        "1 post tag comes back",
    ]
    assert "Restore Post &#x27;Oak&#x27; and 2 comments?" in page.content.decode()
    assert "comment c1" in page.content.decode()
    assert everything(blog) == before


def test_a_later_change_in_the_way_is_named_with_a_link(admin_client, blog):
    group = last_group()
    records.update(blog, "Post", {"id": "p"}, {"rating": 9})
    later = last_group()
    before = everything(blog)
    page = admin_client.get(f"/activity/{group}/undo/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "was changed since" in text
    assert f'href="/activity/{later}/"' in text
    assert '<button type="submit" class="btn go">' not in text
    refused = admin_client.post(f"/activity/{group}/undo/")
    assert refused.status_code == 409
    assert "Nothing was undone" in refused.content.decode()
    assert everything(blog) == before


def test_a_large_set_is_checked_when_it_is_undone(admin_client, blog, monkeypatch):
    records.delete(blog, "Post", {"id": "p"})
    group = last_group()
    records.create(blog, "Post", {"id": "p", "title": "Elm", "status": "DRAFT"})
    monkeypatch.setattr(views, "CHECKED", 2)
    text = admin_client.get(f"/activity/{group}/undo/").content.decode()
    assert "looked up when you confirm" in text
    refused = admin_client.post(f"/activity/{group}/undo/")
    assert refused.status_code == 409
    assert "Nothing was undone" in refused.content.decode()
    assert blog.model("Comment").objects.count() == 0


def test_one_change_of_a_set_is_undone_alone(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    records.create(blog, "Post", {"id": "p", "title": "Oak again", "status": "DRAFT"})
    change = last_change("Comment", "c1")
    page = admin_client.get(f"/activity/changes/{change.pk}/undo/")
    assert [effect.words for effect in page.context["effects"]] == ["1 comment comes back"]
    told = admin_client.post(f"/activity/changes/{change.pk}/undo/", follow=True).content.decode()
    assert "Comment &#x27;comment c1&#x27; is back." in told
    assert [record.url_key for record in blog.model("Comment").objects.all()] == ["c1"]


def test_one_change_in_the_way_of_one_change_is_named(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    change = last_change("Comment", "c1")
    page = admin_client.get(f"/activity/changes/{change.pk}/undo/")
    assert "does not exist any more" in page.content.decode()
    assert admin_client.post(f"/activity/changes/{change.pk}/undo/").status_code == 409
    assert blog.model("Comment").objects.count() == 0


def test_what_was_undone_says_so_and_leads_to_the_undo(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    group = last_group()
    admin_client.post(f"/activity/{group}/undo/")
    undo = last_group()
    page = admin_client.get("/activity/")
    first, second = page.context["days"][0].stories[:2]
    assert (first.id, first.title, first.undoes) == (undo, "restored Post 'Oak' and 2 comments", group)
    assert (second.id, second.undone_by) == (group, undo)
    assert f'href="/activity/{undo}/">undone</a>' in page.content.decode()
    told = admin_client.get(f"/activity/{undo}/").content.decode()
    assert f'href="/activity/{group}/"' in told


def test_the_person_is_noted_as_the_one_who_undid(admin_client, blog):
    group = last_group()
    admin_client.post(f"/activity/{group}/undo/")
    change = Change.objects.order_by("-id").first()
    assert (change.actor_kind, change.actor, change.cause) == ("user", "admin", f"undo {group}")


def test_a_next_address_elsewhere_is_not_followed(admin_client, blog):
    response = admin_client.post(f"/activity/{last_group()}/undo/", {"next": "https://evil.example/"})
    assert response["Location"] == "/activity/"
    response = admin_client.post(f"/activity/{last_group()}/undo/", {"next": "//evil.example/"})
    assert response["Location"] == "/activity/"


def test_undoing_needs_the_token(blog, django_user_model):
    from django.test import Client

    user = django_user_model.objects.create_superuser("boss", password="x")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    before = everything(blog)
    assert client.post(f"/activity/{last_group()}/undo/").status_code == 403
    assert everything(blog) == before


def test_the_number_of_statements_does_not_grow_with_the_set(
    admin_client, blog, django_assert_max_num_queries
):
    for number in range(120):
        records.create(blog, "Comment", {"id": f"x{number}", "content": f"C{number}", "postID": "p"})
    records.delete(blog, "Post", {"id": "p"})
    with django_assert_max_num_queries(60):
        admin_client.get(f"/activity/{last_group()}/undo/")
    with django_assert_max_num_queries(90):
        admin_client.post(f"/activity/{last_group()}/undo/")
    assert blog.model("Comment").objects.count() == 122

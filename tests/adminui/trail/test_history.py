"""A record's history, and going back in it."""

from __future__ import annotations

import pytest

from adminui.views import history
from datamodel import records
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import Change
from datamodel.schema import Source
from tests.adminui.trail.conftest import last_change, last_group
from tests.server import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

HISTORY = "/data/Post/p/history/"


def test_it_tells_what_happened_newest_first(admin_client, blog):
    page = admin_client.get(HISTORY)
    assert [(e.verb, e.who.words, e.version) for e in page.context["entries"]] == [
        ("changed", "blog frontend", 2),
        ("created", "nadia", 1),
    ]
    text = page.content.decode()
    assert "user u" in text
    assert f'href="/activity/{last_change("Post", "p").group}/"' in text
    assert 'href="/data/Post/p/"' in text


def test_the_record_page_leads_to_it(admin_client, blog):
    assert f'href="{HISTORY}"' in admin_client.get("/data/Post/p/").content.decode()


def test_a_deleted_record_has_one_too_with_the_way_back(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    page = admin_client.get(HISTORY)
    text = page.content.decode()
    assert page.context["entries"][0].verb == "deleted"
    assert f'href="/activity/{last_group()}/undo/"' in text
    assert 'class="tag">deleted</span>' in text
    assert "Revert…" not in text


def test_a_record_that_never_was_is_not_found(admin_client, blog):
    page = admin_client.get("/data/Post/nobody/history/")
    assert page.status_code == 404
    assert admin_client.get("/data/Nothing/p/history/").status_code == 404


def test_a_record_from_before_the_log_says_so(admin_client, blog):
    Change.objects.all().delete()
    page = admin_client.get(HISTORY)
    assert page.status_code == 200
    assert "The log has nothing of this record" in page.content.decode()


def test_it_comes_in_pages(admin_client, blog, monkeypatch):
    monkeypatch.setattr(history, "ENTRIES", 3)
    for rating in range(1, 8):
        records.update(blog, "Post", {"id": "p"}, {"rating": rating})
    address, seen = HISTORY, []
    while address:
        page = admin_client.get(address)
        seen += [entry.version for entry in page.context["entries"]]
        address = page.context["older"]
    assert seen == list(range(len(seen), 0, -1))
    part = admin_client.get(f"{HISTORY}?_before=3", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part


def revert_address(version):
    change = Change.objects.get(model="Post", key="p", record_version=version)
    return f"{HISTORY}{change.pk}/"


def test_reverting_shows_first_what_would_change(admin_client, blog):
    page = admin_client.get(revert_address(1))
    rows = [(change.name, change.fields, ticked) for change, ticked in page.context["rows"]]
    assert rows == [("rating", ("rating",), True), ("author", ("authorID",), True)]
    assert 'value="authorID" checked' in page.content.decode()
    assert 'name="_version" value="2"' in page.content.decode()
    assert blog.model("Post").objects.get().get_value("rating") == 7


def test_all_fields_or_the_ticked_ones_go_back(admin_client, blog):
    told = admin_client.post(revert_address(1), {"field": ["authorID"], "_version": "2"}, follow=True)
    assert told.redirect_chain == [("/data/Post/p/", 302)]
    assert "Post &#x27;Oak&#x27; reverted." in told.content.decode()
    post = blog.model("Post").objects.get()
    assert (post.get_value("rating"), post.get_value("authorID")) == (7, "u")
    admin_client.post(revert_address(1), {"field": ["rating"], "_version": "3"})
    assert blog.model("Post").objects.get().get_value("rating") is None


def test_a_revert_is_undone_from_its_message(admin_client, blog):
    told = admin_client.post(
        revert_address(1), {"field": ["rating", "authorID"], "_version": "2"}, follow=True
    ).content.decode()
    assert f'action="/activity/{last_group()}/undo/"' in told
    admin_client.post(f"/activity/{last_group()}/undo/")
    post = blog.model("Post").objects.get()
    assert (post.get_value("rating"), post.get_value("authorID")) == (7, "v")
    verbs = [entry.cause.words for entry in admin_client.get(HISTORY).context["entries"][:2]]
    assert verbs == ["by an undo", "by a revert"]


def test_somebody_saving_meanwhile_is_answered_with_a_new_preview(admin_client, blog):
    records.update(blog, "Post", {"id": "p"}, {"title": "Elm"})
    page = admin_client.post(revert_address(1), {"field": ["rating"], "_version": "2"})
    assert page.status_code == 409
    assert [(change.name, ticked) for change, ticked in page.context["rows"]] == [
        ("title", False),
        ("rating", True),
        ("author", False),
    ]
    assert 'name="_version" value="3"' in page.content.decode()
    assert blog.model("Post").objects.get().get_value("rating") == 7


def test_a_reference_to_a_deleted_record_cannot_come_back_and_nothing_else_does(admin_client, blog):
    records.delete(blog, "User", {"id": "u"})
    page = admin_client.post(revert_address(1), {"field": ["rating", "authorID"], "_version": "2"})
    assert page.status_code == 422
    assert "which does not exist" in page.content.decode()
    assert "deleted" in page.content.decode()
    assert blog.model("Post").objects.get().get_value("rating") == 7


def test_nothing_ticked_is_answered_in_words(admin_client, blog):
    page = admin_client.post(revert_address(1), {"_version": "2"})
    assert page.status_code == 422
    assert "Tick at least one field." in page.content.decode()


@pytest.mark.parametrize("field", ["id", "createdAt", "nothing", "title; DROP"])
def test_a_field_that_is_not_for_people_is_refused(admin_client, blog, field):
    page = admin_client.post(revert_address(1), {"field": [field], "_version": "2"})
    assert page.status_code == 422
    assert "cannot be changed back" in page.content.decode()


def test_a_record_that_is_like_that_already(admin_client, blog):
    page = admin_client.get(revert_address(2))
    assert "Nothing to revert" in page.content.decode()
    told = admin_client.post(revert_address(2), {"field": ["rating"], "_version": "2"}, follow=True)
    assert "is like that already" in told.content.decode()


def test_a_deleted_record_is_to_be_restored_first(admin_client, blog):
    address = revert_address(1)
    records.delete(blog, "Post", {"id": "p"})
    for page in (admin_client.get(address), admin_client.post(address, {"field": ["rating"]})):
        assert page.status_code == 410
        assert f'href="/activity/{last_group()}/undo/"' in page.content.decode()


def test_changes_of_other_records_and_unknown_ones_are_not_found(admin_client, blog):
    other = last_change("Comment", "c1")
    assert admin_client.get(f"{HISTORY}{other.pk}/").status_code == 404
    assert admin_client.post(f"{HISTORY}{other.pk}/", {"field": ["title"]}).status_code == 404
    assert admin_client.get(f"{HISTORY}999999/").status_code == 404
    assert admin_client.get("/data/Post/nobody/history/1/").status_code == 404


def test_values_that_the_schema_does_not_take_any_more_are_named(admin_client, blog, activate_schema):
    schema = (ROOT / "examples" / "blog.graphql").read_text()
    records.update(blog, "Post", {"id": "p"}, {"rating": 8, "status": "INACTIVE"})
    records.update(blog, "Post", {"id": "p"}, {"rating": 9, "status": "DRAFT"})
    activate_schema(schema.replace("  INACTIVE\n", ""), "blog.graphql")
    page = admin_client.get(revert_address(3))
    assert [change.name for change, _ in page.context["rows"]] == ["rating"]
    assert "does not take the value it had" in page.content.decode()


def test_composite_keys_and_any_character(admin_client, activate_schema):
    model = activate_schema(
        'type Leg @model @key(fields: ["a", "b"]) { a: ID! b: String! note: String }', "leg.graphql"
    )
    record = records.create(model, "Leg", {"a": "x/y", "b": "ü ?,", "note": "one"})
    records.update(model, "Leg", record.key_dict, {"note": "two"})
    address = f"/data/Leg/{record.url_key}/history/"
    page = admin_client.get(address)
    assert len(page.context["entries"]) == 2
    first = page.context["entries"][1]
    admin_client.post(f"{address}{first.id}/", {"field": ["note"]})
    assert model.model("Leg").objects.get().get_value("note") == "one"


def test_the_number_of_statements_does_not_grow_with_the_history(
    admin_client, blog, django_assert_max_num_queries
):
    for number in range(60):
        records.update(blog, "Post", {"id": "p"}, {"rating": number, "authorID": "uv"[number % 2]})
    with django_assert_max_num_queries(12):
        assert len(admin_client.get(HISTORY).context["entries"]) == 25
    with django_assert_max_num_queries(16):
        assert admin_client.get(revert_address(30)).status_code == 200


def test_the_page_of_a_deleted_record_leads_to_its_history(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    page = admin_client.get("/data/Post/p/")
    assert page.status_code == 404
    assert f'href="{HISTORY}"' in page.content.decode()
    unknown = admin_client.get("/data/Post/nowhere/")
    assert unknown.status_code == 404
    assert "/history/" not in unknown.content.decode()


def test_the_history_goes_on_through_renames(admin_client, activate_schema):
    before = """
        type Note @model { id: ID! text: String authorID: ID author: Person @hasOne(fields: ["authorID"]) }
        type Person @model { id: ID! name: String! }
        """
    after = before.replace("Note", "Memo").replace("text", "body").replace("Person", "Human")
    model = activate_schema(before)
    records.create(model, "Person", {"id": "h", "name": "Ian"})
    records.create(model, "Note", {"id": "n", "text": "one", "authorID": "h"})
    records.update(model, "Note", {"id": "n"}, {"text": "two"})
    renames = {("Note", "text"): "body"}
    plan = make_plan(
        [Source("schema.graphql", after)],
        PlanOptions(renames=renames, model_renames={"Note": "Memo", "Person": "Human"}),
    )
    model = apply_plan(plan)
    records.update(model, "Memo", {"id": "n"}, {"body": "three"})
    page = admin_client.get("/data/Memo/n/history/")
    told = [[change.name for change in entry.differences] for entry in page.context["entries"]]
    assert told == [["body"], ["body"], ["body", "author"]]
    first = page.context["entries"][2]
    assert (first.model, first.url) == ("Memo", "/data/Memo/n/")
    assert first.differences[1].parts[0].after.chip.label == "Ian"
    admin_client.post(f"/data/Memo/n/history/{first.id}/", {"field": ["body"]})
    assert model.model("Memo").objects.get().get_value("body") == "one"
    records.delete(model, "Human", {"id": "h"})
    story = admin_client.get("/activity/?model=Note").context["days"][0].stories[-1]
    assert (story.lead.model, story.lead.url) == ("Memo", "/data/Memo/n/")


def test_a_revert_leads_to_the_state_before_too(admin_client, blog):
    page = admin_client.get(revert_address(2))
    assert page.context["earlier_url"] == revert_address(1)
    assert admin_client.get(revert_address(1)).context["earlier_url"] == ""

"""A new record like another one."""

from __future__ import annotations

import re

import pytest

from datamodel import records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blog(example):
    """A post with everything."""
    records.create(example, "User", {"id": "u", "username": "Nadia"})
    records.create(example, "Tag", {"id": "t", "label": "wood"})
    records.create(
        example,
        "Post",
        {
            "id": "p",
            "title": "Oak",
            "status": "ACTIVE",
            "rating": 7,
            "links": ["https://example.com/"],
            "authorID": "u",
        },
    )
    records.link_many(example, "Post", "tags", {"id": "p"}, {"id": "t"})
    records.create(example, "Comment", {"id": "c", "content": "first", "postID": "p"})
    return example


def posted(page):
    """What the browser would send back."""
    form = page.context["form"]
    data = {"f.title": form.control("title").text, "f.status": "ACTIVE", "f.rating": "7", "_do": "save"}
    data["to.author"] = form.card("author").chosen
    data["link.tags"] = [chip.key for chip in form.card("tags").linked]
    return data


def test_the_form_of_a_new_record_has_the_values_and_not_the_key(admin_client, blog):
    page = admin_client.get("/data/Post/p/duplicate/")
    text = page.content.decode()
    assert re.search(r'<form[^>]* action="/data/Post/new/"', text)
    assert "a copy of Oak" in text
    form = page.context["form"]
    assert form.record is None
    assert form.control("title").text == "Oak"
    assert form.control("rating").text == "7"
    assert form.id_control.text == ""
    assert form.card("author").chosen == "u"
    assert [chip.label for chip in form.card("tags").linked] == ["wood"]
    assert form.card("comments").linked == []
    assert blog.model("Post").objects.count() == 1


def test_saving_it_makes_another_record_and_leaves_the_first(admin_client, blog):
    before = blog.model("Post").objects.get().values()
    admin_client.post("/data/Post/new/", posted(admin_client.get("/data/Post/p/duplicate/")))
    first, copy = blog.model("Post").objects.order_by("joinery_pk")
    assert first.values() == before
    assert (copy.get_value("title"), copy.get_value("authorID")) == ("Oak", "u")
    assert copy.key != first.key
    assert blog.model("PostTag").objects.count() == 2
    assert blog.model("Comment").objects.count() == 1


def test_a_reference_that_only_one_may_have_is_left_out(admin_client, activate_schema):
    model = activate_schema(
        """
        type Cart @model { id: ID! note: String customerID: ID customer: Customer @belongsTo(fields: ["customerID"]) }
        type Customer @model { id: ID! name: String! cartID: ID cart: Cart @hasOne(fields: ["cartID"]) }
        """
    )
    records.create(model, "Cart", {"id": "a", "note": "mine"})
    records.create(model, "Customer", {"id": "c", "name": "Ian", "cartID": "a"})
    form = admin_client.get("/data/Customer/c/duplicate/").context["form"]
    link = next(link for link in model.schema.links_from("Customer") if link.reference_fields == ("cartID",))
    assert not link.is_many
    assert form.card("cart").chosen == ""
    assert form.control("name").text == "Ian"


def test_null_stays_null_where_there_is_a_default(admin_client, activate_schema):
    model = activate_schema('type Note @model { id: ID! text: String @default(value: "new") }', "v2.graphql")
    records.create(model, "Note", {"id": "n"})
    records.update(model, "Note", {"id": "n"}, {"text": None})
    form = admin_client.get("/data/Note/n/duplicate/").context["form"]
    assert form.control("text").text == ""


def test_what_is_gone_cannot_be_copied(admin_client, blog):
    records.delete(blog, "Post", {"id": "p"})
    assert admin_client.get("/data/Post/p/duplicate/").status_code == 404


def test_the_record_page_leads_to_it(admin_client, blog):
    assert 'href="/data/Post/p/duplicate/"' in admin_client.get("/data/Post/p/").content.decode()

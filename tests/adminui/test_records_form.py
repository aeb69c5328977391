"""The form of a record: creating, saving, linking, and what happens when others were faster."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest

from datamodel import records
from datamodel.schema.words import with_article

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blog(example):
    records.create(example, "User", {"id": "u1", "username": "Nadia"})
    records.create(example, "User", {"id": "u2", "username": "Rene"})
    for name in ("craft", "glue", "wood"):
        records.create(example, "Tag", {"id": name, "label": name})
    records.create(
        example,
        "Post",
        {
            "id": "p",
            "title": "Oak",
            "status": "DRAFT",
            "rating": 5,
            "authorID": "u1",
            "links": ["https://a.example/"],
        },
    )
    records.link_many(example, "Post", "tags", {"id": "p"}, {"id": "wood"})
    return example


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send for the page's record form, no button pressed."""
    form = page[page.index('id="record-form"') : page.rindex("</form>")]
    form = re.sub(r"<template.*?</template>", "", form, flags=re.S)
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if "name" in attributes and (kind not in ("checkbox", "radio") or re.search(r"\schecked\b", tag)):
            data.setdefault(attributes["name"], []).append(unescape(attributes.get("value", "")))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, flags=re.S):
        data.setdefault(name, []).append(unescape(body.removeprefix("\n")))
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        data.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    return data


def send(client, address, button="stay", **changes):
    """Open a form, change some of its controls as a browser would, and press a button."""
    data = fields_of(client.get(address).content.decode())
    return client.post(address, {**data, **rename(changes), "_do": button})


def rename(changes):
    return {name.replace("__", "."): value for name, value in changes.items()}


def get(datamodel, model, key):
    return datamodel.model(model).objects.get(id=key)


def test_a_form_that_was_not_touched_changes_nothing(blog, admin_client):
    before = get(blog, "Post", "p")
    response = send(admin_client, "/data/Post/p/")
    assert response.status_code == 302
    after = get(blog, "Post", "p")
    assert (after.values(), after.joinery_version) == (before.values(), before.joinery_version)


def test_saving_writes_only_what_was_changed(blog, admin_client):
    response = send(admin_client, "/data/Post/p/", f__title="Elm & ash")
    assert response["Location"] == "/data/Post/p/"
    post = get(blog, "Post", "p")
    assert (post.get_value("title"), post.get_value("rating")) == ("Elm & ash", 5)
    assert "Elm &amp; ash" in admin_client.get("/data/Post/p/").content.decode()


def test_a_record_is_made_with_its_relationships(blog, admin_client):
    response = admin_client.post(
        "/data/Post/new/",
        {
            "f.title": "Ash",
            "f.status": "ACTIVE",
            "f.links.row": ["0", "1"],
            "f.links.0": "https://b.example/",
            "f.links.1": "",
            "to.author": "u2",
            "link.tags": ["craft", "glue"],
            "_do": "save",
        },
    )
    assert response["Location"] == "/data/Post/"
    post = blog.model("Post").objects.get(title="Ash")
    assert post.get_value("links") == ["https://b.example/"]
    assert post.get_value("authorID") == "u2"
    joined = blog.model("PostTag").objects.filter(post__id=post.get_value("id"))
    assert {join.tag.label for join in joined} == {"craft", "glue"}


def test_what_is_wrong_is_told_beside_the_field_and_everything_typed_stays(blog, admin_client):
    response = send(
        admin_client,
        "/data/Post/p/",
        "save",
        f__rating="many",
        f__title="Kept",
        f__publishedOn="soon",
        to__author="u2",
        link__tags=["glue"],
        unlink__tags=["wood"],
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "2 things need another look" in text
    assert "&#x27;many&#x27; is not a whole number." in text
    again = fields_of(text)
    assert again["f.title"] == ["Kept"]
    assert again["f.rating"] == ["many"]
    assert again["f.publishedOn"] == ["soon"]
    assert again["to.author"] == ["u2"]
    assert again["link.tags"] == ["glue"]
    assert again["unlink.tags"] == ["wood"]
    assert get(blog, "Post", "p").get_value("title") == "Oak"


def test_a_link_and_a_field_are_saved_together_or_not_at_all(blog, admin_client):
    send(
        admin_client,
        "/data/Post/p/",
        f__rating="8",
        link__tags=["glue"],
        unlink__tags=["wood"],
        to__author="",
    )
    post = get(blog, "Post", "p")
    assert (post.get_value("rating"), post.get_value("authorID")) == (8, None)
    assert [join.tag.label for join in blog.model("PostTag").objects.all()] == ["glue"]


def test_a_to_many_relationship_is_edited_from_the_other_end(blog, admin_client):
    send(admin_client, "/data/User/u2/", link__posts=["p"])
    assert get(blog, "Post", "p").get_value("authorID") == "u2"
    send(admin_client, "/data/User/u2/", unlink__posts=["p"])
    assert get(blog, "Post", "p").get_value("authorID") is None
    send(admin_client, "/data/Tag/glue/", link__posts=["p"])
    assert blog.model("PostTag").objects.count() == 2


def test_a_relationship_without_a_field_here_is_shown_and_edited(blog, admin_client):
    records.create(blog, "Profile", {"id": "f", "displayName": "The joiner"})
    page = admin_client.get("/data/Profile/f/").content.decode()
    assert "User by profile" in page
    send(admin_client, "/data/Profile/f/", **{"to__User.profile": "u1"})
    assert get(blog, "User", "u1").get_value("profileID") == "f"
    send(admin_client, "/data/Profile/f/", **{"to__User.profile": ""})
    assert get(blog, "User", "u1").get_value("profileID") is None


def test_a_required_reference_is_asked_for_and_cannot_be_unlinked(blog, admin_client):
    response = admin_client.post("/data/Comment/new/", {"f.content": "Hello", "to.post": ""})
    assert response.status_code == 422
    assert "Choose a post" in response.content.decode()
    records.create(blog, "Comment", {"id": "c", "content": "Hello", "postID": "p"})
    assert "it can&#x27;t be unlinked" in admin_client.get("/data/Post/p/").content.decode().replace(
        "'", "&#x27;"
    )
    send(admin_client, "/data/Post/p/", unlink__comments=["c"])
    assert get(blog, "Comment", "c").get_value("postID") == "p"


def test_the_address_of_a_new_record_fills_in_a_reference(blog, admin_client):
    page = admin_client.get("/data/Post/new/?author=u2&title=Ash").content.decode()
    assert fields_of(page)["to.author"] == ["u2"]
    assert fields_of(page)["f.title"] == ["Ash"]
    page = admin_client.get("/data/Tag/new/?posts=p").content.decode()
    assert fields_of(page)["link.posts"] == ["p"]


def test_find_works_without_scripts_and_keeps_what_was_typed(blog, admin_client):
    response = send(admin_client, "/data/Post/p/", "find:author", f__title="Kept", find__author="ren")
    text = response.content.decode()
    assert response.status_code == 200
    assert fields_of(text)["f.title"] == ["Kept"]
    assert re.search(r'name="to.author" value="u2"', text)
    assert get(blog, "Post", "p").get_value("title") == "Oak"


def test_enter_in_a_search_box_finds_and_does_not_save(blog, admin_client):
    response = send(admin_client, "/data/Post/p/", "enter", f__title="Kept", find__tags="cra")
    assert response.status_code == 200
    assert 'name="link.tags" value="craft"' in response.content.decode()
    assert get(blog, "Post", "p").get_value("title") == "Oak"


def test_more_rows_and_embedded_types_come_without_scripts(blog, admin_client):
    response = send(admin_client, "/data/User/u1/", "add:f.address", f__username="Kept")
    fields = fields_of(response.content.decode())
    assert "f.address.city" in fields
    assert fields["f.username"] == ["Kept"]
    admin_client.post("/data/User/u1/", {**fields, "f.address.city": "Porto", "_do": "save"})
    assert get(blog, "User", "u1").get_value("address") == {"city": "Porto"}


def test_the_picker_finds_by_part_of_a_label(blog, admin_client):
    text = admin_client.get(
        "/data/User/options/?find.author=ad", headers={"HX-Request": "true"}
    ).content.decode()
    assert 'data-key="u1"' in text
    assert 'data-key="u2"' not in text
    assert "Nothing contains" in admin_client.get("/data/User/options/?q=zz").content.decode()


@pytest.mark.parametrize("word", ["oma", "Crème", "kg"])
def test_the_picker_finds_by_a_list_that_names_the_record(activate_schema, admin_client, word):
    model = activate_schema("type Cart @model { id: ID! items: [String!] }")
    records.create(model, "Cart", {"id": "full", "items": ["Tomato", "Crème fraîche", '1 "kg"']})
    records.create(model, "Cart", {"id": "empty", "items": ["Ice"]})
    text = admin_client.get(f"/data/Cart/options/?q={word}").content.decode()
    assert 'data-key="full"' in text
    assert 'data-key="empty"' not in text


def test_htmx_gets_the_form_with_422_and_a_redirect_after_saving(blog, admin_client):
    data = fields_of(admin_client.get("/data/Post/p/").content.decode())
    headers = {"HX-Request": "true"}
    wrong = admin_client.post("/data/Post/p/", {**data, "f.rating": "x"}, headers=headers)
    assert wrong.status_code == 422
    assert wrong.content.decode().lstrip().startswith("<form")
    right = admin_client.post("/data/Post/p/", {**data, "f.rating": "6", "_do": "stay"}, headers=headers)
    assert right["HX-Redirect"] == "/data/Post/p/"


def test_somebody_else_saved_first(blog, admin_client):
    data = fields_of(admin_client.get("/data/Post/p/").content.decode())
    records.update(blog, "Post", {"id": "p"}, {"title": "Theirs", "rating": 1})
    answer = admin_client.post("/data/Post/p/", {**data, "f.title": "Mine", "_do": "stay"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else saved this post" in text
    assert "Theirs" in text
    again = fields_of(text)
    assert (again["f.title"], again["f.rating"]) == (["Mine"], ["1"])
    admin_client.post("/data/Post/p/", {**again, "_do": "stay"})
    post = get(blog, "Post", "p")
    assert (post.get_value("title"), post.get_value("rating")) == ("Mine", 1)


def test_their_change_of_a_link_is_not_undone_by_saving_another_field(blog, admin_client):
    data = fields_of(admin_client.get("/data/Post/p/").content.decode())
    records.update(blog, "Post", {"id": "p"}, {"authorID": "u2"})
    again = admin_client.post("/data/Post/p/", {**data, "f.title": "Mine"})
    assert again.status_code == 409
    admin_client.post("/data/Post/p/", {**fields_of(again.content.decode()), "_do": "stay"})
    post = get(blog, "Post", "p")
    assert (post.get_value("title"), post.get_value("authorID")) == ("Mine", "u2")


def test_the_record_was_deleted_meanwhile_and_can_be_made_again(blog, admin_client):
    data = fields_of(admin_client.get("/data/Post/p/").content.decode())
    records.delete(blog, "Post", {"id": "p"})
    answer = admin_client.post("/data/Post/p/", {**data, "f.title": "Mine"})
    text = answer.content.decode()
    assert answer.status_code == 410
    assert "was deleted while you were editing" in text
    assert 'action="/data/Post/new/"' in text
    admin_client.post("/data/Post/new/", {**fields_of(text), "_do": "save"})
    post = blog.model("Post").objects.get(title="Mine")
    assert post.get_value("authorID") == "u1"
    assert post.get_value("id") == "p"


def test_the_schema_changed_meanwhile(activate_schema, admin_client):
    first = activate_schema("type Note @model { id: ID! title: String! gone: String }")
    records.create(first, "Note", {"id": "n", "title": "Old"})
    data = fields_of(admin_client.get("/data/Note/n/").content.decode())
    activate_schema("type Note @model { id: ID! title: String! fresh: Int }")
    answer = admin_client.post("/data/Note/n/", {**data, "f.title": "Kept", "f.gone": "my words"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "The schema changed while you were editing" in text
    assert "my words" in text
    again = fields_of(text)
    assert again["f.title"] == ["Kept"]
    saved = admin_client.post("/data/Note/n/", {**again, "f.fresh": "3", "_do": "stay"})
    assert saved.status_code == 302


COMPOSITE = """
type Order @model {
  customer: ID! @primaryKey(sortKeyFields: ["number"])
  number: Int!
  title: String!
  lines: [Line] @hasMany(fields: ["customer", "number"], indexName: "byOrder")
}
type Line @model {
  id: ID!
  text: String!
  orderCustomer: ID @index(name: "byOrder", sortKeyFields: ["orderNumber"])
  orderNumber: Int
  order: Order @belongsTo(fields: ["orderCustomer", "orderNumber"])
}
"""


def test_composite_references_work_the_same(activate_schema, admin_client):
    model = activate_schema(COMPOSITE)
    records.create(model, "Order", {"customer": "a/b", "number": 7, "title": "Doors"})
    records.create(model, "Line", {"id": "l", "text": "Two doors"})
    key = model.model("Order").objects.get().url_key
    send(admin_client, "/data/Line/l/", to__order=key)
    assert get(model, "Line", "l").get_value("orderNumber") == 7
    assert 'value="Doors"' in admin_client.get(f"/data/Order/{key}/").content.decode()
    assert "Doors" in admin_client.get("/data/Line/").content.decode()
    send(admin_client, f"/data/Order/{key}/", unlink__lines=["l"])
    assert get(model, "Line", "l").get_value("orderCustomer") is None
    send(admin_client, f"/data/Order/{key}/", link__lines=["l"])
    assert get(model, "Line", "l").get_value("orderCustomer") == "a/b"


def test_a_dangling_reference_is_shown_and_kept(activate_schema, admin_client):
    model = activate_schema(
        """
        type Team @model { id: ID! name: String! members: [Member] @hasMany(fields: ["id"], indexName: "byTeam") }
        type Member @model {
          id: ID!
          name: String!
          teamID: ID @index(name: "byTeam")
          team: Team @belongsTo(fields: ["teamID"])
        }
        """,
        integrity="appsync",
    )
    records.create(model, "Member", {"id": "m", "name": "Nadia", "teamID": "nowhere"})
    assert "nowhere" in admin_client.get("/data/Member/m/").content.decode()
    assert "nowhere" in admin_client.get("/data/Member/").content.decode()
    send(admin_client, "/data/Member/m/", f__name="Ana")
    member = get(model, "Member", "m")
    assert (member.get_value("name"), member.get_value("teamID")) == ("Ana", "nowhere")


def test_what_people_write_is_text_not_markup(blog, admin_client):
    evil = "<script>alert(1)</script>\"'{{ 7 }}"
    records.create(blog, "Tag", {"id": "evil", "label": evil})
    records.link_many(blog, "Post", "tags", {"id": "p"}, {"id": "evil"})
    for address in (
        "/data/Tag/",
        "/data/Tag/evil/",
        "/data/Post/p/",
        "/data/Post/",
        "/data/Tag/options/?q=alert",
    ):
        text = admin_client.get(address).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_the_base_of_the_form_is_what_is_stored(blog, admin_client):
    fields = fields_of(admin_client.get("/data/Post/p/").content.decode())
    assert json.loads(fields["_base"][0]) == get(blog, "Post", "p").values()


GEN2_JOIN = """
type Post @model { id: ID! title: String! tags: [PostTag] @hasMany(fields: ["id"], indexName: "byPost") }
type Tag @model { id: ID! label: String! posts: [PostTag] @hasMany(fields: ["id"], indexName: "byTag") }
type PostTag @model {
  id: ID!
  postID: ID! @index(name: "byPost")
  tagID: ID! @index(name: "byTag")
  post: Post @belongsTo(fields: ["postID"])
  tag: Tag @belongsTo(fields: ["tagID"])
  %s
}
"""


def test_a_join_model_written_out_is_many_to_many(activate_schema, admin_client):
    model = activate_schema(GEN2_JOIN % "")
    records.create(model, "Post", {"id": "p", "title": "Oak"})
    records.create(model, "Tag", {"id": "t", "label": "wood"})
    send(admin_client, "/data/Post/p/", link__tags=["t"])
    assert model.model("PostTag").objects.get().get_value("tagID") == "t"
    assert '<span class="cut">wood</span>' in admin_client.get("/data/Post/").content.decode()
    send(admin_client, "/data/Tag/t/", unlink__posts=["p"])
    assert model.model("PostTag").objects.count() == 0


def test_a_join_model_that_needs_more_is_made_on_its_own_page(activate_schema, admin_client):
    model = activate_schema(GEN2_JOIN % "role: String!")
    records.create(model, "Post", {"id": "p", "title": "Oak"})
    page = admin_client.get("/data/Post/p/").content.decode()
    assert "has many PostTag" in page
    assert 'href="/data/PostTag/new/?post=p"' in page


def test_the_picker_says_whom_a_record_would_be_taken_from(blog, admin_client):
    page = admin_client.get("/data/User/u2/").content.decode()
    assert "/data/Post/options/?_by=author" in page
    text = admin_client.get("/data/Post/options/?_by=author&q=oak").content.decode()
    assert "now with Nadia" in text


@pytest.mark.parametrize("key", ["~00", "~", "~ED~A0~80", "%00", "a" * 3000])
def test_a_key_that_no_record_can_have_is_not_found(blog, admin_client, key):
    assert admin_client.get(f"/data/Post/{key}/").status_code == 404
    assert admin_client.get(f"/data/Post/?author={key}").status_code == 200


def test_a_relationship_of_a_model_with_itself_names_the_other_by_the_field(example, admin_client):
    page = admin_client.get("/data/Comment/new/").content.decode()
    assert "this comment is deleted with the parent" in page
    assert "deleted with the comment" in page


def test_a_new_record_begins_in_its_first_field(example, admin_client):
    page = admin_client.get("/data/Tag/new/").content.decode()
    assert re.search(r'name="f\.label"[^>]* data-autofocus', page)
    assert page.count("data-autofocus") == 1


def test_a_record_that_is_all_key_shows_its_key(activate_schema, admin_client):
    model = activate_schema(
        'type Day @model { date: AWSDate! @primaryKey(sortKeyFields: ["city"]) city: String! }'
    )
    records.create(model, "Day", {"date": "2026-11-20", "city": "Porto"})
    page = admin_client.get("/data/Day/2026-11-20,Porto/").content.decode()
    assert "Day has only its key, and a key never changes." in page
    assert '<details class="system" open>' in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_schema", "9" * 5000),
        ("_version", "9" * 5000),
        ("_base", "[" * 100_000),
        ("_base", '{"title": "\\ud800"}'),
        ("f.title.was", "[" * 100_000),
        ("f.links.row", "9" * 5000),
        ("f.rating", "9" * 5000),
    ],
)
@pytest.mark.parametrize("button", ["stay", "add:f.links"])
def test_a_form_that_was_tampered_with_is_answered(admin_client, blog, name, value, button):
    data = {**fields_of(admin_client.get("/data/Post/p/").content.decode()), name: value, "_do": button}
    assert admin_client.post("/data/Post/p/", data).status_code in (200, 302, 409, 422)


def test_a_type_whose_parts_multiply_is_typed_as_json(admin_client, activate_schema):
    types = "".join(f"type T{n} {{ a: T{n + 1}! b: T{n + 1}! }} " for n in range(20))
    activate_schema(f"type Post @model {{ id: ID! t: T0! }} {types} type T20 {{ x: Int }}")
    page = admin_client.get("/data/Post/new/").content.decode()
    assert 'name="f.t"' in page
    assert 'name="f.t.a' not in page


@pytest.mark.parametrize("length", [200, 201, 10_000])
def test_a_record_with_a_long_list_can_be_saved(admin_client, blog, length):
    links = [f"https://a.example/{n}" for n in range(length)]
    records.update(blog, "Post", {"id": "p"}, {"links": links})
    data = {**fields_of(admin_client.get("/data/Post/p/").content.decode()), "f.rating": "9"}
    assert admin_client.post("/data/Post/p/", data).status_code == 302
    assert records.find(blog, "Post", {"id": "p"}).values()["rating"] == 9
    assert records.find(blog, "Post", {"id": "p"}).values()["links"] == links


def test_a_row_past_the_longest_list_is_kept(admin_client, blog):
    data = fields_of(admin_client.get("/data/Post/p/").content.decode())
    data["f.links.row"] = [str(n) for n in range(300)]
    data |= {f"f.links.{n}": f"https://a.example/{n}" for n in range(300)}
    assert admin_client.post("/data/Post/p/", data).status_code == 302
    assert len(records.find(blog, "Post", {"id": "p"}).values()["links"]) == 300


def test_a_record_of_long_texts_can_be_saved(admin_client, blog):
    text = "\N{CJK UNIFIED IDEOGRAPH-4E2D}" * 136_000
    records.update(blog, "Post", {"id": "p"}, {"title": text, "content": text})
    data = {**fields_of(admin_client.get("/data/Post/p/").content.decode()), "f.rating": "9"}
    body = urlencode(data, doseq=True)
    response = admin_client.post("/data/Post/p/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 302


def test_a_noun_that_begins_with_a_vowel_has_its_own_article():
    assert [with_article(noun) for noun in ("order", "post", "item", "user")] == [
        "an order",
        "a post",
        "an item",
        "a user",
    ]


def test_a_place_that_is_taken_is_told_beside_the_relationship_and_can_be_moved_from_the_parent(
    activate_schema, admin_client
):
    shop = activate_schema(
        """
        type Customer @model { id: ID! name: String cart: Cart @hasOne(references: ["customerID"]) }
        type Cart @model { id: ID! title: String customerID: ID
          customer: Customer @belongsTo(references: ["customerID"]) }
        """
    )
    records.create(shop, "Customer", {"id": "c", "name": "Rene"})
    records.create(shop, "Cart", {"id": "first", "title": "Tomato", "customerID": "c"})
    records.create(shop, "Cart", {"id": "second", "title": "Ice"})
    refused = send(admin_client, "/data/Cart/second/", **{"to.customer": "c"})
    assert refused.status_code == 422
    assert "has another Cart already: &#x27;Tomato&#x27; (first)" in refused.content.decode()
    moved = send(admin_client, "/data/Customer/c/", **{"to.cart": "second"})
    assert moved.status_code == 302
    holders = {
        key: records.find(shop, "Cart", {"id": key}).get_value("customerID") for key in ("first", "second")
    }
    assert holders == {"first": None, "second": "c"}

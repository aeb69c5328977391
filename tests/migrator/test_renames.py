"""Renames: tables, columns, references and values follow the new name."""

from __future__ import annotations

import pytest

from .conftest import add, shape, stored
from .test_plan import ONE_TO_MANY, POST, post


def test_a_renamed_field_keeps_its_values(change):
    change(post('title: String @index(name: "byTitle")'))
    add("Post", title="One")
    change(post('headline: String @index(name: "byTitle")'), renames={("Post", "title"): "headline"})
    assert stored("Post", "headline") == [("One",)]
    assert "headline" in shape()["data_post"]["columns"]


@pytest.mark.parametrize("name", ["save", "Title", "a__b", "end_", "objects", "pk", "select", "x" * 70])
def test_a_field_is_renamed_from_and_to_any_name(change, name):
    change(POST)
    add("Post", title="One")
    change(post(f"{name}: String"), renames={("Post", "title"): name})
    assert stored("Post", name) == [("One",)]
    change(POST, renames={("Post", name): "title"})
    assert stored("Post", "title") == [("One",)]


def test_a_renamed_field_changes_its_type_too(change):
    change(POST)
    add("Post", title="5")
    change(post("rating: Int"), renames={("Post", "title"): "rating"})
    assert stored("Post", "rating") == [(5,)]


def test_two_fields_are_renamed_as_told(change):
    change(post("a: String b: String"))
    add("Post", a="A", b="B")
    change(post("c: String d: String"), renames={("Post", "a"): "d", ("Post", "b"): "c"})
    assert stored("Post", "c", "d") == [("B", "A")]


def test_a_field_takes_a_name_that_another_gives_up(change):
    change(post("a: String Zz: String"))
    add("Post", a="A", Zz="Z")
    change(post("zz: String q: String"), renames={("Post", "a"): "zz", ("Post", "Zz"): "q"})
    assert stored("Post", "zz", "q") == [("A", "Z")]
    change(post("zz: String q: String").replace("q:", "Q:"), renames={("Post", "q"): "Q"})
    assert stored("Post", "zz", "Q") == [("A", "Z")]


def test_a_model_takes_a_name_that_another_gives_up(change):
    change("type Zed @model { id: ID! a: Int } type Order @model { id: ID! b: Int }")
    add("Zed", a=1)
    add("Order", b=2)
    change(
        "type Article @model { id: ID! a: Int } type zed @model { id: ID! b: Int }",
        model_renames={"Zed": "Article", "Order": "zed"},
    )
    assert (stored("Article", "a"), stored("zed", "b")) == ([(1,)], [(2,)])


def test_a_renamed_key_keeps_its_references(change):
    text = """
    type Post @model { slug: ID! @primaryKey comments: [Comment] @hasMany(indexName: "byPost", fields: ["slug"]) }
    type Comment @model { id: ID! postSlug: ID @index(name: "byPost") }
    """
    change(text)
    add("Post", slug="p")
    add("Comment", postSlug="p")
    renames = {("Post", "slug"): "code", ("Comment", "postSlug"): "postCode"}
    change(text.replace("slug", "code").replace("postSlug", "postCode"), renames=renames)
    assert stored("Comment", "postCode") == [("p",)]
    assert len(shape()["data_comment"]["references"]) == 1


def test_a_renamed_key_alone_keeps_its_references(change):
    text = """
    type Post @model { slug: ID! @primaryKey comments: [Comment] @hasMany(indexName: "byPost", fields: ["slug"]) }
    type Comment @model { id: ID! postSlug: ID @index(name: "byPost") }
    """
    change(text)
    add("Post", slug="p")
    add("Comment", postSlug="p")
    change(text.replace("slug", "code"), renames={("Post", "slug"): "code"})
    assert stored("Comment", "postSlug") == [("p",)]
    assert len(shape()["data_comment"]["references"]) == 1


def test_a_renamed_model_keeps_its_records_and_relationships(change):
    change(ONE_TO_MANY)
    add("Post", id="p")
    add("Comment", postID="p")
    change(ONE_TO_MANY.replace("Comment", "Remark"), model_renames={"Comment": "Remark"})
    assert stored("Remark", "postID") == [("p",)]
    assert set(shape()) == {"data_post", "data_remark"}
    change(
        ONE_TO_MANY.replace("Comment", "Remark").replace("Post ", "Article "),
        model_renames={"Post": "Article"},
    )
    assert set(shape()) == {"data_article", "data_remark"}
    assert stored("Remark", "postID") == [("p",)]


def test_a_model_is_renamed_together_with_its_fields(change):
    change(POST)
    add("Post", title="One")
    change(
        "type Article @model { id: ID! headline: String }",
        model_renames={"Post": "Article"},
        renames={("Post", "title"): "headline"},
    )
    assert stored("Article", "headline") == [("One",)]


def test_a_generated_reference_follows_a_renamed_model(change):
    text = "type Post @model { id: ID! comments: [Comment] @hasMany } type Comment @model { id: ID! }"
    change(text)
    add("Post", id="p")
    add("Comment", postCommentsId="p")
    change(text.replace("Post", "Article"), model_renames={"Post": "Article"})
    assert stored("Comment", "articleCommentsId") == [("p",)]


def test_a_generated_reference_follows_a_renamed_relationship(change):
    text = "type User @model { id: ID! profile: Profile @hasOne } type Profile @model { id: ID! }"
    change(text)
    add("Profile", id="p")
    add("User", userProfileId="p")
    change(text.replace("profile:", "bio:"), renames={("User", "profile"): "bio"})
    assert stored("User", "userBioId") == [("p",)]

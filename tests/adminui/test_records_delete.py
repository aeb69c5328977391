"""Deleting: first what else goes, clears or blocks; then the deed."""

from __future__ import annotations

import pytest

from datamodel import records

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post(example):
    """A post with an author, a tag and two comments."""
    author = records.create(example, "User", {"id": "u", "username": "Nadia"})
    tag = records.create(example, "Tag", {"id": "t", "label": "wood"})
    post = records.create(
        example, "Post", {"id": "p", "title": "Oak", "status": "DRAFT", "authorID": author.get_value("id")}
    )
    records.link_many(example, "Post", "tags", post.key_dict, tag.key_dict)
    for text in ("first", "second"):
        records.create(example, "Comment", {"content": text, "postID": "p"})
    return post


def test_the_page_tells_what_else_goes_and_changes_nothing(example, post, admin_client):
    text = admin_client.get("/data/Post/p/delete/").content.decode()
    assert "2 comments deleted too" in text
    assert "first, second" in text
    assert "1 post tag deleted too" in text
    assert "Oak · wood" in text
    assert "Delete post and 3 more" in text
    assert example.model("Post").objects.count() == 1


def test_a_post_request_deletes_and_says_so(example, post, admin_client):
    response = admin_client.post("/data/Post/p/delete/", {"_list": "q=oak"}, follow=True)
    assert response.redirect_chain == [("/data/Post/?q=oak", 302)]
    assert "Post &#x27;Oak&#x27; deleted." in response.content.decode()
    assert example.model("Comment").objects.count() == 0
    assert example.model("Tag").objects.count() == 1


def test_a_delete_that_is_forbidden_has_no_button(activate_schema, admin_client):
    model = activate_schema(
        """
        type Team @model { id: ID! name: String! members: [Member] @hasMany(fields: ["id"], indexName: "byTeam") }
        type Member @model { id: ID! name: String! teamID: ID @index(name: "byTeam") }
        """,
        on_delete={"Team.members": "restrict"},
    )
    records.create(model, "Team", {"id": "t", "name": "Joiners"})
    records.create(model, "Member", {"name": "Nadia", "teamID": "t"})
    text = admin_client.get("/data/Team/t/delete/").content.decode()
    assert "1 member in the way" in text
    assert "Delete team" not in text
    answer = admin_client.post("/data/Team/t/delete/")
    assert "still referred to by 1 Member" in answer.content.decode()
    assert model.model("Team").objects.count() == 1


def test_selected_records_are_deleted_together_after_asking(example, admin_client):
    for name in ("a", "b", "c"):
        records.create(example, "Tag", {"id": name, "label": name})
    asked = admin_client.post("/data/Tag/", {"key": ["a", "b"]})
    assert "Delete 2 tags?" in asked.content.decode()
    assert example.model("Tag").objects.count() == 3
    admin_client.post("/data/Tag/", {"key": ["a", "b"], "confirm": "1"})
    assert [tag.label for tag in example.model("Tag").objects.all()] == ["c"]


def test_deleting_what_is_gone_is_no_error(example, post, admin_client):
    records.delete(example, "Post", {"id": "p"})
    response = admin_client.post("/data/Post/p/delete/", follow=True)
    assert "was deleted already" in response.content.decode()
    assert admin_client.get("/data/Post/p/delete/").status_code == 404


def test_the_person_is_noted_in_the_log(example, post, admin_client):
    from datamodel.models import Change

    admin_client.post("/data/Post/p/delete/")
    change = Change.objects.filter(model="Post", action="delete").get()
    assert (change.actor_kind, change.actor) == ("user", "admin")

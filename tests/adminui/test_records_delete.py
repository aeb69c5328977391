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
    for comment in example.model("Comment").objects.all():
        assert f'<a class="joint" href="/data/Comment/{comment.url_key}/">' in text
    assert "Show all" not in text
    assert '<a href="/schema/relationships/Comment.post/">by Comment.post</a>' in text
    assert "1 post tag deleted too" in text
    assert "Oak · wood" in text
    assert "Delete post and 3 more" in text
    assert example.model("Post").objects.count() == 1


def test_a_post_request_deletes_and_says_so(example, post, admin_client):
    response = admin_client.post("/data/Post/p/delete/", {"_list": "q=oak"}, follow=True)
    assert response.redirect_chain == [("/data/Post/?q=oak", 302)]
    assert "Post &#x27;Oak&#x27; deleted with 2 comments and 1 post tag." in response.content.decode()
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


def comment_on(example, count):
    """Comments on the post ``p``, made by the hundred."""
    comment = example.model("Comment")
    moment = "2026-11-20T08:00:00.000Z"
    made = [
        comment(id=f"c{n}", content=f"text {n}", postID="p", createdAt=moment, updatedAt=moment)
        for n in range(count)
    ]
    comment.all_objects.bulk_create(made, batch_size=500)


def test_where_much_goes_people_type_the_name(example, post, admin_client):
    comment_on(example, 30)
    asked = admin_client.get("/data/Post/p/delete/").content.decode()
    assert "Type 'Oak' to confirm" in asked
    for typed, problem in (("", "Type &#x27;Oak&#x27; to delete"), ("Ash", "That is not &#x27;Oak&#x27;.")):
        refused = admin_client.post("/data/Post/p/delete/", {"typed": typed})
        assert refused.status_code == 422
        assert problem in refused.content.decode()
    assert example.model("Post").objects.count() == 1
    admin_client.post("/data/Post/p/delete/", {"typed": " oak "})
    assert not example.model("Comment").objects.exists()


def test_where_little_goes_nothing_has_to_be_typed(example, post, admin_client):
    assert 'name="typed"' not in admin_client.get("/data/Post/p/delete/").content.decode()


def test_a_long_name_need_not_be_typed(example, post, admin_client):
    comment_on(example, 30)
    records.update(example, "Post", {"id": "p"}, {"title": "Oak " * 20})
    assert "Type 'delete post' to confirm" in admin_client.get("/data/Post/p/delete/").content.decode()


def test_much_that_goes_with_several_is_confirmed_by_their_number(example, post, admin_client):
    comment_on(example, 30)
    records.create(example, "Post", {"id": "q", "title": "Ash", "status": "DRAFT"})
    data = {"key": ["p", "q"], "confirm": "1"}
    refused = admin_client.post("/data/Post/", data)
    assert refused.status_code == 422
    assert "Type &#x27;2 posts&#x27; to delete so much at once." in refused.content.decode()
    admin_client.post("/data/Post/", data | {"typed": "2 posts"})
    assert not example.model("Post").objects.exists()


def test_more_than_people_count_is_told_as_more_than_that(example, post, admin_client):
    comment_on(example, 1001)
    text = admin_client.get("/data/Post/p/delete/").content.decode()
    assert "More than 1,000 comments deleted too" in text
    assert "and many more" in text
    assert "Delete post and more than 1,001 more" in text


def test_what_goes_with_what_goes_has_no_list_of_its_own(example, post, admin_client):
    comment_on(example, 20)
    for number in range(20):
        records.create(example, "Post", {"title": f"post {number}", "status": "DRAFT", "authorID": "u"})
    text = admin_client.get("/data/User/u/delete/").content.decode()
    assert "21 posts deleted too" in text
    assert "22 comments deleted too" in text
    assert '<a class="textlink" href="/data/Post/?author=u">' in text
    assert "/data/Comment/?" not in text


def test_the_records_that_were_ticked_are_linked(example, admin_client):
    for number in range(12):
        records.create(example, "Tag", {"id": f"t{number}", "label": f"tag {number}"})
    keys = [f"t{number}" for number in range(12)]
    text = admin_client.post("/data/Tag/", {"key": keys}).content.decode()
    assert 'href="/data/Tag/t9/"' in text
    assert 'href="/data/Tag/t10/"' not in text
    assert "and 2 more" in text


def test_the_page_asks_little_of_the_database(example, post, admin_client, django_assert_max_num_queries):
    comment_on(example, 1500)
    with django_assert_max_num_queries(30):
        admin_client.get("/data/Post/p/delete/")

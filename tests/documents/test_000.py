"""Document 000: DataStore's relationships in the first generation of the directives, `@connection` and `@key`."""

from __future__ import annotations

import pytest

from datamodel.models import Change
from tests.documents.clients import Refused
from tests.documents.scenarios import (
    commented_post,
    commented_post_on_site,
    edited_post,
    edited_post_on_site,
    first_cells,
)
from tests.invariants import broken_promises


@pytest.fixture
def comments(document):
    """A post has many comments."""
    return document("000-comments.graphql")


@pytest.fixture
def editors(document):
    """The schema of the document's many-to-many: posts have editors, users have posts."""
    return document("000-editors.graphql")


# The note on @key


@pytest.mark.parametrize(
    "fields", ['["content"]', '["content", "postID"]', '["postID", "content"]', '["id"]']
)
def test_000_key_with_a_name_takes_any_fields(activate_schema, data_store, fields):
    text = f'type C @model @key(name: "by", fields: {fields}) {{ id: ID! content: String! postID: ID! }}'
    store = data_store(activate_schema(text))
    saved = store.save("C", content="x", postID="p")
    assert store.query("C") == [saved]


def test_000_key_without_a_name_makes_the_primary_key(activate_schema, data_client):
    client = data_client(
        activate_schema('type C @model @key(fields: ["id", "content"]) { id: ID! content: String! }')
    )
    for content in ("x", "y"):
        client.create("C", id="1", content=content)
    assert client.get("C", id="1", content="y")["content"] == "y"
    with pytest.raises(Refused, match="ConditionalCheckFailed"):
        client.create("C", id="1", content="x")


# Saving relations


def test_000_saving_relations_connects_a_comment_to_its_post_api(comments, data_store):
    post, (comment,) = commented_post(data_store(comments), "Loving Amplify DataStore!")
    assert comment["post"] == {"id": post["id"], "_deleted": None}
    assert comment["postID"] == post["id"]


def test_000_saving_relations_with_the_id_of_no_post_is_refused_api(comments, data_store):
    store = data_store(comments)
    with pytest.raises(Refused, match="RelatedRecordNotFound: Field 'postID' refers to Post 'nobody'"):
        store.save("Comment", content="x", postID="nobody")
    with pytest.raises(Refused, match="Null value for NonNull type 'ID!'"):
        store.save("Comment", content="x")
    assert store.query("Comment") == []


def test_000_saving_relations_connects_a_comment_to_its_post_site(comments, site):
    post = commented_post_on_site(site, "My post", "Loving it")
    (comment,) = comments.model("Comment").objects.all()
    assert comment.get_value("postID") == post
    assert site.record("Comment", comment.url_key).chosen("post") == "My post"
    assert broken_promises(comments) == []


def test_000_saving_relations_without_a_post_is_refused_site(comments, site):
    page = site.new("Comment").fill(content="Loving it").press()
    assert page.status == 422
    assert "Choose a post: every comment needs one." in page.text
    assert site.list("Comment") == []


# Querying relations


def test_000_querying_relations_filters_the_comments_by_their_post_api(comments, data_client, data_store):
    store = data_store(comments)
    post, saved = commented_post(store, "a", "b")
    commented_post(store, "elsewhere")
    found = [comment for comment in store.query("Comment") if comment["post"]["id"] == post["id"]]
    assert found == saved
    loaded = data_client(comments).get("Post", ["comments.content"], id=post["id"])
    assert [comment["content"] for comment in loaded["comments"]] == ["a", "b"]


def test_000_querying_relations_filters_the_comments_by_their_post_site(comments, site):
    post = commented_post_on_site(site, "My post", "a", "b")
    commented_post_on_site(site, "Other", "elsewhere")
    assert first_cells(site.list("Comment", f"?post={post}")) == ["a", "b"]
    assert sorted(site.record("Post", post).linked("comments")) == ["a", "b"]


# Deleting relations


def test_000_deleting_relations_one_to_many_removes_the_children_api(comments, data_store):
    store = data_store(comments)
    post, _ = commented_post(store, "a", "b")
    kept, (comment,) = commented_post(store, "elsewhere")
    store.delete("Post", post)
    assert store.query("Post") == [kept]
    assert store.query("Comment") == [comment]
    assert broken_promises(comments) == []


def test_000_deleting_relations_one_to_many_as_the_client_sends_it_api(comments, data_store):
    store = data_store(comments)
    post, (known, unknown) = commented_post(store, "known to the client", "not yet synced")
    store.delete("Comment", known)
    store.delete("Post", post)
    assert store.delete("Comment", unknown)["_version"] == 2, "gone with its post, and no error"
    assert store.query("Post") == store.query("Comment") == []
    assert Change.objects.filter(action="delete").count() == 3
    assert broken_promises(comments) == []


def test_000_deleting_relations_one_to_many_removes_the_children_site(comments, site):
    post = commented_post_on_site(site, "My post", "a", "b")
    commented_post_on_site(site, "Other", "elsewhere")
    asked = site.deletion("Post", post)
    assert "2 comments deleted too" in asked.text
    asked.confirm()
    assert first_cells(site.list("Comment")) == ["elsewhere"]
    assert first_cells(site.list("Post")) == ["Other"]
    assert broken_promises(comments) == []


def test_000_deleting_relations_one_to_many_leaves_the_parent_of_a_child_api(comments, data_store):
    store = data_store(comments)
    post, (comment,) = commented_post(store, "a")
    store.delete("Comment", comment)
    assert store.query("Post") == [post]


def test_000_deleting_relations_one_to_many_leaves_the_parent_of_a_child_site(comments, site):
    commented_post_on_site(site, "My post", "a")
    (comment,) = comments.model("Comment").objects.all()
    site.deletion("Comment", comment.url_key).confirm()
    assert first_cells(site.list("Post")) == ["My post"]


def test_000_deleting_relations_leaves_the_children_under_appsync_api(document, data_store):
    store = data_store(document("000-comments.graphql", integrity="appsync"))
    post, (comment,) = commented_post(store, "a")
    store.delete("Post", post)
    (left,) = store.query("Comment")
    assert (left["id"], left["post"]) == (comment["id"], {"id": post["id"], "_deleted": True})
    store.delete("Comment", comment)
    assert store.query("Comment") == []


@pytest.mark.parametrize("end", ["Post", "User"])
def test_000_deleting_relations_many_to_many_leaves_the_far_side_api(editors, data_store, end):
    store = data_store(editors)
    post, user, _ = edited_post(store, "editor")
    store.delete(end, post if end == "Post" else user)
    assert store.query("PostEditor") == [], "the link cannot be without its two ends"
    assert (len(store.query("Post")), len(store.query("User"))) == ((0, 1) if end == "Post" else (1, 0))
    assert broken_promises(editors) == []


@pytest.mark.parametrize("end", ["Post", "User"])
def test_000_deleting_relations_many_to_many_leaves_the_far_side_site(editors, site, end):
    keys = dict(zip(("Post", "User"), edited_post_on_site(site), strict=True))
    asked = site.deletion(end, keys[end])
    assert "1 post editor deleted too" in asked.text
    asked.confirm()
    assert site.list(end) == []
    assert len(site.list({"Post": "User", "User": "Post"}[end])) == 1
    assert broken_promises(editors) == []


def test_000_deleting_relations_many_to_many_explicitly_api(editors, data_store):
    store = data_store(editors)
    post, user, joined = edited_post(store, "editor")
    store.delete("PostEditor", joined)
    assert store.query("Post") == [post]
    store.delete("Post", post)
    store.delete("User", user)
    assert store.query("Post") == store.query("User") == []
    assert broken_promises(editors) == []


def test_000_deleting_relations_many_to_many_explicitly_site(editors, site):
    post, user = edited_post_on_site(site)
    site.record("Post", post).unlink("editors", "Nadia").press()
    assert editors.model("PostEditor").objects.count() == 0
    assert first_cells(site.list("User")) == ["Nadia"]
    site.deletion("Post", post).confirm()
    site.deletion("User", user).confirm()
    assert site.list("Post") == site.list("User") == []


# Many-to-many


def test_000_many_to_many_saves_each_side_and_joins_them_api(editors, data_store):
    store = data_store(editors)
    post, user, joined = edited_post(store, "editor")
    assert (joined["postID"], joined["editorID"]) == (post["id"], user["id"])
    assert joined["editor"] == {"id": user["id"], "_deleted": None}


def test_000_many_to_many_saves_each_side_and_joins_them_site(editors, site):
    post, user = edited_post_on_site(site)
    (joined,) = editors.model("PostEditor").objects.all()
    assert (joined.get_value("postID"), joined.get_value("editorID")) == (post, user)
    assert broken_promises(editors) == []


def test_000_many_to_many_saves_a_join_record_of_its_own_site(editors, site):
    post, user = site.create("Post", title="My first post"), site.create("User", username="Nadia")
    key = site.create("PostEditor", {"post": "My first post", "editor": "Nadia"})
    joined = editors.model("PostEditor").objects.get()
    assert (joined.get_value("postID"), joined.get_value("editorID")) == (post, user)
    assert joined.url_key == key
    assert site.record("User", user).linked("posts") == ["My first post"]


def test_000_many_to_many_join_record_needs_both_ends_api(editors, data_store):
    store = data_store(editors)
    post, user, _ = edited_post(store, "editor")
    for wrong in ({"post": post, "editor": {"id": "nobody"}}, {"post": {"id": "nothing"}, "editor": user}):
        with pytest.raises(Refused, match="RelatedRecordNotFound"):
            store.save("PostEditor", **wrong)
    assert len(store.query("PostEditor")) == 1


def test_000_many_to_many_queries_through_the_join_model_api(editors, data_client, data_store):
    store = data_store(editors)
    post, user, _ = edited_post(store, "editor")
    edited_post(store, "editor")
    found = [pe["editor"]["id"] for pe in store.query("PostEditor") if pe["post"]["id"] == post["id"]]
    assert found == [user["id"]]
    client = data_client(editors)
    assert client.get("Post", ["editors.editor.username"], id=post["id"])["editors"] == [
        {"editor": {"username": "Nadia"}}
    ]
    assert client.get("User", ["posts.post.id"], id=user["id"])["posts"] == [{"post": {"id": post["id"]}}]


def test_000_many_to_many_model_without_queries_has_none_but_sync(editors, gql, data_store):
    operations = editors.schema.model("PostEditor").operations
    assert (operations.get, operations.list) == (None, None)
    assert operations.sync == "syncPostEditors"
    (error,) = gql("{ listPostEditors { items { id } } }")["errors"]
    assert error["errorType"] == "ValidationError"


def test_000_many_to_many_queries_from_either_side_site(editors, site):
    post, user = edited_post_on_site(site)
    assert site.record("Post", post).linked("editors") == ["Nadia"]
    assert site.record("User", user).linked("posts") == ["My first post"]
    assert "Nadia" in site.list("Post")[0]

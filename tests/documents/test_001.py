"""Document 001: DataStore's relationships with `@hasMany`, `@belongsTo`, `@index` and `@manyToMany`."""

from __future__ import annotations

import pytest

from tests.documents.clients import Refused
from tests.documents.scenarios import (
    commented_post,
    commented_post_on_site,
    edited_post,
    edited_post_on_site,
    first_cells,
)
from tests.invariants import broken_promises


@pytest.fixture(params=["001-comments.graphql", "001-comments-index.graphql"], ids=["implied", "index"])
def comments(document, request):
    """A post has many comments: by an implied reference, and by a field of its own with an index."""
    return document(request.param)


@pytest.fixture
def editors(document):
    """The schema of the document's many-to-many."""
    return document("001-editors.graphql")


@pytest.fixture
def guarded_editors(document):
    """The same, where join records have to be deleted first, as the document demands."""
    policies = {"PostEditor.post": "restrict", "PostEditor.user": "restrict"}
    return document("001-editors.graphql", on_delete=policies)


# Saving relations


def test_001_saving_relations_connects_a_comment_to_its_post_api(comments, data_store):
    post, (comment,) = commented_post(data_store(comments), "Loving Amplify DataStore!")
    assert comment["post"] == {"id": post["id"], "_deleted": None}


def test_001_saving_relations_with_the_id_of_no_post_is_refused_api(comments, data_store):
    store = data_store(comments)
    with pytest.raises(Refused, match=r"RelatedRecordNotFound: .* refers to Post 'nobody'") as refused:
        store.save("Comment", content="x", post={"id": "nobody"})
    assert refused.value.info["value"] == "nobody"
    assert store.query("Comment") == []


def test_001_saving_relations_connects_a_comment_to_its_post_site(comments, site):
    commented_post_on_site(site, "My post", "Loving it")
    (comment,) = comments.model("Comment").objects.all()
    assert site.record("Comment", comment.url_key).chosen("post") == "My post"
    assert broken_promises(comments) == []


# Querying relations


def test_001_querying_relations_filters_the_comments_by_their_post_api(comments, data_client, data_store):
    store = data_store(comments)
    post, saved = commented_post(store, "a", "b")
    commented_post(store, "elsewhere")
    found = [comment for comment in store.query("Comment") if comment["post"]["id"] == post["id"]]
    assert found == saved
    client = data_client(comments)
    loaded = client.get("Post", ["comments.content", "comments.post.title"], id=post["id"])
    title = {"title": "My Post with comments"}
    assert loaded["comments"] == [{"content": "a", "post": title}, {"content": "b", "post": title}]
    assert [comment["content"] for comment in client.lazy("Post", post, "comments")] == ["a", "b"]


def test_001_querying_relations_filters_the_comments_by_their_post_site(comments, site):
    post = commented_post_on_site(site, "My post", "a", "b")
    commented_post_on_site(site, "Other", "elsewhere")
    assert first_cells(site.list("Comment", f"?post={post}")) == ["a", "b"]
    assert sorted(site.record("Post", post).linked("comments")) == ["a", "b"]


# Deleting relations


def test_001_deleting_relations_one_to_many_removes_the_children_api(comments, data_store):
    store = data_store(comments)
    post, _ = commented_post(store, "a", "b")
    kept, (comment,) = commented_post(store, "elsewhere")
    store.delete("Post", post)
    assert store.query("Post") == [kept]
    assert store.query("Comment") == [comment]
    assert broken_promises(comments) == []


def test_001_deleting_relations_one_to_many_as_the_client_sends_it_api(comments, data_store):
    store = data_store(comments)
    post, saved = commented_post(store, "a", "b")
    for comment in saved:
        store.delete("Comment", comment)
    store.delete("Post", post)
    assert store.query("Post") == store.query("Comment") == []
    assert broken_promises(comments) == []


def test_001_deleting_relations_one_to_many_removes_the_children_site(comments, site):
    post = commented_post_on_site(site, "My post", "a", "b")
    commented_post_on_site(site, "Other", "elsewhere")
    asked = site.deletion("Post", post)
    assert "2 comments deleted too" in asked.text
    asked.confirm()
    assert first_cells(site.list("Comment")) == ["elsewhere"]
    assert first_cells(site.list("Post")) == ["Other"]
    assert broken_promises(comments) == []


@pytest.mark.parametrize("end", ["Post", "User"])
def test_001_deleting_relations_many_to_many_leaves_the_far_side_api(editors, data_store, end):
    store = data_store(editors)
    post, user, _ = edited_post(store, "user")
    store.delete(end, post if end == "Post" else user)
    assert store.query("PostEditor") == []
    assert (len(store.query("Post")), len(store.query("User"))) == ((0, 1) if end == "Post" else (1, 0))
    assert broken_promises(editors) == []


@pytest.mark.parametrize("end", ["Post", "User"])
def test_001_deleting_relations_many_to_many_leaves_the_far_side_site(editors, site, end):
    keys = dict(zip(("Post", "User"), edited_post_on_site(site), strict=True))
    asked = site.deletion(end, keys[end])
    assert "1 post editor deleted too" in asked.text
    asked.confirm()
    assert site.list(end) == []
    assert len(site.list({"Post": "User", "User": "Post"}[end])) == 1
    assert broken_promises(editors) == []


# Many-to-many relationships


def test_001_many_to_many_makes_the_join_model_and_a_one_to_many_from_both(editors):
    links = {link.name: link for link in editors.schema.links_from("PostEditor")}
    assert {link.parent: link.parent_field for link in links.values()} == {"Post": "editors", "User": "posts"}
    assert all(link.is_many and link.is_required and link.is_join for link in links.values())


def test_001_many_to_many_saves_each_side_and_joins_them_api(editors, data_store):
    post, user, joined = edited_post(data_store(editors), "user")
    assert (joined["postId"], joined["userId"]) == (post["id"], user["id"])


def test_001_many_to_many_saves_each_side_and_joins_them_site(editors, site):
    post, user = edited_post_on_site(site)
    (joined,) = editors.model("PostEditor").objects.all()
    assert (joined.get_value("postId"), joined.get_value("userId")) == (post, user)
    assert site.record("User", user).linked("posts") == ["My first post"]


def test_001_many_to_many_queries_through_the_join_model_api(editors, data_client, data_store):
    store = data_store(editors)
    post, user, _ = edited_post(store, "user")
    edited_post(store, "user")
    found = [pe["user"]["id"] for pe in store.query("PostEditor") if pe["post"]["id"] == post["id"]]
    assert found == [user["id"]]
    loaded = data_client(editors).get("Post", ["editors.user.username"], id=post["id"])
    assert loaded["editors"] == [{"user": {"username": "Nadia"}}]


def test_001_many_to_many_queries_from_either_side_site(editors, site):
    post, user = edited_post_on_site(site)
    assert site.record("Post", post).linked("editors") == ["Nadia"]
    assert site.record("User", user).linked("posts") == ["My first post"]


@pytest.mark.parametrize("end", ["Post", "User"])
def test_001_many_to_many_deletes_join_records_before_their_ends_api(editors, data_store, end):
    store = data_store(editors)
    post, user, joined = edited_post(store, "user")
    store.delete("PostEditor", joined)
    store.delete(end, post if end == "Post" else user)
    assert len(store.query("Post")) + len(store.query("User")) == 1
    assert broken_promises(editors) == []


def test_001_many_to_many_deletes_join_records_before_their_ends_site(editors, site):
    post, _ = edited_post_on_site(site)
    site.record("Post", post).unlink("editors", "Nadia").press()
    asked = site.deletion("Post", post)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    assert first_cells(site.list("User")) == ["Nadia"]


@pytest.mark.parametrize("end", ["Post", "User"])
def test_001_many_to_many_refuses_an_end_before_its_join_records_under_restrict_api(
    guarded_editors, data_store, end
):
    store = data_store(guarded_editors)
    post, user, joined = edited_post(store, "user")
    wanted = post if end == "Post" else user
    with pytest.raises(Refused, match=r"RelatedRecordsExist: .*1 PostEditor") as refused:
        store.delete(end, wanted)
    assert [(b["model"], b["count"]) for b in refused.value.info["blocked"]] == [("PostEditor", 1)]
    assert store.query(end) == [wanted]
    store.delete("PostEditor", joined)
    store.delete(end, wanted)
    assert store.query(end) == []
    assert broken_promises(guarded_editors) == []


@pytest.mark.parametrize("end", ["Post", "User"])
def test_001_many_to_many_refuses_an_end_before_its_join_records_under_restrict_site(
    guarded_editors, site, end
):
    keys = dict(zip(("Post", "User"), edited_post_on_site(site), strict=True))
    asked = site.deletion(end, keys[end])
    assert "1 post editor in the way" in asked.text
    refused = site.send(asked.path, {"confirm": ["1"]})
    assert "still referred to by 1 PostEditor" in refused.text
    assert len(site.list(end)) == 1
    site.record("Post", keys["Post"]).unlink("editors", "Nadia").press()
    site.deletion(end, keys[end]).confirm()
    assert site.list(end) == []
    assert broken_promises(guarded_editors) == []

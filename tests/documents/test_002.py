"""Document 002: DataStore's relationships with named connections."""

from __future__ import annotations

import pytest

from tests.documents.clients import Refused
from tests.documents.scenarios import (
    commented_post,
    commented_post_on_site,
    edited_post,
    edited_post_on_site,
    first_cells,
    new_post,
)
from tests.graphql.realtime.driver import Client, in_thread, run
from tests.invariants import broken_promises


@pytest.fixture
def comments(document):
    """The document's schema: a post has many comments, by a connection that has a name."""
    return document("002-comments.graphql")


@pytest.fixture
def editors(document):
    """The schema of the document's second example: posts and users, joined by `PostEditor`."""
    return document("000-editors.graphql")


# Saving relations


def test_002_saving_relations_takes_the_parent_as_an_argument_api(comments, data_store):
    store = data_store(comments)
    post = new_post(store)
    comment = store.save("Comment", content="Loving Amplify DataStore!", post=post)
    assert comment["post"] == {"id": post["id"], "_deleted": None}
    assert (post["rating"], post["status"], post["_version"]) == (10, "ACTIVE", 1)


def test_002_saving_relations_without_a_parent_api(comments, data_store):
    store = data_store(comments)
    assert store.save("Comment", content="alone")["post"] is None


def test_002_saving_relations_with_a_parent_that_is_not_there_is_refused_api(comments, data_store):
    store = data_store(comments)
    with pytest.raises(Refused, match="RelatedRecordNotFound: Field 'commentPostId' refers to Post 'nobody'"):
        store.save("Comment", content="x", post={"id": "nobody"})
    assert store.query("Comment") == []


def test_002_saving_relations_takes_the_parent_site(comments, site):
    commented_post_on_site(site, "My post", "Loving it")
    (comment,) = comments.model("Comment").objects.all()
    assert site.record("Comment", comment.url_key).chosen("post") == "My post"
    assert broken_promises(comments) == []


def test_002_saving_relations_without_a_parent_site(comments, site):
    key = site.create("Comment", content="alone")
    assert site.record("Comment", key).chosen("post") == "none"


def test_002_saving_relations_joins_two_saved_records_api(editors, data_store):
    post, user, joined = edited_post(data_store(editors), "editor")
    assert (joined["postID"], joined["editorID"]) == (post["id"], user["id"])


def test_002_saving_relations_joins_two_saved_records_site(editors, site):
    site.create("Post", title="My first post")
    site.create("User", username="Nadia")
    key = site.create("PostEditor", {"post": "My first post", "editor": "Nadia"})
    page = site.record("PostEditor", key)
    assert (page.chosen("post"), page.chosen("editor")) == ("My first post", "Nadia")


# Querying relations


def test_002_querying_relations_filters_by_the_id_of_the_parent_api(comments, data_client, data_store):
    store = data_store(comments)
    post, saved = commented_post(store, "a", "b")
    commented_post(store, "elsewhere")
    assert [c for c in store.query("Comment") if c["post"]["id"] == post["id"]] == saved
    loaded = data_client(comments).get("Post", ["comments.content"], id=post["id"])
    assert [comment["content"] for comment in loaded["comments"]] == ["a", "b"]


def test_002_querying_relations_filters_by_the_parent_that_was_queried_api(comments, data_store):
    store = data_store(comments)
    saved, (comment,) = commented_post(store, "a")
    post = store.find("Post", saved["id"])
    assert post == saved
    assert [c for c in store.query("Comment") if c["post"]["id"] == post["id"]] == [comment]


def test_002_querying_relations_filters_by_the_parent_site(comments, site):
    post = commented_post_on_site(site, "My post", "a", "b")
    commented_post_on_site(site, "Other", "elsewhere")
    assert first_cells(site.list("Comment", f"?post={post}")) == ["a", "b"]
    assert sorted(site.record("Post", post).linked("comments")) == ["a", "b"]


# Observing relations


def observe(store, *writes):
    """`DataStore.observe(Comment)`: return what is told of comments while the writes are made, one after another."""
    operations = store.model("Comment").operations
    fields = [*operations.on_create, *operations.on_update, *operations.on_delete]
    seen = []

    async def scenario():
        async with Client() as client:
            await client.init()
            for field in fields:
                await client.listen(field, f"subscription {{ {field} {{ {store.selection('Comment')} }} }}")
            for work, count in writes:
                await in_thread(work)
                for _ in range(count):
                    seen.extend((await client.event()).items())

    run(scenario)
    return seen


def test_002_observing_relations_tells_the_comments_of_a_post_api(comments, data_store):
    store = data_store(comments)
    post, other = new_post(store), new_post(store, "Other")
    told = observe(
        store,
        (lambda: store.save("Comment", content="Loving it", post=post), 1),
        (lambda: store.save("Comment", content="elsewhere", post=other), 1),
        (lambda: store.delete("Post", post), 1),
    )
    mine = [(name, comment) for name, comment in told if comment["post"]["id"] == post["id"]]
    assert [(name, c["content"], c["_version"], c["_deleted"]) for name, c in mine] == [
        ("onCreateComment", "Loving it", 1, None),
        ("onDeleteComment", "Loving it", 2, True),
    ]
    assert len(told) == 3


def test_002_observing_relations_tells_what_was_written_on_the_site(comments, data_store, site):
    store = data_store(comments)
    post = new_post(store, "My post")
    told = observe(
        store,
        (lambda: site.create("Comment", {"post": "My post"}, content="from the form"), 1),
        (lambda: site.deletion("Post", post["id"]).confirm(), 1),
    )
    assert [(name, c["content"], c["post"]["id"]) for name, c in told] == [
        ("onCreateComment", "from the form", post["id"]),
        ("onDeleteComment", "from the form", post["id"]),
    ]


# Deleting relations


def test_002_deleting_relations_removes_the_children_of_the_queried_parent_api(comments, data_store):
    store = data_store(comments)
    saved, _ = commented_post(store, "a", "b")
    kept, (comment,) = commented_post(store, "elsewhere")
    todelete = store.find("Post", saved["id"])
    assert todelete is not None
    store.delete("Post", todelete)
    assert store.query("Post") == [kept]
    assert store.query("Comment") == [comment]
    assert broken_promises(comments) == []


def test_002_deleting_relations_as_the_client_sends_it_api(comments, data_store):
    store = data_store(comments)
    post, saved = commented_post(store, "a", "b")
    for comment in saved:
        store.delete("Comment", comment)
    store.delete("Post", post)
    assert store.query("Post") == store.query("Comment") == []
    assert broken_promises(comments) == []


def test_002_deleting_relations_removes_the_children_site(comments, site):
    post = commented_post_on_site(site, "My post", "a", "b")
    commented_post_on_site(site, "Other", "elsewhere")
    asked = site.deletion("Post", post)
    assert "2 comments deleted too" in asked.text
    asked.confirm()
    assert first_cells(site.list("Comment")) == ["elsewhere"]
    assert first_cells(site.list("Post")) == ["Other"]
    assert broken_promises(comments) == []


def test_002_deleting_relations_leaves_the_children_under_appsync_api(document, data_store):
    store = data_store(document("002-comments.graphql", integrity="appsync"))
    post, (comment,) = commented_post(store, "a")
    store.delete("Post", post)
    (left,) = store.query("Comment")
    assert (left["id"], left["post"]) == (comment["id"], {"id": post["id"], "_deleted": True})


@pytest.mark.parametrize("end", ["Post", "User"])
def test_002_deleting_relations_many_to_many_leaves_the_far_side_api(editors, data_store, end):
    store = data_store(editors)
    post, user, _ = edited_post(store, "editor")
    store.delete(end, post if end == "Post" else user)
    assert (len(store.query("Post")), len(store.query("User"))) == ((0, 1) if end == "Post" else (1, 0))
    assert broken_promises(editors) == []


def test_002_deleting_relations_many_to_many_leaves_the_far_side_site(editors, site):
    post, _ = edited_post_on_site(site)
    site.deletion("Post", post).confirm()
    assert first_cells(site.list("User")) == ["Nadia"]
    assert broken_promises(editors) == []


def test_002_deleting_relations_many_to_many_explicitly_api(editors, data_store):
    store = data_store(editors)
    post, user, joined = edited_post(store, "editor")
    store.delete("PostEditor", joined)
    store.delete("User", user)
    assert store.query("Post") == [post]
    store.delete("Post", post)
    assert broken_promises(editors) == []


def test_002_deleting_relations_many_to_many_explicitly_site(editors, site):
    post, user = edited_post_on_site(site)
    site.record("User", user).unlink("posts", "My first post").press()
    site.deletion("User", user).confirm()
    assert first_cells(site.list("Post")) == ["My first post"]
    site.deletion("Post", post).confirm()
    assert site.list("Post") == []

"""Document 004, "Model a many-to-many relationship": posts and tags, joined by a model that is written out."""

from __future__ import annotations

import pytest

from tests.documents.clients import Refused
from tests.invariants import broken_promises


@pytest.fixture
def tagged(document):
    """Post, Tag and PostTag, as the document has them."""
    return document("004-post-tag.ts")


@pytest.fixture
def client(tagged, data_client):
    return data_client(tagged)


def tagged_post(client, *names):
    post = client.create("Post", title="Relationships", content="C")
    tags = [client.create("Tag", name=name) for name in names]
    return post, tags, [client.create("PostTag", postId=post["id"], tagId=tag["id"]) for tag in tags]


def tagged_post_on_site(site, *names):
    post = site.create("Post", title="Relationships", content="C")
    keys = [site.create("Tag", name=name) for name in names]
    page = site.record("Post", post)
    for name in names:
        page = page.link("tags", name)
    assert page.press().status == 200
    return post, keys


def test_004_many_to_many_consists_of_two_one_to_many_relationships(tagged):
    links = {link.name: link for link in tagged.schema.links}
    assert {name: (link.parent, link.parent_field) for name, link in links.items()} == {
        "PostTag.post": ("Post", "tags"),
        "PostTag.tag": ("Tag", "posts"),
    }
    assert all(link.is_many and link.is_required for link in links.values())


def test_004_many_to_many_create_api(client):
    post, (tag,), (joined,) = tagged_post(client, "howto")
    assert (joined["postId"], joined["tagId"]) == (post["id"], tag["id"])


@pytest.mark.parametrize("missing", ["postId", "tagId"])
def test_004_many_to_many_create_needs_both_ends_api(client, missing):
    post, (tag,), _ = tagged_post(client, "howto")
    ends = {"postId": post["id"], "tagId": tag["id"]}
    with pytest.raises(Refused, match=f"RelatedRecordNotFound: Field '{missing}'"):
        client.create("PostTag", **{**ends, missing: "nothing"})
    with pytest.raises(Refused, match="Null value for NonNull type 'ID!'"):
        client.create("PostTag", **{name: key for name, key in ends.items() if name != missing})


def test_004_many_to_many_create_site(tagged, site):
    post, (tag,) = tagged_post_on_site(site, "howto")
    (joined,) = tagged.model("PostTag").objects.all()
    assert (joined.get_value("postId"), joined.get_value("tagId")) == (post, tag)
    assert broken_promises(tagged) == []


def test_004_many_to_many_create_a_join_record_of_its_own_site(tagged, site):
    post, tag = site.create("Post", title="Relationships"), site.create("Tag", name="howto")
    site.create("PostTag", {"post": "Relationships", "tag": "howto"})
    assert site.record("Post", post).linked("tags") == ["howto"]
    assert site.record("Tag", tag).linked("posts") == ["Relationships"]


def test_004_many_to_many_query_lazily_api(client):
    post, tags, joined = tagged_post(client, "howto", "data")
    tagged_post(client, "elsewhere")
    assert client.lazy("Post", post, "tags") == joined
    assert [client.lazy("PostTag", one, "tag") for one in joined] == tags
    assert client.lazy("Tag", tags[0], "posts") == joined[:1]


def test_004_many_to_many_query_eagerly_api(client):
    post, tags, _ = tagged_post(client, "howto", "data")
    loaded = client.get("Post", ["title", "tags.tag.name"], id=post["id"])
    assert loaded == {
        "title": "Relationships",
        "tags": [{"tag": {"name": "howto"}}, {"tag": {"name": "data"}}],
    }
    loaded = client.get("Tag", ["posts.post.title"], id=tags[0]["id"])
    assert loaded == {"posts": [{"post": {"title": "Relationships"}}]}


def test_004_many_to_many_query_site(tagged, site):
    post, (first, _) = tagged_post_on_site(site, "howto", "data")
    assert sorted(site.record("Post", post).linked("tags")) == ["data", "howto"]
    assert site.record("Tag", first).linked("posts") == ["Relationships"]
    assert "howto" in site.list("Post")[0]


def test_004_many_to_many_update_joins_another_api(client):
    post, _, (joined,) = tagged_post(client, "howto")
    other = client.create("Tag", name="data")
    client.update("PostTag", id=joined["id"], tagId=other["id"])
    assert client.get("Post", ["tags.tag.name"], id=post["id"]) == {"tags": [{"tag": {"name": "data"}}]}


def test_004_many_to_many_delete_the_join_record_leaves_both_ends_api(client):
    post, (tag,), (joined,) = tagged_post(client, "howto")
    assert client.delete("PostTag", id=joined["id"]) == joined
    assert client.get("Post", id=post["id"]) == post
    assert client.get("Tag", id=tag["id"]) == tag


def test_004_many_to_many_delete_the_join_record_leaves_both_ends_site(tagged, site):
    post, _ = tagged_post_on_site(site, "howto", "data")
    site.record("Post", post).unlink("tags", "howto").press()
    assert site.record("Post", post).linked("tags") == ["data"]
    assert (len(site.list("Post")), len(site.list("Tag"))) == (1, 2)
    assert broken_promises(tagged) == []


@pytest.mark.parametrize("end", ["Post", "Tag"])
def test_004_many_to_many_delete_one_end_deletes_its_join_records_api(tagged, client, end):
    post, (tag,), _ = tagged_post(client, "howto")
    kept, _, others = tagged_post(client, "elsewhere")
    gone = post if end == "Post" else tag
    assert client.delete(end, id=gone["id"]) == gone
    assert client.list("PostTag") == (others, None)
    assert client.get("Post", id=kept["id"]) == kept
    assert broken_promises(tagged) == []


@pytest.mark.parametrize("end", ["Post", "Tag"])
def test_004_many_to_many_delete_one_end_deletes_its_join_records_site(tagged, site, end):
    post, (tag,) = tagged_post_on_site(site, "howto")
    asked = site.deletion(end, post if end == "Post" else tag)
    assert "1 post tag deleted too" in asked.text
    asked.confirm()
    assert tagged.model("PostTag").objects.count() == 0
    assert len(site.list({"Post": "Tag", "Tag": "Post"}[end])) == 1
    assert broken_promises(tagged) == []


def test_004_many_to_many_delete_one_end_leaves_join_records_under_appsync_api(document, data_client):
    client = data_client(document("004-post-tag.ts", integrity="appsync"))
    post, (tag,), (joined,) = tagged_post(client, "howto")
    client.delete("Tag", id=tag["id"])
    assert client.list("PostTag") == ([joined], None)
    assert client.get("Post", ["tags.tag.name"], id=post["id"]) == {"tags": [{"tag": None}]}
